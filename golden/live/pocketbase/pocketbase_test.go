// Package pocketbase_test uses the generated client on PocketBase, which is linked in.
package pocketbase_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/porin-dev/porin/golden/live/pocketbase"
	rt "github.com/porin-dev/porin/runtime"
)

func newClient(t *testing.T, s *server, word string, opts ...pocketbase.Option) *pocketbase.Client {
	t.Helper()
	client, err := pocketbase.New(pocketbase.User(user, word), pocketbase.Settings{URL: s.URL}, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// TestNotes creates, reads, changes and deletes.
func TestNotes(t *testing.T) {
	s := startServer(t)
	client := newClient(t, s, password)
	due := "2026-12-24 18:00:00.000Z"
	made, err := client.Notes.Create(t.Context(), pocketbase.NotesCreateParams{Title: "Tea", Count: pocketbase.Some(2), Due: pocketbase.Some(due)})
	if err != nil {
		t.Fatal(err)
	}
	got, err := client.Notes.Get(t.Context(), pocketbase.NotesGetParams{ID: made.ID})
	if err != nil || got.Title != "Tea" || got.Count != 2 || got.Done {
		t.Errorf("%+v: %v", got, err)
	}
	changed, err := client.Notes.Update(t.Context(), pocketbase.NotesUpdateParams{ID: made.ID, Done: pocketbase.Some(true), Count: pocketbase.Some(0)})
	if err != nil || !changed.Done || changed.Count != 0 || changed.Title != "Tea" {
		t.Errorf("%+v: %v", changed, err)
	}
	if err := client.Notes.Delete(t.Context(), pocketbase.NotesDeleteParams{ID: made.ID}); err != nil {
		t.Error(err)
	}
	_, gone := client.Notes.Get(t.Context(), pocketbase.NotesGetParams{ID: made.ID})
	_, long := client.Notes.Create(t.Context(), pocketbase.NotesCreateParams{Title: strings.Repeat("Tea", 100)})
	_, odd := client.Notes.List(t.Context(), pocketbase.NotesListParams{Filter: pocketbase.Some("colour = 'green'")})
	for _, c := range []struct{ err, want error }{{gone, pocketbase.ErrNotFound}, {long, pocketbase.ErrInvalid}, {odd, pocketbase.ErrInvalid}} {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%v is not %v", c.err, c.want)
		}
	}
}

// TestLists reads lists to their end, which the number of pages says.
func TestLists(t *testing.T) {
	s := startServer(t)
	client := newClient(t, s, password)
	const notes = 45
	for n := range notes {
		if _, err := client.Notes.Create(t.Context(), pocketbase.NotesCreateParams{Title: fmt.Sprintf("note %02d", n), Count: pocketbase.Some(n)}); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		p    pocketbase.NotesListParams
		want int
	}{
		"by itself":         {pocketbase.NotesListParams{}, notes},
		"a short last page": {pocketbase.NotesListParams{PerPage: pocketbase.Some(7)}, notes},
		"a full last page":  {pocketbase.NotesListParams{PerPage: pocketbase.Some(9)}, notes},
		"one page":          {pocketbase.NotesListParams{PerPage: pocketbase.Some(100)}, notes},
		"filtered":          {pocketbase.NotesListParams{PerPage: pocketbase.Some(7), Filter: pocketbase.Some("count >= 10 && title ~ 'note'")}, notes - 10},
		"empty":             {pocketbase.NotesListParams{Filter: pocketbase.Some("count > 99")}, 0},
	} {
		c.p.Sort = pocketbase.Some("-count")
		n, last := 0, int64(notes)
		for note, err := range client.Notes.All(t.Context(), c.p) {
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if note.Count >= last {
				t.Errorf("%s: %d comes after %d", name, note.Count, last)
			}
			n, last = n+1, note.Count
		}
		if n != c.want {
			t.Errorf("%s: %d notes, want %d", name, n, c.want)
		}
	}
	page, err := client.Notes.List(t.Context(), pocketbase.NotesListParams{PerPage: pocketbase.Some(7)})
	if err != nil || len(page.Items) != 7 || page.Next == "" {
		t.Errorf("%+v: %v", page, err)
	}
}

// TestTokens renews a token when it is nearly a week old, and signs in again when it
// does not count any more.
func TestTokens(t *testing.T) {
	s := startServer(t)
	var late time.Duration
	posts := &asked{}
	client := newClient(t, s, password, pocketbase.WithTransport(posts), rt.WithClock(&later{&late}))
	read := func(what string) {
		t.Helper()
		if _, err := client.Notes.Create(t.Context(), pocketbase.NotesCreateParams{Title: what}); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	read("signs in")
	read("has a token")
	posts.want(t, 1, 0)
	late += 7*24*time.Hour - time.Second
	read("renews it")
	read("has a new one")
	posts.want(t, 1, 1)
	if err := s.signOut(); err != nil {
		t.Fatal(err)
	}
	late += 7*24*time.Hour - time.Second
	read("signs in again")
	posts.want(t, 2, 2)
	_, err := newClient(t, s, "wrong").Notes.List(t.Context(), pocketbase.NotesListParams{})
	if !errors.Is(err, pocketbase.ErrDisconnected) {
		t.Errorf("with a wrong password: %v", err)
	}
}

// later is a clock that is ahead of the system's.
type later struct{ by *time.Duration }

func (l *later) Now() time.Time { return time.Now().Add(*l.by) }

func (l *later) Sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// asked counts requests for tokens.
type asked struct{ signIns, renewals int }

func (a *asked) RoundTrip(req *http.Request) (*http.Response, error) {
	switch {
	case strings.HasSuffix(req.URL.Path, "/auth-with-password"):
		a.signIns++
	case strings.HasSuffix(req.URL.Path, "/auth-refresh"):
		a.renewals++
	}
	return http.DefaultTransport.RoundTrip(req)
}

func (a *asked) want(t *testing.T, signIns, renewals int) {
	t.Helper()
	if a.signIns != signIns || a.renewals != renewals {
		t.Errorf("signed in %d times and renewed %d times, want %d and %d", a.signIns, a.renewals, signIns, renewals)
	}
}

// TestBareRefusals writes with eight workers on a limit that nothing tells: refusals say
// nothing but 429. The client slows down, and each note is there once.
func TestBareRefusals(t *testing.T) {
	s := startServer(t)
	if err := s.limit(10); err != nil {
		t.Fatal(err)
	}
	client := newClient(t, s, password, pocketbase.WithMaxWait(time.Minute))
	const workers, each = 8, 20
	begin := time.Now()
	var work sync.WaitGroup
	for w := range workers {
		work.Go(func() {
			for n := range each {
				if _, err := client.Notes.Create(t.Context(), pocketbase.NotesCreateParams{Title: fmt.Sprintf("note %d of worker %d", n, w)}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	work.Wait()
	t.Logf("%d calls, %d refusals, %v", workers*each, s.refused.Load(), time.Since(begin).Round(time.Second))
	if s.refused.Load() == 0 {
		t.Error("nothing was refused")
	}
	if n := s.refused.Load(); n > workers*each/4 {
		t.Errorf("%d calls were refused: it does not slow down", n)
	}
	seen := map[string]int{}
	for note, err := range client.Notes.All(t.Context(), pocketbase.NotesListParams{PerPage: pocketbase.Some(9)}) {
		if err != nil {
			t.Fatal(err)
		}
		seen[note.Title]++
	}
	for title, n := range seen {
		if n != 1 {
			t.Errorf("%s is there %d times", title, n)
		}
	}
	if len(seen) != workers*each {
		t.Errorf("%d notes, want %d", len(seen), workers*each)
	}
}
