package runtime

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

type record struct {
	ID      string         `json:"id"`
	N       int            `json:"n,omitzero"`
	F       float64        `json:"f,omitzero"`
	Yes     bool           `json:"yes,omitzero"`
	O       Opt[int]       `json:"o,omitzero"`
	Tags    []string       `json:"tags,omitzero"`
	Created UnixTime       `json:"created,omitzero"`
	Written UnixText       `json:"written,omitzero"`
	At      time.Time      `json:"at,omitzero"`
	Counts  map[string]int `json:"counts,omitzero"`
	Sub     *record        `json:"sub,omitzero"`
	Own     ID             `json:"own,omitzero"`
	Extra   Raw            `json:",embed"`
}

type recordBody struct {
	Records []record          `json:"records,omitzero"`
	ByName  map[string]record `json:"by_name,omitzero"`
	Extra   Raw               `json:",embed"`
}

// TestLenient gives what is read of a response, written again, and the drift
// that is reported.
func TestLenient(t *testing.T) {
	one := func(members string) string { return `{"records":[{"id":"1",` + members + `}]}` }
	for _, tc := range []struct {
		name, body, want string
		drift            []string
	}{
		{"as declared", one(`"n":1`), one(`"n":1`), nil},
		{"unknown members", one(`"new":{"a":[1.50,9007199254740993]}`), one(`"new":{"a":[1.50,9007199254740993]}`), nil},
		{"integer beyond 2^53", one(`"n":9007199254740993`), one(`"n":9007199254740993`), nil},
		{"number for string", `{"records":[{"id":12345678901234567890}]}`, `{"records":[{"id":"12345678901234567890"}]}`, []string{"records[*].id: number instead of string"}},
		{"string for integer", one(`"n":"9007199254740993"`), one(`"n":9007199254740993`), []string{"records[*].n: string instead of integer"}},
		{"string for optional", one(`"o":"0"`), one(`"o":0`), []string{"records[*].o: string instead of integer"}},
		{"string for float", one(`"f":"1.5"`), one(`"f":1.5`), []string{"records[*].f: string instead of number"}},
		{"float for integer", one(`"n":3.0`), one(`"n":3`), []string{"records[*].n: number instead of integer"}},
		{"fraction for integer", one(`"n":3.5`), `{"records":[{"id":"1"}]}`, []string{"records[*].n: number instead of integer"}},
		{"string for boolean", one(`"yes":"true"`), one(`"yes":true`), []string{"records[*].yes: string instead of boolean"}},
		{"number for boolean", one(`"yes":1`), one(`"yes":true`), []string{"records[*].yes: number instead of boolean"}},
		{"number in a string for boolean", one(`"yes":"1"`), one(`"yes":true`), []string{"records[*].yes: string instead of boolean"}},
		{"empty string for anything", one(`"n":"","sub":"","tags":"","counts":"","created":""`), `{"records":[{"id":"1"}]}`, []string{
			"records[*].n: string instead of integer", "records[*].sub: string instead of object", "records[*].tags: string instead of list",
			"records[*].counts: string instead of object", "records[*].created: string instead of number"}},
		{"null for anything", `{"records":[{"id":null,"n":null,"sub":null,"tags":null,"counts":null,"created":null,"at":null}]}`, `{"records":[{"id":""}]}`, nil},
		{"null for optional", one(`"o":null`), one(`"o":null`), nil},
		{"null for a list", `{"records":null}`, `{}`, nil},
		{"object for list", `{"records":{"id":"1"}}`, `{"records":[{"id":"1"}]}`, []string{"records: object instead of list"}},
		{"string for list", one(`"tags":"a"`), one(`"tags":["a"]`), []string{"records[*].tags: string instead of list"}},
		{"empty list for object", one(`"counts":[],"sub":[]`), `{"records":[{"id":"1"}]}`, []string{"records[*].counts: list instead of object", "records[*].sub: list instead of object"}},
		{"wrong kind", one(`"sub":"text"`), `{"records":[{"id":"1"}]}`, []string{"records[*].sub: string instead of object"}},
		{"wrong element", `{"records":[{"id":"1"},7,{"id":"2"}]}`, `{"records":[{"id":"1"},{"id":"2"}]}`, []string{"records[*]: number instead of object"}},
		{"in a map", `{"by_name":{"a":{"id":"1","counts":{"x":"1"}}}}`, `{"by_name":{"a":{"id":"1","counts":{"x":1}}}}`, []string{"by_name[*].counts[*]: string instead of integer"}},
		{"deep", one(`"sub":{"id":"2","sub":{"id":3}}`), one(`"sub":{"id":"2","sub":{"id":"3"}}`), []string{"records[*].sub.sub.id: number instead of string"}},
		{"time as string", one(`"created":"1700000000.5"`), one(`"created":1700000000.5`), []string{"records[*].created: string instead of number"}},
		{"time out of range", one(`"created":1e300`), `{"records":[{"id":"1"}]}`, []string{"records[*].created: number instead of time"}},
		{"number for a time as string", one(`"written":1700000000`), one(`"written":"1700000000"`), []string{"records[*].written: number instead of string"}},
		{"text for a time as string", `{"records":[{"id":"1","written":"1700000000"},{"id":"2","written":"yesterday"}]}`, `{"records":[{"id":"1","written":"1700000000"},{"id":"2"}]}`, []string{"records[*].written: string instead of time"}},
		{"one bad date of two", `{"records":[{"id":"1","at":"2026-09-01T12:00:00Z"},{"id":"2","at":"01.09.2026"}]}`, `{"records":[{"id":"1","at":"2026-09-01T12:00:00Z"},{"id":"2"}]}`, []string{"records[*].at: string instead of time"}},
		{"id of either kind", `{"records":[{"id":"1","own":7},{"id":"2","own":"7"}]}`, `{"records":[{"id":"1","own":7},{"id":"2","own":"7"}]}`, nil},
		{"duplicate name", `{"records":[{"id":"1","id":"2"}]}`, `{"records":[{"id":"2"}]}`, []string{": duplicate name"}},
		{"invalid UTF-8", "{\"records\":[{\"id\":\"a\xffb\"}]}", "{\"records\":[{\"id\":\"a\ufffdb\"}]}", []string{": invalid UTF-8"}},
		{"duplicate name and wrong kind", `{"records":[{"id":1,"id":2}]}`, `{"records":[{"id":"2"}]}`, []string{"records[*].id: number instead of string", ": duplicate name"}},
		{"byte order mark", "\xef\xbb\xbf" + `{}`, `{}`, []string{": byte order mark"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var e events
			s := &server{answers: []answer{{body: tc.body}}}
			c := newTestClient(t, testAPI(), s, WithObserver(&e))
			for range 2 { // The second time nothing is reported.
				var out recordBody
				if err := c.Do(t.Context(), testOp(testAPI()), nil, &out, nil); err != nil {
					t.Fatal(err)
				}
				if got, err := marshal(out); err != nil || string(got) != tc.want {
					t.Errorf("read as\n%s\nwant\n%s\n%v", got, tc.want, err)
				}
			}
			slices.Sort(tc.drift)
			if drift := drifts(&e); !slices.Equal(drift, tc.drift) {
				t.Errorf("drift %q, want %q", drift, tc.drift)
			}
		})
	}
}

