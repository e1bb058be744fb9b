package runtime

import (
	"errors"
	"strings"
	"testing"
)

type deepParam struct {
	A string   `json:"a"`
	L []int    `json:"l,omitzero"`
	O []nested `json:"o,omitzero"`
}

type nested struct {
	K string `json:"k"`
}

// TestEncode gives the whole request that an operation makes of parameters.
func TestEncode(t *testing.T) {
	type params struct {
		ID    string      `json:"id,omitzero"`
		Q     string      `json:"q,omitzero"`
		N     Opt[int]    `json:"n,omitzero"`
		Flag  Opt[bool]   `json:"flag,omitzero"`
		Types []string    `json:"types,omitzero"`
		Deep  *deepParam  `json:"deep,omitzero"`
		Raw   Raw         `json:"raw,omitzero"`
		Name  Opt[string] `json:"name,omitzero"`
	}
	query := func(field string, style Style) Param { return Param{Field: field, Style: style} }
	for _, tc := range []struct {
		name string
		op   Op
		in   any
		want string // method, URL, headers that matter, empty line, body
	}{
		{"nothing", Op{Method: "GET", Path: "a"}, nil, "GET https://api.example.com/v1/a"},
		{"no path", Op{Method: "GET"}, nil, "GET https://api.example.com/v1/"},
		{"absolute path is relative to the server", Op{Method: "GET", Path: "/a"}, nil, "GET https://api.example.com/v1/a"},
		{"path escaping", Op{Method: "GET", Path: "a/{id}/b", Params: []Param{{Field: "id", In: InPath}}},
			params{ID: "x/y z?#%&ü"}, "GET https://api.example.com/v1/a/x%2Fy%20z%3F%23%25&%C3%BC/b"},
		{"path parameter with a name of its own", Op{Method: "GET", Path: "a/{the_id}", Params: []Param{{Field: "id", In: InPath, Name: "the_id"}}},
			params{ID: "1"}, "GET https://api.example.com/v1/a/1"},
		{"query in the order of the members", Op{Method: "GET", Path: "a", Params: []Param{query("n", 0), query("q", 0), query("flag", 0)}},
			params{Q: "a b&c=d+é", N: Some(0), Flag: Some(false)}, "GET https://api.example.com/v1/a?q=a+b%26c%3Dd%2B%C3%A9&n=0&flag=false"},
		{"absent and null", Op{Method: "GET", Path: "a", Params: []Param{query("name", 0), query("n", 0)}},
			params{Name: Null[string]()}, "GET https://api.example.com/v1/a?name="},
		{"usual values, where none is given", Op{Method: "GET", Path: "a", Params: []Param{query("q", 0), query("n", 0), query("name", 0)},
			Required: []string{"q"}, Usual: []Usual{{"q", `"beta"`, true}, {"n", "3", false}, {"name", `"x"`, false}}},
			params{Q: "", Name: Some("")}, "GET https://api.example.com/v1/a?name=&q=beta&n=3"},
		{"usual values, where others are given", Op{Method: "GET", Path: "a", Params: []Param{query("q", 0), query("n", 0)}, Usual: []Usual{{"q", `"beta"`, true}, {"n", "3", false}}},
			params{Q: "other", N: Some(0)}, "GET https://api.example.com/v1/a?q=other&n=0"},
		{"repeat", Op{Method: "GET", Path: "a", Params: []Param{query("types", StyleRepeat)}},
			params{Types: []string{"x", "y,z"}}, "GET https://api.example.com/v1/a?types=x&types=y%2Cz"},
		{"comma", Op{Method: "GET", Path: "a", Params: []Param{query("types", StyleComma)}},
			params{Types: []string{"x", "y,z"}}, "GET https://api.example.com/v1/a?types=x,y%2Cz"},
		{"comma in an object", Op{Method: "GET", Path: "a", Params: []Param{query("deep", StyleComma)}},
			params{Deep: &deepParam{A: "1,2", L: []int{3}}}, "GET https://api.example.com/v1/a?deep=a,1%2C2,l,%5B3%5D"},
		{"space", Op{Method: "GET", Path: "a", Params: []Param{query("types", StyleSpace)}},
			params{Types: []string{"x", "y z"}}, "GET https://api.example.com/v1/a?types=x%20y+z"},
		{"pipe", Op{Method: "GET", Path: "a", Params: []Param{query("types", StylePipe)}},
			params{Types: []string{"x", "y"}}, "GET https://api.example.com/v1/a?types=x%7Cy"},
		{"spread", Op{Method: "GET", Path: "a", Params: []Param{query("deep", StyleSpread), query("types", StyleSpread)}},
			params{Types: []string{"x", "y"}, Deep: &deepParam{A: "1", L: []int{2, 3}}}, "GET https://api.example.com/v1/a?types=x&types=y&a=1&l=2&l=3"},
		{"comma in an object of a header", Op{Method: "GET", Path: "a", Params: []Param{{Field: "deep", In: InHeader, Name: "X-Types", Style: StyleComma}}},
			params{Deep: &deepParam{A: "1"}}, "GET https://api.example.com/v1/a\nX-Types: a,1"},
		{"brackets", Op{Method: "GET", Path: "a", Params: []Param{query("types", StyleBrackets)}},
			params{Types: []string{"x", "y"}}, "GET https://api.example.com/v1/a?types%5B%5D=x&types%5B%5D=y"},
		{"deep", Op{Method: "GET", Path: "a", Params: []Param{query("deep", StyleDeep)}},
			params{Deep: &deepParam{A: "1", L: []int{2, 3}, O: []nested{{"x"}}}},
			"GET https://api.example.com/v1/a?deep%5Ba%5D=1&deep%5Bl%5D%5B%5D=2&deep%5Bl%5D%5B%5D=3&deep%5Bo%5D%5B0%5D%5Bk%5D=x"},
		{"json", Op{Method: "GET", Path: "a", Params: []Param{query("deep", StyleJSON), query("q", StyleJSON)}},
			params{Deep: &deepParam{A: "1"}, Q: "x"}, "GET https://api.example.com/v1/a?q=x&deep=%7B%22a%22%3A%221%22%7D"},
		{"empty list", Op{Method: "GET", Path: "a", Params: []Param{query("types", StyleComma)}}, params{Types: []string{}}, "GET https://api.example.com/v1/a"},
		{"without a body the rest is the query", Op{Method: "DELETE", Path: "a"}, params{Q: "x"}, "DELETE https://api.example.com/v1/a?q=x"},
		{"headers and cookies", Op{Method: "GET", Path: "a", Headers: []Header{{"X-Version", "3"}},
			Params: []Param{{Field: "id", In: InHeader, Name: "X-Id"}, {Field: "types", In: InHeader, Name: "X-Types"}, {Field: "q", In: InCookie, Name: "c"}}},
			params{ID: "1", Types: []string{"a", "b"}, Q: "v"}, "GET https://api.example.com/v1/a\nCookie: c=v\nX-Id: 1\nX-Types: a,b\nX-Version: 3"},
		{"json body as it is", Op{Method: "POST", Path: "a", Body: Body{As: BodyJSON}},
			params{Q: "<x>", N: Some(1)}, "POST https://api.example.com/v1/a\nContent-Type: application/json\n\n{\"q\":\"<x>\",\"n\":1}"},
		{"json body of the rest", Op{Method: "POST", Path: "a/{id}", Body: Body{As: BodyJSON}, Params: []Param{{Field: "id", In: InPath}}},
			params{ID: "1", Q: "x"}, "POST https://api.example.com/v1/a/1\nContent-Type: application/json\n\n{\"q\":\"x\"}"},
		{"json body keeps digits", Op{Method: "POST", Path: "a/{id}", Body: Body{As: BodyJSON}, Params: []Param{{Field: "id", In: InPath}}},
			params{ID: "1", Raw: Raw(`9007199254740993.10`)}, "POST https://api.example.com/v1/a/1\nContent-Type: application/json\n\n{\"raw\":9007199254740993.10}"},
		{"json body without parameters", Op{Method: "POST", Path: "a", Body: Body{As: BodyJSON}}, nil, "POST https://api.example.com/v1/a"},
		{"json body with empty parameters", Op{Method: "POST", Path: "a", Body: Body{As: BodyJSON}, Required: []string{}, Params: []Param{query("q", 0)}},
			params{}, "POST https://api.example.com/v1/a\nContent-Type: application/json\n\n{}"},
		{"body of one member", Op{Method: "PUT", Path: "a", Body: Body{As: BodyJSON, Field: "deep", Type: "application/merge-patch+json"}, Params: []Param{query("q", 0)}},
			params{Q: "x", Deep: &deepParam{A: "1"}}, "PUT https://api.example.com/v1/a?q=x\nContent-Type: application/merge-patch+json\n\n{\"a\":\"1\"}"},
		{"renamed member", Op{Method: "POST", Path: "a", Body: Body{As: BodyJSON, Style: []Param{{Field: "q", Name: "query"}}}},
			params{Q: "x"}, "POST https://api.example.com/v1/a\nContent-Type: application/json\n\n{\"query\":\"x\"}"},
		{"form", Op{Method: "POST", Path: "a", Body: Body{As: BodyForm, Style: []Param{{Field: "deep", Style: StyleJSON}, {Field: "types", Style: StyleComma}}}},
			params{Q: "a b", Types: []string{"x", "y"}, Deep: &deepParam{A: "1"}},
			"POST https://api.example.com/v1/a\nContent-Type: application/x-www-form-urlencoded\n\nq=a+b&types=x,y&deep=%7B%22a%22%3A%221%22%7D"},
		{"text body", Op{Method: "POST", Path: "a", Body: Body{As: BodyRaw, Field: "q"}}, params{Q: "x\ny"},
			"POST https://api.example.com/v1/a\nContent-Type: text/plain; charset=utf-8\n\nx\ny"},
		{"raw body", Op{Method: "POST", Path: "a", Body: Body{As: BodyRaw, Field: "content"}}, struct {
			Content []byte `json:"content"`
		}{[]byte("\x00\xff")}, "POST https://api.example.com/v1/a\nContent-Type: application/octet-stream\n\n\x00\xff"},
		{"multipart", Op{Method: "POST", Path: "a", Body: Body{As: BodyMultipart}}, struct {
			Title string   `json:"title"`
			Tags  []string `json:"tags"`
			Meta  nested   `json:"meta"`
			File  []byte   `json:"file"`
		}{"x", []string{"a", "b"}, nested{"v"}, []byte("data")},
			"POST https://api.example.com/v1/a\nContent-Type: multipart/form-data; boundary=00000000000000000000000000000000\n\n" +
				strings.ReplaceAll("--B\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nx\r\n"+
					"--B\r\nContent-Disposition: form-data; name=\"tags\"\r\n\r\na\r\n--B\r\nContent-Disposition: form-data; name=\"tags\"\r\n\r\nb\r\n"+
					"--B\r\nContent-Disposition: form-data; name=\"meta\"\r\nContent-Type: application/json\r\n\r\n{\"k\":\"v\"}\r\n"+
					"--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"file\"\r\nContent-Type: application/octet-stream\r\n\r\ndata\r\n--B--\r\n",
					"B", strings.Repeat("0", 32))},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := &server{answers: []answer{{body: `{}`}}}
			c := newTestClient(t, testAPI(), s)
			tc.op.Name = "op"
			if err := c.Do(t.Context(), &tc.op, tc.in, nil, nil); err != nil {
				t.Fatal(err)
			}
			if got := showRequest(s.requests()[0]); got != tc.want {
				t.Errorf("sent\n%q\nwant\n%q", got, tc.want)
			}
		})
	}
}

