package gauntlet

import "testing"

func TestParseSize(t *testing.T) {
	for _, text := range []string{"", "callers=2", "pages=1,items=3", "callers=2,pages=1,items=3,faults=1+3", "faults=none"} {
		z, err := ParseSize(text)
		if err != nil || z.String() != text {
			t.Errorf("%q is read as %q, %v", text, z, err)
		}
	}
	for _, text := range []string{"callers", "callers=0", "callers=two", "faults=", "faults=0", "readers=2", ","} {
		if z, err := ParseSize(text); err == nil {
			t.Errorf("%q is read as %+v", text, z)
		}
	}
}

// TestShrink makes clients that are wrong fail in less, and in no less than they do.
func TestShrink(t *testing.T) {
	plan := NewPlan(shelf())
	for _, c := range []struct{ sin, scenario, oracle, want string }{
		{"refreshes in every goroutine", "auth/expiry-mid-list", "refresh", "callers=2,pages=2"},
		{"drops what it does not know", "data/unknown-member", "lossless", "items=1,faults=none"},
		{"reads numbers as floats", "data/big-int", "lossless", "items=1"},
	} {
		s := scenarioOf(t, c.scenario)
		z := shrink(s, c.oracle, func(s *Scenario) Result { return Try(t, plan, naive{c.sin}, s, 1) })
		t.Log(c.scenario, z)
		if v := verdictOf(t, Try(t, plan, naive{c.sin}, s.sized(z), 1), c.oracle); v.Outcome != Fail {
			t.Errorf("%s in size %s: %s", s.ID, z, v.Outcome)
		}
		if z.String() != c.want {
			t.Errorf("%s shrinks to %q, not %q", s.ID, z, c.want)
		}
	}
}
