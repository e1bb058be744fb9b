package runtime

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// The shapes of a result {"list": [item], "by_name": {item}, "first": item},
// whose items hold each other.
var (
	shapeTopic = Shapes{{{Name: "value", Required: true}}}
	shapeItem  = Shapes{{
		{Name: "id", Required: true},
		{Name: "kind", Values: []string{"a", "b"}},
		{Name: "level", Values: []string{"1", "2"}},
		{Name: "next", At: 1},
		{Name: "note", Required: true, Null: true},
		{Name: "other", At: 2},
		{Name: "tags", Each: "[", Values: []string{"x"}},
		{Name: "topic", Of: &shapeTopic},
	}, {
		{Name: "items", Required: true, Each: "[", At: 1},
	}}
	shapeResult = Shapes{{
		{Name: "all", Each: "{[", Of: &shapeItem},
		{Name: "by_name", Each: "{", Of: &shapeItem},
		{Name: "first", Of: &shapeItem, At: 1},
		{Name: "list", Required: true, Each: "[", Of: &shapeItem},
		{Name: "other", Of: &shapeItem, At: 2},
	}}
)

// TestAudit gives what is reported of a response.
func TestAudit(t *testing.T) {
	list := func(item string) string { return `{"list":[` + item + `]}` }
	for _, tc := range []struct {
		name, body string
		drift      []string
	}{
		{"as promised", list(`{"id":"1","note":null,"kind":"a","level":2,"tags":["x"],"topic":{"value":""}}`), nil},
		{"missing", list(`{"note":""}`), []string{"list[*].id: missing"}},
		{"missing at the top", `{}`, []string{"list: missing"}},
		{"null", list(`{"id":null,"note":1}`), []string{"list[*].id: null"}},
		{"null at the top", `{"list":null}`, []string{"list: null"}},
		{"missing that may be null", list(`{"id":"1"}`), []string{"list[*].note: missing"}},
		{"once for many", list(`{"id":"1"},{"id":"2","note":""},{"id":null},{"id":null,"note":2}`), []string{"list[*].id: null", "list[*].note: missing"}},
		{"unknown text", list(`{"id":"1","note":1,"kind":"canary"}`), []string{"list[*].kind: unknown value"}},
		{"unknown number", list(`{"id":"1","note":1,"level":3}`), []string{"list[*].level: unknown value"}},
		{"known in another way", list(`{"id":"1","note":1,"level":2.0,"kind":"\u0061"}`), nil},
		{"unknown in a list", list(`{"id":"1","note":1,"tags":["x","canary"]}`), []string{"list[*].tags[*]: unknown value"}},
		{"null where it may be missing", list(`{"id":"1","note":1,"kind":null,"topic":null,"next":null,"tags":null}`), nil},
		{"optional object", list(`{"id":"1","note":1,"topic":{"other":1}}`), []string{"list[*].topic.value: missing"}},
		{"recursive", list(`{"id":"1","note":1,"next":{"id":"2","note":1,"next":{"note":1}}}`), []string{"list[*].next.next.id: missing"}},
		{"types that hold each other", `{"list":[],"other":{"items":[{"id":"1","note":1,"other":{}}]}}`, []string{"other.items[*].other.items: missing"}},
		{"map", `{"list":[],"by_name":{"canary":{"id":"1"}}}`, []string{"by_name[*].note: missing"}},
		{"map of lists", `{"list":[],"all":{"canary":[{"id":"1"}],"b":[]}}`, []string{"all[*][*].note: missing"}},
		{"not reached", `{"list":[],"new":[{"a":{"b":null}}],"first":{"id":"1","note":[{"id":null}]}}`, nil},
		{"the last of two", list(`{"id":null,"id":"1","note":1}`), []string{": duplicate name"}},
		{"name in another way", list(`{"\u0069d":"1","note":1}`), nil},
		{"another kind is reported as that", `{"list":{"id":7}}`, []string{"list: object instead of list"}},
		{"renamed, and repaired elsewhere", list(`{"id_v2":7,"note":"","count":"7"}`), []string{"list[*].count: string instead of integer", "list[*].id: missing"}},
		{"byte order mark", "\xef\xbb\xbf" + list(`{"note":1}`), []string{": byte order mark", "list[*].id: missing"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var e events
			s := &server{answers: []answer{{body: tc.body}}}
			c := newTestClient(t, testAPI(), s, WithObserver(&e))
			op := testOp(testAPI())
			op.Returns = &Member{Of: &shapeResult}
			for range 2 { // The second time nothing is reported.
				var out struct {
					List []struct {
						Count int `json:"count"`
					} `json:"list"`
					Extra Raw `json:",embed"`
				}
				if err := c.Do(t.Context(), op, nil, &out, nil); err != nil {
					t.Fatal(err)
				}
			}
			if drift := drifts(&e); !slices.Equal(drift, tc.drift) {
				t.Errorf("drift %q, want %q", drift, tc.drift)
			}
		})
	}
}

// TestAuditOfLists has results that are lists and maps themselves.
func TestAuditOfLists(t *testing.T) {
	for _, tc := range []struct {
		each, body, want string
	}{
		{"[", `[{"value":1},{}]`, "[*].value: missing"},
		{"{", `{"a":{"value":1},"b":{"value":null}}`, "[*].value: null"},
		{"", `{}`, "value: missing"},
	} {
		var e events
		c := newTestClient(t, testAPI(), &server{answers: []answer{{body: tc.body}}}, WithObserver(&e))
		op := testOp(testAPI())
		op.Returns = &Member{Each: tc.each, Of: &shapeTopic}
		if err := c.Do(t.Context(), op, nil, new(Raw), nil); err != nil {
			t.Fatal(err)
		}
		if drift := drifts(&e); !slices.Equal(drift, []string{tc.want}) {
			t.Errorf("%s: drift %q, want %q", tc.body, drift, tc.want)
		}
	}
}

// TestAuditOfWideObjects finds every one of many members.
func TestAuditOfWideObjects(t *testing.T) {
	var wide Shape
	for i := range 300 {
		wide = append(wide, Member{Name: fmt.Sprintf("m%03d", i), Required: true})
	}
	for lacking := range wide {
		var b strings.Builder
		for i := range wide {
			if i != lacking {
				fmt.Fprintf(&b, `,"m%03d":%d`, i, i)
			}
		}
		var e events
		c := newTestClient(t, testAPI(), &server{answers: []answer{{body: `{"a":0` + b.String() + `,"z":0}`}}}, WithObserver(&e))
		op := testOp(testAPI())
		op.Returns = &Member{Of: &Shapes{wide}}
		if err := c.Do(t.Context(), op, nil, new(Raw), nil); err != nil {
			t.Fatal(err)
		}
		if drift := drifts(&e); !slices.Equal(drift, []string{wide[lacking].Name + ": missing"}) {
			t.Fatalf("without %s: drift %q", wide[lacking].Name, drift)
		}
	}
}

// drifts are the departures that were reported, sorted.
func drifts(e *events) []string {
	var all []string
	for _, d := range eventsOf[DriftEvent](e) {
		all = append(all, d.Path+": "+d.Kind)
	}
	slices.Sort(all)
	return all
}