// showRequest writes a request without the headers that are always there.
func showRequest(r sentRequest) string {
	var b strings.Builder
	b.WriteString(r.method + " " + r.url)
	for _, name := range []string{"Content-Type", "Cookie", "Idempotency-Key", "X-Id", "X-Types", "X-Version"} {
		if v := r.header.Get(name); v != "" {
			b.WriteString("\n" + name + ": " + v)
		}
	}
	if r.body != "" {
		b.WriteString("\n\n" + r.body)
	}
	return b.String()
}

// TestInvalidParams wants a typed error that names the parameter, no request,
// and nothing of the value in the text.
func TestInvalidParams(t *testing.T) {
	type params struct {
		ID   string `json:"id,omitzero"`
		Head string `json:"head,omitzero"`
		List []int  `json:"list,omitzero"`
	}
	op := Op{Name: "op", Method: "GET", Path: "a/{id}", Params: []Param{{Field: "id", In: InPath}, {Field: "head", In: InHeader, Name: "X-Head"}}}
	required := op
	required.Required = []string{"list"}
	inBody := required
	inBody.Body.As = BodyJSON
	key := op
	key.Key = &KeyRule{Header: "Idempotency-Key"}
	for _, tc := range []struct {
		name  string
		op    *Op
		in    any
		opts  []CallOption
		param string
	}{
		{"empty path parameter", &op, params{}, nil, "id"},
		{"no parameters for a path", &op, nil, nil, "id"},
		{"dot segment", &op, params{ID: ".."}, nil, "id"},
		{"single dot", &op, params{ID: "."}, nil, "id"},
		{"line break in a header", &op, params{ID: "1", Head: "canary\r\nX-Evil: 1"}, nil, "head"},
		{"invalid UTF-8", &op, params{ID: "canary\xff"}, nil, "id"},
		{"not a struct", &op, []int{1}, nil, ""},
		{"required list empty", &required, params{ID: "1", List: []int{}}, nil, "list"},
		{"required list absent", &required, params{ID: "1"}, nil, "list"},
		{"required list of a body absent", &inBody, params{ID: "1"}, nil, "list"},
		{"key for an operation without", &op, params{ID: "1"}, []CallOption{WithIdempotencyKey("canary")}, ""},
		{"key that is no header value", &key, params{ID: "1"}, []CallOption{WithIdempotencyKey("canary\n")}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := &server{}
			c := newTestClient(t, testAPI(), s)
			err := c.Do(t.Context(), tc.op, tc.in, nil, tc.opts)
			var e *APIError
			if !errors.Is(err, ErrInvalidParams) || !errors.Is(err, ErrInvalid) || !errors.As(err, &e) || e.Param != tc.param {
				t.Errorf("error %v, want ErrInvalidParams about %q", err, tc.param)
			}
			if strings.Contains(err.Error(), "canary") {
				t.Errorf("%q quotes the value", err)
			}
			if len(s.requests()) != 0 {
				t.Error("a request was sent")
			}
		})
	}
}

