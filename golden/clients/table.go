package main

import (
	"fmt"
	"strings"

	"github.com/porin-dev/porin/runtime/gauntlet"
)

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
