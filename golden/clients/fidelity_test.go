package main

import (
	"testing"
)

// TestFidelity holds our requests against those of other libraries: each difference has
// a reason, and each reason a difference.
func TestFidelity(t *testing.T) {
	b := benchFor(t)
	if err := b.prepare(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	all, err := fidelity(t.Context(), b, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + fidelityTable(all))
	open, idle := unexplained(all)
	for _, d := range open {
		t.Error("unexplained:", d)
	}
	for _, r := range idle {
		t.Errorf("nothing differs any more: %+v", r)
	}
	for _, a := range all {
		if a.requests < 3 || a.fields-len(a.differences) < 2*a.requests {
			t.Errorf("%s: of %d fields of %d requests %d differ", a.name, a.fields, a.requests, len(a.differences))
		}
	}
}
