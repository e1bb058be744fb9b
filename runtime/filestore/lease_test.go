//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package filestore

import (
	"errors"
	"testing"
	"time"

	"github.com/porin-dev/porin/runtime"
)

// TestLeaseAfterTheClockWasSet sets the clock while a lease is held: by the clock as it
// is then, nobody waits for more than the lease's length.
func TestLeaseAfterTheClockWasSet(t *testing.T) {
	const length = time.Minute
	taken := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	for name, tc := range map[string]struct {
		set   time.Time     // What the clock is set to,
		ends  time.Time     // when the lease ends by it,
		stale time.Duration // and how old it is then.
	}{
		"not at all":   {taken.Add(30 * time.Second), taken.Add(length), length},
		"an hour back": {taken.Add(-time.Hour), taken.Add(-time.Hour + length), length},
		"a bit back":   {taken.Add(-time.Millisecond), taken.Add(-time.Millisecond + length), length},
		"years back":   {time.Date(1970, 1, 1, 0, 0, 5, 0, time.UTC), time.Date(1970, 1, 1, 0, 1, 5, 0, time.UTC), length},
		"an hour on":   {taken.Add(time.Hour), taken.Add(time.Hour), time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			dir, now := t.TempDir(), taken
			reopened := func() *Store { // Another process's.
				s, err := Open(dir)
				if err != nil {
					t.Fatal(err)
				}
				s.now = func() time.Time { return now }
				return s
			}
			lease := func(holder string) (time.Duration, error) {
				return reopened().Lease(t.Context(), "a", "bot", 0, holder, length)
			}
			if _, err := lease("dead"); err != nil {
				t.Fatal(err)
			}
			if now = tc.set; now.Before(tc.ends) {
				if _, err := lease("early"); !errors.Is(err, runtime.ErrLeased) {
					t.Errorf("at once: %v", err)
				}
				now = tc.ends.Add(-time.Millisecond)
				if _, err := lease("early"); !errors.Is(err, runtime.ErrLeased) {
					t.Errorf("before its end: %v", err)
				}
			}
			now = tc.ends
			if stale, err := lease("next"); err != nil || stale != tc.stale {
				t.Errorf("at its end: %v old, %v", stale, err)
			}
		})
	}
}

// TestAgeOutlastsAClockThatIsSetBack: who takes over twice hears of the first holder's age.
func TestAgeOutlastsAClockThatIsSetBack(t *testing.T) {
	s, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	s.now = func() time.Time { return now }
	lease := func(want time.Duration) {
		t.Helper()
		if stale, err := s.Lease(t.Context(), "a", "bot", 0, "dead", time.Minute); err != nil || stale != want {
			t.Fatalf("%v old, %v", stale, err)
		}
	}
	lease(0)
	now = now.Add(10 * time.Minute)
	lease(10 * time.Minute)
	now = now.Add(-24 * time.Hour)
	if _, err := s.Lease(t.Context(), "a", "bot", 0, "early", time.Minute); !errors.Is(err, runtime.ErrLeased) {
		t.Fatal(err)
	}
	now = now.Add(time.Minute)
	lease(11 * time.Minute)
}
