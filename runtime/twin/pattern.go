package twin

import (
	"math/bits"
	"regexp/syntax"
	"strings"
	"time"
)

// form writes numbers as strings that match a pattern, one string a number and
// one number a string: an id leads back to the position of its object, so no
// table of ids is held, however long a list is.
type form struct {
	slots [][]rune // The choices at each place; a literal has one.
	bits  int      // Numbers below 1<<bits are written.
	mul   uint64   // Odd: spreads neighbours.
	inv   uint64   // mul*inv is 1 modulo 1<<bits.
	add   uint64
	clock bool // A Unix time with a fraction, so that order follows position.
}

// epoch is when the first object of a collection was made. It is fixed, so that
// one seed gives the same bytes on every day.
var epoch = time.Date(2024, time.January, 1, 9, 0, 0, 0, time.UTC)

// stride is the time between two objects of a collection.
const stride = 97 * time.Second

// newForm reads a regular expression (RE2). The empty one is 12 hexadecimal
// digits. A pattern with too few strings to tell 4,096 numbers apart is
// lengthened where it repeats without bound, and else used as it is.
func newForm(pattern string, seed uint64) form {
	if pattern == "" {
		pattern = "^[0-9a-f]{12}$"
	}
	f := form{}
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		re, _ = syntax.Parse("[0-9a-f]{12}", syntax.Perl)
	}
	re = re.Simplify()
	for grow := 0; grow < 24; grow += 4 {
		f.slots = slotsOf(re, grow, nil)
		if f.bits = spread(f.slots); f.bits >= 36 {
			break
		}
	}
	f.clock = isClock(f.slots)
	if f.bits > 48 {
		f.bits = 48
	}
	f.mul = mix(seed) | 1
	f.inv = f.mul
	for range 5 { // Newton: each step doubles the correct bits.
		f.inv *= 2 - f.mul*f.inv
	}
	f.add = mix(seed + 1)
	return f
}

// slotsOf flattens a pattern to places, taking the first branch of every choice
// and, for a repeat without bound, grow more than it needs.
func slotsOf(re *syntax.Regexp, grow int, out [][]rune) [][]rune {
	switch re.Op {
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			out = append(out, []rune{r})
		}
	case syntax.OpCharClass:
		out = append(out, classRunes(re.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		out = append(out, []rune("abcdefghijklmnopqrstuvwxyz"))
	case syntax.OpCapture:
		out = slotsOf(re.Sub[0], grow, out)
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			out = slotsOf(sub, grow, out)
		}
	case syntax.OpAlternate:
		out = slotsOf(re.Sub[0], grow, out)
	case syntax.OpPlus:
		for range 1 + grow {
			out = slotsOf(re.Sub[0], grow, out)
		}
	case syntax.OpStar:
		for range grow {
			out = slotsOf(re.Sub[0], grow, out)
		}
	case syntax.OpQuest:
		if grow > 0 {
			out = slotsOf(re.Sub[0], grow, out)
		}
	}
	return out
}

// classRunes lists a class, in ASCII letters and digits where it has any.
func classRunes(ranges []rune) []rune {
	var plain, other []rune
	for i := 0; i+1 < len(ranges); i += 2 {
		for r := ranges[i]; r <= ranges[i+1] && len(other) < 64; r++ {
			switch {
			case r >= '0' && r <= '9', r >= 'A' && r <= 'Z', r >= 'a' && r <= 'z':
				plain = append(plain, r)
			case r > ' ' && r < 0x7f && !strings.ContainsRune(`"\`, r):
				other = append(other, r)
			case r >= 0x7f:
				r = ranges[i+1]
			}
		}
	}
	if len(plain) > 0 {
		return plain
	}
	if len(other) > 0 {
		return other
	}
	if len(ranges) > 0 {
		return ranges[:1]
	}
	return []rune{'x'}
}

// spread returns how many bits the places can tell apart, at most 63.
func spread(slots [][]rune) int {
	space := uint64(1)
	for _, s := range slots {
		hi, lo := bits.Mul64(space, uint64(len(s)))
		if hi != 0 || lo >= 1<<63 {
			return 63
		}
		space = lo
	}
	return bits.Len64(space) - 1
}

// isClock reports whether a pattern is ten digits, a point and digits, which is
// how a Unix time with a fraction is written.
func isClock(slots [][]rune) bool {
	if len(slots) < 12 || len(slots[10]) != 1 || slots[10][0] != '.' {
		return false
	}
	for i, s := range slots {
		if i != 10 && (len(s) != 10 || s[0] != '0') {
			return false
		}
	}
	return true
}

// write returns the n-th string.
func (f form) write(n uint64) string {
	if f.clock {
		b := append(itoa(uint64(epoch.Unix())+n*uint64(stride/time.Second), 10), '.')
		return string(append(b, itoa(f.add+n, len(f.slots)-11)...))
	}
	n = (n*f.mul + f.add) & f.mask()
	out := make([]rune, len(f.slots))
	for i := len(f.slots) - 1; i >= 0; i-- {
		s := f.slots[i]
		out[i] = s[n%uint64(len(s))]
		n /= uint64(len(s))
	}
	return string(out)
}

// writeAt returns the id of an object that is made now. It is later than those
// of the objects that were there from the start, and its fraction is its
// position, so that no two are equal.
func (f form) writeAt(now time.Time, seeded, p int) string {
	sec := max(now.Unix(), epoch.Unix()+int64(seeded)*int64(stride/time.Second))
	b := append(itoa(uint64(sec), 10), '.')
	return string(append(b, itoa(uint64(p), len(f.slots)-11)...))
}

// read returns the number that write turns into s.
func (f form) read(s string) (uint64, bool) {
	if f.clock {
		return f.readClock(s)
	}
	runes := []rune(s)
	if len(runes) != len(f.slots) {
		return 0, false
	}
	n := uint64(0)
	for i, r := range runes {
		k := indexRune(f.slots[i], r)
		if k < 0 {
			return 0, false
		}
		n = n*uint64(len(f.slots[i])) + uint64(k)
	}
	if n > f.mask() {
		return 0, false
	}
	return ((n - f.add) * f.inv) & f.mask(), true
}

func (f form) readClock(s string) (uint64, bool) {
	whole, _, ok := strings.Cut(s, ".")
	if !ok || len(s) != len(f.slots) {
		return 0, false
	}
	sec := uint64(0)
	for _, r := range whole {
		sec = sec*10 + uint64(r-'0')
	}
	n := (sec - uint64(epoch.Unix())) / uint64(stride/time.Second)
	return n, f.write(n) == s
}

func (f form) mask() uint64 { return 1<<f.bits - 1 }

func indexRune(set []rune, r rune) int {
	for i, c := range set {
		if c == r {
			return i
		}
	}
	return -1
}

// itoa writes the last n decimal digits of v.
func itoa(v uint64, n int) []byte {
	b := make([]byte, n)
	for i := n - 1; i >= 0; i-- {
		b[i] = byte('0' + v%10)
		v /= 10
	}
	return b
}
