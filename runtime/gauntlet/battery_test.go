package gauntlet

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/porin-dev/porin/runtime/twin"
)

// groups are those of the fault table, and jobs.
var groups = []string{
	twin.GroupTransport, twin.GroupStatus, twin.GroupLimits, twin.GroupAuth,
	twin.GroupData, twin.GroupPaging, twin.GroupBatches, twin.GroupWebhooks, twin.GroupEvolution, "jobs",
}

func TestBatteryIsWhole(t *testing.T) {
	seen := map[string]bool{}
	perGroup := map[string]int{}
	for _, s := range Scenarios() {
		perGroup[s.Group()]++
		switch {
		case seen[s.ID]:
			t.Errorf("two scenarios are called %s", s.ID)
		case s.Title == "" || s.Right == "" || s.Run == nil || len(s.Oracles) == 0:
			t.Errorf("%s is not whole", s.ID)
		}
		seen[s.ID] = true
		for _, id := range s.Oracles {
			if oracle(id) == nil {
				t.Errorf("%s asks the oracle %s, which does not exist", s.ID, id)
			}
		}
		for _, f := range s.Faults {
			if _, ok := twin.Lookup(f.Fault); !ok {
				t.Errorf("%s arms the fault %s, which does not exist", s.ID, f.Fault)
			}
		}
	}
	for _, g := range groups {
		if perGroup[g] < 2 {
			t.Errorf("the group %s has %d scenarios", g, perGroup[g])
		}
	}
	if len(perGroup) != len(groups) {
		t.Errorf("the groups are %v", perGroup)
	}
}

// unarmed are the faults that no scenario arms, and why.
var unarmed = map[string]string{
	"status/as-declared": "workloads arm it for each rule in turn: status/every-error",
	"auth/revoked":       "workloads revoke by the twin itself",
}

func TestEveryFaultIsArmed(t *testing.T) {
	armed := map[string]bool{}
	for _, s := range Scenarios() {
		for _, f := range s.Faults {
			armed[f.Fault] = true
		}
	}
	for _, k := range twin.Catalogue() {
		if !armed[k.ID] && unarmed[k.ID] == "" {
			t.Errorf("no scenario arms %s: %s", k.ID, k.Doc)
		}
	}
}

func TestExplain(t *testing.T) {
	for _, id := range Explainable() {
		if text, ok := Explain(id); !ok || strings.TrimSpace(text) == "" {
			t.Errorf("nothing is said of %s", id)
		}
	}
	if text, ok := Explain("status/committed-then-lost"); !ok || !strings.Contains(text, "scenario status/") || !strings.Contains(text, "fault status/") {
		t.Errorf("a scenario and its fault are explained as:\n%s", text)
	}
	if _, ok := Explain("status/unheard-of"); ok {
		t.Error("an unknown id is explained")
	}
}

func TestTable(t *testing.T) {
	r := NewReport("shelf", "naive", 3, []Result{
		{ID: "data/bom", Group: "data", Title: "a mark", Outcome: Pass},
		{ID: "data/big-int", Group: "data", Title: "a large number", Outcome: Fail, Verdicts: []Verdict{
			{Oracle: "recovers", Outcome: Pass},
			{Oracle: "lossless", Outcome: Fail, Why: "call 1 books.get: size is another value in the result", Journal: []string{"#1 +0s GET /books -> 200"}},
		}},
		{ID: "paging/past-cap", Group: "paging", Title: "a cap", Outcome: NotExercised, Why: "no cap"},
		{ID: "paging/short-page", Group: "paging", Title: "a page", Outcome: NotExercised, Why: "no size"},
		{ID: "webhooks/stale", Group: "webhooks", Title: "an old one", Outcome: NotExercised, Why: "no webhook"},
		{ID: "webhooks/replay", Group: "webhooks", Title: "one twice", Outcome: NotExercised, Why: "no webhook"},
	})
	var b bytes.Buffer
	if err := r.WriteTable(&b, false); err != nil {
		t.Fatal(err)
	}
	want := `data
  pass  bom         a mark
  FAIL  big-int     a large number

paging
  -     past-cap    not exercised: no cap
  -     short-page  not exercised: no size

webhooks
  -     all 2       not exercised: no webhook

data/big-int: a large number
  oracle lossless: unknown members survive a read-modify-write; no value changed type or precision
    call 1 books.get: size is another value in the result
      #1 +0s GET /books -> 200

shelf with naive, seed 3: 1/2, 4 not exercised
`
	if b.String() != want {
		t.Errorf("the table is\n%s", b.String())
	}
	b.Reset()
	if err := r.WriteTable(&b, true); err != nil || !strings.Contains(b.String(), green) || !strings.Contains(b.String(), red) {
		t.Errorf("the table in colour is\n%s, %v", b.String(), err)
	}
}

func TestReadReport(t *testing.T) {
	for _, bad := range []string{"", "{}", `{"version": 99}`, "[]"} {
		if _, err := ReadReport([]byte(bad)); err == nil {
			t.Errorf("%q is taken for a report", bad)
		}
	}
}

func TestExcerpt(t *testing.T) {
	long := make([]string, 100)
	for i := range long {
		long[i] = string(rune('a' + i%26))
	}
	got := excerpt(long)
	if len(got) != maxLines || !slices.Contains(got, "... 89 more") {
		t.Errorf("the excerpt is %v", got)
	}
	if got := excerpt(long[:maxLines]); len(got) != maxLines || got[maxLines-1] != long[maxLines-1] {
		t.Errorf("the short excerpt is %v", got)
	}
}

func TestLost(t *testing.T) {
	for _, c := range []struct {
		wire, got string
		kept      bool
	}{
		{`{"a":1,"b":[{"c":"x"}]}`, `{"b":[{"c":"x","d":1}],"a":1}`, true},
		{`{"a":9007199254740993}`, `{"a":9007199254740992}`, false},
		{`{"a":1.50}`, `{"a":1.5}`, true},
		{`{"a":"12"}`, `{"a":12}`, true},
		{`{"a":12}`, `{"a":"12"}`, true},
		{`{"a":"x"}`, `{"a":"y"}`, false},
		{`{"a":null,"b":"","c":false,"d":[]}`, `{}`, true},
		{`{"a":{"b":0}}`, `{}`, true},
		{`{"a":"0"}`, `{}`, true},
		{`{"a":"10"}`, `{}`, false},
		{`{"a":true}`, `{}`, false},
		{`{"a":"x"}`, `{"a":["x"]}`, true},
		{`{"a":[1,2]}`, `{"a":[1]}`, false},
		{`{"a":{"b":1}}`, `{"a":0}`, false},
		{"\ufeff" + `{"a":1,"a":2}`, `{"a":2}`, true},
	} {
		if where, why := lost(parse([]byte(c.wire)), parse([]byte(c.got)), ""); (why == "") != c.kept {
			t.Errorf("%s as %s: %s %s", c.wire, c.got, where, why)
		}
	}
}
