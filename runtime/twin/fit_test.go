package twin

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/porin-dev/porin/compiler/ir"
)

func between(t ir.Type, low, high string) *ir.Type {
	t.Min, t.Max = &ir.Bound{Value: low}, &ir.Bound{Value: high}
	return &t
}

func instant(kind ir.Kind, forms ...string) *ir.Type {
	return &ir.Type{Kind: kind, Wire: ir.Wire{Time: forms}}
}

func unionOf(variants ...*ir.Type) *ir.Type { return &ir.Type{Kind: ir.Union, Variants: variants} }

// kinds are members of every kind that a request may have.
func kinds() []*ir.Field {
	card := objectOf(must("kind", enumOf("card")), may("number", str))
	bank := objectOf(must("kind", enumOf("bank")), may("branch", num))
	return []*ir.Field{
		may("points", between(ir.Type{Kind: ir.Int}, "1", "100")),
		may("above", &ir.Type{Kind: ir.Float, Min: &ir.Bound{Value: "0", Exclusive: true}}),
		may("flag", flag),
		may("on", &ir.Type{Kind: ir.Bool, Enum: []any{true}}),
		may("short", between(ir.Type{Kind: ir.String}, "2", "3")),
		may("code", &ir.Type{Kind: ir.String, Pattern: "^[a-z]+$"}),
		may("state", enumOf("open", "closed")),
		may("level", enumOf(int64(1), int64(2))),
		may("version", enumOf("v1")),
		may("id", &ir.Type{Kind: ir.String, Wire: ir.Wire{ID: true}}),
		may("price", &ir.Type{Kind: ir.String, Wire: ir.Wire{Decimal: true}}),
		may("repaired", &ir.Type{Kind: ir.Object, Wire: ir.Wire{Lenient: []string{"empty_string"}}}),
		may("at", instant(ir.String, "rfc3339")),
		may("since", instant(ir.Int, "unix", "rfc3339")),
		may("on_day", instant(ir.String, "date")),
		may("nullable", &ir.Type{Kind: ir.Int, Nullable: true}),
		may("any", &ir.Type{Kind: ir.Any}),
		may("bytes", &ir.Type{Kind: ir.Bytes}),
		may("tags", between(*listOf(num), "1", "2")),
		may("limits", &ir.Type{Kind: ir.Map, Elem: num}),
		may("who", ref("Person")),
		may("people", listOf(ref("Person"))),
		may("of", unionOf(num, listOf(str))),
		may("pay", unionOf(card, bank)),
	}
}

// kindly is a twin of one action that takes every kind, in a body of a form.
func kindly(as string) *Twin {
	params := objectOf(kinds()...)
	set := &ir.Action{Name: "set", Path: "set", Method: "POST", Server: "api", URL: text("set"), Params: params, Effect: ir.Create, Body: &ir.Body{As: as},
		Errors: []*ir.ErrorRule{{When: ir.When{Status: []string{"422"}}, Class: ir.Invalid, Message: &ir.Source{Body: path("message")}, Code: &ir.Source{Body: path("code")}}}}
	for _, f := range params.Fields {
		set.Places = append(set.Places, &ir.Place{Field: f.Name, In: "body", Name: f.Name})
	}
	person := named("Person", objectOf(may("name", str), may("age", num), may("friends", listOf(ref("Person")))))
	return New(&ir.Connector{
		Servers: []*ir.Server{{Name: "api", URL: text("https://x.test/")}}, Types: []*ir.Type{person}, Groups: []*ir.Group{{Actions: []*ir.Action{set}}},
	}, Options{})
}

