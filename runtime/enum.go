package runtime

// OneOf reports whether v is one of some values. Generated enums ask it for their
// constants. It is not inlined: a big API has thousands of enums, and what is
// written out in each makes its package slow to compile.
//
//go:noinline
func OneOf[E ~string | ~int64](v E, values ...E) bool {
	for _, x := range values {
		if x == v {
			return true
		}
	}
	return false
}
