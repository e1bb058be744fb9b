package twin

import "math/bits"

// rng is a splitmix64 generator. What is made depends on names and never on the
// order in which requests arrive, so each thing has a generator of its own,
// started from the seed and its name.
type rng struct{ state uint64 }

func newRNG(seed uint64, names ...string) rng { return rng{digest(seed, names...)} }

// digest hashes names under a seed (FNV-1a, finished by the generator's mixer).
func digest(seed uint64, names ...string) uint64 {
	h := uint64(14695981039346656037) ^ seed
	for _, name := range names {
		for i := range len(name) {
			h = (h ^ uint64(name[i])) * 1099511628211
		}
		h = (h ^ 0xff) * 1099511628211
	}
	return mix(h)
}

func mix(z uint64) uint64 {
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return z ^ (z >> 31)
}

func (r *rng) next() uint64 {
	r.state += 0x9e3779b97f4a7c15
	return mix(r.state)
}

// below returns a number in [0, n). It returns 0 for n below 2.
func (r *rng) below(n int) int {
	if n < 2 {
		return 0
	}
	hi, _ := bits.Mul64(r.next(), uint64(n))
	return int(hi)
}

// chance reports true in a share of cases given in percent.
func (r *rng) chance(percent int) bool { return r.below(100) < percent }

const hexDigits = "0123456789abcdef"

// hex returns n hexadecimal digits.
func (r *rng) hex(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = hexDigits[r.below(16)]
	}
	return string(b)
}
