package twin

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

func TestTransportFaults(t *testing.T) {
	broken := func(want error) func(*testing.T, *client) {
		return func(t *testing.T, c *client) {
			_, err := c.try(c.request("POST", api+"channels", `{"name":"x"}`))
			if !errors.Is(err, want) {
				t.Fatalf("got %v", err)
			}
			equal(t, "effect", c.last().Effect == nil, true)
			equal(t, "lost", c.last().Lost, true)
			equal(t, "objects", len(c.tw.IDs("", "channels", "")), 25)
		}
	}
	cutBy := func(want error) func(*testing.T, *client) {
		return func(t *testing.T, c *client) {
			start := time.Now()
			g := c.get(api + "channels.list")
			if !errors.Is(g.err, want) || len(g.raw) == 0 {
				t.Fatalf("got %v after %d bytes", g.err, len(g.raw))
			}
			if isTimeout(g.err) {
				equal(t, "waited", time.Since(start), time.Minute)
				equal(t, "duration", c.last().Duration, time.Minute)
			}
		}
	}
	everyFault(t, GroupTransport, map[string]func(*testing.T, *client){
		"refuse":               broken(syscall.ECONNREFUSED),
		"reset-before-headers": broken(syscall.ECONNRESET),
		"hang-before-headers":  broken(errDeadline),
		"reset-mid-body":       cutBy(syscall.ECONNRESET),
		"hang-mid-body":        cutBy(errDeadline),
		"truncated-body":       cutBy(io.ErrUnexpectedEOF),
		"wrong-length": func(t *testing.T, c *client) {
			g := c.get(api + "channels.list")
			_, err := parseJSON([]byte(g.raw))
			equal(t, "cut", g.err == nil && err != nil, true)
		},
		"slow": func(t *testing.T, c *client) {
			start := time.Now()
			c.get(api + "auth.test")
			equal(t, "took", time.Since(start), 2*time.Second)
		},
		"dribble": func(t *testing.T, c *client) {
			start := time.Now()
			g := c.get(api + "auth.test")
			equal(t, "whole", g.at(t, "ok"), any(true))
			equal(t, "took", time.Since(start), time.Duration((len(g.raw)-1)/16)*100*time.Millisecond)
		},
		"gzip-garbage": func(t *testing.T, c *client) {
			if g := c.get(api + "auth.test"); g.err == nil {
				t.Fatalf("decoded %q", g.raw)
			}
		},
		"gzip-bomb": func(t *testing.T, c *client) {
			resp, err := c.tw.RoundTrip(c.request("GET", api+"auth.test", nil))
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			n, err := io.Copy(io.Discard, resp.Body)
			equal(t, "error", err, nil)
			equal(t, "unpacked", n, 256<<20)
		},
		"redirect-loop": func(t *testing.T, c *client) {
			_, err := (&http.Client{Transport: c.tw}).Do(c.request("GET", api+"auth.test", nil))
			equal(t, "stopped", err != nil && strings.Contains(err.Error(), "10 redirects"), true)
		},
		"redirect-foreign": func(t *testing.T, c *client) {
			resp, err := (&http.Client{Transport: c.tw}).Do(c.request("GET", api+"auth.test", nil))
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			equal(t, "route", c.last().Route, RouteForeign)
			equal(t, "origin", c.last().Origin, "https://foreign.invalid")
			equal(t, "credential", c.last().TokenState, TokenNone)
		},
	})
}

