package main

import (
	"fmt"
	"io"
)

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
		{"build", func(r *row) float64 { return r.build.seconds }},
	} {
		var x, y []float64
		for _, r := range rows {
			if r.drafted.Stats.Operations > 0 && phase.seconds(r) > 0 {
				x, y = append(x, float64(r.drafted.Stats.Operations)), append(y, phase.seconds(r))
			}
		}
		if len(x) < leastForFit {
			continue
		}
		slope, base, r2 := fit(x, y)
		fmt.Fprintf(w, "%-8s %6.2f s + %5.2f ms an operation, r2 %.2f over %d documents\n", phase.name, base, slope*1000, r2, len(x))
	}
}

// leastForFit is how many documents a fit says anything about.
const leastForFit = 5

// fit is the line of least squares through points, with the share of the
// variation that it explains.
func fit(x, y []float64) (slope, base, r2 float64) {
	n := float64(len(x))
	var sx, sy, sxx, sxy, syy float64
	for i := range x {
		sx, sy = sx+x[i], sy+y[i]
		sxx, sxy, syy = sxx+x[i]*x[i], sxy+x[i]*y[i], syy+y[i]*y[i]
	}
	dx, dy, d := n*sxx-sx*sx, n*syy-sy*sy, n*sxy-sx*sy
	if dx == 0 || dy == 0 {
		return 0, sy / n, 0
	}
	slope = d / dx
	return slope, (sy - slope*sx) / n, d * d / (dx * dy)
}
