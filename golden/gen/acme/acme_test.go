package acme_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/golden/gen/acme"
	"github.com/porin-dev/porin/golden/gen/acme/acmetest"
	"github.com/porin-dev/porin/runtime"
)

// These tests run the generated package, as a program that uses it would, over
// the real runtime and the generated fake.

func TestListReadsEveryPage(t *testing.T) {
	srv := acmetest.New(t)
	srv.Boards.List.Return(
		acmetest.Page[acme.Board]{Items: []acme.Board{{ID: "B1"}, {ID: "B2"}}, Next: "p2"},
		acmetest.Page[acme.Board]{Next: "p3"},
		acmetest.Page[acme.Board]{Items: []acme.Board{{ID: "B3"}}})
	var ids []string
	for b, err := range srv.Client().Boards.All(t.Context(), acme.BoardsListParams{
		Types: []acme.BoardsListType{acme.BoardsListTypePublic, acme.BoardsListTypePrivate}, Limit: acme.Some(2),
	}) {
		require.NoError(t, err)
		ids = append(ids, b.ID)
	}
	assert.Equal(t, []string{"B1", "B2", "B3"}, ids)
	calls := srv.Boards.List.Calls()
	require.Len(t, calls, 3)
	assert.Equal(t, []acme.BoardsListType{"public", "private"}, calls[0].Types)
	assert.Equal(t, "p3", calls[2].Cursor.Or(""))
	assert.Equal(t, 2, calls[2].Limit.Or(0), "filters are sent with every page")
}

func TestOnePageAtATime(t *testing.T) {
	srv := acmetest.New(t)
	srv.Boards.List.Return(acmetest.Page[acme.Board]{Items: []acme.Board{{ID: "B1"}}, Next: "p2"}, acmetest.Page[acme.Board]{})
	client := srv.Client()
	page, err := client.Boards.List(t.Context(), acme.BoardsListParams{})
	require.NoError(t, err)
	require.Equal(t, "p2", page.Next)
	page, err = client.Boards.List(t.Context(), acme.BoardsListParams{}, acme.At(page.Next))
	require.NoError(t, err)
	assert.Empty(t, page.Next)
	assert.Equal(t, "p2", srv.Boards.List.Calls()[1].Cursor.Or(""))
}

// TestOtherStyles reads lists by number, by the last item and by offset.
func TestOtherStyles(t *testing.T) {
	type member = acme.BoardsAdminMembersListResultMember
	srv := acmetest.New(t)
	srv.Boards.Admin.Members.List.Return(
		acmetest.Page[member]{Items: []member{{ID: "U1"}, {ID: "U2"}}, Next: "more"},
		acmetest.Page[member]{Items: []member{{ID: "U3"}}})
	srv.Cards.History.Status(http.StatusOK, `{"ok":true,"changes":[{"id":7,"title":"a","kind":"card"},{"id":"x8","title":"b","kind":"card"}],"has_more":true}`).
		Return(acmetest.Page[acme.Card]{Items: []acme.Card{{Title: "c"}}})
	srv.Cards.Labels.Return(acmetest.Page[string]{Items: []string{"a", "b"}, Next: "more"}, acmetest.Page[string]{})
	client := srv.Client()
	var got []string
	for m, err := range client.Boards.Admin.Members.All(t.Context(), acme.BoardsAdminMembersListParams{Board: "B1"}) {
		require.NoError(t, err)
		got = append(got, m.ID)
	}
	for l, err := range client.Cards.AllLabels(t.Context(), acme.CardsLabelsParams{}) {
		require.NoError(t, err)
		got = append(got, l)
	}
	for c, err := range client.Cards.AllHistory(t.Context(), acme.CardsHistoryParams{Card: "C1"}) {
		require.NoError(t, err)
		got = append(got, c.Title)
	}
	assert.Equal(t, []string{"U1", "U2", "U3", "a", "b", "a", "b", "c"}, got)
	assert.Equal(t, 2, srv.Boards.Admin.Members.List.Calls()[1].Page.Or(0))
	assert.Equal(t, 2, srv.Cards.Labels.Calls()[1].Offset.Or(0))
	assert.Equal(t, "x8", srv.Cards.History.Calls()[1].After.Or(""), "the list goes on after the key of the last item")
}

