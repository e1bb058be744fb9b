package process

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/gauntlet"
)

// books is a connector with a list, a read and a create.
func books() *ir.Connector {
	str := &ir.Type{Kind: ir.String}
	object := func(fields ...*ir.Field) *ir.Type { return &ir.Type{Kind: ir.Object, Fields: fields} }
	field := func(name string, t *ir.Type) *ir.Field { return &ir.Field{Name: name, Go: name, Type: t} }
	name := func(s string) ir.Path { return ir.Path{{Name: s}} }
	book := object(field("id", str), field("title", str))
	book.Name, book.Go, book.Out = "Book", "Book", true
	book.Fields[0].Required = true
	aBook := &ir.Type{Kind: ir.Ref, Ref: "Book"}
	failures := []*ir.ErrorRule{
		{When: ir.When{Status: []string{"429"}}, Class: ir.RateLimited, Code: &ir.Source{Body: name("error")}, Wait: &ir.Source{Header: "Retry-After", As: "seconds"}},
		{When: ir.When{Status: []string{"4xx"}}, Class: ir.Rejected, Code: &ir.Source{Body: name("error")}},
		{When: ir.When{Status: []string{"5xx"}}, Class: ir.Unavailable},
	}
	action := func(name, method string, effect ir.Effect, path ...ir.Part) *ir.Action {
		return &ir.Action{Name: name, Path: "books." + name, Go: name, Method: method, Server: "api", Effect: effect, URL: ir.Template{Parts: path}, Errors: failures, Reply: "json"}
	}
	list := action("list", "GET", ir.Read, ir.Part{Text: "books"})
	list.Params = object(field("cursor", str))
	list.Places = []*ir.Place{{Field: "cursor", In: "query", Name: "cursor"}}
	list.Returns = object(field("books", &ir.Type{Kind: ir.List, Elem: aBook}), field("next", str))
	list.Page = &ir.Page{
		Items: name("books"), Item: aBook, Style: "cursor", From: &ir.Source{Body: name("next")}, To: &ir.Slot{Query: "cursor"},
		End: []string{"no_cursor"}, Size: &ir.PageSize{Default: 10},
	}
	get := action("get", "GET", ir.Read, ir.Part{Text: "books/"}, ir.Part{Scope: "in", Path: name("id")})
	get.Params, get.Places, get.Returns = object(field("id", str)), []*ir.Place{{Field: "id", In: "path", Name: "id"}}, aBook
	get.Params.Fields[0].Required = true
	create := action("create", "POST", ir.Create, ir.Part{Text: "books"})
	create.Params, create.Places, create.Returns = object(field("title", str)), []*ir.Place{{Field: "title", In: "body", Name: "title"}}, aBook
	create.Body = &ir.Body{As: "json"}
	return &ir.Connector{
		Version: ir.Version, Name: "books", Title: "Books",
		Servers: []*ir.Server{{Name: "api", URL: ir.Template{Parts: []ir.Part{{Text: "https://books.example/"}}}}},
		Auth:    []*ir.Auth{{Name: "token", Kind: "bearer"}},
		Errors:  failures, Types: []*ir.Type{book},
		Groups: []*ir.Group{{Name: "books", Path: "books", Field: "Books", Go: "Books", Actions: []*ir.Action{list, get, create}}},
		Resources: []*ir.Resource{{Name: "books", Of: "Book", ID: name("id"), Uses: []*ir.ResourceUse{
			{Action: "books.list", Do: "list", At: name("books")}, {Action: "books.get", Do: "get", Key: "id"}, {Action: "books.create", Do: "create"},
		}}},
	}
}

