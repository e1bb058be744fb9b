// Package sdk points clients that others wrote, unmodified, at the twin of the
// API that they are for. What they refuse is a mistake of the twin.
//
// It is a module of its own, so that these clients stay out of the module graph
// of whoever uses porin.
package sdk

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
)

// channels is how many the workspace has: more than two pages of the largest
// size.
const channels = 2500

// TestSlack takes slack-go through a day of an integration: it looks around,
// posts, meets a limit, uploads, gets an event, and loses its token and finds the
// way back.
func TestSlack(t *testing.T) {
	s := serve(t, "connectors/slack", "--volume", "channels="+strconv.Itoa(channels))
	api := slack.New(s.Accounts[0].Token, slack.OptionAPIURL(s.Servers["api"]))

	var me string
	var all []slack.Channel
	for _, step := range []struct {
		name string
		run  func(t *testing.T)
	}{
		{"auth", func(t *testing.T) { me = identify(t, api) }},
		{"list", func(t *testing.T) { all = list(t, api) }},
		{"history", func(t *testing.T) { read(t, api, all) }},
		{"post", func(t *testing.T) { post(t, api, me, all) }},
		{"limit", func(t *testing.T) { meetLimit(t, s, api) }},
		{"fault", func(t *testing.T) { meetFault(t, s, api) }},
		{"upload", func(t *testing.T) { upload(t, s, api, all) }},
		{"event", func(t *testing.T) { receive(t, s) }},
		{"expiry", func(t *testing.T) { expire(t, s, api) }},
		{"oauth", func(t *testing.T) { connect(t, s, me) }},
	} {
		if !t.Run(step.name, step.run) && step.name == "list" {
			t.FailNow() // The other steps need a channel.
		}
	}
}

// identify returns who the token belongs to, which has to be a user of the
// workspace.
func identify(t *testing.T, api *slack.Client) string {
	t.Helper()
	who, err := api.AuthTestContext(t.Context())
	must(t, err)
	if who.UserID == "" || who.TeamID == "" || who.URL == "" {
		t.Fatalf("auth.test leaves members out: %+v", who)
	}
	user, err := api.GetUserInfoContext(t.Context(), who.UserID)
	must(t, err)
	said("auth", "user %s of team %s", user.ID, who.TeamID)
	return user.ID
}

// list reads every page, and returns every channel exactly once.
func list(t *testing.T, api *slack.Client) []slack.Channel {
	var all []slack.Channel
	seen := map[string]bool{}
	pages, cursor := 0, ""
	for {
		page, next, err := api.GetConversationsContext(t.Context(), &slack.GetConversationsParameters{Limit: 200, Cursor: cursor})
		must(t, err)
		pages++
		for _, c := range page {
			if seen[c.ID] {
				t.Fatalf("channel %s comes twice", c.ID)
			}
			seen[c.ID] = true
		}
		all = append(all, page...)
		if next == "" {
			break
		}
		cursor = next
	}
	if len(all) != channels {
		t.Fatalf("%d channels of %d", len(all), channels)
	}
	said("list", "%d channels on %d pages, each once", len(all), pages)
	return all
}

// read finds a channel of the list on its own, and its messages.
func read(t *testing.T, api *slack.Client, all []slack.Channel) {
	want := all[channels/2]
	got, err := api.GetConversationInfoContext(t.Context(), &slack.GetConversationInfoInput{ChannelID: want.ID})
	must(t, err)
	if got.ID != want.ID || got.Name != want.Name {
		t.Fatalf("conversations.info gives %s %q, the list gave %s %q", got.ID, got.Name, want.ID, want.Name)
	}
	h := history(t, api, want.ID)
	if len(h) == 0 || !slices.IsSortedFunc(h, newestFirst) {
		t.Fatalf("a history of %d messages is not newest first", len(h))
	}
	if _, err := api.GetConversationHistoryContext(t.Context(), &slack.GetConversationHistoryParameters{ChannelID: "C0NOSUCH"}); code(err) != "channel_not_found" {
		t.Fatalf("an unknown channel gives %v", err)
	}
	said("history", "%d messages, newest first; an unknown channel is channel_not_found", len(h))
}

func newestFirst(a, b slack.Message) int { return strings.Compare(b.Timestamp, a.Timestamp) }

func history(t *testing.T, api *slack.Client, channel string) []slack.Message {
	t.Helper()
	h, err := api.GetConversationHistoryContext(t.Context(), &slack.GetConversationHistoryParameters{ChannelID: channel, Limit: 100})
	must(t, err)
	return h.Messages
}

