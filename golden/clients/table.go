package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/porin-dev/porin/runtime/gauntlet"
)

// groups are the columns: those of which something was exercised.
func groups(rows []*row) []string {
	var all []string
	for _, s := range gauntlet.Scenarios() {
		tried := func(r *row) bool { return share(r.report, s.Group()) != "–" }
		if !slices.Contains(all, s.Group()) && slices.ContainsFunc(rows, tried) {
			all = append(all, s.Group())
		}
	}
	return all
}

// table has a line for each client, with passed of exercised scenarios by group.
func table(rows []*row) string {
	var b strings.Builder
	columns := groups(rows)
	fmt.Fprintf(&b, "| API | client | %s | **all** | not offered |\n", strings.Join(columns, " | "))
	fmt.Fprintf(&b, "| --- | --- |%s ---: | ---: |\n", strings.Repeat(" ---: |", len(columns)))
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s | %s |", r.api.name, strings.TrimSpace(r.name+" "+r.version))
		for _, g := range columns {
			fmt.Fprintf(&b, " %s |", share(r.report, g))
		}
		s := r.report.Score
		fmt.Fprintf(&b, " **%d/%d** | %d |\n", s.Passed, s.Exercised, s.NotOffered)
	}
	return b.String()
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
