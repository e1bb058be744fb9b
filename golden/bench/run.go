package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/porin-dev/porin/golden/bigspec"
)

// ratio is a figure that the benchmarks of the runtime report.
type ratio struct {
	unit   string // As they print it.
	name   string
	budget float64
}

var ratios = []ratio{
	{"time-ratio", "time", 1.5},
	{"alloc-ratio", "allocations", 2},
}

// callCost runs the benchmarks of the runtime, which measure a call beside
// hand-written code that does the same, and print the ratios.
func callCost(string) ([]figure, error) {
	return benchmarks("BenchmarkCall", ratios, ", to hand-written code", "x")
}

// callersCost compares 64 callers over loopback TCP with net/http alone: 1.11 times the
// time is 0.9 times the calls.
func callersCost(string) ([]figure, error) {
	return benchmarks("BenchmarkCallers", []ratio{{"time-ratio", "time", 1.11}, {"alloc-ratio", "allocations", 0}}, ", to hand-written code", "x")
}

// gatesCost measures what a call that need not wait spends at its limit and for its token.
func gatesCost(string) ([]figure, error) {
	return benchmarks("BenchmarkGates", []ratio{{"ns/op", "time", 300}}, "", "ns")
}

// benchmarks runs one of the runtime's benchmarks a few times, of which the best counts.
func benchmarks(name string, report []ratio, beside, unit string) ([]figure, error) {
	out, err := exec.Command("go", "test", "-run=^$", "-bench=^"+name+"$", "-count=3", "./runtime").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, out)
	}
	var figures []figure
	for _, words := range lines(out) {
		if len(words) == 0 || !strings.HasPrefix(words[0], "Benchmark") {
			continue
		}
		for _, r := range report {
			v, err := reported(words, r.unit)
			if err != nil {
				return nil, err
			}
			f := figure{name: strings.TrimPrefix(benchmark(words[0])+": ", ": ") + r.name + beside, value: v, budget: r.budget, unit: unit}
			if strings.HasSuffix(benchmark(words[0]), "-observed") {
				f.budget = 0 // The hand-written code tells nobody, so it does less.
			}
			figures = keepBest(figures, f)
		}
	}
	if len(figures) == 0 {
		return nil, fmt.Errorf("no benchmark ran:\n%s", out)
	}
	return figures, nil
}

// benchmark is the name of a sub-benchmark, from "BenchmarkCall/post-8".
func benchmark(word string) string {
	_, name, _ := strings.Cut(word, "/")
	if i := strings.LastIndex(name, "-"); i >= 0 {
		if _, err := strconv.Atoi(name[i+1:]); err == nil { // The number of processors, when it is not 1.
			return name[:i]
		}
	}
	return name
}

// reported is the number before a unit in a benchmark's line.
func reported(words []string, unit string) (float64, error) {
	i := slices.Index(words, unit)
	if i < 1 {
		return 0, fmt.Errorf("%s reports no %s", words[0], unit)
	}
	return strconv.ParseFloat(words[i-1], 64)
}

// keepBest adds a figure, or keeps the smaller of two with one name.
func keepBest(figures []figure, f figure) []figure {
	for i := range figures {
		if figures[i].name == f.name {
			figures[i].value = min(figures[i].value, f.value)
			return figures
		}
	}
	return append(figures, f)
}

func lines(out []byte) [][]string {
	var list [][]string
	for line := range strings.Lines(string(out)) {
		list = append(list, strings.Fields(line))
	}
	return list
}

// vetCost checks specs of growing size with the command itself.
func vetCost(temp string) ([]figure, error) {
	porin := filepath.Join(temp, "porin")
	if err := goTool(nil, "build", "-o", porin, "./cmd/porin"); err != nil {
		return nil, err
	}
	var figures []figure
	for _, actions := range []int{300, 600, 1200, 2400} {
		dir := filepath.Join(temp, fmt.Sprintf("spec%d", actions))
		if err := os.Mkdir(dir, 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(dir, "api.cue"), bigspec.Recursive(actions), 0o644); err != nil {
			return nil, err
		}
		c, err := measure(porin, "vet", dir)
		if err != nil {
			return nil, err
		}
		name := fmt.Sprintf("%d actions, %d types: ", actions, bigspec.Types(actions))
		f := figure{name: name + "time", value: c.Seconds, unit: "s"}
		m := figure{name: name + "memory", value: c.MB, unit: "MB"}
		if actions == 600 {
			f.budget, m.budget = 2, 400
		}
		figures = append(figures, f, m)
	}
	return figures, nil
}

func measure(name string, args ...string) (cost, error) {
	cmd := exec.Command(name, args...)
	start := time.Now()
	out, err := cmd.CombinedOutput()
	if err != nil {
		return cost{}, fmt.Errorf("%w\n%s", err, out)
	}
	return costOf(cmd, time.Since(start)), nil
}

// gauntletCost runs the gauntlet of the committed connector in process.
func gauntletCost(temp string) ([]figure, error) {
	bin := filepath.Join(temp, "slacktest.test")
	if err := goTool(nil, "test", "-c", "-o", bin, "./connectors/slack/slacktest"); err != nil {
		return nil, err
	}
	c, err := measure(bin, "-test.run=^TestGauntlet$")
	return []figure{{name: "time", value: c.Seconds, budget: 5, unit: "s"}}, err
}
