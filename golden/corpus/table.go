package main

import (
	"fmt"
	"io"
	"strings"
)

func printHead(w io.Writer) {
	fmt.Fprintf(w, "%-30s %5s %5s %5s %5s %6s %6s %5s %5s %5s %5s %5s  %s\n",
		"document", "oper.", "act.", "types", "notes", "l/op", "draft", "vet", "gen", "build", "vet", "smoke", "MB by phase, result")
}

// print writes the line of a document, and with detail all that fell short.
func (r *row) print(w io.Writer, detail bool) {
	s, g := r.drafted.Stats, r.generated
	fmt.Fprintf(w, "%-30s %5d %5d %5d %5d %6.0f %6.1f %5.1f %5.1f %5.1f %5.1f %5.1f  %d/%d/%d %s\n",
		r.doc.name, s.Operations, s.Actions, s.Types, r.drafted.Notes, float64(g.Lines)/float64(max(s.Operations, 1)),
		r.drafted.Seconds, g.Vet, g.Generate, r.build.seconds, r.vet.seconds, r.link.seconds+r.call.seconds+r.judge.seconds,
		r.draft.peak>>20, r.generate.peak>>20, r.build.peak>>20, r.verdict())
	shown := r.why
	if !detail {
		shown = shown[:min(len(shown), 2)]
	}
	for _, why := range shown {
		lines := strings.Split(why, "\n")
		if !detail {
			lines = lines[:min(len(lines), 5)]
		}
		fmt.Fprintf(w, "    %s\n", strings.Join(lines, "\n    "))
	}
}

func (r *row) verdict() string {
	if r.failed == "" {
		return "ok"
	}
	return "FALLS SHORT: " + r.failed
}

// printTotals writes the last lines, and reports whether every document passed.
func printTotals(w io.Writer, rows []*row) bool {
	passed, operations, actions, types, lines := 0, 0, 0, 0, 0
	for _, r := range rows {
		operations += r.drafted.Stats.Operations
		actions += r.drafted.Stats.Actions
		types += r.drafted.Stats.Types
		lines += r.generated.Lines
		if r.failed == "" {
			passed++
		}
	}
	fmt.Fprintf(w, "%d of %d documents pass; %d operations, %d actions, %d types, %d lines an operation\n",
		passed, len(rows), operations, actions, types, lines/max(operations, 1))
	return passed == len(rows)
}
