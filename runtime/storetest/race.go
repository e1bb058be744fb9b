package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/porin-dev/porin/runtime"
)

// replicas is how many of them meet in one store.
const replicas = 4

// oneSaves has replicas count up one token, each over what it loaded. Every
// Save that says so has to count, and no other.
func oneSaves(t *testing.T, again func() runtime.TokenStore) {
	version := mustSave(t, again(), "a", numbered(0), 0)
	const each = 10
	var wg sync.WaitGroup
	for range replicas {
		s := again()
		wg.Go(func() {
			for done := 0; done < each; {
				old, v, err := s.Load(t.Context(), "a", "bot")
				if err != nil {
					t.Errorf("Load: %v", err)
					return
				}
				_, err = s.Save(t.Context(), "a", "bot", numbered(number(old)+1), v)
				if err == nil {
					done++
				} else if !errors.Is(err, runtime.ErrVersionConflict) {
					t.Errorf("Save: %v", err)
					return
				}
			}
		})
	}
	wg.Wait()
	got, last, err := again().Load(t.Context(), "a", "bot")
	if err != nil || number(got) != replicas*each || last < version+replicas*each {
		t.Errorf("after %d saves: token %d of version %d, %v", replicas*each, number(got), last, err)
	}
}

// oneLeases has replicas ask for one lease at one moment, many times.
func oneLeases(t *testing.T, again func() runtime.TokenStore) {
	var version int64
	for round := range 10 {
		var mu sync.Mutex
		var won []string
		var wg sync.WaitGroup
		for n := range replicas {
			s, holder := again(), fmt.Sprint(round, "-", n)
			wg.Go(func() {
				_, err := s.Lease(t.Context(), "a", "bot", version, holder, long)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					won = append(won, holder)
				} else if !errors.Is(err, runtime.ErrLeased) {
					t.Errorf("Lease: %v", err)
				}
			})
		}
		wg.Wait()
		if len(won) != 1 {
			t.Fatalf("version %d is leased to %q", version, won)
		}
		version = mustSave(t, again(), "a", numbered(round), version)
	}
}

// readersSeeWhole has tokens of many sizes read while they are replaced.
func readersSeeWhole(t *testing.T, again func() runtime.TokenStore) {
	sized := func(n int) runtime.Token {
		text := strings.Repeat(fmt.Sprint(n%10), 1+n*n*10)
		return runtime.Token{Access: runtime.NewSecret(text), Refresh: runtime.NewSecret(text)}
	}
	version := mustSave(t, again(), "a", sized(0), 0)
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range replicas - 1 {
		s := again()
		wg.Go(func() {
			var last int64
			for {
				got, v, err := s.Load(t.Context(), "a", "bot")
				switch {
				case err != nil:
					t.Errorf("Load: %v", err)
					return
				case !got.Access.Equal(got.Refresh):
					t.Error("a token is half of one version, half of another")
				case v < last:
					t.Errorf("version %d after %d", v, last)
				}
				last = v
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for n := range 30 {
		version = mustSave(t, again(), "a", sized(n), version)
		if _, v, err := again().Load(t.Context(), "a", "bot"); err != nil || v != version {
			t.Errorf("version %d is loaded after %d is saved: %v", v, version, err)
		}
	}
	close(done)
	wg.Wait()
}

// givenUp has callers who are gone before the store begins. What they asked for
// may be done or not, but not by halves, and it is not to hang.
func givenUp(t *testing.T, again func() runtime.TokenStore) {
	version := mustSave(t, again(), "a", numbered(1), 0)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	saved, err := again().Save(ctx, "a", "bot", numbered(2), version)
	if err != nil {
		wantToken(t, again(), "a", 1, version)
	} else {
		wantToken(t, again(), "a", 2, saved)
		version = saved
	}
	if _, err := again().Lease(ctx, "a", "bot", version, "one", long); err != nil {
		if _, err := again().Lease(t.Context(), "a", "bot", version, "two", long); err != nil {
			t.Errorf("Lease after one that failed: %v", err)
		}
	}
}

// crashBetweenTheSteps has replicas end after each step of a refresh; the next
// one has to find out how far it got.
func crashBetweenTheSteps(t *testing.T, again func() runtime.TokenStore) {
	version := mustSave(t, again(), "a", numbered(1), 0)
	mustLease(t, again(), version, "one", short) // It ends here,
	if stale := takeOver(t, again(), version, "two"); stale < short {
		t.Errorf("the lease that was left began %v ago", stale)
	}
	noted := numbered(1) // and that is noted, which ends the lease of who notes it.
	noted.Dead = "noted"
	version = mustSave(t, again(), "a", noted, version)
	if stale := mustLease(t, again(), version, "three", short); stale != 0 {
		t.Errorf("what is noted counts as left %v ago", stale)
	}
	saved := mustSave(t, again(), "a", numbered(2), version) // The next ends after it saved.
	if _, err := again().Save(t.Context(), "a", "bot", numbered(9), version); !errors.Is(err, runtime.ErrVersionConflict) {
		t.Errorf("Save of who comes late: %v", err)
	}
	if stale := mustLease(t, again(), saved, "four", long); stale != 0 {
		t.Errorf("what is saved counts as left %v ago", stale)
	}
	wantToken(t, again(), "a", 2, saved)
}

// number is the number of a token that numbered made.
func number(t runtime.Token) int {
	n := -1
	_, _ = fmt.Sscanf(t.Access.Reveal(), "access-%d", &n)
	return n
}
