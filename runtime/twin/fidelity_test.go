package twin

import (
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/porin-dev/porin/compiler/ir"
)

// What clients of another make rely on.

func TestNewestFirstListKeepsItsPlaceWhileItemsAreAdded(t *testing.T) {
	spec := connector()
	for _, u := range spec.Resources[1].Uses {
		if u.Do == "list" {
			u.Order = "newest"
		}
	}
	tw := New(spec, Options{})
	c := clientOf(t, tw)
	stamps := func(g got) (out []string) {
		for _, m := range g.list(t, "messages") {
			ts, _ := at(m, path("ts"))
			out = append(out, textOf(ts))
		}
		return out
	}
	list := api + "messages.list?channel=" + c.channelID()
	first := c.get(list)
	posted := textOf(c.post("late").at(t, "ts"))
	all := stamps(first)
	for next := first; next.has("meta.next_cursor"); {
		next = c.get(list + "&cursor=" + url.QueryEscape(textOf(next.at(t, "meta.next_cursor"))))
		all = append(all, stamps(next)...)
	}
	want := tw.IDs("", "messages", c.channelID())
	slices.Reverse(want)
	if !slices.Equal(all, want[1:]) {
		t.Errorf("got %v, want %v", all, want[1:])
	}
	equal(t, "newest", stamps(c.get(list))[0], posted)
}

func TestTokenIsReadWhereTheProviderAcceptsIt(t *testing.T) {
	spec := connector()
	spec.Auth = spec.Auth[:2] // Without the method that has a query parameter of its own.
	for _, a := range spec.Auth {
		a.Accepts = []*ir.Slot{{Body: path("token")}}
	}
	tw := New(spec, Options{})
	c := clientOf(t, tw)
	token := c.token
	c.token = ""
	equal(t, "none", c.get(api+"channels.list").at(t, "ok"), any(false))
	equal(t, "form", c.do(http.MethodPost, api+"channels.list", url.Values{"token": {token}}).at(t, "ok"), any(true))
	equal(t, "state", c.last().TokenState, TokenLive)
	tw.Expire("")
	failed(t, c.do(http.MethodPost, api+"channels.list", url.Values{"token": {token}}), "token_expired", ir.AuthExpired, c.last())
}

// A static token that was made to expire is good again once the account's are rotated.
func TestRotateAfterExpire(t *testing.T) {
	tw := New(connector(), Options{})
	lasting := func() (n int) {
		for _, token := range tw.Accounts()[0].Tokens {
			if token.Expires.IsZero() {
				n++
			}
		}
		return n
	}
	account, before := tw.Accounts()[0].ID, lasting()
	if before == 0 {
		t.Fatal("no token is static")
	}
	tw.Expire(account)
	equal(t, "expired", lasting(), 0)
	tw.Rotate(account)
	equal(t, "rotated", lasting(), before)
}

func TestEventComesInItsEnvelope(t *testing.T) {
	spec := connector()
	spec.Types = append(spec.Types, named("Envelope", objectOf(must("type", enumOf("event_callback")), must("team_id", str), must("event", &ir.Type{Kind: ir.Any}))))
	spec.Webhooks[0].Envelope = "Envelope"
	tw := New(spec, Options{})
	var got any
	_, err := tw.Deliver(t.Context(), func(r *http.Request) (*http.Response, error) {
		b, err := readRequest(r, false)
		if err != nil {
			return nil, err
		}
		got = b.json
		return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
	}, Delivery{Set: map[string]any{"event.text": "hello"}})
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]string{"type": "event_callback", "event.type": "message", "event.text": "hello"} {
		v, _ := atPath(got, at)
		equal(t, at, textOf(v), want)
	}
	if v, ok := atPath(got, "team_id"); !ok || v == "" {
		t.Errorf("no team in %s", appendJSON(nil, got))
	}
}

func atPath(v any, p string) (any, bool) { return at(v, path(p)) }

