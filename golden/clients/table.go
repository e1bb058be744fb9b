package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/porin-dev/porin/runtime/gauntlet"
)

// block is the table in README.md and docs/clients.md.
var block = regexp.MustCompile(`(?s)<!-- clients -->\n.*<!-- /clients -->`)

// groups are the columns.
func groups() []string {
	var all []string
	for _, s := range gauntlet.Scenarios() {
		if len(all) == 0 || all[len(all)-1] != s.Group() {
			all = append(all, s.Group())
		}
	}
	return all
}

// table has a line for each client, with passed of exercised scenarios by group.
func table(rows []*row) string {
	var b strings.Builder
	fmt.Fprintf(&b, "| API | client | %s | **all** | not offered |\n", strings.Join(groups(), " | "))
	fmt.Fprintf(&b, "| --- | --- |%s ---: | ---: |\n", strings.Repeat(" ---: |", len(groups())))
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s | %s |", r.api.name, strings.TrimSpace(r.name+" "+r.version))
		for _, g := range groups() {
			fmt.Fprintf(&b, " %s |", share(r.report, g))
		}
		s := r.report.Score
		fmt.Fprintf(&b, " **%d/%d** | %d |\n", s.Passed, s.Exercised, s.NotOffered)
	}
	return b.String()
}

// calm reports whether a client reads the whole list of a twin without faults. What a
// library for the API does not read there is a mistake of the twin until somebody
// shows otherwise, and the rest of its results would be about that mistake.
func (r *row) calm() bool {
	for _, s := range r.report.Scenarios {
		for _, v := range s.Verdicts {
			if s.ID == "paging/whole-list" && (v.Oracle == "recovers" || v.Oracle == "complete") && v.Outcome == gauntlet.Fail {
				return false
			}
		}
	}
	return true
}

// share is what of a group passed; a dash where nothing was exercised.
func share(report *gauntlet.Report, group string) string {
	passed, exercised := 0, 0
	for _, s := range report.Scenarios {
		if s.Group != group || s.Outcome != gauntlet.Pass && s.Outcome != gauntlet.Fail {
			continue
		}
		exercised++
		if s.Outcome == gauntlet.Pass {
			passed++
		}
	}
	if exercised == 0 {
		return "–"
	}
	return fmt.Sprintf("%d/%d", passed, exercised)
}

// publish writes the tables.
func publish(all []*row, at time.Time) error {
	var rows []*row
	unread := ""
	for _, r := range all {
		if r.calm() {
			rows = append(rows, r)
			continue
		}
		unread += fmt.Sprintf(unreadable, strings.TrimSpace(r.name+" "+r.version), r.api.name)
	}
	short := "<!-- clients -->\n" + table(rows) + "<!-- /clients -->"
	readme, err := os.ReadFile("README.md")
	if err != nil {
		return err
	}
	if !block.Match(readme) {
		return fmt.Errorf("README.md has no place for the table: <!-- clients -->")
	}
	if err := os.WriteFile("README.md", block.ReplaceAllLiteral(readme, []byte(short)), 0o644); err != nil {
		return err
	}
	return os.WriteFile("docs/clients.md", []byte(fmt.Sprintf(page, at.UTC().Format(time.DateOnly), short, unread, failures(rows))), 0o644)
}

// failures lists what each client failed: the scenario, and what came of it.
func failures(rows []*row) string {
	var b strings.Builder
	for _, r := range rows {
		fmt.Fprintf(&b, "\n### %s: %s\n\n", r.api.name, strings.TrimSpace(r.name+" "+r.version))
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

// cause is the first rule that was broken, with how.
func cause(s gauntlet.Result) string {
	for _, v := range s.Verdicts {
		if v.Outcome == gauntlet.Fail {
			return "**" + v.Oracle + "**, " + oneLine(v.Why)
		}
	}
	return oneLine(s.Why)
}

// evidence is the last two lines of the journal that prove a failure.
func evidence(s gauntlet.Result) []string {
	for _, v := range s.Verdicts {
		if v.Outcome == gauntlet.Fail {
			lines := v.Journal[max(0, len(v.Journal)-2):]
			for i := range lines {
				lines[i] = oneLine(lines[i])
			}
			return lines
		}
	}
	return nil
}

// ports differ from run to run.
var port = regexp.MustCompile(`(127\.0\.0\.1|localhost):\d+`)

func oneLine(s string) string {
	s = port.ReplaceAllString(strings.Join(strings.Fields(s), " "), "$1")
	return s[:min(len(s), 220)]
}

const unreadable = "\n%s is not in the table: it does not read the list of the twin of %s when nothing is wrong, which is for the twin to mend.\n"

const page = `# Other people's clients

Client libraries, each behind a driver that sets it up as its own documentation says with its retries on ([golden/sdk](../golden/sdk)), in the scenarios of
` + "`porin test`" + ` that can be judged from outside ([judge.md](judge.md)): passed of exercised. What a client does not claim to do is *not offered*, and
counts neither way. Stripe and GitHub are drafted from their OpenAPI documents for three actions; "porin" is the client that is generated from the same spec.

Measured on %s with ` + "`make clients`" + `: each scenario with a twin and a process of its own, on two busy cores, a call with up to 65 s of time.

%s
%s
What the table does not say: a scenario asks for what the gauntlet thinks right, which the maintainers of a library may see otherwise; many leave retry to
their callers on purpose. A client of one call has less to get wrong than one of a hundred. Deadlines depend on how busy the machine is.

Known upstream: Stripe's libraries leave answers of 429 to their callers on purpose, but for lock timeouts
([stripe-go #935](https://github.com/stripe/stripe-go/pull/935), [stripe-node #1110](https://github.com/stripe/stripe-node/issues/1110)).

## What failed

The rule that was broken (` + "`porin explain RULE`" + `), how, and the last lines of the twin's journal; ` + "`porin judge`" + ` with
` + "`--scenario`" + ` shows the whole of it.
%s`
