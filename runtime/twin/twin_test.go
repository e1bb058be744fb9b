package twin

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/porin-dev/porin/compiler/ir"
)

func TestSuccessIsNoFailureByTheRules(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, tw *Twin) {
		c := clientOf(t, tw)
		g := c.get(api + "auth.test")
		equal(t, "status", g.status, 200)
		equal(t, "ok", g.at(t, "ok"), any(true))
		if strings.Index(g.raw, `"ok"`) != 1 {
			t.Fatalf("the envelope is not in front: %s", g.raw)
		}
		e := c.last()
		equal(t, "class", e.Class, "")
		equal(t, "token state", e.TokenState, TokenLive)
		equal(t, "version", e.TokenVersion, 1)
		users := tw.IDs("", "users", "")
		if !strings.Contains(strings.Join(users, " "), textOf(g.at(t, "user_id"))) {
			t.Fatalf("%v is no user of %v", g.at(t, "user_id"), users)
		}
	})
}

func TestObjectsSuitTheirTypes(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, tw *Twin) {
		c := clientOf(t, tw)
		g := c.get(api + "channels.list?limit=20")
		idForm := regexp.MustCompile(`^C[A-Z0-9]{8,}$`)
		seen := map[string]bool{}
		for _, item := range g.list(t, "channels") {
			o := item.(*object)
			id, _ := o.get("id")
			if !idForm.MatchString(id.(string)) || seen[id.(string)] {
				t.Fatalf("bad id %v", id)
			}
			seen[id.(string)] = true
			if _, ok := o.get("created"); !ok {
				t.Fatalf("no created in %s", appendJSON(nil, o))
			}
			if v, ok := o.get("creator"); ok && !strings.Contains(strings.Join(tw.IDs("", "users", ""), " "), v.(string)) {
				t.Fatalf("creator %v is no user", v)
			}
		}
	})
}

func TestCreateGetUpdateDelete(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, tw *Twin) {
		c := clientOf(t, tw)
		made := c.do("POST", api+"channels", url.Values{"name": {"launch"}, "kind": {"private"}})
		id := textOf(made.at(t, "channel.id"))
		equal(t, "name", made.at(t, "channel.name"), any("launch"))
		equal(t, "effect", fmt.Sprint(*c.last().Effect), fmt.Sprint(Effect{Do: "create", Resource: "channels", ID: id}))

		equal(t, "kind", c.get(api+"channels/"+id).at(t, "kind"), any("private"))
		c.do("PUT", api+"channels/"+id, `{"name":"landed"}`)
		equal(t, "renamed", c.get(api+"channels/"+id).at(t, "name"), any("landed"))

		gone := c.do("DELETE", api+"channels/"+id, nil)
		equal(t, "ok", gone.at(t, "ok"), any(true))
		failed(t, c.get(api+"channels/"+id), "channel_not_found", ir.Rejected, c.last())
		equal(t, "left", len(tw.IDs("", "channels", "")), 25)

		seeded := c.channelID()
		first := c.get(api + "channels/" + seeded).raw
		equal(t, "same object", c.get(api+"channels/"+seeded).raw, first)
		c.do("DELETE", api+"channels/"+seeded, nil)
		failed(t, c.get(api+"channels/"+seeded), "channel_not_found", ir.Rejected, c.last())
		failed(t, c.get(api+"channels/CNOSUCHID"), "channel_not_found", ir.Rejected, c.last())
	})
}

func TestWithinParentSetAndAlso(t *testing.T) {
	inBubble(t, Options{Volume: map[string]int{"messages": 3}}, func(t *testing.T, tw *Twin) {
		c := clientOf(t, tw)
		g := c.post("hello")
		equal(t, "echo", textOf(g.at(t, "channel")), c.channelID())
		equal(t, "text", textOf(g.at(t, "message.text")), "hello")
		equal(t, "also", textOf(g.at(t, "ts")), textOf(g.at(t, "message.ts")))
		equal(t, "fixed", g.at(t, "message.pinned"), any(true))
		equal(t, "constant", textOf(g.at(t, "message.type")), "message")
		list := c.get(api+"messages.list?channel="+c.channelID()).list(t, "messages")
		equal(t, "messages", len(list), 4)
		equal(t, "last", textOf(mustAt(t, list[3], "text")), "hello")
		failed(t, c.get(api+"messages.list?channel=CNOSUCHID"), "channel_not_found", ir.Rejected, c.last())
		other := tw.IDs("", "channels", "")[1]
		equal(t, "other channel", len(c.get(api+"messages.list?channel="+other).list(t, "messages")), 3)
	})
}

func mustAt(t *testing.T, v any, p string) any {
	t.Helper()
	found, ok := at(v, path(p))
	if !ok {
		t.Fatalf("no %s in %s", p, appendJSON(nil, v))
	}
	return found
}