func TestStatusFaults(t *testing.T) {
	with := func(status int) func(*testing.T, *client) {
		return func(t *testing.T, c *client) {
			g := c.do("POST", api+"channels", `{"name":"x"}`)
			equal(t, "status", g.status, status)
			equal(t, "effect", c.last().Effect == nil, true)
		}
	}
	cases := map[string]func(*testing.T, *client){
		"200-error": func(t *testing.T, c *client) {
			g := c.get(api + "auth.test")
			equal(t, "status", g.status, 200)
			failed(t, g, "internal_error", ir.Unavailable, c.last())
		},
		"as-declared": func(t *testing.T, c *client) {
			g := c.get(api + "auth.test")
			rule := c.tw.spec.Action("auth.test").Errors[0]
			equal(t, "class", c.last().Class, string(rule.Class))
			equal(t, "effect", c.last().Effect == nil && g.raw != "", true)
			equal(t, "code", c.last().Code != "", rule.Code != nil)
		},
		"200-unconfirmed": func(t *testing.T, c *client) {
			g := c.do("POST", api+"channels", `{"name":"x"}`)
			equal(t, "answer", g.raw, "{}")
			equal(t, "status", g.status, 200)
			equal(t, "effect", c.last().Effect == nil, true)
			equal(t, "class", c.last().Class, string(ir.Unknown))
		},
		"200-html": func(t *testing.T, c *client) {
			g := c.get(api + "auth.test")
			equal(t, "html", g.status == 200 && strings.Contains(g.header.Get("Content-Type"), "html"), true)
		},
		"502-html": func(t *testing.T, c *client) {
			g := c.get(api + "auth.test")
			equal(t, "html", g.status == 502 && strings.Contains(g.raw, "<h1>"), true)
			equal(t, "class", c.last().Class, string(ir.Unavailable))
		},
		"202": func(t *testing.T, c *client) {
			g := c.do("POST", api+"channels", `{"name":"x"}`)
			equal(t, "empty", g.status == 202 && g.raw == "", true)
			equal(t, "effect", c.last().Effect.Do, "create")
		},
		"204-body": func(t *testing.T, c *client) {
			g := c.get(api + "auth.test")
			equal(t, "body", g.status == 204 && g.raw != "", true)
		},
		"committed-then-lost": func(t *testing.T, c *client) {
			equal(t, "a read comes", c.get(api+"auth.test").status, 200)
			if _, err := c.try(c.request("POST", api+"channels", `{"name":"x"}`)); !errors.Is(err, syscall.ECONNRESET) {
				t.Fatalf("got %v", err)
			}
			equal(t, "effect", c.last().Effect.Do, "create")
			equal(t, "lost", c.last().Lost, true)
			equal(t, "objects", len(c.tw.IDs("", "channels", "")), 26)
		},
	}
	for _, status := range []int{304, 408, 409, 423, 425, 429, 500, 503, 504} {
		cases[itoaTest(status)] = with(status)
	}
	everyFault(t, GroupStatus, cases)
}

func TestCommittedThenLostInOtherWays(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, tw *Twin) {
		c := clientOf(t, tw)
		arm(t, tw, Fault{ID: "status/committed-then-lost", Times: 1, Params: map[string]string{"how": "502"}})
		equal(t, "502", c.do("POST", api+"channels", `{"name":"x"}`).status, 502)
		equal(t, "class", c.last().Class, string(ir.Unavailable))
		arm(t, tw, Fault{ID: "status/committed-then-lost", Times: 1, Params: map[string]string{"how": "hang"}})
		if _, err := c.try(c.request("POST", api+"channels", `{"name":"x"}`)); !isTimeout(err) {
			t.Fatalf("got %v", err)
		}
		equal(t, "objects", len(tw.IDs("", "channels", "")), 27)
	})
}

func TestScopeOfFaults(t *testing.T) {
	inBubble(t, Options{Accounts: 2}, func(t *testing.T, tw *Twin) {
		c := clientOf(t, tw)
		status := func(action string) int { return c.get(api + action).status }

		nth := arm(t, tw, Fault{ID: "status/503", Scope: Scope{Action: "auth.test", Nth: 2}})
		equal(t, "1st", status("auth.test"), 200)
		equal(t, "another action", status("users.list"), 200)
		equal(t, "2nd", status("auth.test"), 503)
		equal(t, "3rd", status("auth.test"), 200)
		equal(t, "fired", nth.Fired(), 1)
		nth.Disarm()

		times := arm(t, tw, Fault{ID: "status/503", Times: 2})
		equal(t, "statuses", slices.Equal([]int{status("auth.test"), status("users.list"), status("auth.test")}, []int{503, 503, 200}), true)
		equal(t, "fired", times.Fired(), 2)
		times.Disarm()

		arm(t, tw, Fault{ID: "status/503", Scope: Scope{From: time.Second, To: 2 * time.Second}})
		equal(t, "before", status("auth.test"), 200)
		time.Sleep(time.Second)
		equal(t, "within", status("auth.test"), 503)
		time.Sleep(time.Second)
		equal(t, "after", status("auth.test"), 200)
		tw.DisarmAll()

		arm(t, tw, Fault{ID: "status/503", Scope: Scope{Account: "acct-2"}})
		equal(t, "one", status("auth.test"), 200)
		two, _ := tw.Account("acct-2")
		c.token = two.Token.Access
		equal(t, "two", status("auth.test"), 503)
	})
}