// TestManyBadRecords wants one repair for one fault, however often it occurs.
func TestManyBadRecords(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"records":[`)
	for i := range 10_000 {
		if i > 0 {
			b.WriteByte(',')
		}
		switch {
		case i%3 == 0:
			fmt.Fprintf(&b, `{"id":%d,"n":"%d"}`, i, i)
		default:
			fmt.Fprintf(&b, `{"id":"%d","n":%d}`, i, i)
		}
	}
	b.WriteString(`]}`)
	var e events
	s := &server{answers: []answer{{body: b.String()}}}
	c := newTestClient(t, testAPI(), s, WithObserver(&e))
	var out recordBody
	if err := c.Do(t.Context(), testOp(testAPI()), nil, &out, nil); err != nil {
		t.Fatal(err)
	}
	for i, r := range out.Records {
		if r.ID != fmt.Sprint(i) || r.N != i {
			t.Fatalf("record %d is %+v", i, r)
		}
	}
	if len(out.Records) != 10_000 || len(eventsOf[DriftEvent](&e)) != 2 {
		t.Errorf("%d records, drift %v", len(out.Records), eventsOf[DriftEvent](&e))
	}
}

// TestBeyondRepair wants a typed error with the place, and no value in it.
func TestBeyondRepair(t *testing.T) {
	for body, want := range map[string]string{
		`["canary"]`:            "list instead of object",
		`"canary"`:              "string instead of object",
		`{"records":[{"id":"1"`: "fault at byte",
		`canary`:                "fault at byte",
	} {
		s := &server{answers: []answer{{body: body}}}
		c := newTestClient(t, testAPI(), s, WithMaxAttempts(1))
		var out recordBody
		err := c.Do(t.Context(), testOp(testAPI()), nil, &out, nil)
		if !errors.Is(err, ErrDecode) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: error %v", body, err)
		}
	}
}

func TestTooManyFaults(t *testing.T) {
	var b strings.Builder
	out := struct {
		R record `json:"r"`
	}{}
	depth := maxRepairs + 2
	b.WriteString(`{"r":`)
	for range depth {
		b.WriteString(`{"n":"1","sub":`)
	}
	b.WriteString("null" + strings.Repeat("}", depth) + "}")
	s := &server{answers: []answer{{body: b.String()}}}
	c := newTestClient(t, testAPI(), s, WithMaxAttempts(1))
	if err := c.Do(t.Context(), testOp(testAPI()), nil, &out, nil); !errors.Is(err, ErrDecode) {
		t.Errorf("error %v", err)
	}
}

// TestMediaType reports JSON under another name.
func TestMediaType(t *testing.T) {
	for media, want := range map[string]int{
		"application/json": 0, "application/vnd.x+json; charset=utf-8": 0, "text/html": 1, "": 0, "text/javascript": 0, "a/b;;": 1,
	} {
		var e events
		s := &server{answers: []answer{{header: "Content-Type: " + media, body: `{}`}}}
		if err := newTestClient(t, testAPI(), s, WithObserver(&e)).Do(t.Context(), testOp(testAPI()), nil, &record{}, nil); err != nil {
			t.Errorf("%s: %v", media, err)
		}
		if n := len(eventsOf[DriftEvent](&e)); n != want {
			t.Errorf("%s: %d reports", media, n)
		}
	}
}

func TestDriftIsBounded(t *testing.T) {
	var d driftLog
	for i := range maxDrifts + 10 {
		d.first(driftKey{path: fmt.Sprint(i)})
	}
	if len(d.seen) != maxDrifts || d.first(driftKey{path: "new"}) {
		t.Errorf("%d are remembered", len(d.seen))
	}
}

// TestLooseTimes reads the forms of time that providers call RFC 3339.
func TestLooseTimes(t *testing.T) {
	for text, want := range map[string]string{
		"2024-01-17T12:34:00.120+0000":  "2024-01-17T12:34:00.12Z",
		"2024-01-17T12:34:00+0530":      "2024-01-17T12:34:00+05:30",
		"2024-01-17T12:34:00":           "2024-01-17T12:34:00Z",
		"2024-01-17 12:34:00":           "2024-01-17T12:34:00Z",
		"2024-01-17 12:34:00 +0000":     "2024-01-17T12:34:00Z",
		"2024-01-17 12:34:00 UTC":       "2024-01-17T12:34:00Z",
		"2024-01-17":                    "2024-01-17T00:00:00Z",
		"Wed, 17 Jan 2024 12:34:00 GMT": "2024-01-17T12:34:00Z",
	} {
		at, ok := looseTime(text)
		if got := at.Format("2006-01-02T15:04:05.999Z07:00"); !ok || got != want {
			t.Errorf("%s: %s, %v; want %s", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "soon", "17.01.2024", "2024-01-17 12:34:00 CET", "2024-13-17"} {
		if at, ok := looseTime(text); ok {
			t.Errorf("%q is read as %s", text, at)
		}
	}
}

// TestCutAnswerLeavesNothing: what was read of an answer that ends early is gone when
// the next one is read.
func TestCutAnswerLeavesNothing(t *testing.T) {
	api := testAPI()
	op := testOp(api)
	s := &server{answers: []answer{{body: `{"id":"1","strange":{"a":1},"n`}, {body: `{"id":"2","strange":{"a":1}}`}}}
	c := newTestClient(t, api, s)
	var out struct {
		ID    string `json:"id"`
		Extra Raw    `json:",embed"`
	}
	if err := c.Do(t.Context(), op, nil, &out, nil); err != nil {
		t.Fatal(err)
	}
	if out.ID != "2" || string(out.Extra) != `{"strange":{"a":1}}` {
		t.Errorf("%+v", out)
	}
}