// post writes a message and a reply, and reads them back.
func post(t *testing.T, api *slack.Client, me string, all []slack.Channel) {
	const text = "deployed <https://example.com|build 7> & more"
	id := all[0].ID
	channel, ts, err := api.PostMessageContext(t.Context(), id, slack.MsgOptionText(text, false),
		slack.MsgOptionBlocks(slack.NewSectionBlock(slack.NewTextBlockObject(slack.MarkdownType, "*deployed*", false, false), nil, nil)))
	must(t, err)
	if channel != id || ts == "" {
		t.Fatalf("posted to %s as %q", channel, ts)
	}
	h := history(t, api, id)
	if h[0].Timestamp != ts || h[0].Text != text || h[0].User != me {
		t.Fatalf("the newest message is %q of %s at %s, want %q of %s at %s", h[0].Text, h[0].User, h[0].Timestamp, text, me, ts)
	}
	if b := h[0].Blocks.BlockSet; len(b) != 1 || b[0].BlockType() != slack.MBTSection {
		t.Fatalf("the message has the blocks %+v", b)
	}
	_, _, _, err = api.UpdateMessageContext(t.Context(), id, ts, slack.MsgOptionText("rolled back", false))
	must(t, err)
	if h := history(t, api, id); h[0].Text != "rolled back" {
		t.Fatalf("the updated message says %q", h[0].Text)
	}
	said("post", "message %s read back, then changed", ts)
}

// meetLimit calls until the declared tier is used up.
func meetLimit(t *testing.T, s *server, api *slack.Client) {
	for calls := 1; calls <= 200; calls++ {
		_, err := api.GetUserGroupsContext(t.Context())
		if err == nil {
			continue
		}
		limited, ok := errors.AsType[*slack.RateLimitedError](err)
		if !ok {
			t.Fatalf("call %d: %v", calls, err)
		}
		if last := s.last(); limited.RetryAfter <= 0 || limited.RetryAfter.String() != last.Wait || last.Status != http.StatusTooManyRequests {
			t.Fatalf("slack-go waits %s, the twin asked for %q with status %d", limited.RetryAfter, last.Wait, last.Status)
		}
		if calls != 21 {
			t.Fatalf("refused at call %d of a tier of 20 a minute", calls)
		}
		said("limit", "call %d of the minute is refused for %s", calls, limited.RetryAfter)
		return
	}
	t.Fatal("no limit in 200 calls")
}

// meetFault gets the wait that an armed fault names.
func meetFault(t *testing.T, s *server, api *slack.Client) {
	s.control("arm", map[string]any{"id": "limits/429-seconds", "times": 1, "params": map[string]string{"wait": "7s"}, "scope": map[string]string{"action": "team.info"}}, nil)
	_, err := api.GetTeamInfoContext(t.Context())
	limited, ok := errors.AsType[*slack.RateLimitedError](err)
	if !ok || limited.RetryAfter != 7*time.Second {
		t.Fatalf("an armed wait of 7s gives %v", err)
	}
	team, err := api.GetTeamInfoContext(t.Context())
	must(t, err)
	s.control("arm", map[string]any{"id": "status/503", "times": 1, "scope": map[string]string{"action": "team.info"}}, nil)
	_, err = api.GetTeamInfoContext(t.Context())
	if failed, ok := errors.AsType[slack.StatusCodeError](err); !ok || failed.Code != http.StatusServiceUnavailable {
		t.Fatalf("an armed 503 gives %v", err)
	}
	said("fault", "refused for 7s, then team %s, then a 503", team.ID)
}

// upload sends a file in three requests and finds it afterwards.
func upload(t *testing.T, s *server, api *slack.Client, all []slack.Channel) {
	const content = "a report\nof two lines\n"
	f, err := api.UploadFileContext(t.Context(), slack.UploadFileParameters{
		Filename: "report.txt", Title: "The report", FileSize: len(content), Reader: strings.NewReader(content),
		Channel: all[0].ID, InitialComment: "as promised",
	})
	must(t, err)
	if f.Title != "The report" {
		t.Fatalf("uploaded as %+v", f)
	}
	sent := slices.ContainsFunc(s.journal(), func(e entry) bool { return e.Effect.Do == "upload" && e.Effect.Bytes == len(content) })
	if !sent {
		t.Fatalf("no upload of %d bytes in the journal", len(content))
	}
	info, _, _, err := api.GetFileInfoContext(t.Context(), f.ID, 0, 0)
	must(t, err)
	if info.ID != f.ID || info.Name != "report.txt" || info.Title != "The report" || info.Size != len(content) {
		t.Fatalf("files.info gives %s %q %q of %d bytes", info.ID, info.Name, info.Title, info.Size)
	}
	files, _, err := api.GetFilesContext(t.Context(), slack.NewGetFilesParameters())
	must(t, err)
	if !slices.ContainsFunc(files, func(f slack.File) bool { return f.ID == info.ID }) {
		t.Fatalf("files.list has no %s", info.ID)
	}
	refuseUnsent(t, api)
	said("upload", "file %s of %d bytes, listed; one without its bytes is refused", f.ID, info.Size)
}

