package gauntlet

import (
	"fmt"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// linger is how long what a client began may go on after its app was closed:
// a refresh, whose answer must not be lost, ends by itself.
const linger = 2 * time.Minute

// play runs a scenario's workload in a bubble of virtual time and returns what
// it left behind. A client that never comes back ends the bubble, and what was
// seen until then is the evidence.
func play(t *testing.T, p *Plan, d Driver, s *Scenario, seed uint64) (*Evidence, error) {
	t.Helper()
	var env *Env
	var ev *Evidence
	var err error
	stuck := bubble(t, func() {
		before := goroutines()
		if env, err = newEnv(p, d, s, seed, nil); err != nil {
			return
		}
		broken := guard(func() { err = s.Run(env) })
		env.end()
		time.Sleep(linger)
		synctest.Wait()
		ev = env.evidence(d)
		ev.Stuck = broken
		for id, name := range goroutines() {
			if _, ok := before[id]; !ok {
				ev.Goroutines = append(ev.Goroutines, "* goroutine of "+name)
			}
		}
	})
	if ev == nil && env != nil && stuck != "" {
		ev = env.evidence(d)
		ev.Stuck = stuck
	}
	if ev == nil && err == nil {
		err = fmt.Errorf("the scenario did not start: %s", stuck)
	}
	return ev, err
}

// bubble runs f in virtual time and says why it could not end by itself.
func bubble(t *testing.T, f func()) (stuck string) {
	t.Helper()
	defer func() {
		if r := recover(); r != nil {
			stuck = fmt.Sprint(r)
		}
	}()
	synctest.Test(t, func(*testing.T) { f() })
	return ""
}

// guard runs f and returns the panic that ended it, if one did.
func guard(f func()) (broken string) {
	defer func() {
		if r := recover(); r != nil {
			broken = fmt.Sprintf("panic: %v", r)
		}
	}()
	f()
	return ""
}

// heading is the first line of a goroutine in a stack dump.
var heading = regexp.MustCompile(`^goroutine (\d+) \[.*synctest bubble (\d+)\]`)

// goroutines returns those of the caller's bubble by id, with the function
// that started each.
func goroutines() map[string]string {
	buf := make([]byte, 1<<16)
	for {
		n := runtime.Stack(buf, true)
		if n < len(buf) {
			buf = buf[:n]
			break
		}
		buf = make([]byte, 2*len(buf))
	}
	all := map[string]string{}
	own := ""
	for block := range strings.SplitSeq(string(buf), "\n\n") {
		m := heading.FindStringSubmatch(block)
		if m == nil {
			continue
		}
		if own == "" { // The caller comes first.
			own = m[2]
		}
		if m[2] == own {
			all[m[1]] = startedBy(block)
		}
	}
	return all
}

func startedBy(block string) string {
	_, after, ok := strings.Cut(block, "created by ")
	if !ok {
		return "the runtime"
	}
	name, _, _ := strings.Cut(after, "\n")
	name, _, _ = strings.Cut(name, " in goroutine")
	return name
}
