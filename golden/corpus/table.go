package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/porin-dev/porin/golden/phases"
	"github.com/porin-dev/porin/runtime/gauntlet"
)

func printHead(w io.Writer) {
	fmt.Fprintf(w, "%-30s %5s %5s %5s %5s %5s %6s %5s %5s %5s %5s %5s %5s %11s %9s %9s  %s\n",
		"document", "oper.", "act.", "types", "notes", "l/op", "draft", "vet", "gen", "build", "govet", "smoke", "play", "MB d/g/b", "smoked", "gauntlet", "result")
}

// print writes the line of a document and the beginning of what fell short, or
// with detail all of it.
func (r *row) print(w io.Writer, detail bool) {
	s, g := r.drafted.Stats, r.generated
	fmt.Fprintf(w, "%-30s %5d %5d %5d %5d %5.0f %6.1f %5.1f %5.1f %5.1f %5.1f %5.1f %5.1f %11s %9s %9s  %s\n",
		r.doc.Name, s.Operations, s.Actions, s.Types, r.drafted.Notes, float64(g.Lines)/float64(max(s.Operations, 1)),
		r.drafted.Seconds, g.Vet, g.Generate, r.build.Seconds, r.vet.Seconds, r.link.Seconds+r.call.Seconds+r.judge.Seconds, r.play.Seconds,
		fmt.Sprintf("%d/%d/%d", r.draft.Peak>>20, r.generate.Peak>>20, r.build.Peak>>20),
		fmt.Sprintf("%d/%d", r.smoked.Called-r.smoked.Failed, r.smoked.Called), r.score(), r.verdict())
	shown := r.why
	if !detail {
		shown = shown[:min(len(shown), 3)]
	}
	for _, why := range shown {
		lines := strings.Split(why, "\n")
		if !detail {
			lines = lines[:min(len(lines), 5)]
		}
		fmt.Fprintf(w, "    %s\n", strings.Join(lines, "\n    "))
	}
}

// score is how many of the scenarios that the document makes possible pass.
func (r *row) score() string {
	if r.played == nil {
		return "-"
	}
	return fmt.Sprintf("%d/%d", r.played.Score.Passed, r.played.Score.Exercised)
}

func (r *row) verdict() string {
	if r.failed == "" && r.mocked > 0 {
		return fmt.Sprintf("ok; its mock server accepts %d", r.mocked)
	}
	if r.failed == "" {
		return "ok"
	}
	return "FALLS SHORT: " + r.failed
}

// printTotals writes the last lines.
func printTotals(w io.Writer, rows []*row) {
	passed, operations, actions, types, lines, called, failed, off := 0, 0, 0, 0, 0, 0, 0, 0
	reasons := map[string]int{}
	var scenarios gauntlet.Score
	for _, r := range rows {
		operations += r.drafted.Stats.Operations
		actions += r.drafted.Stats.Actions
		types += r.drafted.Stats.Types
		lines += r.generated.Lines
		called += r.smoked.Called
		failed += r.smoked.Failed
		off += len(r.smoked.Off)
		for _, wrong := range r.smoked.Wrong {
			reasons[reason(wrong)]++
		}
		if r.played != nil {
			scenarios.Passed += r.played.Score.Passed
			scenarios.Exercised += r.played.Score.Exercised
			scenarios.NotExercised += r.played.Score.NotExercised
		}
		if r.failed == "" {
			passed++
		}
	}
	fmt.Fprintf(w, "%d of %d documents pass; %d operations, %d actions, %d types, %d lines an operation\n",
		passed, len(rows), operations, actions, types, lines/max(operations, 1))
	if called > 0 {
		fmt.Fprintf(w, "smoke: %d of %d actions pass; %d answers of twins are other than the document says\n", called-failed, called, off)
	}
	if scenarios.Exercised > 0 {
		fmt.Fprintf(w, "gauntlet: %s\n", scenarios)
	}
	for _, name := range slices.Sorted(maps.Keys(reasons)) {
		fmt.Fprintf(w, "  %5d %s\n", reasons[name], name)
	}
	printFits(w, rows)
}

// reason is what kind of fault a line of [smoked.Wrong] is about.
func reason(wrong string) string {
	_, what, _ := strings.Cut(wrong, ": ")
	kind, rest, _ := strings.Cut(what, ": ")
	for _, in := range []string{"query", "header", "cookie", "path", "body", "round trip"} {
		if strings.HasPrefix(kind, in) {
			return in
		}
	}
	switch {
	case strings.HasPrefix(kind, "no operation of the document"):
		return "no operation of the document has the address"
	case strings.Contains(rest, "invalid parameters"):
		return kind + ": invalid parameters"
	}
	return kind
}

// printFits writes how the seconds of each phase grow with the operations of a
// document: the line of least squares, and how much of the variation it tells.
func printFits(w io.Writer, rows []*row) {
	for _, phase := range []struct {
		name    string
		seconds func(*row) float64
	}{
		{"draft", func(r *row) float64 { return r.drafted.Seconds }},
		{"vet", func(r *row) float64 { return r.generated.Vet }},
		{"generate", func(r *row) float64 { return r.generated.Generate }},
		{"build", func(r *row) float64 { return r.build.Seconds }},
	} {
		var x, y []float64
		for _, r := range rows {
			if r.drafted.Stats.Operations > 0 && phase.seconds(r) > 0 {
				x, y = append(x, float64(r.drafted.Stats.Operations)), append(y, phase.seconds(r))
			}
		}
		if len(x) < phases.LeastForFit {
			continue
		}
		slope, base, r2 := phases.Fit(x, y)
		fmt.Fprintf(w, "%-8s %6.2f s + %5.2f ms an operation, r2 %.2f over %d documents\n", phase.name, base, slope*1000, r2, len(x))
	}
}