func TestFaultsOfOneStageKeepTheirOrder(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, tw *Twin) {
		c := clientOf(t, tw)
		arm(t, tw, Fault{ID: "status/503"})
		arm(t, tw, Fault{ID: "status/500"})
		arm(t, tw, Fault{ID: "limits/429-seconds", Times: 1})
		equal(t, "limits come first", c.get(api+"auth.test").status, 429)
		equal(t, "the first armed wins", c.get(api+"auth.test").status, 503)
		equal(t, "journal", strings.Join(c.last().Faults, " "), "status/503")
	})
}

// Late faults all work on one answer: by stage, however they were armed, and within a
// stage in the order of arming, each on what the one before left.
func TestFaultsCombine(t *testing.T) {
	data := func(id, member string) Fault {
		return Fault{ID: "data/" + id, Params: map[string]string{"member": member}}
	}
	for _, c := range []struct {
		armed []Fault
		fired string
		holds func(t *testing.T, g got)
	}{
		{
			[]Fault{{ID: "transport/truncated-body"}, {ID: "data/bom"}, {ID: "evolution/deprecated"}, data("null", "name"), {ID: "paging/short-page", Params: map[string]string{"items": "2"}}},
			"paging/short-page data/null evolution/deprecated data/bom transport/truncated-body",
			func(t *testing.T, g got) {
				equal(t, "mark", strings.HasPrefix(g.raw, "\xef\xbb\xbf{"), true)
				equal(t, "null", strings.Contains(g.raw, `"name":null`), true)
				equal(t, "cut", g.err != nil && len(g.raw) > 0, true)
				equal(t, "header", g.header.Get("Deprecation") != "", true)
			},
		},
		{ // The member that comes twice is the one of another type.
			[]Fault{data("type-changed", "name"), data("duplicate-key", "name")},
			"data/type-changed data/duplicate-key",
			func(t *testing.T, g got) {
				first := g.list(t, "channels")[0].(*object)
				equal(t, "changed", strings.HasPrefix(textOf(mustAt(t, first, "name")), `{"value":`), true)
				equal(t, "and again", strings.Count(textOf(first), `"name":`), 2)
			},
		},
		{ // What is gone has no type to change.
			[]Fault{data("missing", "name"), data("type-changed", "name")},
			"data/missing",
			func(t *testing.T, g got) { equal(t, "none", g.list(t, "channels")[0].(*object).find("name"), -1) },
		},
		{ // What the first puts there, the second does not find: it is no text any more.
			[]Fault{data("null", "name"), data("type-changed", "name")},
			"data/null",
			func(t *testing.T, g got) { equal(t, "null", mustAt(t, g.list(t, "channels")[0], "name"), nil) },
		},
		{ // Nothing late works on an answer that an early fault gave.
			[]Fault{data("null", "name"), {ID: "data/bom"}, {ID: "status/503"}, {ID: "status/500"}, {ID: "transport/hang-before-headers", Scope: Scope{Action: "auth.test"}}},
			"status/503 data/bom",
			func(t *testing.T, g got) { equal(t, "status", g.status, 503) },
		},
	} {
		inBubble(t, Options{}, func(t *testing.T, tw *Twin) {
			for _, f := range c.armed {
				arm(t, tw, f)
			}
			client := clientOf(t, tw)
			g := client.get(api + "channels.list?limit=20")
			equal(t, "faults", strings.Join(client.last().Faults, " "), c.fired)
			c.holds(t, g)
		})
	}
}

