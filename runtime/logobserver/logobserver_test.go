package logobserver

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/porin-dev/porin/runtime"
)

// TestRecords holds the record of each event.
func TestRecords(t *testing.T) {
	at := time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		event runtime.Event
		want  string
	}{
		{runtime.AttemptEvent{API: "slack", Op: "chat.postMessage", Account: "T1", Method: "POST", Server: "slack.com", Route: "api/chat.postMessage", Attempt: 1, StatusCode: 200, OK: true, Took: 70 * time.Millisecond},
			"level=DEBUG msg=request api=slack op=chat.postMessage account=T1 method=POST server=slack.com route=api/chat.postMessage attempt=1 status_code=200 took=70ms\n"},
		{runtime.AttemptEvent{API: "slack", Op: "chat.postMessage", Attempt: 2, StatusCode: 200, Class: runtime.ClassRateLimited, Code: "ratelimited", RequestID: "r1"},
			"level=WARN msg=\"request failed\" api=slack op=chat.postMessage attempt=2 status_code=200 class=rate_limited code=ratelimited request_id=r1 took=0s\n"},
		{runtime.AttemptEvent{API: "slack", Op: "chat.postMessage", Attempt: 1, Class: runtime.ClassUnavailable, Err: errors.New("connection reset")},
			"level=WARN msg=\"request failed\" api=slack op=chat.postMessage attempt=1 class=unavailable took=0s error=\"connection reset\"\n"},
		{runtime.WaitEvent{API: "slack", Op: "chat.postMessage", Reason: runtime.WaitLimit, Limit: "tier2", For: time.Second},
			"level=INFO msg=wait api=slack op=chat.postMessage reason=limit limit=tier2 for=1s\n"},
		{runtime.WaitEvent{API: "slack", Op: "chat.postMessage", Reason: runtime.WaitRetry, For: time.Second - 1}, "level=DEBUG msg=wait api=slack op=chat.postMessage reason=retry for=999.999999ms\n"},
		{runtime.PageEvent{API: "slack", Op: "conversations.list", Account: "T1", Page: 2}, "level=DEBUG msg=page api=slack op=conversations.list account=T1 page=2 items=0\n"},
		{runtime.RefreshEvent{API: "slack", Account: "T1", Token: "bot"}, "level=INFO msg=\"token refreshed\" api=slack account=T1 token=bot\n"},
		{runtime.RefreshEvent{API: "slack", Account: "T1", Token: "bot", Err: &runtime.APIError{API: "slack", Op: "oauth.refresh", Class: runtime.ClassDisconnected, Code: "invalid_grant"}},
			"level=WARN msg=\"refresh failed\" api=slack account=T1 token=bot error=\"slack oauth.refresh: invalid_grant: the account is disconnected\" class=disconnected code=invalid_grant\n"},
		{runtime.DisconnectEvent{API: "slack", Account: "T1", Token: "bot", Code: "token_revoked"}, "level=ERROR msg=\"account disconnected\" api=slack account=T1 token=bot code=token_revoked\n"},
		{runtime.DriftEvent{API: "slack", Op: "users.list", Path: "members[*].id", Kind: "missing"}, "level=WARN msg=\"response departs from its contract\" api=slack op=users.list path=members[*].id kind=missing\n"},
		{runtime.DeprecationEvent{API: "slack", Op: "users.list", Sunset: at, Link: "/b"}, "level=WARN msg=\"operation is deprecated\" api=slack op=users.list sunset=2026-11-30T00:00:00.000Z link=/b\n"},
	} {
		var out bytes.Buffer
		New(logger(&out, slog.LevelDebug)).Observe(t.Context(), tc.event)
		assert.Equal(t, tc.want, out.String())
	}
}

// TestLevelsThatAreOff wants nothing written, and no memory taken.
func TestLevelsThatAreOff(t *testing.T) {
	var out bytes.Buffer
	o := New(logger(&out, slog.LevelWarn))
	var e runtime.Event = runtime.AttemptEvent{API: "slack", OK: true}
	ctx := context.Background()
	assert.Zero(t, testing.AllocsPerRun(100, func() { o.Observe(ctx, e) }))
	assert.Empty(t, out.String())
}

func logger(out *bytes.Buffer, level slog.Level) *slog.Logger {
	return slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: level, ReplaceAttr: withoutTime}))
}

func withoutTime(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}

func ExampleNew() {
	log := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: withoutTime}))
	observer := New(log) // slack.New(auth, slack.WithObserver(observer))

	observer.Observe(context.Background(), runtime.WaitEvent{API: "slack", Op: "chat.postMessage", Reason: runtime.WaitLimit, Limit: "posts", For: 2 * time.Second})
	// Output:
	// level=INFO msg=wait api=slack op=chat.postMessage reason=limit limit=posts for=2s
}