func TestFailureHasItsCode(t *testing.T) {
	srv := acmetest.New(t)
	srv.Boards.Info.Fail(acme.ErrBoardNotFound).Fail(acme.ErrTokenRevoked).Status(http.StatusNotFound, `{}`)
	client := srv.Client()
	_, err := client.Boards.Info(t.Context(), acme.BoardsInfoParams{Board: "B1"})
	require.ErrorIs(t, err, acme.ErrBoardNotFound)
	require.ErrorIs(t, err, acme.ErrRejected)
	var apiErr *acme.Error
	require.True(t, errors.As(err, &apiErr))
	assert.Equal(t, "boards.info", apiErr.Op)

	_, err = client.Boards.Info(t.Context(), acme.BoardsInfoParams{Board: "B1"})
	require.ErrorIs(t, err, acme.ErrTokenRevoked)
	require.ErrorIs(t, err, acme.ErrDisconnected)

	_, err = client.Boards.Info(t.Context(), acme.BoardsInfoParams{Board: "a/b c"})
	require.ErrorIs(t, err, acme.ErrNotFound, "the rule of the action comes before those of the API")
	assert.Equal(t, "a/b c", srv.Boards.Info.Calls()[2].Board)
}

// steady takes the spread out of waits.
var steady = runtime.WithRandom(func() float64 { return 0 })

func TestRateLimitIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := acmetest.New(t)
		srv.Cards.Create.RateLimit(20).Return(acme.CardsCreateResult{Card: acme.Card{Title: "hi"}})
		start := time.Now()
		got, err := srv.Client(steady).Cards.Create(t.Context(), acme.CardsCreateParams{Board: "B1", Title: "hi"})
		require.NoError(t, err)
		assert.Equal(t, "hi", got.Card.Title)
		assert.Equal(t, 20*time.Second, time.Since(start), "as long as the provider asked")
		assert.Len(t, srv.Cards.Create.Calls(), 2)
	})
}

// TestParamsArriveAsTheyWere sends every kind of parameter, and reads it back
// from the request.
func TestParamsArriveAsTheyWere(t *testing.T) {
	srv := acmetest.New(t)
	due := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	in := acme.CardsCreateParams{
		Board: "B1", Title: "", State: acme.CardsCreateStateOpen, Labels: []string{"x", "y,z"}, Owner: acme.Null[string](),
		Blocks:   []acme.Block{acme.BlockFromTextBlock(acme.TextBlock{Type: "text", Text: "t"}), acme.BlockFromString("s")},
		Position: &acme.CardsCreatePosition{Column: 1, Row: acme.Some(0)},
		Due:      acme.Some(due), Count: acme.Some(0),
	}
	_, err := srv.Client().Cards.Create(t.Context(), in)
	require.ErrorIs(t, err, acme.ErrInvalidParams, "a required member is empty")
	assert.Contains(t, err.Error(), "title")

	in.Title = "t"
	srv.Cards.Create.Return()
	_, err = srv.Client().Cards.Create(t.Context(), in)
	require.NoError(t, err)
	got := srv.Cards.Create.Calls()[0]
	assert.True(t, got.Owner.IsNull())
	assert.Equal(t, in.Labels, got.Labels)
	assert.Equal(t, in.Position, got.Position)
	assert.Equal(t, due, got.Due.Or(time.Time{}).UTC())
	assert.Equal(t, acme.Some(0), got.Count)
	text, ok := got.Blocks[0].AsTextBlock()
	assert.True(t, ok)
	assert.Equal(t, "t", text.Text)
	plain, ok := got.Blocks[1].AsString()
	assert.True(t, ok)
	assert.Equal(t, "s", plain)
}

