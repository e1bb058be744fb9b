package runtime

import (
	"context"
	"time"
)

// Clock is the time of an [App]. The default is the system's, which
// testing/synctest controls as well, so a Clock of one's own is rarely needed.
// It must be safe for concurrent use. Deadlines of contexts, and with them the
// timeout of an attempt, stay with the system's time.
type Clock interface {
	Now() time.Time

	// Sleep waits for d, or until ctx is done and then returns its error.
	Sleep(ctx context.Context, d time.Duration) error
}

// systemClock is the default [Clock].
type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

func (systemClock) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil || d <= 0 {
		return err
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
