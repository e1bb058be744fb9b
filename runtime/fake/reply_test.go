package fake

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime"
)

func path(names ...string) ir.Path {
	var p ir.Path
	for _, n := range names {
		p = append(p, ir.Step{Name: n})
	}
	return p
}

func source(names ...string) *ir.Source { return &ir.Source{Body: path(names...)} }

func eq(v any, names ...string) *ir.Match {
	return &ir.Match{At: path(names...), Op: "eq", Values: []any{v}}
}

// envelope is an action of a provider that answers 200 on failure.
var envelope = &ir.Action{Path: "a.b", Errors: []*ir.ErrorRule{
	{Class: ir.RateLimited, When: ir.When{Body: []*ir.Match{eq(false, "ok"), eq("limited", "error")}}, Wait: &ir.Source{Header: "Retry-After", As: "seconds"}},
	{Class: ir.Disconnected, When: ir.When{Body: []*ir.Match{eq(false, "ok"), {At: path("error"), Op: "in", Values: []any{"gone", "revoked"}}}}, Code: source("error")},
	{Class: ir.Rejected, When: ir.When{Body: []*ir.Match{eq(false, "ok")}}, Code: source("error")},
}}

// confirmed is an action of a provider whose successes say so.
var confirmed = &ir.Action{Path: "a.b", Errors: []*ir.ErrorRule{
	{Class: ir.Rejected, When: ir.When{Body: []*ir.Match{eq(false, "ok")}}, Code: source("error")},
	{Class: ir.Unknown, When: ir.When{Status: []string{"2xx"}, Body: []*ir.Match{not("ok", true), not("code", 0.0)}}, Code: source("error")},
}}

// numbered is an action of a provider that has a number for each failure.
var numbered = &ir.Action{Path: "a.b", Errors: []*ir.ErrorRule{
	{Class: ir.RateLimited, When: ir.When{Body: []*ir.Match{not("code", 0.0, 1.0), not("busy", "no")}}},
	{Class: ir.Unknown, When: ir.When{Body: []*ir.Match{not("code", 0.0)}}, Code: source("text")},
}}

func not(name string, values ...any) *ir.Match {
	return &ir.Match{At: path(name), Op: "not", Values: values}
}

// statuses is an action of a provider that tells failures by status.
var statuses = &ir.Action{Path: "a.b", Errors: []*ir.ErrorRule{
	{Class: ir.RateLimited, When: ir.When{Status: []string{"403"}, Header: []*ir.Match{{At: path("X-Left"), Op: "eq", Values: []any{"0"}}}}, Wait: &ir.Source{Body: path("reset", "at"), As: "unix"}},
	{Class: ir.Rejected, When: ir.When{Status: []string{"4xx"}, Media: "application/problem+json"}, Code: &ir.Source{Header: "X-Code"}},
}}

// ladder is an action with special rules before a general one.
var ladder = &ir.Action{Path: "a.b", Errors: []*ir.ErrorRule{
	{Class: ir.AuthExpired, When: ir.When{Status: []string{"401"}}, Code: source("error")},
	{Class: ir.NotFound, When: ir.When{Body: []*ir.Match{eq(false, "ok"), {At: path("error"), Op: "re", Values: []any{"_not_found$"}}}}, Code: source("error")},
	{Class: ir.NotFound, When: ir.When{Status: []string{"404"}}, Code: source("error")},
	{Class: ir.Invalid, When: ir.When{Status: []string{"4xx"}}, Code: source("error")},
}}

