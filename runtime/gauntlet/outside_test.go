package gauntlet

import (
	"fmt"
	"strings"
	"testing"

	"github.com/porin-dev/porin/compiler/ir"
)

// TestCertificatesNeedTLS has what turns on a certificate not be judged over a port
// without TLS, where every client would pass.
func TestCertificatesNeedTLS(t *testing.T) {
	p := &Plan{
		Spec: &ir.Connector{}, Read: &ir.Action{}, OAuth: &ir.Auth{OAuth2: &ir.OAuth2{Grant: "code", Client: "mtls"}},
	}
	chosen, err := Choose("auth/certificate-replaced")
	if err != nil || len(chosen) != 1 {
		t.Fatalf("%d scenarios, %v", len(chosen), err)
	}
	if why := chosen[0].Impossible(p); why != "" {
		t.Fatalf("impossible in process: %s", why)
	}
	r := TryOutside(t.Context(), p, nil, chosen[0], 1, 0)
	if r.Outcome != NotExercised || !strings.Contains(r.Why, "TLS") {
		t.Errorf("%s: %s", r.Outcome, r.Why)
	}
}

// TestDriversAreNotBlamed has what no driver is asked for be not exercised, and not
// something that its library does not offer.
func TestDriversAreNotBlamed(t *testing.T) {
	p := NewPlan(shelf())
	for _, id := range []string{"auth/denied", "auth/rotation", "auth/rotation-grace"} {
		s := scenarioOf(t, id)
		if why := s.Impossible(p); why != "" {
			t.Fatalf("%s is impossible in process: %s", id, why)
		}
		if r := TryOutside(t.Context(), p, nil, s, 1, 0); r.Outcome != NotExercised || r.Why == "" {
			t.Errorf("%s: %s: %q", id, r.Outcome, r.Why)
		}
	}
}

// offersNothing is a driver of a library that has nothing, and says or does not say so.
type offersNothing struct {
	clientDriver
	why string
}

func (offersNothing) Offers(Feature) bool { return false }

func (d offersNothing) App(Target) (App, error) {
	return nil, fmt.Errorf("%w%s", ErrNotOffered, d.why)
}

// TestNotOfferedHasAReason tries every scenario with a library that offers nothing: the
// report says of each why it was not judged.
func TestNotOfferedHasAReason(t *testing.T) {
	p, unoffered := NewPlan(shelf()), 0
	for _, why := range []string{"", ": ", ": the library has no such call"} {
		for _, s := range Scenarios() {
			r := TryOutside(t.Context(), p, offersNothing{why: why}, s, 1, 0)
			if r.Outcome == Pass || r.Outcome == Fail || r.Why == "" {
				t.Errorf("%s: %s: %q", s.ID, r.Outcome, r.Why)
			}
			if r.Outcome == NotOffered {
				unoffered++
			}
		}
	}
	if unoffered == 0 {
		t.Error("none was not offered")
	}
}

// TestLateBesideAnother tells of a failure what is certain of it.
func TestLateBesideAnother(t *testing.T) {
	late, lost := overdue(nil, "it took 2s"), failed(nil, "an item is missing")
	late.Oracle, lost.Oracle = "isolate", "complete"
	r := Result{Outcome: Fail, Why: late.Why, Verdicts: []Verdict{late, lost}}
	r.dropLate()
	if r.Outcome != Fail || r.Why != lost.Why || strings.Contains(r.Text(), late.Why) || !strings.Contains(r.Text(), lost.Why) {
		t.Errorf("%s: %s", r.Outcome, r.Text())
	}
	alone := Result{Outcome: Fail, Why: late.Why, Verdicts: []Verdict{late}}
	if alone.dropLate(); !alone.late() || alone.Why != late.Why {
		t.Errorf("what is late alone is to be tried again: %s", alone.Text())
	}
}