// try runs one scenario with a driver that has a sin.
func try(t *testing.T, sin, scenario string, patience time.Duration) gauntlet.Result {
	t.Helper()
	d := &Driver{life: t.Context(), Library: sin, Offered: []gauntlet.Feature{gauntlet.Retries, gauntlet.Codes, gauntlet.Deadlines, gauntlet.Lossless, gauntlet.Outcomes}, args: []string{os.Args[0], sin}}
	r, err := gauntlet.Judge(t.Context(), books(), d, gauntlet.Judging{Only: scenario, Seed: 1, Patience: patience})
	if err != nil {
		t.Fatal(err)
	}
	return r.Scenarios[0]
}

// TestWrongDrivers holds clients with a sin against a scenario that shows it, and
// the same client without it.
func TestWrongDrivers(t *testing.T) {
	for _, c := range []struct{ sin, scenario, oracle string }{
		{"writes twice", "limits/429-create", "once"},
		{"claims success", "status/500-on-create", "lost"},
		{"stops after a page", "paging/whole-list", "complete"},
		{"comes back early", "limits/429-seconds", "early"},
	} {
		t.Run(c.sin, func(t *testing.T) {
			t.Parallel()
			if r := try(t, "none", c.scenario, 5*time.Second); r.Outcome != gauntlet.Pass {
				t.Errorf("without the sin: %s %s\n%s", r.Outcome, r.Why, r.Text())
			}
			r := try(t, c.sin, c.scenario, 5*time.Second)
			if r.Outcome != gauntlet.Fail {
				t.Fatalf("%s passes: %s", c.scenario, r.Outcome)
			}
			for _, v := range r.Verdicts {
				if v.Oracle == c.oracle && v.Outcome == gauntlet.Fail && len(v.Journal) > 0 {
					return
				}
			}
			t.Errorf("not by %s:\n%s", c.oracle, r.Text())
		})
	}
}

// TestLeftToCallers takes a refusal that a client hands on for the callers' to try again,
// if it does not claim to do so itself, and not if it does or says that it succeeded.
func TestLeftToCallers(t *testing.T) {
	for _, c := range []struct {
		sin, scenario string
		offers        []gauntlet.Feature
		want          gauntlet.Outcome
	}{
		{"tries once", "transport/wrong-length", nil, gauntlet.NotOffered},
		{"tries once", "transport/wrong-length", []gauntlet.Feature{gauntlet.Retries}, gauntlet.Fail},
		{"tries once", "limits/429-seconds", nil, gauntlet.NotOffered},
		{"tries once", "limits/429-seconds", []gauntlet.Feature{gauntlet.Retries}, gauntlet.Fail},
		{"takes a refusal for a result", "limits/429-seconds", nil, gauntlet.Fail},
	} {
		t.Run(c.sin+" "+c.scenario+" "+string(c.want), func(t *testing.T) {
			t.Parallel()
			d := &Driver{life: t.Context(), Library: c.sin, Offered: c.offers, args: []string{os.Args[0], c.sin}}
			r, err := gauntlet.Judge(t.Context(), books(), d, gauntlet.Judging{Only: c.scenario, Seed: 1, Patience: 5 * time.Second})
			if err != nil {
				t.Fatal(err)
			}
			if got := r.Scenarios[0]; got.Outcome != c.want || got.Why == "" {
				t.Errorf("%s, want %s\n%s", got.Outcome, c.want, got.Text())
			}
		})
	}
}