func TestRepliesHaveTheProvidersForm(t *testing.T) {
	type result struct {
		ID string `json:"id"`
	}
	for _, test := range []struct {
		name   string
		out    output
		status int
		body   string
		header string
	}{
		{"success", success(envelope, result{"1"}), 200, `{"id":"1","ok":true}`, ""},
		{"success of a list", success(envelope, []string{"a"}), 200, `["a"]`, ""},
		{"success by status", success(statuses, result{"1"}), 200, `{"id":"1"}`, ""},
		{"open code", failure(envelope, "odd", ""), 200, `{"ok":false,"error":"odd"}`, ""},
		{"listed code", failure(envelope, "revoked", ""), 200, `{"ok":false,"error":"revoked"}`, ""},
		{"code of a rule that reads none", failure(envelope, "limited", ""), 200, `{"ok":false,"error":"limited"}`, ""},
		{"code in a header", failure(statuses, "odd", ""), 400, `{}`, "X-Code: odd"},
		{"code of a pattern", failure(ladder, "thing_not_found", ""), 200, `{"ok":false,"error":"thing_not_found"}`, ""},
		{"code of a known class", failure(ladder, "odd", ir.NotFound), 404, `{"error":"odd"}`, ""},
		{"code of the general rule", failure(ladder, "odd", ""), 400, `{"error":"odd"}`, ""},
		{"success that says so", success(confirmed, result{"1"}), 200, `{"id":"1","ok":true,"code":0}`, ""},
		{"code where a later rule knows nothing", failure(confirmed, "odd", ""), 200, `{"ok":false,"error":"odd"}`, ""},
		{"code of a rule that excludes", failure(numbered, "odd", ""), 200, `{"code":1,"text":"odd"}`, ""},
		{"limit of a rule that excludes", rateLimit(numbered, 3), 429, `{"code":2,"busy":"other_no"}`, "Retry-After: 3"},
		{"limit", rateLimit(envelope, 3), 429, `{"ok":false,"error":"limited"}`, "Retry-After: 3"},
		{"limit without a rule", rateLimit(&ir.Action{}, 3), 429, `{}`, "Retry-After: 3"},
	} {
		if test.out.err != nil {
			t.Errorf("%s: %v", test.name, test.out.err)
		}
		if test.out.status != test.status || string(test.out.body) != test.body {
			t.Errorf("%s: %d %s, want %d %s", test.name, test.out.status, test.out.body, test.status, test.body)
		}
		if name, value, ok := strings.Cut(test.header, ": "); ok && test.out.header.Get(name) != value {
			t.Errorf("%s: header %v", test.name, test.out.header)
		}
	}
}

func TestWaitIsWrittenInItsUnit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // Time starts at 2000-01-01, which is 946684800.
		out := rateLimit(statuses, 60)
		if string(out.body) != `{"reset":{"at":946684860}}` || out.status != http.StatusForbidden || out.header.Get("X-Left") != "0" {
			t.Errorf("%d %v %s", out.status, out.header, out.body)
		}
		for as, want := range map[string]string{
			"ms": "60000", "unix_ms": "946684860000", "duration": "1m0s",
			"http_date": "Sat, 01 Jan 2000 00:01:00 GMT", "rfc3339": "2000-01-01T00:01:00Z",
		} {
			header := http.Header{}
			if err := writeWait(&ir.Source{Header: "W", As: as}, 60, &tree{}, header); err != nil || header.Get("W") != want {
				t.Errorf("%s: %q, %v", as, header.Get("W"), err)
			}
		}
	})
}

// TestWhatCannotBeWritten says so instead of answering something else.
func TestWhatCannotBeWritten(t *testing.T) {
	if out := failure(&ir.Action{}, "odd", ""); out.err == nil {
		t.Error("a code without a rule")
	}
	byPattern := &ir.Action{Errors: []*ir.ErrorRule{{When: ir.When{Body: []*ir.Match{{At: path("m"), Op: "re", Values: []any{"^x"}}}}, Code: source("c")}}}
	if out := failure(byPattern, "odd", ""); out.err == nil {
		t.Error("a rule with a pattern")
	}
}

func TestTree(t *testing.T) {
	last := -1
	doc := tree{raw: runtime.Raw(`{"a":{"x":1},"list":[1,2]}`)}
	doc.put(path("a", "y"), runtime.Raw(`"new"`))
	doc.put(path("b", "c"), runtime.Raw(`null`))
	doc.put(append(path("list"), ir.Step{Index: &last}), runtime.Raw(`3`))
	doc.put(append(path("new"), ir.Step{Index: &last}, ir.Step{Name: "id"}), runtime.Raw(`7`))
	const want = `{"a":{"x":1,"y":"new"},"list":[1,3],"b":{"c":null},"new":[{"id":7}]}`
	if got := string(doc.bytes()); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}
