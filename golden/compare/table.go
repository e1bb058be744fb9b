package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// printTable writes a line for each document and generator, and the medians.
func printTable(w io.Writer, rows []*row) {
	fmt.Fprintf(w, "%-30s %5s  %-13s %-13s %8s %6s %8s %6s %6s  %s\n",
		"document", "oper.", "generator", "setting", "gen. s", "MB", "build s", "MB", "l/op", "result")
	for _, r := range rows {
		name := r.Name
		for _, x := range r.Results {
			fmt.Fprintf(w, "%-30s %5d  %-13s %-13s %8.2f %6d %8.2f %6d %6.0f  %s\n", name, r.Operations, x.Generator, x.Setting,
				x.Generate.Seconds, x.Generate.Peak>>20, x.Build.Seconds, x.Build.Peak>>20, x.linesAnOperation(), x.verdict())
			name = ""
		}
	}
	fmt.Fprintln(w)
	for _, peer := range peersOf(rows) {
		printPeer(w, rows, peer)
	}
}

func (x *result) verdict() string {
	if x.Passes() {
		return "passes"
	}
	why := x.Why
	if len(why) > 90 {
		why = why[:90] + "..."
	}
	return strings.TrimSuffix("falls short: "+x.Failed+": "+why, ": ")
}

func (x *result) linesAnOperation() float64 { return float64(x.Lines) / float64(max(x.Operations, 1)) }

// peersOf lists the generators other than Porin, in the order in which they are
// met.
func peersOf(rows []*row) []string {
	var names []string
	for _, r := range rows {
		for _, x := range r.Results {
			if x.Generator != porin.name && !slices.Contains(names, x.Generator) {
				names = append(names, x.Generator)
			}
		}
	}
	return names
}

// printPeer writes how many documents a peer and Porin pass of those that the
// peer takes, and the medians over those that the peer passes: of its figures, of
// Porin's, and of the ratios of each document.
func printPeer(w io.Writer, rows []*row, peer string) {
	var both [][2]*result
	taken, byDefault, theirs, ours := 0, 0, 0, 0
	version := ""
	for _, r := range rows {
		own, x := r.of(porin.name), r.of(peer)
		if own == nil || x == nil {
			continue
		}
		taken++
		version = x.Version
		if own.Passes() {
			ours++
		}
		if x.Passes() {
			theirs++
			if x.Setting == "default" {
				byDefault++
			}
			both = append(both, [2]*result{own, x})
		}
	}
	fmt.Fprintf(w, "%s %s: passes %d of %d documents, %d in its default setting; porin passes %d of them\n", peer, version, theirs, taken, byDefault, ours)
	if len(both) == 0 {
		return
	}
	fmt.Fprintf(w, "  medians over the %d that it passes %15s %9s %9s\n", len(both), peer, "porin", "ratio")
	for _, m := range []struct {
		name string
		of   func(*result) float64
	}{
		{"generate, seconds", func(x *result) float64 { return x.Generate.Seconds }},
		{"generate, CPU seconds", func(x *result) float64 { return x.Generate.CPU }},
		{"generate, peak MB", func(x *result) float64 { return float64(x.Generate.Peak >> 20) }},
		{"build, seconds", func(x *result) float64 { return x.Build.Seconds }},
		{"build, CPU seconds", func(x *result) float64 { return x.Build.CPU }},
		{"build, peak MB", func(x *result) float64 { return float64(x.Build.Peak >> 20) }},
		{"lines an operation", (*result).linesAnOperation},
	} {
		var a, b, ratios []float64
		for _, pair := range both {
			if m.of(pair[0]) > 0 && m.of(pair[1]) > 0 { // What was recorded lacks some.
				a, b = append(a, m.of(pair[1])), append(b, m.of(pair[0]))
				ratios = append(ratios, m.of(pair[0])/m.of(pair[1]))
			}
		}
		if len(a) > 0 {
			fmt.Fprintf(w, "  %-34s %15.2f %9.2f %9.2f\n", m.name, median(a), median(b), median(ratios))
		}
	}
}

// median is the middle of some numbers, or the mean of the two in the middle.
func median(list []float64) float64 {
	slices.Sort(list)
	n := len(list)
	return (list[(n-1)/2] + list[n/2]) / 2
}
