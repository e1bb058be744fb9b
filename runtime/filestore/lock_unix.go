//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package filestore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// lockPoll is the longest pause before a lock is tried again. Who has it writes
// one file.
const lockPoll = 20 * time.Millisecond

// lock keeps all other users of a lock file out, in this process and in
// others, until unlock is called or the process ends. It is waited for as long as ctx
// allows, and no longer than lockPatience. Lock files stay: to remove one would let two in.
func (s *Store) lock(ctx context.Context, name string) (unlock func(), err error) {
	file := filepath.Join(s.dir, name+".lock")
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("filestore: %w", err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, lockPatience, ErrLocked)
	defer cancel()
	for pause := time.Millisecond; ; pause = min(2*pause, lockPoll) {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { _ = f.Close() }, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			break
		}
		if err = wait(ctx, pause); err != nil {
			break
		}
	}
	_ = f.Close()
	return nil, fmt.Errorf("filestore: lock %s: %w", file, err)
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