func TestAccountsAreApart(t *testing.T) {
	inBubble(t, Options{Accounts: 2}, func(t *testing.T, tw *Twin) {
		a, b := tw.IDs("acct-1", "channels", ""), tw.IDs("acct-2", "channels", "")
		if a[0] == b[0] {
			t.Fatal("two accounts share an id")
		}
		two, _ := tw.Account("acct-2")
		c := &client{t, tw, two.Token.Access}
		failed(t, c.get(api+"channels/"+a[0]), "channel_not_found", ir.Rejected, c.last())
		equal(t, "account", c.last().Account, "acct-2")
	})
}

func TestCredentialsInEveryPlace(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, tw *Twin) {
		a, _ := tw.Account("")
		c := &client{t: t, tw: tw}
		failed(t, c.get(api+"auth.test"), "not_authed", ir.AuthExpired, c.last())
		equal(t, "state", c.last().TokenState, TokenNone)
		for _, tok := range a.Tokens {
			switch tok.Method {
			case "bound": // Also needs a proof, see TestProof.
				continue
			case "key":
				equal(t, "key", c.get(api+"auth.test?token="+tok.Access).status, 200)
				equal(t, "form", c.do("POST", api+"auth.test", url.Values{"token": {tok.Access}}).at(t, "ok"), any(true))
			case "login":
				r := c.request("GET", api+"auth.test", nil)
				r.SetBasicAuth(a.Cred["user"], a.Cred["pass"])
				g, err := c.try(r)
				equal(t, "basic", fmt.Sprint(g.at(t, "ok"), err), "true <nil>")
			default:
				equal(t, tok.Method, (&client{t, tw, tok.Access}).get(api+"auth.test").at(t, "ok"), any(true))
			}
			equal(t, "method", c.last().Auth, tok.Method)
		}
		c.token = "no-such-token"
		failed(t, c.get(api+"auth.test"), "invalid_auth", ir.AuthExpired, c.last())
		equal(t, "state", c.last().TokenState, TokenUnknown)
	})
}

func TestMissingParameterAndMethods(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, tw *Twin) {
		c := clientOf(t, tw)
		g := c.do("POST", api+"channels", `{}`)
		equal(t, "class", c.last().Class, string(ir.Invalid))
		equal(t, "status", g.status, 400)
		equal(t, "effect", c.last().Effect == nil, true)
		equal(t, "why", c.last().Why, "without name")
		equal(t, "post for get", c.do("POST", api+"auth.test", url.Values{}).at(t, "ok"), any(true))
		equal(t, "delete", c.do("DELETE", api+"auth.test", nil).status, http.StatusMethodNotAllowed)
		equal(t, "unknown", c.get(api+"no.such").status, 404)
		equal(t, "route", c.last().Route, RouteUnknown)
		c.get("https://elsewhere.test/x")
		equal(t, "foreign", c.last().Route, RouteForeign)
		equal(t, "credential seen", c.last().TokenState, TokenLive)
	})
}

// A form of errors that has a message says in it what is missing, and one that no rule
// describes says it beside its code.
func TestMissingParametersAreNamed(t *testing.T) {
	spec := connector()
	for _, a := range spec.AllActions() {
		a.Errors = nil
		if a.Path == "files.ticket" {
			a.Errors = []*ir.ErrorRule{{When: ir.When{Status: []string{"4xx"}}, Class: ir.Invalid, Message: &ir.Source{Body: path("detail.text")}}}
		}
	}
	c := clientOf(t, New(spec, Options{}))
	equal(t, "message", c.get(api+"files.ticket?length=2").at(t, "detail.text"), any("the request is without filename"))
	equal(t, "both", c.get(api+"files.ticket").at(t, "detail.text"), any("the request is without filename, length"))
	equal(t, "without a rule", c.do("POST", api+"channels", `{}`).at(t, "message"), any("the request is without name"))
	c.do("POST", api+"channels", `{"name":"general"}`)
	equal(t, "nothing is missing", c.last().Why, "")
}

// Each method of an address is allowed there (RFC 9110, 10.2.1).
func TestAllowNamesEveryMethod(t *testing.T) {
	c := clientOf(t, New(connector(), Options{}))
	for address, want := range map[string]string{"channels/C0000000001": "DELETE, GET, HEAD, PUT", "channels": "POST", "oauth.access": "POST"} {
		g := c.do(http.MethodOptions, api+address, nil)
		equal(t, "status of "+address, g.status, http.StatusMethodNotAllowed)
		equal(t, address, g.header.Get("Allow"), want)
		equal(t, "why", c.last().Why, "the address takes "+want)
	}
}

