package main

import (
	"fmt"
	"os/exec"
	"strconv"
	"strings"
)

// pageCost reads long lists beside slack-go and go-github, which are in a module of their
// own. The clock is virtual, so that it does not depend on the machine.
func pageCost(string) ([]figure, error) {
	cmd := exec.Command("go", "test", "-run=^TestPages", "-count=1", "-v", ".")
	cmd.Dir = "golden/sdk"
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, out)
	}
	var figures []figure
	for line := range strings.Lines(string(out)) {
		words := strings.Split(strings.TrimSpace(line), "\t")
		if words[0] != "figure" || len(words) != 4 {
			continue
		}
		value, err := strconv.ParseFloat(words[2], 64)
		if err != nil {
			return nil, err
		}
		budget, err := strconv.ParseFloat(words[3], 64)
		if err != nil {
			return nil, err
		}
		figures = append(figures, figure{name: words[1], value: value, budget: budget})
	}
	if len(figures) == 0 {
		return nil, fmt.Errorf("no list was read\n%s", out)
	}
	return figures, nil
}
