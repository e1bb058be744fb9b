package gauntlet

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Size makes a scenario smaller than it is. A zero member leaves its part as it is.
// Its text is "callers=2,pages=1,items=3,faults=1+3"; faults are counted from 1, and
// "faults=none" arms none.
type Size struct {
	Callers int   // Callers that are at it at once, at most.
	Pages   int   // Pages that the list fills.
	Items   int   // Objects in each collection, where the scenario does not count pages.
	Faults  []int // Of the scenario's faults, from 1, those that are armed; empty but not nil is none.
}

// ParseSize reads the text of a size.
func ParseSize(text string) (Size, error) {
	var z Size
	if text == "" {
		return z, nil
	}
	for part := range strings.SplitSeq(text, ",") {
		name, value, _ := strings.Cut(part, "=")
		if name == "faults" {
			z.Faults = []int{}
			if value == "none" {
				continue
			}
			for one := range strings.SplitSeq(value, "+") {
				n, err := strconv.Atoi(one)
				if err != nil || n < 1 {
					return z, fmt.Errorf("the size %q: faults are counted from 1, not %q", text, one)
				}
				z.Faults = append(z.Faults, n)
			}
			continue
		}
		to := map[string]*int{"callers": &z.Callers, "pages": &z.Pages, "items": &z.Items}[name]
		n, err := strconv.Atoi(value)
		if to == nil || err != nil || n < 1 {
			return z, fmt.Errorf("the size %q: %q is not one of callers=N, pages=N, items=N and faults=N+N", text, part)
		}
		*to = n
	}
	return z, nil
}

// String is the text of the size; "" is that of the zero one.
func (z Size) String() string {
	var parts []string
	for _, p := range []struct {
		name string
		n    int
	}{{"callers", z.Callers}, {"pages", z.Pages}, {"items", z.Items}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%s=%d", p.name, p.n))
		}
	}
	if z.Faults != nil {
		var all []string
		for _, n := range z.Faults {
			all = append(all, strconv.Itoa(n))
		}
		if len(all) == 0 {
			all = []string{"none"}
		}
		parts = append(parts, "faults="+strings.Join(all, "+"))
	}
	return strings.Join(parts, ",")
}

// sized is the scenario made smaller.
func (s *Scenario) sized(z Size) *Scenario {
	out := *s
	if z.Callers > 0 {
		out.callers = z.Callers
	}
	if z.Pages > 0 && s.Pages > 0 {
		out.Pages = min(z.Pages, s.Pages)
	}
	if z.Items > 0 && s.Pages == 0 {
		out.Volume = z.Items
	}
	if z.Faults != nil {
		out.Faults = nil
		for i, f := range s.Faults {
			if slices.Contains(z.Faults, i+1) {
				out.Faults = append(out.Faults, f)
			}
		}
	}
	return &out
}

// mostCallers is the largest crowd of a scenario.
const mostCallers = 20

// shrink finds a small size at which a scenario still breaks the rule that it
// broke: fewer faults, then fewer callers, pages and objects. Try plays the scenario.
func shrink(s *Scenario, broken string, try func(*Scenario) Result) Size {
	var z Size
	fails := func(z Size) bool {
		r := try(s.sized(z))
		return slices.ContainsFunc(r.Verdicts, func(v Verdict) bool { return v.Outcome == Fail && v.Oracle == broken })
	}
	for i := range s.Faults { // Without each of them in turn.
		smaller := z
		if smaller.Faults == nil {
			for n := range s.Faults {
				smaller.Faults = append(smaller.Faults, n+1)
			}
		}
		smaller.Faults = slices.DeleteFunc(slices.Clone(smaller.Faults), func(n int) bool { return n == i+1 })
		if fails(smaller) {
			z = smaller
		}
	}
	if s.Crowd {
		z.Callers = smallest(mostCallers, func(n int) bool { y := z; y.Callers = n; return fails(y) })
	}
	if s.Pages > 1 {
		z.Pages = smallest(s.Pages, func(n int) bool { y := z; y.Pages = n; return fails(y) })
	} else if s.Pages == 0 {
		z.Items = smallest(max(s.Volume, usualItems), func(n int) bool { y := z; y.Items = n; return fails(y) })
	}
	return z
}

// usualItems is how many objects a collection of the twin has.
const usualItems = 25

// smallest returns the smallest number below most that still fails, as halving
// finds it, or 0 when none does.
func smallest(most int, fails func(int) bool) int {
	low, high := 1, most // high fails.
	for low < high {
		if mid := (low + high) / 2; fails(mid) {
			high = mid
		} else {
			low = mid + 1
		}
	}
	if high == most {
		return 0
	}
	return high
}
