package gauntlet

import (
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
