package runtime

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// TestClassify gives what the first matching rule makes of a response.
func TestClassify(t *testing.T) {
	header := func(name string, values ...string) Match { return Match{At: Path{name}, Values: values} }
	rules := []ErrorRule{
		{When: When{Status: []StatusRange{{429, 429}, {460, 469}}}, Class: ClassRateLimited},
		{When: When{Media: "application/problem+json", Body: []Match{bodyIs("type", `"quota"`)}}, Class: ClassQuotaSpent, Code: &Source{Body: Path{"type"}}},
		{When: When{Header: []Match{header("X-Kind", "a", "b")}}, Class: ClassConflict, Code: &Source{Header: "X-Kind"}},
		{When: When{Header: []Match{{At: Path{"X-Old"}, Op: MatchExists}}}, Class: ClassKeyReused},
		{When: When{Body: []Match{{At: Path{"errors", "-1", "code"}, Op: MatchRE, Values: []string{"^rate"}}}}, Class: ClassRateLimited, Code: &Source{Body: Path{"errors", "-1", "code"}}},
		{When: When{Body: []Match{{At: Path{"left"}, Op: MatchLT, Values: []string{"1"}}, {At: Path{"used"}, Op: MatchGT, Values: []string{"99.5"}}}}, Class: ClassTooLarge},
		{When: When{Body: []Match{bodyIs("n", "1", "null", "true")}}, Class: ClassForbidden},
		{When: When{Body: []Match{bodyIs("ok", "false"), bodyIs("error", `"a"`, `"b"`)}}, Class: ClassNotFound, Code: &Source{Body: Path{"error"}}, Message: &Source{Body: Path{"detail", "text"}}},
		{When: When{Body: []Match{bodyIs("ok", "false")}}, Class: ClassRejected, Code: &Source{Body: Path{"error"}}},
		{When: When{Status: []StatusRange{{200, 299}}, Body: []Match{{At: Path{"must"}, Op: MatchAbsent}, {At: Path{"strict"}, Op: MatchExists}}}, Class: ClassPartial},
	}
	for _, tc := range []struct {
		name   string
		answer answer
		want   string // class code message; empty is success.
	}{
		{"success", answer{body: `{"ok":true,"big":[1,2,3]}`}, ""},
		{"status", answer{status: 429, body: `<html>`}, "rate_limited"},
		{"status range", answer{status: 465}, "rate_limited"},
		{"media and body", answer{status: 400, header: "Content-Type: Application/Problem+JSON; charset=utf-8", body: `{"type":"quota"}`}, "quota_spent quota"},
		{"another media", answer{status: 400, header: "Content-Type: application/json", body: `{"type":"quota"}`}, "invalid"},
		{"header", answer{header: "X-Kind: b", body: `{}`}, "conflict b"},
		{"header is compared as a whole", answer{header: "X-Kind: bb", body: `{}`}, ""},
		{"header exists", answer{header: "X-Old:  ", body: `{}`}, "key_reused"},
		{"last element", answer{body: `{"errors":[{"code":"x"},{"code":"rate_x"}]}`}, "rate_limited rate_x"},
		{"not the last", answer{body: `{"errors":[{"code":"rate_x"},{"code":"x"}]}`}, ""},
		{"no elements", answer{body: `{"errors":[]}`}, ""},
		{"numbers", answer{body: `{"left":0,"used":99.6}`}, "too_large"},
		{"one number does not hold", answer{body: `{"left":0,"used":99.5}`}, ""},
		{"numbers as strings", answer{body: `{"left":"0","used":"100"}`}, "too_large"},
		{"equal number written otherwise", answer{body: `{"n":1.0}`}, "forbidden"},
		{"string is no number", answer{body: `{"n":"1"}`}, ""},
		{"null", answer{body: `{"n":null}`}, "forbidden"},
		{"absent is not null", answer{body: `{"m":null}`}, ""},
		{"true", answer{body: `{"n":true}`}, "forbidden"},
		{"first rule wins", answer{body: `{"error":"b","detail":{"text":"why"},"ok":false}`}, "not_found b why"},
		{"second rule", answer{body: `{"ok":false,"error":"c"}`}, "rejected c"},
		{"escaped", answer{body: `{"\u006fk":false,"error":"\u0061"}`}, "not_found a"},
		{"nested twin", answer{body: `{"x":{"ok":false},"ok":true}`}, ""},
		{"code is no string", answer{body: `{"ok":false,"error":42}`}, "rejected 42"},
		{"code is missing", answer{body: `{"ok":false}`}, "rejected"},
		{"truncated after the code", answer{body: `{"ok":false,"error":"a","deta`}, "not_found a"},
		{"truncated before the code", answer{body: `{"ok":false,"err`}, "rejected"},
		{"truncated after ok", answer{body: `{"ok":true,"n":2,"x`}, "decode"},
		{"byte order mark", answer{body: "\xef\xbb\xbf" + `{"ok":false,"error":"c"}`}, "rejected c"},
		{"absent", answer{body: `{"strict":1}`}, "partial"},
		{"absent in no JSON", answer{body: `<html>`}, "decode"},
		{"status over body", answer{status: 500, body: `{"ok":true}`}, "unavailable"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := &server{answers: []answer{tc.answer}}
			c := newTestClient(t, testAPI(), s, WithMaxAttempts(1))
			op := &Op{Name: "op", Method: "GET", Path: "a", Effect: EffectRead, Errors: rules}
			got := ""
			if e := doOnce(t.Context(), c, op); e != nil {
				got = strings.TrimSpace(fmt.Sprint(e.Class, " ", strings.TrimSpace(e.Code+" "+e.Message)))
			}
			if got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

// TestNot gives the answers that do not say what they have to say. What is no
// JSON says nothing, and is left to the status and to the decoder.
func TestNot(t *testing.T) {
	not := func(path string, values ...string) Match {
		return Match{At: strings.Split(path, "."), Op: MatchNot, Values: values}
	}
	rules := []ErrorRule{
		{When: When{Body: []Match{bodyIs("ok", "false")}}, Class: ClassRejected, Code: &Source{Body: Path{"error"}}},
		{When: When{Header: []Match{not("X-Version", "1", "2")}}, Class: ClassInvalid},
		{When: When{Body: []Match{not("ok", "true", `"yes"`, "1"), not("state.at", "null")}}, Code: &Source{Body: Path{"error"}}},
	}
	set, err := newRuleSet(rules)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ body, want string }{
		{`{"ok":true}`, ""}, {`{"ok":"yes"}`, ""}, {`{"ok":1.0}`, ""}, {` {"x":[{}],"ok":true,"error":"e"}`, ""},
		{`{}`, "unknown"}, {`{"ok":0}`, "unknown"}, {`{"ok":"true"}`, "unknown"}, {`{"ok":"false"}`, "unknown"}, {`{"ok":null}`, "unknown"},
		{`{"ok":[true]}`, "unknown"}, {`{"x":{"ok":true}}`, "unknown"}, {`{"ok":0,"error":"late"}`, "unknown late"}, {`{"error":"early","ok":2}`, "unknown early"},
		{`null`, "unknown"}, {`[]`, "unknown"}, {`[true]`, "unknown"}, {`"true"`, "unknown"}, {`true`, "unknown"}, {`1`, "unknown"},
		{`{"ok":false,"error":"e"}`, "rejected e"}, {`{"state":{"at":1}}`, "unknown"}, {`{"state":{"at":null}}`, ""}, {`{"state":null}`, "unknown"},
		{``, ""}, {` `, ""}, {`<html>`, ""}, {`{"x":1`, ""}, {`{"ok":0,"state":{"at":2},"x`, "unknown"},
	} {
		v := set.classify(200, http.Header{"X-Version": {"2"}}, []byte(tc.body))
		got := ""
		if v.rule != nil {
			got = strings.TrimSpace(v.rule.Class.String() + " " + v.text(v.rule.Code, v.rule.code, nil))
		}
		if got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.body, got, tc.want)
		}
	}
	for _, h := range []http.Header{{}, {"X-Version": {"3"}}, {"X-Version": {"1", "2"}}} {
		if v := set.classify(200, h, []byte(`{"ok":true}`)); v.rule == nil || v.rule.Class != ClassInvalid {
			t.Errorf("header %v: verdict %v", h, v)
		}
	}
	if v := set.classify(200, http.Header{"X-Version": {"1"}}, []byte(`{"ok":true,!`)); v.rule != nil {
		t.Errorf("the rest of a decided body was read: %v", v)
	}
	if _, err := newRuleSet([]ErrorRule{{When: When{Body: []Match{not("ok")}}}}); err == nil {
		t.Error("a condition that excludes nothing is taken")
	}
}

