package streams_test

import (
	"errors"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/golden/schemes/streams"
	"github.com/porin-dev/porin/golden/schemes/streams/streamstest"
)

// gather reads a stream to its end.
func gather[T any](seq iter.Seq2[T, error]) (items []T, err error) {
	for item, failed := range seq {
		if failed != nil {
			return items, failed
		}
		items = append(items, item)
	}
	return items, nil
}

// TestWire holds requests and answers against text that was written by hand.
func TestWire(t *testing.T) {
	var asked *http.Request
	var sent []byte
	media, answer := "", ""
	p := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r
		sent, _ = io.ReadAll(r.Body)
		w.Header().Set("Content-Type", media)
		_, _ = io.WriteString(w, answer)
	}))
	defer p.Close()
	c, err := streams.New(streams.Token("token"), streams.WithServer("api", p.URL+"/"))
	require.NoError(t, err)

	media, answer = "text/event-stream", "event: piece\ndata: {\"id\":\"a\",\"index\":0,\"text\":\"Hel\",\"created_at\":1700000000,\"odds\":0.5}\n\ndata: [DONE]\n\n"
	pieces, err := gather(c.Texts.Complete(t.Context(), streams.TextsCompleteParams{Prompt: "Hi"}))
	require.NoError(t, err)
	require.Len(t, pieces, 1)
	assert.Equal(t, "Hel", pieces[0].Text)
	assert.JSONEq(t, `{"odds":0.5}`, string(pieces[0].Extra))
	assert.JSONEq(t, `{"prompt":"Hi","stream":true}`, string(sent))
	assert.Equal(t, "text/event-stream", asked.Header.Get("Accept"))

	answer = "data: {\"id\":\"a\",\"index\":0,\"text\":\"Hel\",\"created_at\":1700000000}\n\ndata: {\"error\":{\"code\":\"overloaded\",\"message\":\"later\"}}\n\n"
	pieces, err = gather(c.Texts.Complete(t.Context(), streams.TextsCompleteParams{Prompt: "Hi"}))
	require.ErrorIs(t, err, streams.ErrUnavailable)
	require.ErrorIs(t, err, streams.ErrOutcomeUnknown)
	assert.Len(t, pieces, 1)
	var failure *streams.Error
	require.ErrorAs(t, err, &failure)
	assert.Equal(t, "overloaded", failure.Code)

	media, answer = "application/x-ndjson", "{\"at\":1700000000,\"line\":\"up\"}\n{\"at\":1700000001,\"line\":\"down\"}\n"
	lines, err := gather(c.Logs.Tail(t.Context()))
	require.NoError(t, err)
	require.Len(t, lines, 2)
	assert.Equal(t, "down", lines[1].Line)

	media = "text/csv; header=present"
	answer = "\ufeffcount,id,title,amount,open,state,note,made_at,seen_at,more\r\n" +
		"9007199254740993,7,\"a, \"\"b\"\"\r\nc\",10.10,TRUE,done,,2024-05-01T10:00:00Z,1700000000,x\n" +
		"-1,x-1,,,0,,n,2024-05-01T10:00:00Z,,"
	entries, err := gather(c.Rows.Download(t.Context()))
	require.NoError(t, err)
	require.Len(t, entries, 2)
	assert.Equal(t, "text/csv", asked.Header.Get("Accept"))
	first, second := entries[0], entries[1]
	assert.Equal(t, int64(9007199254740993), first.Count)
	assert.Equal(t, "a, \"b\"\nc", first.Title)
	assert.Equal(t, "10.10", first.Amount.String())
	assert.True(t, first.Open)
	assert.Equal(t, streams.EntryStateDone, first.State)
	assert.True(t, first.Note.IsZero())
	assert.Equal(t, int64(1700000000), first.SeenAt.Unix())
	assert.JSONEq(t, `{"more":"x"}`, string(first.Extra))
	assert.Equal(t, "x-1", second.ID.String())
	assert.Empty(t, second.Title)
	assert.False(t, second.Open)
	assert.Equal(t, "n", second.Note.Or(""))
	assert.True(t, second.SeenAt.IsZero())

	media, answer = "application/json", `{"error":{"code":"overloaded"}}`
	_, err = gather(c.Rows.Download(t.Context()))
	require.ErrorIs(t, err, streams.ErrUnavailable)

	media, answer = "application/json", `["a", "b"]`
	names, err := gather(c.Rows.Names(t.Context()))
	require.NoError(t, err)
	assert.Equal(t, []string{"a", "b"}, names)
}

// TestTwin: what the twin streams, the client reads.
func TestTwin(t *testing.T) {
	sim := streamstest.Twin(t)
	c := sim.Client()
	rows, err := gather(c.Rows.Export(t.Context(), streams.RowsExportParams{Table: "t"}))
	require.NoError(t, err)
	assert.Len(t, rows, 12)
	changes, err := gather(c.Changes.Follow(t.Context(), streams.ChangesFollowParams{}))
	require.NoError(t, err)
	assert.Len(t, changes, 12)
	pieces, err := gather(c.Texts.Complete(t.Context(), streams.TextsCompleteParams{Prompt: "Hi"}))
	require.NoError(t, err)
	assert.Len(t, pieces, 12)
	entries, err := gather(c.Rows.Download(t.Context()))
	require.NoError(t, err)
	assert.Len(t, entries, 12)
	for _, e := range entries {
		assert.NotEmpty(t, e.ID.String())
		assert.False(t, e.MadeAt.IsZero())
	}
}

func TestFake(t *testing.T) {
	f := streamstest.New(t)
	f.Texts.Complete.Return([]streams.Piece{{Text: "a"}, {Text: "b"}}, nil)
	c := f.Client()
	for _, want := range []int{2, 0} {
		pieces, err := gather(c.Texts.Complete(t.Context(), streams.TextsCompleteParams{Prompt: "Hi"}))
		require.NoError(t, err)
		assert.Len(t, pieces, want)
	}
	f.Rows.Download.Return([]streams.Entry{{Title: "a,b", Count: 7, Open: true, Note: streams.Some("n")}, {Title: ""}})
	entries, err := gather(c.Rows.Download(t.Context()))
	require.NoError(t, err)
	require.Len(t, entries, 2)
	assert.Equal(t, "a,b", entries[0].Title)
	assert.True(t, entries[0].Open)
	assert.Equal(t, "n", entries[0].Note.Or(""))
	f.Texts.Complete.Fail(streams.ErrorCode("overloaded"))
	_, err = gather(c.Texts.Complete(t.Context(), streams.TextsCompleteParams{Prompt: "Hi"}))
	if !errors.Is(err, streams.ErrorCode("overloaded")) {
		t.Errorf("the failure is %v", err)
	}
}
