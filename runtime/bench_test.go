package runtime

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"
)

// The benchmarks compare a call of [Client.Do] with what a programmer writes
// for the same request with net/http and encoding/json, over the same transport
// in memory. They run both and report the ratios: BenchmarkCall/post reports
// "time-ratio" and "alloc-ratio", to be at most 1.5 and 2. Those that end in
// "observed" have an observer, for whom responses are compared with what the
// operation promises of them.

type benchMessage struct {
	TS   string `json:"ts"`
	Text string `json:"text"`
	User string `json:"user"`
}

type benchPost struct {
	Channel string `json:"channel"`
	Text    string `json:"text"`
}

type benchPosted struct {
	OK      bool         `json:"ok"`
	Error   string       `json:"error,omitempty"`
	Channel string       `json:"channel"`
	TS      string       `json:"ts"`
	Message benchMessage `json:"message"`
}

type benchChannel struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Created  int64  `json:"created"`
	Archived bool   `json:"is_archived"`
}

type benchListed struct {
	OK       bool           `json:"ok"`
	Error    string         `json:"error,omitempty"`
	Channels []benchChannel `json:"channels"`
	Metadata struct {
		NextCursor string `json:"next_cursor"`
	} `json:"response_metadata"`
}

// canned answers every request with one body.
type canned struct{ body []byte }

func (c canned) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
	}
	return &http.Response{
		StatusCode: 200, ProtoMajor: 1, ProtoMinor: 1, Request: r, ContentLength: int64(len(c.body)),
		Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}},
		Body:   io.NopCloser(bytes.NewReader(c.body)),
	}, nil
}

// What the answers of the benchmarks promise.
var (
	benchPostedPromise = Shapes{{
		{Name: "channel", Required: true}, {Name: "message", At: 2}, {Name: "ok", Required: true, Values: []string{"true"}},
	}, {
		{Name: "text", Required: true}, {Name: "ts", Required: true}, {Name: "user", Required: true},
	}}
	benchListedPromise = Shapes{{
		{Name: "channels", Required: true, Each: "[", At: 2}, {Name: "ok", Required: true, Values: []string{"true"}},
	}, {
		{Name: "created", Required: true}, {Name: "id", Required: true}, {Name: "is_archived", Required: true, Values: []string{"true", "false"}},
		{Name: "name", Required: true}, {Name: "topic", Required: true, At: 3},
	}, {
		{Name: "value", Required: true},
	}}
)

func benchList(n int) []byte {
	var b strings.Builder
	b.WriteString(`{"ok":true,"channels":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":"C%08d","name":"channel-%d","created":%d,"is_archived":false,"topic":{"value":"about %d"},"num_members":%d}`, i, i, 1700000000+i, i, i)
	}
	b.WriteString(`],"response_metadata":{"next_cursor":""}}`)
	return []byte(b.String())
}

// byHand is the client a programmer writes.
type byHand struct {
	http  *http.Client
	token string
}

func (c *byHand) do(ctx context.Context, method, url string, in, out any) error {
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "by-hand")
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", resp.StatusCode)
	}
	return json.NewDecoder(resp.Body).Decode(out)
}

// benchPostClient returns a client and a create that takes part in a limit.
func benchPostClient(t testing.TB, body []byte, opts ...Option) (*Client, *Op) {
	c, api := benchClient(t, body, opts...)
	op := testOp(api)
	op.Returns = &Member{Of: &benchPostedPromise}
	op.Method, op.Effect, op.Body.As, op.Limits, op.Required = "POST", EffectCreate, BodyJSON, []LimitUse{{}}, []string{"channel"}
	return c, op
}

func benchClient(b testing.TB, body []byte, opts ...Option) (*Client, *API) {
	api := testAPI()
	api.Limits = []Limit{{Name: "tier", Calls: 1 << 30, Per: time.Second, Burst: 1 << 29, By: []string{"app", "workspace"}}}
	c, err := NewClient(api, Bearer(NewSecret("test-token")), append(opts, WithTransport(canned{body}))...)
	if err != nil {
		b.Fatal(err)
	}
	return c, api
}

func BenchmarkCall(b *testing.B) {
	observed := WithObserver(ObserverFunc(func(context.Context, Event) {}))
	b.Run("post", func(b *testing.B) { benchmarkPost(b) })
	b.Run("post-observed", func(b *testing.B) { benchmarkPost(b, observed) })
	for _, n := range []int{10, 1000} {
		b.Run(fmt.Sprintf("list%d", n), func(b *testing.B) { benchmarkList(b, n) })
		b.Run(fmt.Sprintf("list%d-observed", n), func(b *testing.B) { benchmarkList(b, n, observed) })
	}
}

