package sdk

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
)

// receive gets an event from the twin, and refuses one that was changed on its
// way, one that is old, and one signed by somebody else.
func receive(t *testing.T, s *server) {
	type verdict struct {
		event slackevents.EventsAPIEvent
		err   error
	}
	verdicts := make(chan verdict, 1)
	receiver := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		event, reply, err := verified(r, s.Webhooks["events"])
		verdicts <- verdict{event, err}
		if err != nil {
			rw.WriteHeader(http.StatusUnauthorized)
		}
		io.WriteString(rw, reply)
	}))
	defer receiver.Close()
	deliver := func(more map[string]any) (receipt, verdict) {
		t.Helper()
		more["url"], more["webhook"] = receiver.URL, "events"
		var all []receipt
		s.control("deliver", more, &all)
		if len(all) != 1 {
			t.Fatalf("%d deliveries", len(all))
		}
		return all[0], <-verdicts
	}

	r, v := deliver(map[string]any{"challenge": true})
	hello, ok := v.event.Data.(*slackevents.EventsAPIURLVerificationEvent)
	if v.err != nil || !ok || r.Reply == "" || r.Reply != hello.Challenge {
		t.Fatalf("the handshake was answered %q: %v", r.Reply, v.err)
	}
	_, v = deliver(map[string]any{"event": "message", "set": map[string]any{"event.text": "hello", "event.channel": "C024BE91L"}})
	must(t, v.err)
	message, ok := v.event.InnerEvent.Data.(*slackevents.MessageEvent)
	if !ok || message.Text != "hello" || message.Channel != "C024BE91L" {
		t.Fatalf("slackevents reads %#v", v.event.InnerEvent.Data)
	}
	forgeries := map[string]error{
		"webhooks/tampered-body":  slack.ErrInvalidSignature,
		"webhooks/wrong-key":      slack.ErrInvalidSignature,
		"webhooks/stale":          slack.ErrExpiredTimestamp,
		"webhooks/missing-header": slack.ErrMissingHeaders,
	}
	for fault, want := range forgeries {
		r, v := deliver(map[string]any{"event": "message", "fault": fault})
		if !errors.Is(v.err, want) || r.Genuine || r.Status != http.StatusUnauthorized {
			t.Fatalf("%s: %+v, %v", fault, r, v.err)
		}
	}
	said("event", "handshake answered, %q verified, %d forgeries refused", message.Text, len(forgeries))
}

// receipt is what the twin tells of a delivery.
type receipt struct {
	Status  int    `json:"status"`
	Reply   string `json:"reply"`
	Genuine bool   `json:"genuine"`
}

// verified is the receiver that slack-go documents.
func verified(r *http.Request, secret string) (event slackevents.EventsAPIEvent, reply string, err error) {
	v, err := slack.NewSecretsVerifier(r.Header, secret)
	if err != nil {
		return event, "", err
	}
	body, err := io.ReadAll(io.TeeReader(r.Body, &v))
	if err != nil {
		return event, "", err
	}
	if err := v.Ensure(); err != nil {
		return event, "", err
	}
	event, err = slackevents.ParseEvent(body, slackevents.OptionNoVerifyToken())
	if hello, ok := event.Data.(*slackevents.EventsAPIURLVerificationEvent); ok {
		reply = hello.Challenge
	}
	return event, reply, err
}
