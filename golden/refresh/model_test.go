package refresh

import (
	"flag"
	"fmt"
	"strings"
	"testing"
	"time"
)

// The bound of the exploration. CI has the defaults; docs/reliability.md has what was measured.
var (
	processes = flag.Int("processes", 2, "how many processes refresh, where there are faults")
	faults    = flag.Int("faults", 1, "how many crashes, lost answers and stalls come together at most")
)

// TestNothingIsLost explores the runtime's own protocol.
func TestNothingIsLost(t *testing.T) {
	for _, b := range behaviours {
		for _, works := range []bool{true, false} {
			if works && b.noExpiry {
				continue // Nobody knows that it is due.
			}
			t.Run(fmt.Sprintf("%s/works=%v", b.name, works), func(t *testing.T) {
				holds(t, scenario{behaviour: b, works: works, processes: *processes, faults: *faults})
			})
		}
	}
	t.Run("three processes", func(t *testing.T) {
		holds(t, scenario{behaviour: behaviours[2], processes: 3})
	})
}

func holds(t *testing.T, s scenario) {
	t.Helper()
	start := time.Now()
	f := explore(t, s)
	t.Logf("%d states, %d runs, %v", f.states, f.runs, time.Since(start).Round(time.Millisecond))
	if f.wrong != "" {
		t.Errorf("%s\n%s", f.wrong, strings.Join(f.trace, "\n"))
	}
}