func TestIdempotencyKey(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, tw *Twin) {
		c := clientOf(t, tw)
		pay := func(key, body string) got {
			r := c.request("POST", api+"payments", body)
			r.Header.Set("Idempotency-Key", key)
			g, err := c.try(r)
			if err != nil {
				t.Fatal(err)
			}
			return g
		}
		one := pay("k1", `{"amount":5}`)
		equal(t, "echo", textOf(one.at(t, "amount")), "5")
		equal(t, "again", pay("k1", `{"amount": 5}`).raw, one.raw)
		equal(t, "replayed", c.last().Effect.Replayed, true)
		pay("k1", `{"amount":6}`)
		if c.last().Class == "" {
			t.Fatal("a key was taken for another payment")
		}
		pay("k2", `{"amount":5}`)
		equal(t, "other key", c.last().Effect.Replayed, false)
		e := tw.Journal().Entries()
		equal(t, "same digest", e[0].Key == e[1].Key && e[0].Key != e[3].Key, true)
	})
}

func TestUpload(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, tw *Twin) {
		c := clientOf(t, tw)
		g := c.get(api + "files.ticket?filename=a.txt&length=5")
		c.token = ""
		sent := c.do("POST", textOf(g.at(t, "upload_url")), []byte("hello"))
		equal(t, "answer", sent.raw, "OK - 5")
		equal(t, "bytes", c.last().Effect.Bytes, 5)
		multi := c.request("POST", textOf(g.at(t, "upload_url")), []byte("--b\r\nContent-Disposition: form-data; name=\"filename\"; filename=\"a.txt\"\r\n\r\nhello!\r\n--b--\r\n"))
		multi.Header.Set("Content-Type", "multipart/form-data; boundary=b")
		sent, err := c.try(multi)
		equal(t, "multipart", sent.raw+fmt.Sprint(err), "OK - 6<nil>")
		equal(t, "unknown", c.do("POST", files+"../_porin/upload/none", []byte("x")).status, 404)
		c.token = clientOf(t, tw).token
		equal(t, "finish", c.do("POST", files+"finish", `{"file_id":"f1"}`).at(t, "file_id"), any("f1"))
	})
}

func TestMillionObjectsAreNotHeld(t *testing.T) {
	inBubble(t, Options{Volume: map[string]int{"users": 1_000_000}}, func(t *testing.T, tw *Twin) {
		c := clientOf(t, tw)
		g := c.get(api + "users.list?offset=999990&count=50")
		equal(t, "items", len(g.list(t, "users")), 10)
		equal(t, "total", textOf(g.at(t, "total")), "1000000")
	})
}

func TestSameSeedSameBytes(t *testing.T) {
	run := func(seed uint64) (journal, bodies []byte) {
		inBubble(t, Options{Seed: seed, Accounts: 2}, func(t *testing.T, tw *Twin) {
			c := clientOf(t, tw)
			arm(t, tw, Fault{ID: "data/missing", Scope: Scope{Action: "channels.list"}, Params: map[string]string{"rate": "50"}})
			var all bytes.Buffer
			for _, a := range []string{"auth.test", "channels.list?limit=5", "users.list", "notes", "audits", "drafts", "orders"} {
				all.WriteString(c.get(api + a).raw)
			}
			all.WriteString(c.post("hello").raw)
			j, err := tw.Journal().JSON()
			if err != nil {
				t.Fatal(err)
			}
			journal, bodies = j, all.Bytes()
		})
		return journal, bodies
	}
	j1, b1 := run(7)
	j2, b2 := run(7)
	_, b3 := run(8)
	if !bytes.Equal(j1, j2) || !bytes.Equal(b1, b2) {
		t.Fatal("one seed gave two runs")
	}
	if bytes.Equal(b1, b3) {
		t.Fatal("two seeds gave one run")
	}
}

func TestJournalHoldsNoSecretAndIsCapped(t *testing.T) {
	inBubble(t, Options{JournalCap: 8}, func(t *testing.T, tw *Twin) {
		c := clientOf(t, tw)
		for range 30 {
			c.get(api + "auth.test?token=" + c.token)
		}
		equal(t, "kept", len(tw.Journal().Entries()), 8)
		equal(t, "dropped", tw.Journal().Dropped(), 22)
		equal(t, "last", c.last().Seq, 30)
		b, err := tw.Journal().JSON()
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range tw.Secrets() {
			if bytes.Contains(b, []byte(s)) {
				t.Fatal("the journal holds a secret")
			}
		}
	})
}

func TestIssuedKeyReplacesTheCurrentOne(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, tw *Twin) {
		before, _ := tw.Account("")
		fresh, ok := tw.Issue("", "key")
		after, _ := tw.Account("")
		equal(t, "issued", ok && fresh.Access != before.Cred["key"] && after.Cred["key"] == fresh.Access, true)
		c := &client{t: t, tw: tw}
		for _, key := range []string{before.Cred["key"], fresh.Access} {
			equal(t, "works", c.get(api+"auth.test?token="+key).at(t, "ok"), any(true))
		}
		if _, ok := tw.Issue("", "no such method"); ok {
			t.Fatal("a token of no method was issued")
		}
	})
}