// TestEmptyRequiredList sends an empty list that the caller made: clearing a
// list is a common call.
func TestEmptyRequiredList(t *testing.T) {
	type params struct {
		List  []int          `json:"list"`
		Named map[string]int `json:"named"`
	}
	s := &server{}
	op := &Op{Name: "op", Method: "PUT", Path: "a", Required: []string{"list", "named"}, Body: Body{As: BodyJSON}}
	err := newTestClient(t, testAPI(), s).Do(t.Context(), op, params{List: []int{}, Named: map[string]int{}}, nil, nil)
	if err != nil || s.requests()[0].body != `{"list":[],"named":{}}` {
		t.Errorf("sent %+v: %v", s.requests(), err)
	}
}

func TestCookieParam(t *testing.T) {
	s := &server{}
	op := &Op{Name: "op", Method: "GET", Path: "a", Effect: EffectRead, Params: []Param{{Field: "v", In: InCookie}}}
	send := func(v string) error {
		return newTestClient(t, testAPI(), s).Do(t.Context(), op, map[string]string{"v": v}, nil, []CallOption{nil})
	}
	if err := send(`a"b c`); err != nil || s.requests()[0].header.Get("Cookie") != `v=a"b c` {
		t.Errorf("sent %q: %v", s.requests()[0].header.Get("Cookie"), err)
	}
	if err := send("a; admin=1"); !errors.Is(err, ErrInvalidParams) || len(s.requests()) != 1 {
		t.Errorf("another cookie: %v", err)
	}
}