// TestBrokenDrivers fail their scenario with the reason, and are gone after it.
func TestBrokenDrivers(t *testing.T) {
	for sin, want := range map[string]string{
		"hangs":              "did not answer a call of books.get within 3s of its deadline",
		"crashes":            "it ended with exit status 2; the last on its standard error: panic: on purpose",
		"says nothing":       "a call is answered by one line with result, which is null where its action returns nothing, error or not_offered",
		"fails and succeeds": "a line has one of result, item, outcomes, error and not_offered",

		"babbles":         "a line that is no answer: \"debug: called books.get\"",
		"answers another": "it answered id 7777, which nobody asked",

		"changes its mind":      "it answered id 2 again, after its last answer",
		"answers start twice":   "it answered id 1 again, after its last answer",
		"goes on after the end": "it answered id 2 again, after its last answer",

		"misspells":              `no member "reslt"; there is result`,
		"misspells in its error": `no member "staus"; there is typed, class, code, status, request_id, unknown, text`,
		"names its id by a text": "id is a string, where it should be a whole number",
		"gives a list as one":    "it answered what it was asked to list with \"{\\\"id\\\":2,\\\"result\\\":[]}\": a list is answered by a line with item for each",
		"gives a call as a list": "a call is answered by one line with result",

		"floods one line": "a line of more than 32 MiB",
		"floods drift":    "it floods its output: more than 4 MiB of drift",

		"floods a list":           "call 1 books.list gave 25000 items, and had not ended",
		"floods a list of giants": "call 1 books.list gave 3 items, and had not ended",
	} {
		t.Run(sin, func(t *testing.T) {
			t.Parallel()
			scenario, within := "transport/hang-before-headers", time.Second
			if strings.HasPrefix(sin, "floods") { // It takes a while, and its callers wait for it.
				scenario, within = "status/503-then-ok", time.Minute
			}
			if strings.HasPrefix(sin, "floods a list") {
				scenario = "paging/whole-list"
			}
			if sin == "gives a list as one" || sin == "goes on after the end" {
				scenario = "paging/whole-list"
			}
			r := try(t, sin, scenario, within)
			if r.Outcome != gauntlet.Fail || !strings.Contains(r.Text(), want) {
				t.Errorf("%s: %s", r.Outcome, r.Text())
			}
		})
	}
}

