package runtime

// sweepSome looks at some members of a map, in no order, and drops those that are idle.
// With each addition, that keeps the idle fewer than the others, and nobody waits until
// all were looked at.
func sweepSome[K comparable, V any](of map[K]V, some int, idle func(V) bool) {
	for key, v := range of {
		if idle(v) {
			delete(of, key)
		}
		if some--; some <= 0 {
			return
		}
	}
}