// What could not work, or not as it is meant, is refused with what there is instead.
func TestArmRefusesWhatItDoesNotKnow(t *testing.T) {
	tw := New(connector(), Options{Accounts: 2})
	params := func(name, value string) map[string]string { return map[string]string{name: value} }
	for _, c := range []struct {
		fault Fault
		says  string
	}{
		{Fault{ID: "status/999"}, `no fault "status/999"; there is status/`},
		{Fault{ID: "limits/tier-lower"}, `no fault "limits/tier-lower"; there is limits/tier-lowered`},
		{Fault{ID: "status/503", Params: params("colour", "red")}, `no parameter "colour"; there is retry-after`},
		{Fault{ID: "transport/refuse", Params: params("at", "3")}, `no parameter "at"; there is none`},
		{Fault{ID: "transport/reset-mid-body", Params: params("at", "half")}, `at is a number such as 50, not "half"`},
		{Fault{ID: "transport/slow", Params: params("delay", "-2s")}, `delay is a duration from 0 on, not -2s`},
		{Fault{ID: "transport/slow", Scope: Scope{Nth: 3}, Times: 2}, `the request number 3 comes once, and not 2 times`},
		{Fault{ID: "transport/slow", Params: params("delay", "2")}, `delay is a duration such as 2s, not "2"`},
		{Fault{ID: "limits/tier-lowered", Params: params("calls", "few")}, `calls is a number such as 5, not "few"`},
		{Fault{ID: "status/committed-then-lost", Params: params("how", "fire")}, `how is reset or hang or 502, not "fire"`},
		{Fault{ID: "limits/tier-lowered", Params: params("limit", "raeds")}, `limit "raeds" names no limit; there is posts, reads`},
		{Fault{ID: "limits/tier-lowered", Scope: Scope{Action: "channels.list"}, Params: params("limit", "posts")}, `limit "posts" names no limit of channels.list; there is reads`},
		{Fault{ID: "data/null", Params: params("member", "avatar")}, `member "avatar" names no member; there is avatar_url`},
		{Fault{ID: "data/missing", Scope: Scope{Action: "users.list"}, Params: params("member", "topic")}, `member "topic" names no member of users.list; there is avatar_url, email, id, name, total, users`},
		{Fault{ID: "evolution/field-renamed", Params: params("member", "last-set")}, `names no member; there is last_set`},
		{Fault{ID: "status/503", Scope: Scope{Action: "users.lst"}}, `no action "users.lst"; there is users.list`},
		{Fault{ID: "status/503", Scope: Scope{Account: "acct-3"}}, `no account "acct-3"; there is acct-1, acct-2`},
		{Fault{ID: "status/503", Scope: Scope{Nth: -1}}, "count from 1"},
		{Fault{ID: "status/503", Times: -1}, "count from 1"},
		{Fault{ID: "status/503", Scope: Scope{From: time.Minute, To: time.Second}}, "the window from 1m0s to 1s has no time in it"},
	} {
		if _, err := tw.Arm(c.fault); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%+v: %v", c.fault, err)
		}
	}
	equal(t, "armed", len(tw.Armed()), 0)
	for _, f := range []Fault{
		{ID: "status/503", Scope: Scope{Action: "@token"}}, {ID: "webhooks/tampered-body", Scope: Scope{Action: "events"}},
		{ID: "limits/tier-lowered", Params: params("calls", "3")}, {ID: "limits/tier-lowered"}, {ID: "limits/tier-lowered", Params: params("limit", "reads")}, {ID: "data/null", Params: params("member", "value")}, {ID: "status/committed-then-lost", Params: params("how", "502")},
	} {
		arm(t, tw, f)
	}
	if _, ok := Lookup("status/503"); !ok {
		t.Fatal("the catalogue lacks status/503")
	}
	for _, k := range Catalogue() {
		if k.Doc == "" || k.Group == "" || k.Stage == 0 {
			t.Errorf("%s is not described", k.ID)
		}
	}
}
