package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/porin-dev/porin/golden/bigspec"
)

// callCost runs the benchmarks of the runtime, which measure a call beside
// hand-written code that does the same, and print the ratios.
func callCost(string) ([]figure, error) {
	out, err := exec.Command("go", "test", "-run=^$", "-bench=Call", "-count=3", "./runtime").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, out)
	}
	best := map[string]float64{}
	for _, words := range lines(out) {
		for i := 1; i < len(words); i++ {
			v, err := strconv.ParseFloat(words[i-1], 64)
			if err == nil && strings.HasSuffix(words[i], "-ratio") && (best[words[i]] == 0 || v < best[words[i]]) {
				best[words[i]] = v
			}
		}
	}
	if len(best) == 0 {
		return nil, fmt.Errorf("the benchmarks print no ratio:\n%s", out)
	}
	return []figure{
		{name: "time, to hand-written code", value: best["time-ratio"], budget: 1.5, unit: "x"},
		{name: "allocations, to hand-written code", value: best["alloc-ratio"], budget: 2, unit: "x"},
	}, nil
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