func TestFormAndPlaces(t *testing.T) {
	srv := acmetest.New(t)
	srv.Boards.Admin.Archive.Return()
	srv.Cards.Update.Return(acme.Card{Title: "new"})
	client := srv.Client()
	at := time.Unix(1700000000, 0)
	require.NoError(t, client.Boards.Admin.Archive(t.Context(), acme.BoardsAdminArchiveParams{
		Board: "B1", Reasons: []string{"old", "empty"}, Notify: acme.Some(false), Until: acme.Some(acme.UnixTime{Time: at}),
		Layout: []acme.Block{acme.BlockFromString("s")},
	}))
	form := srv.Boards.Admin.Archive.Calls()[0]
	assert.Equal(t, []string{"old", "empty"}, form.Reasons)
	assert.Equal(t, acme.Some(false), form.Notify)
	assert.True(t, form.Until.Or(acme.UnixTime{}).Equal(at))

	_, err := client.Cards.Update(t.Context(), acme.CardsUpdateParams{PathID: "1", ID: "2", IfMatch: acme.Some("v1"), Patch: acme.Raw(`{"a":1}`)})
	require.NoError(t, err)
	got := srv.Cards.Update.Calls()[0]
	assert.Equal(t, []string{"1", "2", "v1", `{"a":1}`}, []string{got.PathID, got.ID, got.IfMatch.Or(""), string(got.Patch)})
}

func TestFiles(t *testing.T) {
	srv := acmetest.New(t)
	srv.Files.Upload.Return(acme.FilesUploadResult{URL: "https://files.acme.test/a"})
	srv.Files.Download.Return([]byte("\x00\x01"))
	client := srv.Client()
	out, err := client.Files.Upload(t.Context(), acme.FilesUploadParams{Name: "a", Content: []byte("\xff\x00data")})
	require.NoError(t, err)
	assert.Equal(t, "https://files.acme.test/a", out.URL)
	assert.Equal(t, []byte("\xff\x00data"), srv.Files.Upload.Calls()[0].Content)
	data, err := client.Files.Download(t.Context(), acme.FilesDownloadParams{Name: "a"})
	require.NoError(t, err)
	assert.Equal(t, []byte("\x00\x01"), data)
}

func TestDoAnswersByProgram(t *testing.T) {
	srv := acmetest.New(t)
	srv.Cards.Pay.Do(func(p acme.CardsPayParams) (map[string]string, error) {
		if p.Amount > 10 {
			return nil, fmt.Errorf("too much: %w", acme.ErrNameTaken)
		}
		return map[string]string{"card": p.Card}, nil
	})
	client := srv.Client()
	paid, err := client.Cards.Pay(t.Context(), acme.CardsPayParams{Card: "C1", Amount: 5})
	require.NoError(t, err)
	assert.Equal(t, "C1", paid["card"])
	_, err = client.Cards.Pay(t.Context(), acme.CardsPayParams{Card: "C1", Amount: 50})
	require.ErrorIs(t, err, acme.ErrNameTaken)
}

// TestLossless reads a card with everything that a spec does not foresee, and
// writes it back.
func TestLossless(t *testing.T) {
	const in = `{"id":12345678901234567890,"title":"t","state":"brand-new","kind":"card","moved":null,"price":1.10,` +
		`"parent":{"id":"p","title":"up","kind":"card","unknown":{"deep":[1]}},"blocks":[{"type":"poll","q":1}],"reviewer":{"id":"u","manager":{"id":"m"}},"new_member":[1,2]}`
	srv := acmetest.New(t)
	srv.Cards.Update.Status(http.StatusOK, in)
	card, err := srv.Client().Cards.Update(t.Context(), acme.CardsUpdateParams{PathID: "1", ID: "1"})
	require.NoError(t, err)
	assert.Equal(t, "12345678901234567890", card.ID.String())
	assert.False(t, card.State.Or("").Known())
	assert.True(t, acme.CardsCreateStateOpen.Known())
	assert.True(t, card.Moved.IsNull())
	assert.Equal(t, "1.10", card.Price.Or(acme.Decimal{}).String())
	assert.Equal(t, "up", card.Parent.Title)
	assert.Equal(t, "m", card.Reviewer.Manager.ID)

	srv.Cards.Create.Return()
	_, err = srv.Client().Cards.Create(t.Context(), acme.CardsCreateParams{Board: "B1", Title: "t", Parent: *card})
	require.NoError(t, err)
	sent := srv.Cards.Create.Calls()[0].Parent
	assert.Contains(t, string(sent.Extra), "new_member")
	assert.Equal(t, card.ID, sent.ID)
	assert.Equal(t, `{"type":"poll","q":1}`, string(sent.Blocks[0].Raw()))
	assert.True(t, sent.Moved.IsNull())
}

