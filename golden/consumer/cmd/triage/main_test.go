package main

import (
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/consumer/tracker/trackertest"
)

// The twin may also be a server, for a program that takes nothing but an address.
// `go tool porin twin tracker` is the same as a process of its own.
func TestRun(t *testing.T) {
	sim := trackertest.Twin(t)
	server := httptest.NewServer(sim.Handler())
	defer server.Close()
	ready := sim.Ready(server.URL)

	t.Setenv("TRACKER_TOKEN", ready.Accounts[0].Access)
	var out strings.Builder
	if err := run(t.Context(), &out, ready.Servers["api"], 0); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(out.String(), "TRK-") {
		t.Errorf("printed %q", out.String())
	}

	sim.Revoke("")
	err := run(t.Context(), &out, ready.Servers["api"], 0)
	if err == nil || !strings.Contains(err.Error(), "TRACKER_TOKEN does not work any more") {
		t.Errorf("a revoked token gives %v", err)
	}
}
