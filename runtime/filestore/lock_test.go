//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package filestore

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/porin-dev/porin/runtime"
)

// TestLockThatIsKept has somebody keep each lock for good: Open and the methods say so.
func TestLockThatIsKept(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"open", base("a", "bot")[:2]} {
			unlock, err := s.lock(t.Context(), name)
			if err != nil {
				t.Fatal(err)
			}
			defer unlock()
		}
		start := time.Now()
		if _, err := Open(dir); !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), "open.lock") {
			t.Errorf("Open: %v", err)
		}
		if d := time.Since(start); d != lockPatience {
			t.Errorf("Open waited %v", d)
		}
		if _, err := s.Save(t.Context(), "a", "bot", runtime.Token{}, 0); !errors.Is(err, ErrLocked) {
			t.Errorf("Save: %v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := s.Lease(ctx, "a", "bot", 0, "me", time.Minute); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrLocked) {
			t.Errorf("Lease: %v", err)
		}
		if _, err := s.Save(t.Context(), "b", "bot", runtime.Token{}, 0); err != nil {
			t.Errorf("the lock of another token: %v", err)
		}
	})
}

// TestLockIsWaitedFor has the lock given back while it is waited for.
func TestLockIsWaitedFor(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		unlock, err := s.lock(t.Context(), "open")
		if err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(lockPatience-time.Second, unlock)
		if _, err := Open(dir); err != nil {
			t.Error(err)
		}
	})
}