func benchmarkPost(b *testing.B, opts ...Option) {
	ctx := context.Background()
	post := benchPost{"C1", strings.Repeat("hello ", 20)}
	posted := []byte(`{"ok":true,"channel":"C1","ts":"1700000000.000100","message":{"ts":"1700000000.000100","text":"hello","user":"U1","blocks":[{"type":"section"}]}}`)
	hand := &byHand{&http.Client{Transport: canned{posted}}, "test-token"}
	c, op := benchPostClient(b, posted, opts...)
	compare(b, func() error {
		var out benchPosted
		err := hand.do(ctx, "POST", "https://api.example.com/v1/things", post, &out)
		if err == nil && !out.OK {
			err = fmt.Errorf("error %s", out.Error)
		}
		return err
	}, func() error {
		var out benchPosted
		return c.Do(ctx, op, post, &out, nil)
	})
}

func benchmarkList(b *testing.B, n int, opts ...Option) {
	ctx := context.Background()
	list := benchList(n)
	hand := &byHand{&http.Client{Transport: canned{list}}, "test-token"}
	c, api := benchClient(b, list, opts...)
	op := testOp(api)
	op.Limits, op.Returns = []LimitUse{{}}, &Member{Of: &benchListedPromise}
	op.Params = []Param{{Field: "limit"}, {Field: "cursor"}}
	op.Page = &PageRule{To: Param{Field: "cursor"}}
	in := struct {
		Limit  Opt[int]    `json:"limit,omitzero"`
		Cursor Opt[string] `json:"cursor,omitzero"`
	}{Some(n), Some("abc")}
	compare(b, func() error {
		var out benchListed
		return hand.do(ctx, "GET", fmt.Sprintf("https://api.example.com/v1/things?limit=%d&cursor=%s", n, "abc"), nil, &out)
	}, func() error {
		var out benchListed
		return c.Do(ctx, op, in, &out, nil)
	})
}

// TestAllocations holds the budget of a call that the benchmark measures, which
// unlike the time is the same on every machine.
func TestAllocations(t *testing.T) {
	body := []byte(`{"ok":true,"channel":"C1","ts":"1700000000.000100"}`)
	hand := &byHand{&http.Client{Transport: canned{body}}, "test-token"}
	post := benchPost{"C1", "hello"}
	byHand := testing.AllocsPerRun(100, func() {
		if err := hand.do(t.Context(), "POST", "https://api.example.com/v1/things", post, &benchPosted{}); err != nil {
			t.Fatal(err)
		}
	})
	for name, opts := range map[string][]Option{"unobserved": nil, "observed": {WithObserver(ObserverFunc(func(context.Context, Event) {}))}} {
		c, op := benchPostClient(t, body, opts...)
		ours := testing.AllocsPerRun(100, func() {
			if err := c.Do(t.Context(), op, post, &benchPosted{}, nil); err != nil {
				t.Fatal(err)
			}
		})
		if ours > 2*byHand {
			t.Errorf("%s: %.0f allocations, by hand %.0f", name, ours, byHand)
		}
	}
}

// TestAuditAllocatesOnce has the comparison of a long list with what is
// promised cost no more allocations than that of a short one. The least of
// several runs counts: a pool that was emptied in between, as the race detector
// does at random, only ever adds.
func TestAuditAllocatesOnce(t *testing.T) {
	allocs := func(n int) float64 {
		body := benchList(n)
		c, api := benchClient(t, body, WithObserver(ObserverFunc(func(context.Context, Event) {})))
		k := call{app: c.app, op: testOp(api)}
		k.op.Returns = &Member{Of: &benchListedPromise}
		least := testing.AllocsPerRun(1, func() { k.audit(body) })
		for range 50 {
			least = min(least, testing.AllocsPerRun(1, func() { k.audit(body) }))
		}
		return least
	}
	if short, long := allocs(10), allocs(1000); long > short {
		t.Errorf("%.0f allocations for 1000 items, %.0f for 10", long, short)
	}
}

// compare runs both sides in turns and reports the second in terms of the
// first. Of the times it takes the quickest turns, because whatever else the
// machine does only ever makes a turn slower.
func compare(b *testing.B, hand, ours func() error) {
	const turn = 64
	var best [2]time.Duration
	var allocs [2]uint64
	var before, after runtime.MemStats
	for b.Loop() {
		for side, run := range [...]func() error{hand, ours} {
			runtime.ReadMemStats(&before)
			start := time.Now()
			for range turn {
				if err := run(); err != nil {
					b.Fatal(err)
				}
			}
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			allocs[side] += after.Mallocs - before.Mallocs
			if best[side] == 0 || took < best[side] {
				best[side] = took
			}
		}
	}
	for side, name := range [...]string{"hand", "ours"} {
		b.ReportMetric(float64(best[side].Nanoseconds())/turn, name+"-ns/call")
		b.ReportMetric(float64(allocs[side])/float64(b.N*turn), name+"-allocs/call")
	}
	b.ReportMetric(float64(best[1])/float64(best[0]), "time-ratio")
	b.ReportMetric(float64(allocs[1])/float64(allocs[0]), "alloc-ratio")
}
