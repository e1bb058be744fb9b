// Package children runs programs that end together with what they started.
package children

import (
	"context"
	"os/exec"
	"time"
)

// endWithin is how long programs may take to end when they are asked to.
const endWithin = 5 * time.Second

// Command is [exec.CommandContext] for a program that starts others. When ctx ends, they
// are all interrupted. Whoever ran it calls end after it, which kills what is left of them.
func Command(ctx context.Context, name string, args ...string) (cmd *exec.Cmd, end func()) {
	cmd = exec.CommandContext(ctx, name, args...)
	isolate(cmd)
	cmd.Cancel = func() error { return interrupt(cmd) }
	cmd.WaitDelay = endWithin
	return cmd, func() {
		if cmd.Process != nil {
			kill(cmd)
		}
	}
}