// judged sends a request, and returns what is wrong with it; "" when it was taken.
func judged(t *testing.T, tw *Twin, method, path, media, body string) string {
	t.Helper()
	req, err := http.NewRequest(method, "https://x.test/"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if media != "" {
		req.Header.Set("Content-Type", media)
	}
	c := &client{t, tw, ""}
	g, err := c.try(req)
	if err != nil {
		t.Fatal(err)
	}
	if (g.status >= 400) != (c.last().Why != "") {
		t.Errorf("%s: status %d, why %q", body, g.status, c.last().Why)
	}
	if g.status >= 400 && !strings.Contains(g.raw, strings.ReplaceAll(c.last().Why, `"`, `\"`)) {
		t.Errorf("%s does not say %s", g.raw, c.last().Why)
	}
	return c.last().Why
}

// What a document's body has of another kind, or beyond its bounds, is refused with the declared
// error, and named; what no type rules out is taken.
func TestBodiesFitTheirTypes(t *testing.T) {
	tw := kindly("json")
	for body, want := range map[string]string{
		`{"points":5}`: "", `{"points":1}`: "", `{"points":100}`: "", `{"points":5.0}`: "", `{"points":1e1}`: "",
		`{"points":"5"}`:   "points: wants an integer",
		`{"points":5.5}`:   "points: wants an integer",
		`{"points":true}`:  "points: wants an integer",
		`{"points":[5]}`:   "points: wants an integer",
		`{"points":0}`:     "points: wants at least 1",
		`{"points":101}`:   "points: wants at most 100",
		`{"points":null}`:  "",
		`{"above":0.1}`:    "",
		`{"above":0}`:      "above: wants more than 0",
		`{"above":"high"}`: "above: wants a number",
		`{"flag":false}`:   "",
		`{"flag":"false"}`: "flag: wants true or false",
		`{"flag":0}`:       "flag: wants true or false",
		`{"on":true}`:      "",
		`{"on":false}`:     "on: wants true",
		`{"short":"äöü"}`:  "",
		`{"short":"a"}`:    "short: wants at least 2 characters",
		`{"short":"abcd"}`: "short: wants at most 3 characters",
		`{"short":12}`:     "short: wants a text",
		`{"code":"abc"}`:   "",
		`{"code":"A1"}`:    "code: wants what matches ^[a-z]+$",
		`{"state":"open"}`: "", `{"state":"another"}`: "",
		`{"state":{}}`: "state: wants a text",
		`{"level":3}`:  "", `{"level":"1"}`: "level: wants an integer",
		`{"version":"v1"}`: "", `{"version":"v2"}`: `version: wants "v1"`,
		`{"id":7}`: "", `{"id":"seven"}`: "", `{"id":[]}`: "id: wants a text",
		`{"price":"1.50"}`: "", `{"price":1.5}`: "", `{"price":"cheap"}`: "price: wants a number", `{"price":{}}`: "price: wants a text",
		`{"repaired":""}`: "", `{"repaired":{"a":1}}`: "",
		`{"at":"2024-05-01T10:00:00Z"}`: "", `{"at":"2024-05-01T10:00:00.123+02:00"}`: "", `{"at":"2024-05-01"}`: "", `{"at":"2024-05-01T10:00:00"}`: "",
		`{"at":"tomorrow"}`: "at: wants a time as rfc3339", `{"at":1714557600}`: "at: wants a time as rfc3339",
		`{"since":1714557600}`: "", `{"since":"2024-05-01T10:00:00Z"}`: "", `{"since":"1714557600"}`: "since: wants a time as unix or rfc3339", `{"since":true}`: "since: wants a time as unix or rfc3339",
		`{"on_day":"2024-05-01"}`: "", `{"on_day":"1 May"}`: "on_day: wants a time as date",
		`{"nullable":null}`: "", `{"nullable":3}`: "", `{"nullable":"3"}`: "nullable: wants an integer",
		`{"any":null}`: "", `{"any":[1,"a",{}]}`: "",
		`{"bytes":"aGk="}`: "", `{"bytes":7}`: "bytes: wants bytes in base64",
		`{"tags":[1,2]}`: "", `{"tags":[1,"2"]}`: "tags[1]: wants an integer", `{"tags":[]}`: "tags: wants at least 1 element", `{"tags":[1,2,3]}`: "tags: wants at most 2 elements",
		`{"tags":7}`: "tags: wants a list", `{"tags":[null]}`: "tags[0]: may not be null",
		`{"limits":{"a":1}}`: "", `{"limits":{"a":1,"b":"x"}}`: "limits.b: wants an integer", `{"limits":[]}`: "limits: wants an object",
		`{"who":{"name":"Ann","more":[1]}}`: "", `{"who":{"friends":[{"name":"Bo"},{"age":"9"}]}}`: "who.friends[1].age: wants an integer", `{"who":"Ann"}`: "who: wants an object",
		`{"of":5}`: "", `{"of":["a"]}`: "", `{"of":"a"}`: "of: wants a list or an integer", `{"of":[5]}`: "of[0]: wants a text", `{"of":null}`: "",
		`{"pay":{"kind":"card","number":"4"}}`: "", `{"pay":{"kind":"bank","branch":4}}`: "", `{"pay":{"kind":"cash","number":4}}`: "",
		`{"pay":{"kind":"bank","branch":"4"}}`: "pay.branch: wants an integer", `{"pay":4}`: "pay: wants an object",
		`{"unknown":{"a":[1]}}`:                "",
		`{"points":"a","flag":"b"}`:            "points: wants an integer; flag: wants true or false",
		`{"points":`:                           "the body: wants JSON",
		`[1]`:                                  "the body: wants an object",
		`"points"`:                             "the body: wants an object",
		`null`:                                 "",
		`{"points":5,"points":"again"}`:        "",
		`{"points":99999999999999999999}`:      "points: wants at most 100",
		`{"nullable":9007199254740993}`:        "",
		`{"who":{"name":null}}`:                "",
		`{"who":{"age":null,"name":7}}`:        "who.name: wants a text",
		`{"since":"2024-05-01T10:00"}`:         "since: wants a time as unix or rfc3339",
		`{"since":"2024-05-01 10:00:00"}`:      "",
		`{"at":"2024-05-01T10:00:00+0200"}`:    "",
		`{"at":"2024-05-01t10:00:00z"}`:        "",
		`{"at":"2024-05-01t10:00:00.5-02:00"}`: "", `{"at":"2024-05-01 10:00:00+02:00"}`: "", `{"at":"2024-05-01 10:00:00.25Z"}`: "", `{"at":"2024-05-01 10:00z"}`: "",
		`{"at":"2024-05-01x10:00:00Z"}`: "at: wants a time as rfc3339", `{"at":"2024-05-01 25:00:00Z"}`: "at: wants a time as rfc3339",
	} {
		if got := judged(t, tw, "POST", "set", "application/json", body); got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
	if e := (&client{t, tw, ""}).last(); len(tw.Journal().Entries()) == 0 || e.Route != RouteAction {
		t.Error("nothing was sent")
	}
}

// In forms, queries and paths everything is text: it is good when it spells a value, and nothing
// is what is not there.
func TestTextFitsItsTypes(t *testing.T) {
	form := kindly("form")
	for query, want := range map[string]string{
		"points=5": "", "points=": "", "points=5.0": "", "points=five": "points: wants an integer", "points=101": "points: wants at most 100",
		"flag=true": "", "flag=1": "", "flag=False": "", "flag=maybe": "flag: wants true or false", "on=0": "on: wants true",
		"above=1.5": "", "above=x": "above: wants a number",
		"level=1": "", "level=one": "level: wants an integer", "state=7": "", "version=v1": "", "version=2": `version: wants "v1"`,
		"short=12": "", "short=1234": "short: wants at most 3 characters", "code=7": "code: wants what matches ^[a-z]+$",
		"id=7": "", "price=1.50": "", "price=cheap": "price: wants a number", "nullable=": "", "bytes=hello": "", "any=x": "",
		"at=2024-05-01T10:00:00Z": "", "at=soon": "at: wants a time as rfc3339", "since=1714557600": "", "since=2024-05-01": "", "since=soon": "since: wants a time as unix or rfc3339",
		"tags=1&tags=2": "", "tags[]=1&tags[]=x": "tags[1]: wants an integer", "tags=1,2": "", "tags=[1,2]": "", "tags=1,x": "tags[1]: wants an integer", "tags=1,2,3": "tags: wants at most 2 elements",
		"limits[a]=1": "", "limits[a]=x": "limits.a: wants an integer", `limits={"a":1}`: "", "limits=x": "limits: wants an object",
		"who[name]=Ann&who[age]=9": "", "who[friends][0][age]=x": "who.friends[0].age: wants an integer", "who[more]=1": "",
		`people={"name":"Ann","age":9}`: "", `people={"name":"Ann"}&people={"age":"x"}`: "people[1].age: wants an integer", "people=Ann": "people[0]: wants an object",
		"of=5": "", "of[]=a": "", "pay[kind]=bank&pay[branch]=4": "", "pay[kind]=bank&pay[branch]=x": "pay.branch: wants an integer",
		"unknown=1": "",
	} {
		values := strings.NewReplacer("[", "%5B", "]", "%5D", "{", "%7B", "}", "%7D", `"`, "%22").Replace(query)
		if got := judged(t, form, "POST", "set", "application/x-www-form-urlencoded", values); got != want {
			t.Errorf("form %s: %q, want %q", query, got, want)
		}
		if got := judged(t, form, "POST", "set?"+values, "", ""); got != want {
			t.Errorf("query %s: %q, want %q", query, got, want)
		}
		parsed, _ := url.ParseQuery(values)
		var parts bytes.Buffer
		w := multipart.NewWriter(&parts)
		for name := range parsed {
			for _, v := range parsed[name] {
				w.WriteField(name, v)
			}
		}
		w.Close()
		if got := judged(t, form, "POST", "set", w.FormDataContentType(), parts.String()); got != want {
			t.Errorf("parts %s: %q, want %q", query, got, want)
		}
	}
}

// Paths, headers and cookies are held against their types, too. The place in a list is not: it is
// what the twin gave out.
func TestPlacesFitTheirTypes(t *testing.T) {
	at := func(kind *ir.Type, in string) *Twin {
		get := &ir.Action{Name: "get", Path: "get", Method: "GET", Server: "api", URL: tmpl("things/{in.id}"), Effect: ir.Read, Params: objectOf(must("id", num), may("Depth", kind)),
			Returns: paged("things", ref("Thing")), Places: []*ir.Place{{Field: "id", In: "path", Name: "id"}, {Field: "Depth", In: in, Name: "Depth"}}}
		if in == "query" {
			get.Page = cursorPage("things", ref("Thing"))
			get.Page.To, get.Page.Size = &ir.Slot{Query: "Depth"}, &ir.PageSize{Default: 10}
		}
		return New(&ir.Connector{Servers: []*ir.Server{{Name: "api", URL: text("https://x.test/")}}, Types: []*ir.Type{named("Thing", objectOf(must("id", str)))}, Groups: []*ir.Group{{Actions: []*ir.Action{get}}}}, Options{})
	}
	sent := func(tw *Twin, path, header, value string) string {
		req, _ := http.NewRequest("GET", "https://x.test/"+path, nil)
		if header != "" {
			req.Header.Set(header, value)
		}
		c := &client{t, tw, ""}
		if _, err := c.try(req); err != nil {
			t.Fatal(err)
		}
		return c.last().Why
	}
	equal(t, "path", sent(at(num, "header"), "things/7", "", ""), "")
	equal(t, "text in a path", sent(at(num, "header"), "things/seven", "", ""), "id: wants an integer")
	equal(t, "header", sent(at(num, "header"), "things/7", "Depth", "7"), "")
	equal(t, "text in a header", sent(at(num, "header"), "things/7", "Depth", "deep"), "Depth: wants an integer")
	equal(t, "cookie", sent(at(num, "cookie"), "things/7", "Cookie", "Depth=7"), "")
	equal(t, "text in a cookie", sent(at(num, "cookie"), "things/7", "Cookie", "Depth=deep"), "Depth: wants an integer")
	tw := at(num, "query")
	c := &client{t, tw, ""}
	next := textOf(c.get("https://x.test/things/7").at(t, "meta.next_cursor"))
	equal(t, "first page", c.last().Class, "")
	g := c.get("https://x.test/things/7?Depth=" + url.QueryEscape(next))
	equal(t, "the twin's own cursor", g.status, 200)
	equal(t, "another page", c.last().Page.From > 0, true)
}

// A parameter of the query is not what a member of the body is called as well.
func TestOneNameInTwoPlaces(t *testing.T) {
	params := objectOf(must("ids", str), must("body_ids", listOf(str)))
	follow := &ir.Action{Name: "set", Path: "set", Method: "POST", Server: "api", URL: text("set"), Params: params, Effect: ir.Create, Body: &ir.Body{As: "json"},
		Places: []*ir.Place{{Field: "ids", In: "query", Name: "ids"}, {Field: "body_ids", In: "body", Name: "ids"}},
		Errors: []*ir.ErrorRule{{When: ir.When{Status: []string{"422"}}, Class: ir.Invalid, Message: &ir.Source{Body: path("message")}}}}
	tw := New(&ir.Connector{Servers: []*ir.Server{{Name: "api", URL: text("https://x.test/")}}, Groups: []*ir.Group{{Actions: []*ir.Action{follow}}}}, Options{})
	for address, wants := range map[string]map[string]string{
		"set?ids=a,b": {`{"ids":["a","b"]}`: "", `{"ids":"a"}`: "body_ids: wants a list"},
		"set?ids=":    {`{"ids":["a","b"]}`: ""},
	} {
		for body, want := range wants {
			if got := judged(t, tw, "POST", address, "application/json", body); got != want {
				t.Errorf("%s %s: %q, want %q", address, body, got, want)
			}
		}
	}
}