// refuseUnsent finishes an upload whose bytes never came.
func refuseUnsent(t *testing.T, api *slack.Client) {
	ticket, err := api.GetUploadURLExternalContext(t.Context(), slack.GetUploadURLExternalParameters{FileName: "empty.txt", FileSize: 9})
	must(t, err)
	_, _, _, err = api.GetFileInfoContext(t.Context(), ticket.FileID, 0, 0)
	if code(err) != "file_not_found" {
		t.Fatalf("a file before its upload gives %v", err)
	}
	_, err = api.CompleteUploadExternalContext(t.Context(), slack.CompleteUploadExternalParameters{Files: []slack.FileSummary{{ID: ticket.FileID}}})
	if code(err) != "file_not_found" {
		t.Fatalf("an upload without its bytes gives %v", err)
	}
}

func expire(t *testing.T, s *server, api *slack.Client) {
	s.control("expire", map[string]string{"account": s.Accounts[0].ID}, nil)
	_, err := api.GetConversationInfoContext(t.Context(), &slack.GetConversationInfoInput{ChannelID: "C024BE91L"})
	if code(err) != "token_expired" {
		t.Fatalf("an expired token gives %v", err)
	}
	_, err = slack.New("test-token", slack.OptionAPIURL(s.Servers["api"])).AuthTestContext(t.Context())
	if code(err) != "invalid_auth" {
		t.Fatalf("an unknown token gives %v", err)
	}
	said("expiry", "the token is token_expired, an unknown one invalid_auth")
}

// connect takes the user through the consent page, and exchanges and refreshes
// tokens with slack-go's own calls.
func connect(t *testing.T, s *server, me string) {
	const redirect = "https://app.example.com/slack/callback"
	at := slack.OAuthOptionAPIURL(s.Servers["api"])
	client := s.OAuth
	grant, err := slack.GetOAuthV2ResponseContext(t.Context(), http.DefaultClient, client.ClientID, client.ClientSecret, consent(t, s, redirect), redirect, at)
	must(t, err)
	if grant.AccessToken == "" || grant.RefreshToken == "" || grant.ExpiresIn <= 0 || !strings.Contains(grant.Scope, "chat:write") {
		t.Fatalf("the exchange gives %d seconds of scope %q", grant.ExpiresIn, grant.Scope)
	}
	if grant.Team.ID == "" || grant.AppID == "" {
		t.Fatalf("the exchange does not say whose token it is: app %q, team %+v", grant.AppID, grant.Team)
	}
	belongs := func(token string) {
		t.Helper()
		who, err := slack.New(token, slack.OptionAPIURL(s.Servers["api"])).AuthTestContext(t.Context())
		must(t, err)
		if who.UserID != me {
			t.Fatalf("the token belongs to %s, want %s", who.UserID, me)
		}
	}
	belongs(grant.AccessToken)

	next, err := slack.RefreshOAuthV2TokenContext(t.Context(), http.DefaultClient, client.ClientID, client.ClientSecret, grant.RefreshToken, at)
	must(t, err)
	if next.AccessToken == grant.AccessToken || next.RefreshToken == grant.RefreshToken || next.RefreshToken == "" {
		t.Fatal("the refresh does not rotate both tokens")
	}
	belongs(next.AccessToken)
	if _, err := slack.RefreshOAuthV2TokenContext(t.Context(), http.DefaultClient, client.ClientID, client.ClientSecret, grant.RefreshToken, at); code(err) != "invalid_refresh_token" {
		t.Fatalf("a refresh token that was used gives %v", err)
	}
	if _, err := slack.GetOAuthV2ResponseContext(t.Context(), http.DefaultClient, client.ClientID, client.ClientSecret, "code-unknown", redirect, at); code(err) != "invalid_code" {
		t.Fatalf("an unknown code gives %v", err)
	}
	if _, err := slack.GetOAuthV2ResponseContext(t.Context(), http.DefaultClient, client.ClientID, "wrong", "code-unknown", redirect, at); code(err) != "bad_client_secret" {
		t.Fatalf("a wrong client secret gives %v", err)
	}
	said("oauth", "code exchanged, tokens rotated, the old refresh token is invalid_refresh_token")
}

// consent opens the authorize page, where the user agrees, and returns the code
// that the browser is sent back with.
func consent(t *testing.T, s *server, redirect string) string {
	t.Helper()
	query := url.Values{"client_id": {s.OAuth.ClientID}, "scope": {"channels:read,chat:write"}, "redirect_uri": {redirect}, "state": {"state-1"}}
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := browser.Get(s.OAuth.Authorize + "?" + query.Encode())
	must(t, err)
	defer resp.Body.Close()
	back, err := resp.Location()
	must(t, err)
	if back.Host != "app.example.com" || back.Query().Get("state") != "state-1" || back.Query().Get("code") == "" {
		t.Fatalf("sent back to %s", back.Redacted())
	}
	return back.Query().Get("code")
}

// code returns the error that Slack named; the empty string for any other.
func code(err error) string {
	if refused, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
		return refused.Err
	}
	return ""
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
