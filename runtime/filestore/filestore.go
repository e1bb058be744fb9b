// Package filestore keeps tokens in files, for programs on one machine: a
// command that people run, a service with a volume. Any number of processes may
// share a folder. It needs a file system with locks and atomic renames, which
// network file systems often lack; replicas on several machines want sqlstore.
//
// What it writes is readable for the user alone, but not encrypted: put a
// sealed.Store in front.
//
// Leases are by the machine's clock, which may be set. Set back, it does not make a
// lease longer: who next asks for one finds that the lease begins in the future, and it ends its
// length after that. Set forward, it ends leases early, and two processes may
// refresh one token.
package filestore

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/porin-dev/porin/runtime"
)

// Store is a [runtime.TokenStore] in a folder: a file a token. It is made by
// [Open] and safe for concurrent use.
type Store struct {
	dir string
	now func() time.Time
}

const (
	// tornAfter is when a file that was not finished is taken for a crash's.
	tornAfter = time.Hour

	// lockPatience is how long a lock is waited for. Who has it writes one file, and
	// the system takes it from a process that ends.
	lockPatience = 10 * time.Second
)

// ErrLocked says that another process has kept the lock of a file for 10 seconds: it is
// stopped, or its disk does not answer.
var ErrLocked = errors.New("another process keeps the lock")

// Open returns the store in a folder of its own, one a connector, which it
// makes if need be. It matches [errors.ErrUnsupported] where the system has no
// locks that it can use, since it needs a Unix, and [ErrLocked] where another process
// keeps the folder's lock. The methods of the store match ErrLocked, too, unless their context ends
// before.
func Open(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("filestore: %w", err)
	}
	s := &Store{dir, time.Now}
	unlock, err := s.lock(context.Background(), "open")
	if err != nil {
		return nil, err
	}
	defer unlock()
	return s, s.sweep()
}

// sweep removes what writers that crashed left behind.
func (s *Store) sweep() error {
	torn, err := filepath.Glob(filepath.Join(escaped(s.dir), "*"+tornSuffix))
	if err != nil {
		return fmt.Errorf("filestore: %w", err)
	}
	for _, name := range torn {
		if info, err := os.Stat(name); err == nil && time.Since(info.ModTime()) > tornAfter {
			_ = os.Remove(name)
		}
	}
	return nil
}

// escaped is a folder in a pattern.
func escaped(dir string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(dir)
}

// Load implements [runtime.TokenStore].
func (s *Store) Load(_ context.Context, account, name string) (runtime.Token, int64, error) {
	r, err := s.read(account, name)
	if err != nil {
		return runtime.Token{}, 0, err
	}
	if r.Version == 0 {
		return runtime.Token{}, 0, runtime.ErrNoToken
	}
	t, err := runtime.ParseToken(r.Token)
	return t, r.Version, err
}

// Save implements [runtime.TokenStore].
func (s *Store) Save(ctx context.Context, account, name string, t runtime.Token, ifVersion int64) (int64, error) {
	revealed, err := t.Reveal()
	if err != nil {
		return 0, err
	}
	err = s.change(ctx, account, name, func(r *record) (bool, error) {
		if r.Version != ifVersion {
			return false, runtime.ErrVersionConflict
		}
		r.Version, r.Token, r.Lease = ifVersion+1, revealed, nil
		return true, nil
	})
	return ifVersion + 1, err
}

// Lease implements [runtime.TokenStore]. Its clock is the machine's.
func (s *Store) Lease(ctx context.Context, account, name string, version int64, holder string, d time.Duration) (stale time.Duration, err error) {
	err = s.change(ctx, account, name, func(r *record) (bool, error) {
		now := s.now()
		if r.Version != version {
			return false, runtime.ErrVersionConflict
		}
		if r.Lease == nil {
			r.Lease = &lease{Since: now}
		}
		setBack := r.Lease.setBack(now)
		if now.Before(r.Lease.Until) {
			return setBack, runtime.ErrLeased
		}
		stale = now.Sub(r.Lease.Since)
		r.Lease.Holder, r.Lease.Taken, r.Lease.Until = holder, now, now.Add(d)
		return true, nil
	})
	return stale, err
}

// Release implements [runtime.TokenStore].
func (s *Store) Release(ctx context.Context, account, name, holder string) error {
	return s.change(ctx, account, name, func(r *record) (bool, error) {
		if r.Lease == nil || r.Lease.Holder != holder {
			return false, nil
		}
		r.Lease = nil
		return true, nil
	})
}

// change reads a record, changes it and writes it where f says so, while nobody else does.
func (s *Store) change(ctx context.Context, account, name string, f func(*record) (changed bool, err error)) error {
	unlock, err := s.lock(ctx, base(account, name)[:2])
	if err != nil {
		return err
	}
	defer unlock()
	r, err := s.read(account, name)
	if errors.Is(err, fs.ErrNotExist) {
		r, err = &record{Account: account, Name: name}, nil
	}
	if err != nil {
		return err
	}
	changed, refused := f(r)
	if changed {
		err = s.write(r)
	}
	return cmp.Or(refused, err)
}

// base names a token's file: accounts may have any characters, and any length.
func base(account, name string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d:%s%s", len(account), account, name))
	return hex.EncodeToString(sum[:])
}
