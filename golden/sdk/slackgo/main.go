// Command slackgo is the driver of slack-go. Retry is switched on as its README
// says, with OptionRetry; with the argument "all", by every handler that it has.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"

	"github.com/porin-dev/porin/golden/sdk/driver"
)

func main() {
	name := "slack-go"
	if all() {
		name = "slack-go, all retries"
	}
	driver.Run(driver.Library{
		Name:   name,
		Module: "github.com/slack-go/slack",
		Offers: []string{"retries", "codes", "deadlines", "outcomes", "webhooks"},
		Call:   call, List: list, Receive: receive, Explain: explain,
	})
}

func all() bool { return len(os.Args) > 1 && os.Args[1] == "all" }

func client(r *driver.Request) *slack.Client {
	retry := slack.OptionRetry(3)
	if all() {
		cfg := slack.DefaultRetryConfig()
		cfg.Handlers = append(slack.AllBuiltinRetryHandlers(cfg), slack.NewServerErrorRetryHandler(cfg))
		retry = slack.OptionRetryConfig(cfg)
	}
	return slack.New(r.Account.Token, slack.OptionAPIURL(r.Servers["api"]), retry)
}

func call(ctx context.Context, r *driver.Request) (any, error) {
	switch r.Action {
	case "auth.test":
		return client(r).AuthTestContext(ctx)
	case "chat.postMessage":
		var p struct{ Channel, Text string }
		if err := r.Read(&p); err != nil {
			return nil, err
		}
		channel, ts, err := client(r).PostMessageContext(ctx, p.Channel, slack.MsgOptionText(p.Text, false))
		return map[string]string{"channel": channel, "ts": ts}, err
	}
	return nil, driver.ErrNotOffered
}

func list(ctx context.Context, r *driver.Request, item func(any)) error {
	var p struct {
		Channel string
		Limit   int
	}
	if err := r.Read(&p); err != nil {
		return err
	}
	api := client(r)
	switch r.Action {
	case "conversations.list":
		for cursor := ""; ; {
			page, next, err := api.GetConversationsContext(ctx, &slack.GetConversationsParameters{Cursor: cursor, Limit: p.Limit})
			if err != nil {
				return err
			}
			for _, c := range page {
				item(c)
			}
			if cursor = next; cursor == "" {
				return nil
			}
		}
	case "conversations.history":
		for cursor := ""; ; {
			page, err := api.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{ChannelID: p.Channel, Cursor: cursor, Limit: p.Limit})
			if err != nil {
				return err
			}
			for _, m := range page.Messages {
				item(m)
			}
			if cursor = page.ResponseMetaData.NextCursor; cursor == "" {
				return nil
			}
		}
	}
	return driver.ErrNotOffered
}

// receive is the receiver that slack-go documents.
func receive(r *driver.Request, handled func(id string, event any)) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			rw.WriteHeader(http.StatusBadRequest)
			return
		}
		if !signed(req.Header, body, r.Secrets) {
			rw.WriteHeader(http.StatusUnauthorized)
			return
		}
		event, err := slackevents.ParseEvent(body, slackevents.OptionNoVerifyToken())
		if err != nil {
			rw.WriteHeader(http.StatusInternalServerError)
			return
		}
		switch data := event.Data.(type) {
		case *slackevents.EventsAPIURLVerificationEvent:
			var hello slackevents.ChallengeResponse
			if err := json.Unmarshal(body, &hello); err != nil {
				rw.WriteHeader(http.StatusInternalServerError)
				return
			}
			rw.Header().Set("Content-Type", "text")
			io.WriteString(rw, hello.Challenge)
		case *slackevents.EventsAPICallbackEvent:
			handled(data.EventID, event.InnerEvent.Data)
		}
	})
}

// signed reports whether a body is signed with one of the secrets.
func signed(h http.Header, body []byte, secrets []string) bool {
	for _, secret := range secrets {
		v, err := slack.NewSecretsVerifier(h, secret)
		if err != nil {
			return false
		}
		if _, err := v.Write(body); err == nil && v.Ensure() == nil {
			return true
		}
	}
	return false
}

// explain knows the error types that the documentation of slack-go names. What is
// of none of them is the transport's error, which comes as it is: the request may
// have arrived.
func explain(err error) driver.Failure {
	if refused, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
		return driver.Failure{Typed: true, Code: refused.Err}
	}
	if _, ok := errors.AsType[*slack.RateLimitedError](err); ok {
		return driver.Failure{Typed: true, Code: "ratelimited", Status: http.StatusTooManyRequests}
	}
	if failed, ok := errors.AsType[slack.StatusCodeError](err); ok {
		return driver.Failure{Typed: true, Status: failed.Code, Unknown: failed.Code >= 500}
	}
	_, sent := errors.AsType[*url.Error](err)
	return driver.Failure{Typed: sent, Unknown: sent}
}
