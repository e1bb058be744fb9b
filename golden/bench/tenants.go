package main

import (
	"fmt"
	"os/exec"
	"slices"
	"strings"
)

// tenantFigures are what the benchmarks of tenants report, by unit.
var tenantFigures = []figure{
	{name: "time", unit: "ns/op", budget: 1000},
	{name: "memory", unit: "B/op", budget: 1000},
	{name: "held by a client", unit: "B/client", budget: 1000},
	{name: "held of an account after its call", unit: "B/recent"},
	{name: "held of an account that is idle", unit: "B/idle", budget: 64},
}

// tenantCost runs the benchmarks of an app with 100,000 accounts. Each is run a few
// times, of which the best counts.
func tenantCost(string) ([]figure, error) {
	var figures []figure
	for _, run := range [][]string{{"-bench=Tenant$", "-count=5"}, {"-bench=TenantsHeap", "-benchtime=1x"}} {
		out, err := exec.Command("go", append([]string{"test", "-run=^$", "./runtime"}, run...)...).CombinedOutput()
		if err != nil {
			return nil, fmt.Errorf("%w\n%s", err, out)
		}
		for _, words := range lines(out) {
			if len(words) == 0 || !strings.HasPrefix(words[0], "Benchmark") {
				continue
			}
			for _, f := range tenantFigures {
				if !slices.Contains(words, f.unit) || f.unit == "ns/op" && strings.HasPrefix(words[0], "BenchmarkTenantsHeap") {
					continue
				}
				if f.value, err = reported(words, f.unit); err != nil {
					return nil, err
				}
				if name := benchmark(words[0]); name != "" {
					f.name = name + ": " + f.name
				}
				if strings.HasPrefix(f.name, "client-with-plan") {
					f.budget = 0 // Options of its own are read and their addresses parsed.
				}
				figures = keepBest(figures, f)
			}
		}
	}
	if len(figures) == 0 {
		return nil, fmt.Errorf("no benchmark ran")
	}
	return figures, nil
}
