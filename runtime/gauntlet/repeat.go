package gauntlet

import (
	"slices"
	"strings"
	"testing"
)

// text is the whole journal of a run, as text: what two runs of one seed have in
// common, byte for byte.
func (ev *Evidence) text() []string {
	var out []string
	for _, e := range ev.Entries {
		out = append(out, e.Line(ev.Start)+" "+e.Params+" "+e.Body)
	}
	return out
}

// Same plays a scenario several times with one seed, and says where the journal of a
// run differs from that of the first; "" where none does.
func Same(t *testing.T, p *Plan, d Driver, s *Scenario, seed uint64, times int) string {
	t.Helper()
	if s.Impossible(p) != "" {
		return ""
	}
	var first []string
	for i := range times {
		ev, err := play(t, p, d, s, seed)
		if err != nil {
			return "" // What it is was said by the run that was judged.
		}
		switch now := ev.text(); {
		case i == 0:
			first = now
		case !slices.Equal(first, now):
			at := 0
			for at < min(len(first), len(now)) && first[at] == now[at] {
				at++
			}
			return "two runs of one seed differ:\n" + strings.Join(first[at:min(at+3, len(first))], "\n") + "\n\n" + strings.Join(now[at:min(at+3, len(now))], "\n")
		}
	}
	return ""
}
