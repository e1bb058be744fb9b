// Package filestore keeps tokens in files, for programs on one machine: a
// command that people run, a service with a volume. Any number of processes may
// share a folder. It needs a file system with locks and atomic renames, which
// network file systems often lack; replicas on several machines want sqlstore.
//
// What it writes is readable for the user alone, but not encrypted: put a
// sealed.Store in front.
package filestore

import (
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
type Store struct{ dir string }

// tornAfter is when a file that was not finished is taken for a crash's.
const tornAfter = time.Hour

// Open returns the store in a folder of its own, one a connector, which it
// makes if need be. It matches [errors.ErrUnsupported] where the system has no
// locks that it can use: it needs a Unix.
func Open(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("filestore: %w", err)
	}
	s := &Store{dir}
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
	err = s.change(ctx, account, name, func(r *record) error {
		if r.Version != ifVersion {
			return runtime.ErrVersionConflict
		}
		r.Version, r.Token, r.Lease = ifVersion+1, revealed, nil
		return nil
	})
	return ifVersion + 1, err
}

// Lease implements [runtime.TokenStore]. Its clock is the machine's.
func (s *Store) Lease(ctx context.Context, account, name string, version int64, holder string, d time.Duration) (stale time.Duration, err error) {
	err = s.change(ctx, account, name, func(r *record) error {
		now := time.Now()
		switch {
		case r.Version != version:
			return runtime.ErrVersionConflict
		case r.Lease == nil:
			r.Lease = &lease{Since: now}
		case now.Before(r.Lease.Until):
			return runtime.ErrLeased
		}
		stale = now.Sub(r.Lease.Since)
		r.Lease.Holder, r.Lease.Until = holder, now.Add(d)
		return nil
	})
	return stale, err
}

// errUnchanged says that there is nothing to write.
var errUnchanged = errors.New("nothing changed")

// Release implements [runtime.TokenStore].
func (s *Store) Release(ctx context.Context, account, name, holder string) error {
	err := s.change(ctx, account, name, func(r *record) error {
		if r.Lease == nil || r.Lease.Holder != holder {
			return errUnchanged
		}
		r.Lease = nil
		return nil
	})
	if errors.Is(err, errUnchanged) {
		return nil
	}
	return err
}

// change reads a record, changes it and writes it, while nobody else does.
func (s *Store) change(ctx context.Context, account, name string, f func(*record) error) error {
	unlock, err := s.lock(ctx, base(account, name)[:2])
	if err != nil {
		return err
	}
	defer unlock()
	r, err := s.read(account, name)
	if errors.Is(err, fs.ErrNotExist) {
		r, err = &record{Account: account, Name: name}, nil
	}
	if err == nil {
		err = f(r)
	}
	if err != nil {
		return err
	}
	return s.write(r)
}

// base names a token's file: accounts may have any characters, and any length.
func base(account, name string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d:%s%s", len(account), account, name))
	return hex.EncodeToString(sum[:])
}
