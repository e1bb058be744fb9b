package runtime

import "testing"

func TestPattern(t *testing.T) {
	texts := []string{"", "a", "not_found", "user_not_found", "not_found_x", "x_not_found_y", "a.b", "axb"}
	for _, re := range []string{"", "^", "$", "^$", "a", "^not_found$", "_not_found$", "^not_found", "not_found", "a.b", `a\.b`, "^(a|not_found)$"} {
		test, err := pattern(re, Regexp)
		want, _ := Regexp(re)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range texts {
			if test(text) != want(text) {
				t.Errorf("%q on %q is %v", re, text, test(text))
			}
		}
	}
	if _, err := pattern("a.b", nil); err == nil {
		t.Error("a pattern without a compiler is accepted")
	}
	if _, err := pattern("(", Regexp); err == nil {
		t.Error("a broken pattern is accepted")
	}
}
