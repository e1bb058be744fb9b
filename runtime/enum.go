package runtime

// OneOf reports whether v is one of some values. Generated enums ask it for their
// constants, as plain strings or numbers: there are two such functions then, not
// one for each enum. It is not inlined: a big API has thousands of enums, and what
// is written out in each makes its package slow to compile.
//
//go:noinline
func OneOf[T ~string | ~int64](v T, values ...T) bool {
	for _, x := range values {
		if x == v {
			return true
		}
	}
	return false
}
