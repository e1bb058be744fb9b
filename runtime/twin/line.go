package twin

import (
	"fmt"
	"strings"
	"time"
)

// Line renders an entry for people, its time counted from start:
//
//	#12 +31.5s GET /api/users.list users.list account=a1 token=v2/live -> 429 rate_limited wait=30s [limits/429]
func (e Entry) Line(start time.Time) string {
	var b strings.Builder
	fmt.Fprintf(&b, "#%d +%s %s %s", e.Seq, e.Time.Sub(start).Round(time.Millisecond), e.Method, e.Path)
	if e.Route == RouteForeign {
		fmt.Fprintf(&b, " at %s", e.Origin)
	}
	add := func(format string, args ...any) { fmt.Fprintf(&b, " "+format, args...) }
	if e.Action != "" {
		add("%s", e.Action)
	}
	if e.Account != "" {
		add("account=%s", e.Account)
	}
	if e.TokenState != "" && e.TokenState != TokenNone {
		add("token=v%d/%s", e.TokenVersion, e.TokenState)
	}
	switch {
	case e.Status == 0:
		add("-> no answer")
	case e.Lost:
		add("-> %d, lost on the way", e.Status)
	default:
		add("-> %d", e.Status)
	}
	for _, s := range []string{e.Class, e.Code} {
		if s != "" {
			add("%s", s)
		}
	}
	if e.Why != "" {
		add("(%s)", e.Why)
	}
	if e.Wait > 0 {
		add("wait=%s", e.Wait)
	}
	if e.Effect != nil {
		add("effect=%s", strings.TrimSpace(e.Effect.Do+" "+e.Effect.ID))
	}
	if len(e.Faults) > 0 {
		add("[%s]", strings.Join(e.Faults, " "))
	}
	return b.String()
}
