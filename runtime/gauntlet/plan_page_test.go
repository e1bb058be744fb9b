package gauntlet

import "testing"

// TestSizeIsTheCallers expects the declared size of a page only where a caller may leave
// it to the client.
func TestSizeIsTheCallers(t *testing.T) {
	for _, required := range []bool{false, true} {
		c := shelf()
		list := c.Action("books.list")
		list.Page.Size.Default = 31
		for _, f := range list.Params.Fields {
			if f.Name == sizeField(list) {
				f.Required = required
			}
		}
		p := NewPlan(c)
		p.Only = []string{list.Path}
		if p.namesSize(list) != required {
			t.Errorf("a caller has to name the size: %v, and it is required: %v", !required, required)
		}
		// The naive client sends the size that it is given, and no other.
		r := Try(t, p, naive{}, scenarioOf(t, "paging/every-size"), 1)
		if failed := r.Outcome == Fail; failed == required {
			t.Errorf("required %v: %s %s", required, r.Outcome, r.Why)
		}
	}
}
