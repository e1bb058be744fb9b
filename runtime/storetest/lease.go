package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/porin-dev/porin/runtime"
)

const (
	long  = time.Hour             // A lease that does not run out during a test.
	short = 50 * time.Millisecond // One that does.
)

func leaseExcludes(t *testing.T, again func() runtime.TokenStore) {
	version := mustSave(t, again(), "a", numbered(1), 0)
	mustLease(t, again(), version, "one", long)
	for _, holder := range []string{"two", "three"} {
		if _, err := again().Lease(t.Context(), "a", "bot", version, holder, long); !errors.Is(err, runtime.ErrLeased) {
			t.Errorf("Lease of what is leased: %v", err)
		}
	}
	wantToken(t, again(), "a", 1, version) // It can be used meanwhile.
	if err := again().Release(t.Context(), "a", "bot", "one"); err != nil {
		t.Fatal(err)
	}
	if stale := mustLease(t, again(), version, "two", long); stale != 0 {
		t.Errorf("a lease that was released counts as left %v ago", stale)
	}
	other := mustSave(t, again(), "b", numbered(1), 0)
	if _, err := again().Lease(t.Context(), "b", "bot", other, "one", long); err != nil {
		t.Errorf("Lease of another account: %v", err)
	}
}

func leaseOfAnotherVersion(t *testing.T, again func() runtime.TokenStore) {
	first := mustSave(t, again(), "a", numbered(1), 0)
	second := mustSave(t, again(), "a", numbered(2), first)
	for _, version := range []int64{first, second + 1, 0} {
		if _, err := again().Lease(t.Context(), "a", "bot", version, "one", long); !errors.Is(err, runtime.ErrVersionConflict) {
			t.Errorf("Lease of version %d while %d is stored: %v", version, second, err)
		}
	}
	mustLease(t, again(), second, "one", long)
}

func leaseRunsOut(t *testing.T, again func() runtime.TokenStore) {
	version := mustSave(t, again(), "a", numbered(1), 0)
	mustLease(t, again(), version, "one", short)
	var least time.Duration
	for _, holder := range []string{"two", "three"} { // Who takes over may leave it, too: the first counts.
		stale := takeOver(t, again(), version, holder)
		if least += short; stale < least {
			t.Errorf("%s is told of a lease left %v ago, which is at least %v", holder, stale, least)
		}
	}
	if err := again().Release(t.Context(), "a", "bot", "two"); err != nil { // It has it no more.
		t.Error(err)
	}
	if stale := takeOver(t, again(), version, "four"); stale < 3*short {
		t.Errorf("a lease that another released counts as left %v ago", stale)
	}
	saved := mustSave(t, again(), "a", numbered(2), version) // Whoever has the lease.
	wantToken(t, again(), "a", 2, saved)
}

// takeOver waits until a lease can be had, for a short time.
func takeOver(t *testing.T, s runtime.TokenStore, version int64, holder string) time.Duration {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(short / 10) {
		stale, err := s.Lease(t.Context(), "a", "bot", version, holder, short)
		if err == nil {
			return stale
		}
		if !errors.Is(err, runtime.ErrLeased) || time.Now().After(end) {
			t.Fatalf("Lease after the one before is over: %v", err)
		}
	}
}

func leaseBeforeToken(t *testing.T, again func() runtime.TokenStore) {
	mustLease(t, again(), 0, "one", long)
	if _, err := again().Lease(t.Context(), "a", "bot", 0, "two", long); !errors.Is(err, runtime.ErrLeased) {
		t.Errorf("Lease of what is leased: %v", err)
	}
	if _, version, err := again().Load(t.Context(), "a", "bot"); !errors.Is(err, runtime.ErrNoToken) || version != 0 {
		t.Errorf("Load of what is leased and not saved: version %d, %v", version, err)
	}
	version := mustSave(t, again(), "a", numbered(1), 0)
	if version < 1 {
		t.Errorf("version %d", version)
	}
	wantToken(t, again(), "a", 1, version)
	mustLease(t, again(), version, "two", long)
}

func saveEndsLease(t *testing.T, again func() runtime.TokenStore) {
	first := mustSave(t, again(), "a", numbered(1), 0)
	mustLease(t, again(), first, "one", long)
	second := mustSave(t, again(), "a", numbered(2), first)
	if stale := mustLease(t, again(), second, "two", long); stale != 0 {
		t.Errorf("a lease that was saved under counts as left %v ago", stale)
	}
}

func othersDoNotRelease(t *testing.T, again func() runtime.TokenStore) {
	version := mustSave(t, again(), "a", numbered(1), 0)
	mustLease(t, again(), version, "one", long)
	for _, holder := range []string{"two", ""} {
		if err := again().Release(t.Context(), "a", "bot", holder); err != nil {
			t.Errorf("Release by %q, who has no lease: %v", holder, err)
		}
	}
	if _, err := again().Lease(t.Context(), "a", "bot", version, "two", long); !errors.Is(err, runtime.ErrLeased) {
		t.Errorf("Lease of what is leased: %v", err)
	}
	saved := mustSave(t, again(), "a", numbered(2), version)
	mustLease(t, again(), saved, "three", long)
	if err := again().Release(t.Context(), "a", "bot", "one"); err != nil { // Late, of a version before.
		t.Error(err)
	}
	if _, err := again().Lease(t.Context(), "a", "bot", saved, "two", long); !errors.Is(err, runtime.ErrLeased) {
		t.Errorf("Lease of what is leased: %v", err)
	}
}

func mustLease(t *testing.T, s runtime.TokenStore, version int64, holder string, d time.Duration) time.Duration {
	t.Helper()
	stale, err := s.Lease(t.Context(), "a", "bot", version, holder, d)
	if err != nil {
		t.Fatalf("Lease of version %d: %v", version, err)
	}
	return stale
}
