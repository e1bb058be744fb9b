package gauntlet

import (
	"errors"
	"strings"
	"testing"

	"github.com/porin-dev/porin/runtime"
)

// Every event of a client is searched, as it prints and as it is logged, at the level
// that is written last.
func TestEveryEventIsSearched(t *testing.T) {
	const secret = "pk-canary-1"
	told := errors.New("the key " + secret + " is refused")
	for _, e := range []runtime.Event{
		runtime.AttemptEvent{OK: true, Route: secret},
		runtime.AttemptEvent{Err: told},
		runtime.WaitEvent{Limit: secret},
		runtime.PageEvent{Account: secret},
		runtime.RefreshEvent{Err: told},
		runtime.DisconnectEvent{Code: secret},
		runtime.DriftEvent{Kind: secret},
		runtime.DeprecationEvent{Link: secret},
	} {
		var log written
		observer(Target{Log: log.add}).Observe(t.Context(), e)
		lines := log.all()
		if len(lines) != 2 || !strings.HasPrefix(lines[0], "runtime.") || !strings.HasPrefix(lines[1], "time=") {
			t.Fatalf("%T gives %q", e, lines)
		}
		for _, line := range lines {
			if v := judgeSecret(&Evidence{Secrets: []string{secret}, Log: []string{line}}); v.Outcome != Fail {
				t.Errorf("%q passes", line)
			}
		}
		if v := judgeSecret(&Evidence{Secrets: []string{"pk-canary-2"}, Log: lines}); v.Outcome != Pass {
			t.Errorf("%q fails: %s", lines, v.Why)
		}
	}
}
