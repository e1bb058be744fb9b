package twin

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/porin-dev/porin/compiler/ir"
)

// longList is a twin with a list of many items that has no pages.
func longList(items int) *Twin {
	c := connector()
	c.Types = append(c.Types, named("Key", objectOf(must("id", str), must("door", str))))
	c.Groups[0].Actions = append(c.Groups[0].Actions, action(&ir.Action{Path: "keys.list", URL: text("keys"), Returns: listOf(ref("Key"))}))
	c.Resources = append(c.Resources, &ir.Resource{Name: "keys", Of: "Key", ID: path("id"), Uses: []*ir.ResourceUse{{Do: "list", Action: "keys.list"}}})
	return New(c, Options{Volume: map[string]int{"keys": items}})
}

// TestFaultsOnLongLists arms faults on a list that is made as it is read: it still is, and
// what a fault does to items it does to those of each part.
func TestFaultsOnLongLists(t *testing.T) {
	const items = 5000
	all := func(each string) func(*testing.T, got) {
		return func(t *testing.T, g got) {
			t.Helper()
			equal(t, "items", strings.Count(g.raw, `"id":`), items)
			equal(t, each, strings.Count(g.raw, each), items)
			equal(t, "error", g.err, nil)
		}
	}
	half := func(t *testing.T, g got) {
		t.Helper()
		equal(t, "items", strings.Count(g.raw, `"id":`), items/2)
		equal(t, "lost", g.err != nil && !errors.Is(g.err, io.EOF), true)
	}
	for id, check := range map[string]func(*testing.T, got){
		"evolution/deprecated": func(t *testing.T, g got) {
			all(`"door":"`)(t, g)
			equal(t, "announced", g.header.Get("Deprecation") != "", true)
		},
		"data/null":                all(`"door":null`),
		"evolution/field-renamed":  all(`"door_v2":`),
		"transport/reset-mid-body": half,
		"transport/truncated-body": half,
		"transport/wrong-length": func(t *testing.T, g got) {
			n := strings.Count(g.raw, `"id":`)
			equal(t, "some are missing", n > items*8/10 && n < items, true)
		},
		"data/trailing-garbage": func(t *testing.T, g got) {
			equal(t, "the end", strings.HasSuffix(g.raw, "]\n<!-- served by proxy -->\n"), true)
			all(`"door":"`)(t, g)
		},
		"data/null-document": func(t *testing.T, g got) { equal(t, "body", g.raw, "null") },
	} {
		t.Run(id, func(t *testing.T) {
			tw := longList(items)
			params := map[string]string{}
			if id == "data/null" || id == "evolution/field-renamed" {
				params["member"] = "door"
			}
			armed := arm(t, tw, Fault{ID: id, Scope: Scope{Action: "keys.list"}, Params: params, Times: 2})
			c := clientOf(t, tw)
			r := c.request("GET", api+"keys", nil)
			q, err := readRequest(r, false)
			if err != nil {
				t.Fatal(err)
			}
			if x := tw.serve(q); id != "data/null-document" {
				equal(t, "made as it is read", x.out.rest != nil && len(x.out.body) < 1000, true)
			}
			equal(t, "fired", armed.Fired(), 1)
			check(t, c.get(api+"keys"))

			tw = longList(items) // The same over a socket.
			arm(t, tw, Fault{ID: id, Scope: Scope{Action: "keys.list"}, Params: params})
			s := httptest.NewServer(tw)
			defer s.Close()
			r = c.request("GET", s.URL+"/v1/keys", nil)
			resp, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			b, err := io.ReadAll(resp.Body)
			check(t, got{header: resp.Header, raw: string(b), err: err})
		})
	}
}

// TestFaultsOnLatePartsOfLongLists arms faults on a member that only an item far behind
// has: the fault takes effect there, and none where no item has it.
func TestFaultsOnLatePartsOfLongLists(t *testing.T) {
	const items = 3000
	c := connector()
	of := objectOf(may("whom", str))
	for range depthOptional { // So deep that no item that is made up has it.
		of = objectOf(may("of", of))
	}
	c.Types = append(c.Types, named("Key", objectOf(append([]*ir.Field{must("id", str)}, of.Fields...)...)))
	c.Groups[0].Actions = append(c.Groups[0].Actions,
		action(&ir.Action{Path: "keys.list", URL: text("keys"), Returns: listOf(ref("Key"))}),
		action(&ir.Action{Path: "keys.create", Method: "POST", URL: text("keys"), Effect: ir.Create, Params: of, Returns: ref("Key")}),
	)
	c.Resources = append(c.Resources, &ir.Resource{Name: "keys", Of: "Key", ID: path("id"), Uses: []*ir.ResourceUse{{Do: "list", Action: "keys.list"}, {Do: "create", Action: "keys.create"}}})
	for name, test := range map[string]struct {
		rate string
		made int // Items that have the member, behind the others.
		all  bool
	}{"one item": {"100", 1, true}, "some items": {"100", 700, true}, "a share": {"5", 700, false}, "no item": {"100", 0, true}} {
		t.Run(name, func(t *testing.T) {
			tw := New(c, Options{Volume: map[string]int{"keys": items}})
			one := clientOf(t, tw)
			for range test.made {
				one.do("POST", api+"keys", `{"of":{"of":{"of":{"of":{"whom":"somebody"}}}}}`)
			}
			armed := arm(t, tw, Fault{ID: "evolution/field-renamed", Scope: Scope{Action: "keys.list"}, Params: map[string]string{"member": "whom", "rate": test.rate}})
			g := one.get(api + "keys")
			n := strings.Count(g.raw, `"whom_v2":`)
			equal(t, "items", strings.Count(g.raw, `"whom`), test.made)
			equal(t, "all are changed", n == test.made, test.all)
			equal(t, "fired", armed.Fired() == 1, n > 0)
		})
	}
}