// TestFloods has a driver go on with what nobody waits for any more: some of it is taken.
func TestFloods(t *testing.T) {
	p, err := start(t.Context(), []string{os.Args[0], "floods"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer p.end()
	ctx, leave := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer leave()
	never := func(*answer) bool { return false }
	if err := p.ask(ctx, request{Do: "read", Action: "books.get"}, never); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("a call that is not answered: %v", err)
	}
	if err := p.ask(t.Context(), request{Do: "read", Action: "books.get"}, never); !errors.Is(err, gauntlet.ErrBroken) || !strings.Contains(err.Error(), "floods its output") {
		t.Errorf("a flood: %v", err)
	}
}

// TestFloodsWaiting has a driver answer without end while its caller waits for more: what
// it may print is bounded, and the line that is cut there is not what is wrong.
func TestFloodsWaiting(t *testing.T) {
	p, err := start(t.Context(), []string{os.Args[0], "floods a list of giants"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer p.end()
	err = p.ask(t.Context(), request{Do: doList, Action: "books.list"}, func(*answer) bool { return false })
	if !errors.Is(err, gauntlet.ErrBroken) || !strings.HasSuffix(err.Error(), "it printed more than 128 MiB") {
		t.Errorf("a flood: %v", err)
	}
}

// TestEnded counts how often a driver is asked that answers no call: once it was ended
// for that, it is not tried again, and what is broken is the deadline.
func TestEnded(t *testing.T) {
	mark := filepath.Join(t.TempDir(), "asked")
	d := &Driver{life: t.Context(), Library: "hangs", Offered: []gauntlet.Feature{gauntlet.Deadlines}, args: []string{os.Args[0], "hangs", mark}}
	r, err := gauntlet.Judge(t.Context(), books(), d, gauntlet.Judging{Only: "transport/hang-before-headers", Seed: 1, Patience: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	if v := r.Scenarios[0].Verdicts; len(v) != 1 || v[0].Oracle != "deadline" || v[0].Rule == "" || !strings.HasPrefix(v[0].Why, "it did not answer a call of books.get within") {
		t.Errorf("%+v", v)
	}
	if asked, err := os.ReadFile(mark); err != nil || strings.Count(string(asked), "\n") != 1 {
		t.Errorf("asked %q, %v", asked, err)
	}
}

// TestLateness is the client's own when it comes again: a scenario that fails by the
// clock alone is tried again, and what a busy machine did is then gone.
func TestLateness(t *testing.T) {
	for sin, want := range map[string]gauntlet.Outcome{"late": gauntlet.Fail, "late once": gauntlet.Pass} {
		t.Run(sin, func(t *testing.T) {
			t.Parallel()
			mark := filepath.Join(t.TempDir(), "was late")
			d := &Driver{life: t.Context(), Library: sin, Offered: []gauntlet.Feature{gauntlet.Deadlines}, args: []string{os.Args[0], sin, mark}}
			r, err := gauntlet.Judge(t.Context(), books(), d, gauntlet.Judging{Only: "transport/hang-before-headers", Seed: 1, Patience: time.Second})
			if err != nil {
				t.Fatal(err)
			}
			if got := r.Scenarios[0]; got.Outcome != want {
				t.Errorf("%s, want %s\n%s", got.Outcome, want, got.Text())
			}
			if _, err := os.Stat(mark); err != nil && sin == "late once" {
				t.Error("the driver was never late")
			}
		})
	}
}

func TestOpen(t *testing.T) {
	d, err := Open(t.Context(), []string{os.Args[0], "none"})
	if err != nil || d.Name() != "handmade" || d.Version != "v1" || !d.Offers(gauntlet.Lossless) || d.Offers(gauntlet.Webhooks) {
		t.Errorf("%+v, %v", d, err)
	}
	if _, err := Open(t.Context(), []string{"/no/such/driver"}); err == nil || !strings.Contains(err.Error(), "does not start") {
		t.Errorf("a program that is not there: %v", err)
	}
	if _, err := Open(t.Context(), []string{os.Args[0], "paints"}); err == nil || !strings.Contains(err.Error(), `that can be printed, and not "\x1b[31mred"`) {
		t.Errorf("a name that is none: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := Open(ctx, []string{os.Args[0], "silent"}); err == nil || !strings.Contains(err.Error(), "it did not answer start within 30s: it printed no whole line; does it flush its output after each?; the last on its standard error: I am up") {
		t.Errorf("a silent one: %v", err)
	}
}

// TestNotOffered is neither passed nor failed.
func TestNotOffered(t *testing.T) {
	d := &Driver{life: t.Context(), Library: "modest", args: []string{os.Args[0], "none"}}
	r, err := gauntlet.Judge(t.Context(), books(), d, gauntlet.Judging{Only: "transport/hang-*", Seed: 1, Patience: time.Second})
	if err != nil || r.Score != (gauntlet.Score{NotOffered: 2}) {
		t.Errorf("%s, %v", r.Score, err)
	}
}

// TestInterrupted ends a driver that does not listen, with what it started, and keeps
// what was judged until then.
func TestInterrupted(t *testing.T) {
	mark := filepath.Join(t.TempDir(), "ticks")
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	d, err := Open(ctx, []string{os.Args[0], "deaf", mark})
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	j := gauntlet.Judging{Only: "status/*,auth/expiry,transport/hang-*", Seed: 1, Patience: 10 * time.Minute}
	time.AfterFunc(2*time.Second, interrupt)
	r, err := gauntlet.Judge(ctx, books(), d, j)
	if !errors.Is(err, context.Canceled) || r == nil || !r.Interrupted {
		t.Fatalf("%+v, %v", r, err)
	}
	if took := time.Since(began); took > time.Minute {
		t.Errorf("it took %s", took)
	}
	if len(r.Scenarios) == 0 || len(r.Failed()) > 0 {
		t.Errorf("what was not exercised is known, and nothing failed: %+v", r.Scenarios)
	}
	size := func() int64 {
		time.Sleep(500 * time.Millisecond)
		info, err := os.Stat(mark)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	if before := size(); before == 0 || size() != before {
		t.Errorf("what the driver started goes on, or never was: %d bytes", before)
	}
}