// TestUnconfirmed makes calls that are answered with 200 and nothing else.
func TestUnconfirmed(t *testing.T) {
	for effect, unknown := range map[Effect]bool{EffectRead: false, EffectCreate: true} {
		s := &server{answers: []answer{{body: `{}`}}}
		op := testOp(testAPI())
		op.Method, op.Effect = "POST", effect
		op.Errors = append(op.Errors, ErrorRule{When: When{Body: []Match{{At: Path{"ok"}, Op: MatchNot, Values: []string{"true"}}}}})
		e := doOnce(t.Context(), newTestClient(t, testAPI(), s), op)
		if e == nil || e.Class != ClassUnknown || e.OutcomeUnknown != unknown || e.Attempts != 1 {
			t.Errorf("effect %v: error %+v", effect, e)
		}
	}
}

func TestDefaultClasses(t *testing.T) {
	want := map[Class][]int{
		ClassInvalid: {400, 422}, ClassAuthExpired: {401}, ClassForbidden: {403, 451}, ClassNotFound: {404, 410}, ClassTimeout: {408, 504},
		ClassConflict: {409, 412, 423}, ClassTooLarge: {413, 414, 431}, ClassRateLimited: {429}, ClassRejected: {402, 405, 406, 415, 418},
		ClassUnavailable: {421, 425, 500, 501, 502, 503, 599}, ClassUnknown: {304, 399},
	}
	for class, statuses := range want {
		for _, status := range statuses {
			s := &server{answers: []answer{{status: status}}}
			e := doOnce(t.Context(), newTestClient(t, testAPI(), s, WithMaxAttempts(1)), testOp(testAPI()))
			if e == nil || e.Class != class || e.StatusCode != status {
				t.Errorf("status %d: error %v, want class %s", status, e, class)
			}
		}
	}
}

