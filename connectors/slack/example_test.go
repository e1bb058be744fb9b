package slack_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"

	"github.com/porin-dev/porin/connectors/slack"
	rt "github.com/porin-dev/porin/runtime"
)

// One workspace, with a token that is at hand.
func Example() {
	client, err := slack.New(slack.BotToken(os.Getenv("SLACK_TOKEN")))
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	for ch, err := range client.Conversations.All(ctx, slack.ConversationsListParams{}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		_, err := client.Chat.PostMessage(ctx, slack.ChatPostMessageParams{Channel: ch.ID, Text: slack.Some("deployed")})
		if errors.Is(err, slack.ErrNotInChannel) {
			continue
		}
		if err != nil {
			fmt.Println(err)
			return
		}
	}
}

// Many workspaces: what they share is made once, and a client costs nothing.
func ExampleApp() {
	app, err := slack.NewApp(slack.AppConfig{
		ClientID:     os.Getenv("SLACK_CLIENT_ID"),
		ClientSecret: slack.NewSecret(os.Getenv("SLACK_CLIENT_SECRET")),
		Store:        rt.NewMemoryStore(), // Yours keeps tokens in a database.
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	const back = "https://app.example.com/connected"
	var pending rt.AuthAttempt // Yours is kept in the session of the user.
	http.HandleFunc("/connect", func(w http.ResponseWriter, r *http.Request) {
		attempt, err := app.AuthCodeURL(rt.AuthRequest{RedirectURL: back})
		if err != nil {
			http.Error(w, "not connected", http.StatusInternalServerError)
			return
		}
		pending = *attempt
		http.Redirect(w, r, attempt.URL, http.StatusFound)
	})
	http.HandleFunc("/connected", func(w http.ResponseWriter, r *http.Request) {
		if pending.State == "" || r.FormValue("state") != pending.State { // Somebody else's callback.
			http.Error(w, "not connected", http.StatusForbidden)
			return
		}
		_, err := app.Exchange(r.Context(), rt.CodeGrant{Account: "T123", Code: r.FormValue("code"), Verifier: pending.Verifier, RedirectURL: back})
		if err != nil {
			http.Error(w, "not connected", http.StatusBadGateway)
			return
		}
		client, err := app.Client("T123")
		if err != nil {
			http.Error(w, "not connected", http.StatusInternalServerError)
			return
		}
		if _, err := client.Auth.Test(r.Context()); errors.Is(err, slack.ErrDisconnected) {
			http.Error(w, "connect again", http.StatusUnauthorized)
		}
	})
}

// What a failure is, is asked with errors.Is; its details with errors.As.
func ExampleError() {
	client, err := slack.New(slack.BotToken(os.Getenv("SLACK_TOKEN")))
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = client.Chat.PostMessage(context.Background(), slack.ChatPostMessageParams{Channel: "C1", Text: slack.Some("hi")})
	var failed *slack.Error
	switch {
	case errors.Is(err, slack.ErrRateLimited) && errors.As(err, &failed):
		fmt.Println("again at", failed.RetryAt)
	case errors.Is(err, slack.ErrOutcomeUnknown):
		fmt.Println("it may have been posted: look before posting again")
	case errors.Is(err, slack.ErrChannelNotFound):
		fmt.Println("no such channel")
	}
}