func TestSecretParametersAreSent(t *testing.T) {
	srv := acmetest.New(t)
	srv.Cards.Create.Return()
	in := acme.CardsCreateParams{Board: "B1", Title: "t", SecretLink: acme.Some(acme.NewSecret("test-secret-link"))}
	assert.NotContains(t, fmt.Sprintf("%+v", in), "test-secret-link")
	_, err := srv.Client().Cards.Create(t.Context(), in)
	require.NoError(t, err)
	got, _ := srv.Cards.Create.Calls()[0].SecretLink.Get()
	assert.Equal(t, "test-secret-link", got.Reveal())
}

func TestEvents(t *testing.T) {
	srv := acmetest.New(t)
	var got []acme.EventDelivery
	handler, err := acme.EventHandler([]acme.Secret{acme.NewSecret(acmetest.EventSecret)}, func(_ context.Context, d acme.EventDelivery) error {
		got = append(got, d)
		return nil
	})
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, srv.Event(handler, acme.CardMoved{Type: "card_moved", By: "U1"}).StatusCode)
	assert.Equal(t, http.StatusOK, srv.Event(handler, acme.UnknownEvent{Tag: "new_thing", Data: acme.Raw(`{"a":1}`)}).StatusCode)
	assert.Equal(t, http.StatusUnauthorized, srv.TamperedEvent(handler, acme.AppRemoved{}).StatusCode)
	require.Len(t, got, 2)
	moved, ok := got[0].Event.(acme.CardMoved)
	require.True(t, ok)
	assert.Equal(t, "U1", moved.By)
	assert.NotEmpty(t, got[0].ID)
	assert.Equal(t, "new_thing", got[1].Event.(acme.UnknownEvent).Tag)
}

func TestNothingPrintsTheToken(t *testing.T) {
	auth := acme.BotToken("test-canary-token")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		assert.NotContains(t, fmt.Sprintf(verb, auth), "canary", verb)
	}
	_, err := acme.New(acme.Auth{})
	assert.Error(t, err, "the zero Auth")
}

// TestFakeIsStrict gives the fake a test of its own to fail.
func TestFakeIsStrict(t *testing.T) {
	rec := &recorder{TB: t}
	srv := acmetest.New(rec)
	srv.Boards.Info.Return(acme.Board{})
	_, err := srv.Client().Auth.Test(t.Context())
	assert.Error(t, err)
	for _, f := range rec.cleanup {
		f()
	}
	require.Len(t, rec.errors, 2)
	assert.Contains(t, rec.errors[0], "auth.test has no reply left")
	assert.Contains(t, rec.errors[1], "boards.info: 1 of its replies were not used")
}

type recorder struct {
	testing.TB
	errors  []string
	cleanup []func()
}

func (r *recorder) Helper()          {}
func (r *recorder) Cleanup(f func()) { r.cleanup = append(r.cleanup, f) }
func (r *recorder) Errorf(format string, args ...any) {
	r.errors = append(r.errors, strings.TrimSpace(fmt.Sprintf(format, args...)))
}

func TestTwin(t *testing.T) {
	client := acmetest.Twin(t).Client()
	n := 0
	for b, err := range client.Boards.All(t.Context(), acme.BoardsListParams{Limit: acme.Some(10)}) {
		require.NoError(t, err)
		require.NotEmpty(t, b.ID)
		n++
	}
	assert.Equal(t, 25, n)
}