// TestScanStopsEarly wants nothing read after the rules are decided: what
// follows is no JSON at all.
func TestScanStopsEarly(t *testing.T) {
	set, err := newRuleSet(testOp(testAPI()).Errors)
	if err != nil {
		t.Fatal(err)
	}
	calls := 0
	c := classifier{set: set, open: []bool{true, true, true}, values: make([]Raw, set.slots), seen: make([]bool, set.slots)}
	done, err := newScan([]byte(`{"ok":true,!`), func(slot int, v Raw) bool { calls++; return c.found(slot, v) }).value(set.tree)
	if !done || err != nil || calls != 1 || c.match != nil {
		t.Errorf("done %v, error %v, %d values read, match %v", done, err, calls, c.match)
	}
}

func TestLookup(t *testing.T) {
	const doc = `{"a":{"b":[10,{"c":"x"},[1,2,3]]},"0":"zero","@odata.next":"u","e":"","n":null}`
	for _, tc := range []struct{ path, want string }{
		{"a/b/0", "10"}, {"a/b/1/c", `"x"`}, {"a/b/-2/c", `"x"`}, {"a/b/-1/-1", "3"}, {"a/b/-3", "10"}, {"a/b/3", ""}, {"a/b/-4", ""},
		{"0", `"zero"`}, {"@odata.next", `"u"`}, {"e", `""`}, {"n", "null"}, {"a/x", ""}, {"a/b/c", ""}, {"e/x", ""},
	} {
		if got := lookup([]byte(doc), strings.Split(tc.path, "/")); string(got) != tc.want {
			t.Errorf("%s is %q, want %q", tc.path, got, tc.want)
		}
	}
	if got := lookup([]byte(` [1] `), nil); string(got) != "[1]" {
		t.Errorf("the whole text is %q", got)
	}
}

// TestTwoIndicesOfOneElement reads an element that is the first and the last.
func TestTwoIndicesOfOneElement(t *testing.T) {
	set, err := newRuleSet([]ErrorRule{{Class: ClassRejected, When: When{Body: []Match{bodyIs("e.0.code", `"a"`)}}, Code: &Source{Body: Path{"e", "-1", "text"}}}})
	if err != nil {
		t.Fatal(err)
	}
	v := set.classify(200, nil, []byte(`{"e":[{"code":"a","text":"b"}]}`))
	if v.rule == nil || v.text(v.rule.Code, v.rule.code, nil) != "b" {
		t.Errorf("verdict %v", v)
	}
}

func FuzzLookup(f *testing.F) {
	f.Add([]byte(`{"a":[1,{"b":null}]}`), "a/-1/b")
	f.Add([]byte("\xef\xbb\xbf[[[]"), "0/0")
	f.Add([]byte(`{"":{"\u0061":"\ud800"}}`), "/a")
	f.Fuzz(func(t *testing.T, data []byte, path string) {
		at := lookup(data, strings.Split(path, "/"))
		if at != nil && !at.IsValid(lenient) {
			t.Errorf("%q in %q is %q", path, data, at)
		}
	})
}

func TestErrorOfAResponse(t *testing.T) {
	s := &server{answers: []answer{{header: "X-Test-Id: r-1", body: `{"ok":false,"error":"no_such","detail":{"text":"canary text"},"secret":"canary"}`}}}
	c := newTestClient(t, testAPI(), s)
	var r Response
	err := c.Do(t.Context(), testOp(testAPI()), nil, nil, []CallOption{WithResponse(&r)})
	var code testCode
	var e *APIError
	switch {
	case !errors.As(err, &e):
		t.Fatalf("error %v", err)
	case !errors.Is(err, testCode("no_such")) || !errors.Is(err, ErrRejected) || !errors.As(err, &code) || code != "no_such":
		t.Errorf("%v does not match its code", err)
	case errors.Is(err, testCode("other")) || errors.Is(err, ErrNotFound) || errors.Is(err, ErrOutcomeUnknown):
		t.Errorf("%v matches what it is not", err)
	case e.Message != "canary text" || e.RequestID != "r-1" || e.StatusCode != 200 || e.Attempts != 1 || !strings.Contains(string(e.Body), "secret"):
		t.Errorf("error %+v", e)
	case r.StatusCode != 200 || r.RequestID != "r-1" || r.Attempts != 1 || len(r.Body) == 0 || r.Header.Get("X-Test-Id") != "r-1":
		t.Errorf("response %+v", r)
	}
	if got, want := err.Error(), "test things.get: no_such: rejected (status 200, request r-1)"; got != want {
		t.Errorf("text %q, want %q", got, want)
	}
}
