package phases

// LeastForFit is how many documents a fit says anything about.
const LeastForFit = 5

// Fit is the line of least squares through points, with the share of the
// variation that it explains.
func Fit(x, y []float64) (slope, base, r2 float64) {
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
