// Command bench measures Porin against the budgets of docs/performance.md and
// prints each figure with its ratio to the budget, or to a peer measured in
// the same run. It fails when a budget is exceeded. Run it at the root of the
// repository, with `make bench`, on a machine that does nothing else. Arguments
// choose parts by words of their titles: `go run ./golden/bench twin`.
package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// figure is one measured number with what it may be at most.
type figure struct {
	name   string
	value  float64
	budget float64
	unit   string
}

func main() {
	if len(os.Args) > 2 && os.Args[1] == "-toolexec" {
		os.Exit(timeTool(os.Args[2:]))
	}
	temp, err := os.MkdirTemp("", "porin-bench-")
	if err == nil {
		defer os.RemoveAll(temp)
		err = run(temp)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		os.Exit(1)
	}
}

func run(temp string) error {
	over := 0
	for _, part := range []struct {
		title   string
		measure func(temp string) ([]figure, error)
	}{
		{"program size", programSize},
		{"compiling the generated package", compileCost},
		{"one call against an in-memory transport", callCost},
		{"64 callers over loopback TCP", callersCost},
		{"gates: a limit and a token that need no waiting", gatesCost},
		{"tenants: an app with 100,000 accounts", tenantCost},
		{"pages: lists beside slack-go and go-github, by a virtual clock", pageCost},
		{"checking a recursive spec (porin vet, whole process)", vetCost},
		{"the gauntlet of Slack (test binary, in process)", gauntletCost},
		{"the twin over TCP, two processes on this machine", twinCost},
	} {
		if !chosen(part.title) {
			continue
		}
		figures, err := part.measure(temp)
		if err != nil {
			return fmt.Errorf("%s: %w", part.title, err)
		}
		fmt.Printf("\n%s\n", part.title)
		for _, f := range figures {
			over += f.print()
		}
	}
	if over > 0 {
		return fmt.Errorf("%d figures are over their budget", over)
	}
	return nil
}

// chosen reports whether a part is to be measured.
func chosen(title string) bool {
	return len(os.Args) < 2 || slices.ContainsFunc(os.Args[1:], func(word string) bool { return strings.Contains(title, word) })
}

// print writes one line and returns 1 when the budget is exceeded.
func (f figure) print() int {
	line := fmt.Sprintf("  %-52s %9.2f %-9s", f.name, f.value, f.unit)
	if f.budget == 0 {
		fmt.Println(strings.TrimRight(line, " "))
		return 0
	}
	fmt.Printf("%s budget %8.2f   %3.0f%%\n", line, f.budget, 100*f.value/f.budget)
	if f.value > f.budget {
		return 1
	}
	return 0
}
