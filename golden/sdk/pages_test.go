package sdk

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-github/v84/github"
	slackgo "github.com/slack-go/slack"

	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/connectors/slack"
	"github.com/porin-dev/porin/connectors/slack/slacktest"
	"github.com/porin-dev/porin/runtime"
	"github.com/porin-dev/porin/runtime/twin"
)

// latency is how long the way to a twin and back takes. The clock is virtual: what a
// library computes takes no time, and what it waits for takes all of it.
const latency = 100 * time.Millisecond

// distant is a twin that is far away.
type distant struct {
	http.RoundTripper
	bytes int // Of the answers.
}

func (d *distant) RoundTrip(r *http.Request) (*http.Response, error) {
	select {
	case <-time.After(latency):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	resp, err := d.RoundTripper.RoundTrip(r)
	if err == nil {
		resp.Body = &counted{resp.Body, &d.bytes}
	}
	return resp, err
}

type counted struct {
	io.ReadCloser
	bytes *int
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	*c.bytes += n
	return n, err
}

// figure prints what golden/bench reads, and holds it against its budget.
func figure(t *testing.T, name string, value, budget float64) {
	t.Helper()
	fmt.Printf("figure\t%s\t%.3f\t%.2f\n", name, value, budget)
	if budget > 0 && value > budget {
		t.Errorf("%s: %.3f, more than %.2f", name, value, budget)
	}
}

// timed is how many seconds of virtual time something takes that has to give so many items.
func timed(t *testing.T, want int, read func(context.Context) (int, error)) float64 {
	t.Helper()
	began := time.Now()
	n, err := read(t.Context())
	if err != nil || n != want {
		t.Fatalf("%d items, want %d, %v", n, want, err)
	}
	return time.Since(began).Seconds()
}

// TestPagesOfCursors reads a list beside slack-go, whose callers write the loop
// themselves, as its documentation does. Both take as long for a page as it takes to come.
func TestPagesOfCursors(t *testing.T) {
	const size, pages = 100, 24
	synctest.Test(t, func(t *testing.T) {
		sim := slacktest.Twin(t, func(o *twin.Options) { o.Now, o.Volume = time.Now, map[string]int{"messages": size * pages} })
		far := &distant{RoundTripper: sim}
		token := sim.Accounts()[0].Access
		channel := sim.IDs(sim.Accounts()[0].ID, "channels", "")[0]

		theirs := slackgo.New(token, slackgo.OptionHTTPClient(&http.Client{Transport: far}))
		loop := timed(t, size*pages, func(ctx context.Context) (n int, err error) {
			for cursor := ""; ; {
				page, err := theirs.GetConversationHistoryContext(ctx, &slackgo.GetConversationHistoryParameters{ChannelID: channel, Limit: size, Cursor: cursor})
				if err != nil {
					return n, err
				}
				n += len(page.Messages)
				time.Sleep(latency)
				if cursor = page.ResponseMetaData.NextCursor; cursor == "" {
					return n, nil
				}
			}
		})
		time.Sleep(2 * time.Minute) // The limits are as they were.
		ours, err := slack.New(slack.BotToken(token), slack.WithTransport(far))
		if err != nil {
			t.Fatal(err)
		}
		ahead := timed(t, size*pages, func(ctx context.Context) (n int, err error) {
			for _, err := range ours.Conversations.AllHistory(ctx, slack.ConversationsHistoryParams{Channel: channel, Limit: slack.Some(size)}, slack.Ahead(1)) {
				if err != nil {
					return n, err
				}
				if n++; n%size == 0 {
					time.Sleep(latency)
				}
			}
			return n, nil
		})
		figure(t, "cursor, one page ahead, over slack-go's loop", ahead/loop, 0.55)
	})
}

// issuesSpec is the part of GitHub's API that go-github lists issues by, the same list by
// offset, and a long one with a limit.
const issuesSpec = `package issues

connector: {title: "Issues", servers: api: url: "https://api.github.com/"}
auth: token: bearer: {}
limits: calls: {rate: {calls: 10, per: "1s"}, by: ["app"]}
errors: [{when: status: 429, class: "rate_limited", wait: {header: "Retry-After", as: "seconds"}}]
#Issue: {id!: int, number!: int, title!: string}
#Entry: {id!: string, TEXTS}
actions: issues: {
	list: {
		GET: "repos/{in.owner}/{in.repo}/issues", path: {owner!: string, repo!: string}, query: {page?: int, per_page?: int}
		returns: [...#Issue]
		page: {items: "", link: from: link: "next", size: {to: query: "per_page", default: 30, max: 100}}
	}
	offset: {
		GET: "issues", query: {offset?: int, limit?: int}
		returns: [...#Issue]
		page: {items: "", offset: {to: query: "offset", by: "items"}, end: ["short"], size: {to: query: "limit", default: 100, max: 100}}
	}
	log: {
		GET: "log", query: {page?: int, size?: int}
		returns: [...#Entry]
		page: {items: "", number: {to: query: "page", start: 1}, end: ["short"], size: {to: query: "size", default: 200, max: 200}}
		limits: ["calls"]
	}
}
resources: {
	issues: {of: #Issue, id: "id", list: {"issues.list": at: "", "issues.offset": at: ""}}
	entries: {of: #Entry, id: "id", list: "issues.log": at: ""}
}
`

// issues is what the twin has of each collection, and a client of it.
func issues(t *testing.T, volume map[string]int) (*distant, string, *runtime.API, *runtime.Client) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "issues")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	var texts []string
	for i := range 30 {
		texts = append(texts, fmt.Sprintf("text_%d!: string", i))
	}
	text := strings.Replace(issuesSpec, "TEXTS", strings.Join(texts, ", "), 1)
	if err := os.WriteFile(filepath.Join(dir, "api.cue"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	c, _, report := compiler.Load(dir)
	if report.HasErrors() {
		t.Fatalf("the spec of the twin: %v", report)
	}
	sim := twin.New(c, twin.Options{Now: time.Now, Volume: volume})
	far := &distant{RoundTripper: sim}
	token := sim.Accounts()[0].Access
	api := &runtime.API{
		Name: "issues", Servers: []runtime.Server{{Name: "api", URL: "https://api.github.com/"}},
		Limits: []runtime.Limit{{Name: "calls", Calls: 10, Per: time.Second, By: []string{"app"}}},
	}
	client, err := runtime.NewClient(api, runtime.Bearer(runtime.NewSecret(token)), runtime.WithTransport(far))
	if err != nil {
		t.Fatal(err)
	}
	return far, token, api, client
}

// listed counts the items of a list as a generated method reads it.
func listed[T any](ctx context.Context, c *runtime.Client, op *runtime.Op, in any, ahead int) (n int, err error) {
	for _, err := range runtime.All(ctx, c, op, in, []runtime.CallOption{runtime.Ahead(ahead)}, func(b *[]T) runtime.PageBody[T] { return runtime.PageBody[T]{Items: *b} }) {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

type issue struct {
	ID, Number int
	Title      string
}

// TestPagesAtOnce reads a list beside go-github's iterator, which goes page by page.
func TestPagesAtOnce(t *testing.T) {
	const items, size = 9_950, 100
	synctest.Test(t, func(t *testing.T) {
		far, token, api, client := issues(t, map[string]int{"issues": items})
		theirs := github.NewClient(&http.Client{Transport: far}).WithAuthToken(token)
		iterated := timed(t, items, func(ctx context.Context) (n int, err error) {
			opts := &github.IssueListByRepoOptions{ListOptions: github.ListOptions{PerPage: size}}
			for _, err := range theirs.Issues.ListByRepoIter(ctx, "o", "r", opts) {
				if err != nil {
					return n, err
				}
				n++
			}
			return n, nil
		})
		byNumber := &runtime.Op{API: api, Name: "issues.list", Method: "GET", Path: "repos/o/r/issues", Effect: runtime.EffectRead,
			Page: &runtime.PageRule{Style: runtime.PageNumber, To: runtime.Param{Field: "page"}, Start: 1, EndShort: true, SizeField: "per_page", Size: size}}
		byOffset := &runtime.Op{API: api, Name: "issues.offset", Method: "GET", Path: "issues", Effect: runtime.EffectRead,
			Page: &runtime.PageRule{Style: runtime.PageOffset, To: runtime.Param{Field: "offset"}, EndShort: true, SizeField: "limit", Size: size}}
		for _, list := range []struct {
			name string
			op   *runtime.Op
		}{{"page number", byNumber}, {"offset", byOffset}} {
			took := timed(t, items, func(ctx context.Context) (int, error) { return listed[issue](ctx, client, list.op, struct{}{}, 8) })
			figure(t, list.name+", 8 ahead, over go-github's iterator", took/iterated, 0.2)
		}
	})
}

// TestPagesUseTheLimit reads 100,000 items of about 1 kB under a limit of 10 calls a second.
func TestPagesUseTheLimit(t *testing.T) {
	const items, size, rate = 100_000, 200, 10
	synctest.Test(t, func(t *testing.T) {
		far, _, api, client := issues(t, map[string]int{"entries": items})
		log := &runtime.Op{API: api, Name: "issues.log", Method: "GET", Path: "log", Effect: runtime.EffectRead, Limits: []runtime.LimitUse{{}},
			Page: &runtime.PageRule{Style: runtime.PageNumber, To: runtime.Param{Field: "page"}, Start: 1, EndShort: true, SizeField: "size", Size: size}}
		took := timed(t, items, func(ctx context.Context) (int, error) {
			return listed[map[string]string](ctx, client, log, struct{}{}, 4)
		})
		figure(t, "100,000 items under a limit: bytes each", float64(far.bytes)/items, 0)
		figure(t, "the same: time over what the limit allows", took/(items/size/rate), 1.05)
	})
}
