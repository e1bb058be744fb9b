// Package triage keeps a tracker in order: it reports failed builds, closes
// issues that nobody cares about, and calls somebody when it is urgent.
package triage

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"example.com/consumer/tracker"
)

// ReportBuild opens an issue about a failed build, and returns it. A build is
// reported once, however often this is called and whatever happens to the
// answer: its name is the idempotency key.
func ReportBuild(ctx context.Context, client *tracker.Client, build, log string) (*tracker.Issue, error) {
	return client.Issues.Create(ctx, tracker.IssuesCreateParams{
		Title:    "build " + build + " failed",
		Body:     tracker.Some(log),
		Priority: tracker.PriorityHigh,
	}, tracker.WithIdempotencyKey("build-"+build))
}

// CloseStale closes the open issues that were opened before a time, that have no
// owner and are not urgent. It returns those it closed, also when it fails.
func CloseStale(ctx context.Context, client *tracker.Client, before time.Time) (closed []tracker.Issue, err error) {
	var stale []tracker.Issue
	for issue, err := range client.Issues.All(ctx, tracker.IssuesListParams{State: tracker.StateOpen}) {
		if err != nil {
			return nil, fmt.Errorf("list issues: %w", err)
		}
		if isStale(issue, before) {
			stale = append(stale, issue)
		}
	}
	for _, issue := range stale {
		_, err := client.Issues.Close(ctx, tracker.IssuesCloseParams{ID: issue.ID, Comment: tracker.Some("Closed: nobody has taken it.")})
		switch {
		case errors.Is(err, tracker.ErrNotFound): // Somebody deleted it meanwhile.
		case err != nil:
			return closed, fmt.Errorf("close %s: %w", issue.ID, err)
		default:
			closed = append(closed, issue)
		}
	}
	return closed, nil
}

func isStale(issue tracker.Issue, before time.Time) bool {
	return issue.State == tracker.StateOpen && issue.Owner.Or("") == "" &&
		issue.Priority != tracker.PriorityUrgent && issue.CreatedAt.Before(before)
}

// Urgent receives the events of the tracker, signed with the secret, and calls
// page once for each urgent issue that is opened. The tracker delivers an event
// again when page fails.
func Urgent(secret string, page func(context.Context, tracker.Issue) error) (http.Handler, error) {
	return tracker.EventHandler([]tracker.Secret{tracker.NewSecret(secret)}, func(ctx context.Context, d tracker.EventDelivery) error {
		opened, ok := d.Event.(tracker.IssueOpened)
		if !ok || opened.Issue.Priority != tracker.PriorityUrgent {
			return nil
		}
		return page(ctx, opened.Issue)
	})
}
