package judge

import (
	"strings"
	"testing"

	"github.com/porin-dev/porin/golden/corpus/smoke"
)

const shop = `
openapi: 3.0.3
info: {title: Shop, version: "1"}
servers: [{url: "https://shop.test/v1"}]
paths:
  /items/{id}:
    get:
      parameters:
        - {name: id, in: path, required: true, schema: {type: integer}}
        - {name: tags, in: query, required: true, style: form, explode: false, schema: {type: array, items: {type: string}}}
      responses: {"200": {description: x, content: {application/json: {schema: {type: object, required: [id], properties: {id: {type: integer}}}}}}}
  /items:
    post:
      requestBody:
        required: true
        content: {application/json: {schema: {type: object, required: [name], properties: {name: {type: string}, size: {type: string, enum: [s, l]}}}}}
      responses: {"204": {description: x}}
`

// TestJudge has exchanges that are right, and each kind of fault.
func TestJudge(t *testing.T) {
	get := func(url, body, result string) *smoke.Exchange {
		return &smoke.Exchange{Action: "items.get", Sent: &smoke.Request{Method: "GET", URL: url},
			Answered: &smoke.Response{Status: 200, Header: map[string][]string{"Content-Type": {"application/json"}}, Body: []byte(body)}, Result: []byte(result)}
	}
	follow := func(media, body, result string) *smoke.Exchange {
		e := get("https://shop.test/v1/items/1?tags=a", body, result)
		e.Answered.Header.Set("Content-Type", media)
		return e
	}
	post := func(media, body string) *smoke.Exchange {
		return &smoke.Exchange{Action: "items.add", Sent: &smoke.Request{Method: "POST", URL: "https://shop.test/v1/items",
			Header: map[string][]string{"Content-Type": {media}}, Body: []byte(body)}, Answered: &smoke.Response{Status: 204}}
	}
	for _, test := range []struct {
		name string
		e    *smoke.Exchange
		want string // Within what is wrong, or what is off; empty is nothing.
	}{
		{"right", get("https://shop.test/v1/items/1?tags=a,b", `{"id":1,"b":false}`, `{"id":1.0}`), ""},
		{"wrong base", get("https://shop.test/items/1?tags=a", `{"id":1}`, `{"id":1}`), "no operation"},
		{"required parameter", get("https://shop.test/v1/items/1", `{"id":1}`, `{"id":1}`), "query tags: is required"},
		{"style", get("https://shop.test/v1/items/1?tags=a&tags=b", `{"id":1}`, `{"id":1}`), "to be sent once"},
		{"undeclared parameter", get("https://shop.test/v1/items/1?tags=a&x=1", `{"id":1}`, `{"id":1}`), "query x: is not declared"},
		{"kind of a path parameter", get("https://shop.test/v1/items/a?tags=a", `{"id":1}`, `{"id":1}`), "path id"},
		{"lost member", get("https://shop.test/v1/items/1?tags=a", `{"id":1,"n":"x"}`, `{"id":1}`), "result.n was answered and is lost"},
		{"invented member", get("https://shop.test/v1/items/1?tags=a", `{"id":1}`, `{"id":1,"n":"x"}`), "result.n was not answered"},
		{"changed value", get("https://shop.test/v1/items/1?tags=a", `{"id":9007199254740993}`, `{"id":9007199254740992}`), "in the answer and"},
		{"answer off the schema", get("https://shop.test/v1/items/1?tags=a", `{"id":"1"}`, `{"id":"1"}`), "answer.id: string instead of integer"},
		{"lines", follow("application/x-ndjson", "{\"id\":1}\n{\"id\":2}\n", `[{"id":1},{"id":2}]`), ""},
		{"a line off the schema", follow("application/x-ndjson", "{\"id\":1}\n{\"id\":\"2\"}\n", `[{"id":1},{"id":"2"}]`), "answer.id: string instead of integer"},
		{"events", follow("text/event-stream", "data: {\"id\":1}\n\ndata: {\"id\":2}\n\n", `[{"id":1},{"id":2}]`), ""},
		{"an event is lost", follow("text/event-stream", "data: {\"id\":1}\n\ndata: {\"id\":2}\n\n", `[{"id":1}]`), "round trip"},
		{"body", post("application/json", `{"name":"n","size":"l"}`), ""},
		{"no body", post("", ``), "body: is required"},
		{"media type", post("text/plain", `x`), "not declared"},
		{"member of the body", post("application/json", `{"size":"s"}`), "no member name"},
		{"value of the body", post("application/json", `{"name":"n","size":"m"}`), "none of the known values"},
		{"nothing sent", &smoke.Exchange{Action: "items.add", Error: "broken"}, "nothing was sent: broken"},
	} {
		d, err := Read([]byte(shop))
		if err != nil {
			t.Fatal(err)
		}
		wrong, off := d.Exchange(test.e)
		got := strings.Join(append(wrong, off...), "\n")
		if test.want == "" && got != "" || !strings.Contains(got, test.want) {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

// TestTwins finds the operation of several with one path that a request fits.
func TestTwins(t *testing.T) {
	d, err := Read([]byte(`{"openapi":"3.0.3","paths":{
		"/files/{id}":{"get":{}},
		"/files/{id}#link":{"get":{"parameters":[{"name":"fields","in":"query","required":true,"schema":{"type":"string"}}]}},
		"/files/{name}?beta=true":{"get":{}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ query, want string }{
		{"", "/files/{id}"}, {"?fields=x", "/files/{id}#link"}, {"?beta=true", "/files/{name}?beta=true"},
	} {
		e := &smoke.Exchange{Sent: &smoke.Request{Method: "GET", URL: "https://x.test/files/1" + test.query}}
		if wrong, _ := d.Exchange(e); len(wrong) > 0 {
			t.Errorf("%s: %v", test.query, wrong)
		}
		for _, o := range d.Operations {
			if (o.Path == test.want) != (o.Called == 1) {
				t.Errorf("%s: %s was called %d times", test.query, o.Path, o.Called)
			}
			o.Called = 0
		}
	}
}

// TestSwagger finds an operation below the base path and a form.
func TestSwagger(t *testing.T) {
	d, err := Read([]byte(`{"swagger":"2.0","basePath":"/api","paths":{"/a.{format}":{"post":{"parameters":[
		{"name":"format","in":"path","required":true,"type":"string"},
		{"name":"n","in":"formData","required":true,"type":"integer"}],"responses":{}}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	e := &smoke.Exchange{Sent: &smoke.Request{Method: "POST", URL: "https://x.test/api/a.json", Body: []byte("n=1"),
		Header: map[string][]string{"Content-Type": {"application/x-www-form-urlencoded"}}}, Answered: &smoke.Response{Status: 204}}
	if wrong, _ := d.Exchange(e); len(wrong) > 0 || d.Operations[0].Called != 1 {
		t.Errorf("%v, called %d times", wrong, d.Operations[0].Called)
	}
	e.Sent.Body = []byte("n=x")
	if wrong, _ := d.Exchange(e); len(wrong) != 1 {
		t.Errorf("a text for a number: %v", wrong)
	}
}