func TestIdempotencyKey(t *testing.T) {
	type params struct {
		Q   string `json:"q"`
		Key string `json:"client_id,omitzero"`
	}
	for _, tc := range []struct {
		name string
		rule KeyRule
		in   params
		opts []CallOption
		read func(sentRequest) string
		want string // Empty: a UUID.
	}{
		{"header", KeyRule{Header: "Idempotency-Key"}, params{}, nil, func(r sentRequest) string { return r.header.Get("Idempotency-Key") }, ""},
		{"query", KeyRule{Query: "key"}, params{}, nil, func(r sentRequest) string { _, k, _ := strings.Cut(r.url, "key="); return k }, ""},
		{"body", KeyRule{Body: "client_id"}, params{}, nil, bodyKey, ""},
		{"body, the caller's", KeyRule{Body: "client_id"}, params{Key: "own"}, nil, bodyKey, "own"},
		{"option", KeyRule{Body: "client_id"}, params{Key: "own"}, []CallOption{WithIdempotencyKey("option")}, bodyKey, "option"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := &server{answers: []answer{{status: 503}, {status: 503}, {body: `{}`}}}
			c := newTestClient(t, testAPI(), s, WithClock(instant{}))
			op := Op{Name: "op", Method: "POST", Path: "a", Effect: EffectKeyed, Body: Body{As: BodyJSON}, Key: &tc.rule}
			if err := c.Do(t.Context(), &op, tc.in, nil, tc.opts); err != nil {
				t.Fatal(err)
			}
			sent := s.requests()
			first := tc.read(sent[0])
			if tc.want != "" && first != tc.want || len(first) != 36 && tc.want == "" {
				t.Errorf("key %q, want %q", first, tc.want)
			}
			for _, r := range sent[1:] {
				if tc.read(r) != first || r.body != sent[0].body || r.url != sent[0].url {
					t.Errorf("an attempt differs: %v and %v", r, sent[0])
				}
			}
		})
	}
}

