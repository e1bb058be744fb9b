package triage_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/porin-dev/porin/runtime/twin"

	"example.com/consumer/tracker"
	"example.com/consumer/tracker/trackertest"
	"example.com/consumer/triage"
)

var now = time.Date(2026, time.March, 1, 9, 0, 0, 0, time.UTC)

// A fake says what each call is answered with, and fails the test for a call that
// it has no answer for.

func TestStaleIssuesAreClosed(t *testing.T) {
	old, recent := now.AddDate(0, -6, 0), now.AddDate(0, 0, -1)
	fake := trackertest.New(t)
	fake.Issues.List.Return(
		trackertest.Page[tracker.Issue]{Next: "2", Items: []tracker.Issue{
			{ID: "TRK-1001", State: tracker.StateOpen, CreatedAt: old},
			{ID: "TRK-1002", State: tracker.StateOpen, CreatedAt: old, Owner: tracker.Some("ada")},
			{ID: "TRK-1003", State: tracker.StateOpen, CreatedAt: old, Priority: tracker.PriorityUrgent},
		}},
		trackertest.Page[tracker.Issue]{Items: []tracker.Issue{
			{ID: "TRK-1004", State: tracker.StateOpen, CreatedAt: old, Owner: tracker.Null[string]()},
			{ID: "TRK-1005", State: tracker.StateOpen, CreatedAt: recent},
		}},
	)
	fake.Issues.Close.Fail(tracker.ErrIssueNotFound).Return(tracker.Issue{ID: "TRK-1004"})

	closed, err := triage.CloseStale(t.Context(), fake.Client(), now.AddDate(0, -3, 0))
	if err != nil {
		t.Fatal(err)
	}
	if len(closed) != 1 || closed[0].ID != "TRK-1004" {
		t.Errorf("closed %v, want TRK-1004: TRK-1001 was gone", closed)
	}
	if got := fake.Issues.List.Calls()[1].State; got != tracker.StateOpen {
		t.Errorf("the second page was asked for with state %q", got)
	}
}

func TestLostTokenIsSaid(t *testing.T) {
	fake := trackertest.New(t)
	fake.Issues.List.Fail(tracker.ErrTokenRevoked)
	_, err := triage.CloseStale(t.Context(), fake.Client(), now)
	if !errors.Is(err, tracker.ErrDisconnected) {
		t.Errorf("got %v", err)
	}
}

// A twin keeps state and misbehaves as the provider does. In a bubble of package
// synctest, the time that the client waits takes none.

func TestBuildIsReportedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := trackertest.Twin(t)
		client := sim.Client()
		before := len(sim.IDs("", "issues", ""))
		arm(t, sim, twin.Fault{ID: "status/committed-then-lost", Times: 1})

		first, err := triage.ReportBuild(t.Context(), client, "4711", "exit status 2")
		if err != nil {
			t.Fatal(err)
		}
		again, err := triage.ReportBuild(t.Context(), client, "4711", "exit status 2")
		if err != nil {
			t.Fatal(err)
		}
		if after := len(sim.IDs("", "issues", "")); first.ID != again.ID || after != before+1 {
			t.Errorf("%s and %s: %d issues more", first.ID, again.ID, after-before)
		}
	})
}

func TestEveryStaleIssueIsFoundThroughFaults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := trackertest.Twin(t, func(o *twin.Options) { o.Volume = map[string]int{"issues": 300} })
		client := sim.Client()
		arm(t, sim, twin.Fault{ID: "status/503", Times: 2})
		arm(t, sim, twin.Fault{ID: "limits/429-seconds", Times: 1, Scope: twin.Scope{Action: "issues.close"}})
		arm(t, sim, twin.Fault{ID: "paging/empty-with-next", Times: 1})

		closed, err := triage.CloseStale(t.Context(), client, now)
		if err != nil {
			t.Fatal(err)
		}
		if len(closed) == 0 {
			t.Fatal("no issue was closed")
		}
		for _, issue := range closed {
			if got, err := client.Issues.Get(t.Context(), tracker.IssuesGetParams{ID: issue.ID}); err != nil || got.State != tracker.StateClosed {
				t.Errorf("%s is %s: %v", issue.ID, got.State, err)
			}
		}
		if left, err := triage.CloseStale(t.Context(), client, now); err != nil || len(left) > 0 {
			t.Errorf("%d issues were left: %v", len(left), err)
		}
	})
}

func TestUrgentIssueCallsSomebody(t *testing.T) {
	sim := trackertest.Twin(t)
	var paged []string
	handler, err := triage.Urgent(sim.SigningSecret(""), func(_ context.Context, issue tracker.Issue) error {
		paged = append(paged, issue.ID)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	deliver := func(id, priority, fault string, want int) {
		t.Helper()
		receipts, err := sim.Deliver(t.Context(), twin.ToHandler(handler), twin.Delivery{
			Event: "issue.opened", Fault: fault, Set: map[string]any{"data.issue.id": id, "data.issue.priority": priority},
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range receipts {
			if r.Status != want {
				t.Errorf("%s: status %d, want %d", id, r.Status, want)
			}
		}
	}
	deliver("TRK-1001", "low", "", http.StatusOK)
	deliver("TRK-1002", "urgent", "webhooks/duplicate", http.StatusOK)
	deliver("TRK-1003", "urgent", "webhooks/tampered-body", http.StatusUnauthorized)
	deliver("TRK-1004", "urgent", "webhooks/stale", http.StatusUnauthorized)
	if len(paged) != 1 || paged[0] != "TRK-1002" {
		t.Errorf("paged for %v", paged)
	}
}

func arm(t *testing.T, sim *trackertest.Sim, f twin.Fault) {
	t.Helper()
	if _, err := sim.Arm(f); err != nil {
		t.Fatal(err)
	}
}
