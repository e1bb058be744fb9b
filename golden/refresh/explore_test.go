package refresh

import (
	"hash/maphash"
	"testing"
)

// found is what an exploration came to.
type found struct {
	states, runs int
	wrong        string
	trace        []string
}

// explore plays a scenario in all orders: depth first, one run for each choice
// that leads on, and no further than to a state that was seen before.
func explore(t *testing.T, s scenario) found {
	seed := maphash.MakeSeed()
	seen := map[uint64]bool{}
	type choice struct{ at, of int }
	var path []choice
	var f found
	for {
		depth := 0
		w := s.play(t, func(w *world, moves []move) (int, bool) {
			depth++
			if depth <= len(path) {
				return path[depth-1].at, true
			}
			key := maphash.String(seed, w.state())
			if seen[key] {
				return 0, false
			}
			seen[key] = true
			path = append(path, choice{0, len(moves)})
			return 0, true
		})
		f.runs++
		if w.wrong != "" {
			f.wrong, f.trace = w.wrong, w.trace
			break
		}
		for len(path) > 0 && path[len(path)-1].at == path[len(path)-1].of-1 {
			path = path[:len(path)-1]
		}
		if len(path) == 0 {
			break
		}
		path[len(path)-1].at++
	}
	f.states = len(seen)
	return f
}