func bodyKey(r sentRequest) string { return rawText(lookup([]byte(r.body), Path{"client_id"})) }

func TestServers(t *testing.T) {
	api := testAPI()
	api.Servers = []Server{{"api", "https://{subdomain}.example.com/v1"}, {"files", "{instance}/files/"}}
	good := map[string]string{"subdomain": "acme", "instance": "https://eu.example.com:8443"}
	for _, tc := range []struct {
		name string
		opts []Option
		path string
		want string // Empty: no client.
	}{
		{"settings", []Option{WithSettings(good)}, "x", "https://acme.example.com/v1/x"},
		{"replaced", []Option{WithSettings(good), WithServer("api", "http://127.0.0.1:8080/api/")}, "x", "http://127.0.0.1:8080/api/x"},
		{"setting in the path", []Option{WithSettings(good), WithSettings(map[string]string{"team": "t1"})}, "{team}/x", "https://acme.example.com/v1/t1/x"},
		{"missing", []Option{WithSettings(map[string]string{"subdomain": "acme"})}, "x", ""},
		{"a host for a subdomain", []Option{WithSettings(good), WithSettings(map[string]string{"subdomain": "evil.example/"})}, "x", ""},
		{"user in the address", []Option{WithSettings(good), WithServer("api", "https://u:p@example.com")}, "x", ""},
		{"no scheme", []Option{WithSettings(good), WithServer("api", "example.com")}, "x", ""},
		{"another scheme", []Option{WithSettings(good), WithServer("api", "file:///etc")}, "x", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := &server{answers: []answer{{body: `{}`}}}
			c, err := NewClient(api, Bearer(NewSecret("test-token")), append(tc.opts, WithTransport(s))...)
			if tc.want == "" {
				if err == nil {
					t.Fatal("there is a client")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if e := doOnce(t.Context(), c, &Op{Name: "op", Method: "GET", Path: tc.path}); e != nil {
				t.Fatal(e)
			}
			if got := s.requests()[0].url; got != tc.want {
				t.Errorf("sent to %s, want %s", got, tc.want)
			}
		})
	}
}

// TestClientOptions wants the options of an app refused where they come too late.
func TestClientOptions(t *testing.T) {
	app, err := NewApp(testAPI(), WithTransport(&server{}))
	if err != nil {
		t.Fatal(err)
	}
	cred := Bearer(NewSecret("test-token"))
	for name, opt := range map[string]Option{
		"transport": WithTransport(&server{}), "clock": WithClock(instant{}), "random": WithRandom(still),
		"store": WithTokenStore(NewMemoryStore()), "agent": WithUserAgent("x"), "oauth": WithOAuthClient("id", NewSecret("secret")),
	} {
		if _, err := app.Client(cred, opt); !errors.Is(err, errShared) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	for name, opt := range map[string]Option{
		"attempts": WithMaxAttempts(0), "wait": WithMaxWait(-1), "response": WithMaxResponse(0), "timeout": WithAttemptTimeout(0),
	} {
		if _, err := app.Client(cred, opt); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for name, opt := range map[string]Option{
		"transport": WithTransport(nil), "client": WithHTTPClient(nil), "clock": WithClock(nil), "random": WithRandom(nil), "store": WithTokenStore(nil),
	} {
		if _, err := NewApp(testAPI(), opt); err == nil {
			t.Errorf("%s: there is an app without", name)
		}
	}
	if _, err := app.Client(nil); err == nil {
		t.Error("a client without a credential")
	}
	if c, err := app.Client(cred, WithMaxAttempts(1), WithMaxWait(0)); err != nil || c.App() != app {
		t.Errorf("client %v, error %v", c, err)
	}
}