// uploads is a connector whose files come about by a flow.
func uploads() *ir.Connector {
	spec := connector()
	spec.Types = append(spec.Types, named("File", objectOf(must("id", str), may("name", str), may("title", str), may("size", num))))
	spec.Groups[0].Actions = append(spec.Groups[0].Actions,
		action(&ir.Action{Path: "files.get", URL: text("files.get"), Params: objectOf(must("file", str)), Returns: objectOf(must("file", ref("File")))}),
		action(&ir.Action{Path: "files.done", Method: "POST", URL: text("files.done"), Effect: ir.Create,
			Params:  objectOf(must("files", listOf(objectOf(must("id", str), may("title", str))))),
			Returns: objectOf(must("files", listOf(ref("File"))))}),
	)
	spec.Resources = append(spec.Resources, &ir.Resource{Name: "files", Of: "File", ID: path("id"), Missing: "file_not_found", Uses: []*ir.ResourceUse{
		{Do: "create", Action: "files.ticket", Set: map[string]string{"name": "in.filename", "size": "in.length"}, Also: map[string]string{"file_id": "id"}},
		{Do: "get", Action: "files.get", Key: "file", At: path("file")},
	}})
	spec.Flows[0].Steps[2] = &ir.FlowStep{Name: "finish", Call: "files.done", With: map[string]any{
		"files": []any{map[string]any{"id": "step.ticket.file_id", "title": "in.title"}},
	}}
	spec.Flows[0].Returns = "step.finish.files[0]"
	return spec
}

func TestFileAppearsWhenItsUploadIsComplete(t *testing.T) {
	tw := New(uploads(), Options{})
	c := clientOf(t, tw)
	reserve := func() (id, address string) {
		g := c.get(api + "files.ticket?filename=a.txt&length=5")
		equal(t, "effect", c.last().Effect.Do, "reserve")
		return textOf(g.at(t, "file_id")), textOf(g.at(t, "upload_url"))
	}
	done := func(ids ...string) got {
		body := `{"files":[`
		for i, id := range ids {
			if i > 0 {
				body += ","
			}
			body += `{"id":"` + id + `","title":"Report"}`
		}
		return c.do(http.MethodPost, api+"files.done", body+"]}")
	}
	one, address := reserve()
	two, _ := reserve()
	equal(t, "hidden", textOf(c.get(api+"files.get?file="+one).at(t, "error")), "file_not_found")
	c.do(http.MethodPut, address, []byte("hello"))
	equal(t, "one without its bytes", textOf(done(one, two).at(t, "error")), "file_not_found")
	equal(t, "still hidden", textOf(c.get(api+"files.get?file="+one).at(t, "error")), "file_not_found")

	g := done(one)
	equal(t, "effect", c.last().Effect.Do+" "+c.last().Effect.ID, "create "+one)
	equal(t, "result", textOf(g.list(t, "files")[0].(*object).members[0].value), one)
	file := c.get(api + "files.get?file=" + one)
	equal(t, "file", textOf(file.at(t, "file.name"))+" "+textOf(file.at(t, "file.title"))+" "+textOf(file.at(t, "file.size")), "a.txt Report 5")
	equal(t, "twice", textOf(done(one).at(t, "error")), "file_not_found")
	for _, s := range tw.State().Collections {
		if s.Resource == "files" {
			equal(t, "deleted", s.Deleted, 0)
		}
	}
}

func TestIdOfEitherTypeReadsAsANumber(t *testing.T) {
	spec := connector()
	spec.Types = append(spec.Types, named("Odd", objectOf(must("ts", &ir.Type{Kind: ir.String, Wire: ir.Wire{ID: true}}))))
	x := newIndex(spec, Options{})
	s := synth{idx: x, rng: newRNG(1)}
	v, _ := at(s.value(ref("Odd"), "", 0), path("ts"))
	if _, err := parseJSON([]byte(textOf(v))); err != nil {
		t.Errorf("%v is not a number", v)
	}
}
