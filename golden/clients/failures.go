package main

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/porin-dev/porin/runtime/gauntlet"
)

func (r *row) title() string { return r.api.name + ": " + strings.TrimSpace(r.name+" "+r.version) }

// failures lists what each client failed: the scenario, what came of it, and the lines
// that prove it.
func failures(rows []*row) string {
	var b strings.Builder
	for _, r := range rows {
		fmt.Fprintf(&b, "\n### %s\n\n", r.title())
		failed := r.report.Failed()
		if len(failed) == 0 {
			b.WriteString("None.\n")
		}
		for _, s := range failed {
			fmt.Fprintf(&b, "* `%s`, %s: %s\n", s.ID, s.Title, cause(s))
			for _, line := range evidence(s) {
				fmt.Fprintf(&b, "  `%s`\n", strings.ReplaceAll(line, "`", "'"))
			}
		}
	}
	return b.String()
}

// unclaimed lists the scenarios that a client does not offer, by reason.
func unclaimed(rows []*row) string {
	var b strings.Builder
	for _, r := range rows {
		by := map[string][]string{}
		for _, s := range r.report.Scenarios {
			if s.Outcome == gauntlet.NotOffered {
				by[oneLine(s.Why)] = append(by[oneLine(s.Why)], "`"+s.ID+"`")
			}
		}
		if len(by) == 0 {
			continue
		}
		fmt.Fprintf(&b, "* %s\n", r.title())
		reasons := make([]string, 0, len(by))
		for why := range by {
			reasons = append(reasons, why)
		}
		slices.SortFunc(reasons, func(x, y string) int { return cmp.Or(len(by[y])-len(by[x]), strings.Compare(x, y)) })
		for _, why := range reasons {
			fmt.Fprintf(&b, "  * %s: %s\n", why, strings.Join(by[why], ", "))
		}
	}
	return b.String()
}

// broken is the first verdict that a rule was broken.
func broken(s gauntlet.Result) gauntlet.Verdict {
	i := slices.IndexFunc(s.Verdicts, func(v gauntlet.Verdict) bool { return v.Outcome == gauntlet.Fail })
	if i < 0 {
		return gauntlet.Verdict{Why: s.Why}
	}
	return s.Verdicts[i]
}

// cause is the rule that was broken, with how.
func cause(s gauntlet.Result) string {
	v := broken(s)
	if v.Oracle == "" {
		return oneLine(v.Why)
	}
	return "**" + v.Oracle + "**, " + oneLine(v.Why)
}

// evidence is the last two lines of the journal that prove a failure.
func evidence(s gauntlet.Result) []string {
	all := broken(s).Journal
	var lines []string
	for _, line := range all[max(0, len(all)-2):] {
		lines = append(lines, oneLine(line))
	}
	return lines
}

// ports differ from run to run.
var port = regexp.MustCompile(`(127\.0\.0\.1|localhost):\d+`)

func oneLine(s string) string {
	s = port.ReplaceAllString(strings.Join(strings.Fields(s), " "), "$1")
	return s[:min(len(s), 220)]
}
