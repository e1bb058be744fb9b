// Triage closes the stale issues of a tracker, and prints them.
//
//	TRACKER_TOKEN=... triage -older 2160h
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"example.com/consumer/tracker"
	"example.com/consumer/triage"
)

func main() {
	server := flag.String("server", "", "base address of the tracker, such as that of a twin")
	older := flag.Duration("older", 90*24*time.Hour, "age from which an issue is stale")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, *server, *older); err != nil {
		fmt.Fprintln(os.Stderr, "triage:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, server string, older time.Duration) error {
	var opts []tracker.Option
	if server != "" {
		opts = append(opts, tracker.WithServer("api", server))
	}
	client, err := tracker.New(tracker.Token(os.Getenv("TRACKER_TOKEN")), opts...)
	if err != nil {
		return err
	}
	closed, err := triage.CloseStale(ctx, client, time.Now().Add(-older))
	for _, issue := range closed {
		fmt.Fprintln(out, issue.ID, issue.Title)
	}
	if errors.Is(err, tracker.ErrUnauthorized) || errors.Is(err, tracker.ErrDisconnected) {
		return fmt.Errorf("TRACKER_TOKEN does not work any more: %w", err)
	}
	return err
}
