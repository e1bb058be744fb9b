package gauntlet

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/porin-dev/porin/compiler/ir"
)

// TestRuntimeClient runs the whole battery against the runtime.
func TestRuntimeClient(t *testing.T) {
	for _, s := range Scenarios() {
		for _, v := range Try(t, planFor(s), clientDriver{}, s, 1).Verdicts {
			if v.Outcome == Fail {
				t.Errorf("%s, oracle %s: %s\n%s", s.ID, v.Oracle, v.Why, strings.Join(v.Journal, "\n"))
			}
		}
	}
}

func TestRunWritesReport(t *testing.T) {
	file := filepath.Join(t.TempDir(), "report.json")
	r := Run(t, shelf(), clientDriver{}, Only("webhooks"), Seed(7), ReportTo(file))
	if r.Score.Passed < 10 || r.Score.Passed != r.Score.Exercised || r.Seed != 7 {
		t.Errorf("the score is %s with seed %d", r.Score, r.Seed)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	back, err := ReadReport(b)
	if err != nil {
		t.Fatal(err)
	}
	if back.Score != r.Score || len(back.Scenarios) != len(r.Scenarios) {
		t.Errorf("the report came back as %+v", back.Score)
	}
}

// TestSameSeedSameJournal plays each scenario several times, and those in which
// callers are at it at once a hundred times: the journal is the same, byte for byte.
func TestSameSeedSameJournal(t *testing.T) {
	plan := NewPlan(shelf())
	for _, s := range Scenarios() {
		if s.Impossible(plan) != "" {
			continue
		}
		t.Run(s.ID, func(t *testing.T) {
			t.Parallel()
			times := 3
			if s.Crowd && !testing.Short() {
				times = 100
			}
			if why := Same(t, plan, clientDriver{}, s, 3, times); why != "" {
				t.Error(why)
			}
		})
	}
}

// TestRunsThatDiffer plays a client that sends at random.
func TestRunsThatDiffer(t *testing.T) {
	if why := Same(t, NewPlan(shelf()), naive{"sends at random"}, scenarioOf(t, "limits/tier-respected"), 1, 5); !strings.Contains(why, "differ") {
		t.Errorf("runs that differ are said to be %q", why)
	}
}

// TestEmptyConnector has nothing to exercise, and says so.
func TestEmptyConnector(t *testing.T) {
	plan := NewPlan(&ir.Connector{Name: "empty"})
	for _, s := range Scenarios() {
		if r := Try(t, plan, clientDriver{}, s, 1); r.Outcome != NotExercised || r.Why == "" {
			t.Errorf("%s: %s %q", s.ID, r.Outcome, r.Why)
		}
	}
}

func TestPlan(t *testing.T) {
	p := NewPlan(shelf())
	for role, want := range map[Role]string{RoleList: "books.list", RoleRead: "books.get", RoleCreate: "books.create", RoleLimited: "books.list"} {
		if a := p.role(role); a == nil || a.Path != want {
			t.Errorf("role %s is %v, not %s", role, a, want)
		}
	}
	if p.OAuth.Name != "app" || p.Token != "main" || p.Static.Name != "token" || p.Webhook.Name != "events" || p.Limit.Name != "calls" {
		t.Errorf("the plan is %+v", p)
	}
}

// TestSuited tries what a fault changes where it can: on the list, when the read has nothing
// for it, and nowhere when no answer has.
func TestSuited(t *testing.T) {
	c := shelf()
	for _, a := range c.AllActions() {
		if a.Path == "books.get" {
			a.Returns = &ir.Type{Kind: ir.Object, Fields: []*ir.Field{{Name: "id", Go: "ID", Type: &ir.Type{Kind: ir.String}, Required: true}}}
		}
	}
	p := NewPlan(c)
	for fault, want := range map[string]string{"data/date-formats": "books.list", "data/invalid-utf8": "books.get", "data/single-for-list": ""} {
		got := ""
		if a := p.suited(fault); a != nil {
			got = a.Path
		}
		if got != want {
			t.Errorf("%s suits %q, not %q", fault, got, want)
		}
	}
	if r := Try(t, p, naive{}, scenarioOf(t, "data/date-formats"), 1); strings.Contains(r.Why, "never took effect") || r.Outcome == NotExercised {
		t.Errorf("of a list of books with times: %s, %s", r.Outcome, r.Why)
	}
	if r := Try(t, p, naive{}, scenarioOf(t, "data/single-for-list"), 1); r.Why != missing[RoleSuited] {
		t.Errorf("without a list in any answer: %s", r.Why)
	}
}

// TestPlanOfPromises widens the choice until an action promises something.
func TestPlanOfPromises(t *testing.T) {
	of := func(p *Plan) [3]string {
		var out [3]string
		for i, r := range []Role{RolePromisedList, RolePromisedRead, RoleEnumList} {
			if a := p.role(r); a != nil {
				out[i] = a.Path + " " + p.member(a)
			}
		}
		return out
	}
	if got := of(NewPlan(shelf())); got != [3]string{"books.list title", "books.get title", "books.list title"} {
		t.Errorf("the shelf promises %q", got)
	}
	c := shelf() // Books promise their id alone; labels, which are of no resource, more.
	label := &ir.Type{Kind: ir.Object, Fields: []*ir.Field{
		{Name: "id", Type: &ir.Type{Kind: ir.String}, Required: true},
		{Name: "color", Type: &ir.Type{Kind: ir.Enum, Enum: []any{"red", "blue"}}, Required: true},
	}}
	list, get := *c.Action("books.list"), *c.Action("books.get")
	list.Path, list.Page, get.Path = "labels.list", &ir.Page{Items: names("books"), Item: label, Style: "cursor"}, "labels.get"
	get.Returns = &ir.Type{Kind: ir.Object, Fields: []*ir.Field{
		{Name: "error", Type: &ir.Type{Kind: ir.String}, Required: true}, // What the rules for errors look at.
		{Name: "label", Type: label, Required: true},
	}}
	c.Groups[0].Actions = append(c.Groups[0].Actions, &list, &get)
	for _, f := range c.Type("Book").Fields {
		f.Required = f.Name == "id"
	}
	if got := of(NewPlan(c)); got != [3]string{"labels.list color", "labels.get color", "books.list "} {
		t.Errorf("the shelf with labels promises %q", got)
	}
	c.Groups[0].Actions = c.Groups[0].Actions[:3]
	p := NewPlan(c)
	if got := of(p); got[0] != "" || got[1] != "" {
		t.Errorf("the shelf without promises promises %q", got)
	}
	if why := scenarioOf(t, "data/null").Impossible(p); why != missing[RolePromisedRead] {
		t.Errorf("the reason is %q", why)
	}
}

// TestNothingSecretInReports runs a client that prints its token in every error.
func TestNothingSecretInReports(t *testing.T) {
	plan := NewPlan(shelf())
	for _, id := range []string{"status/200-html", "auth/revoked", "data/empty-body"} {
		s := scenarioOf(t, id)
		ev, err := play(t, plan, naive{"prints the token"}, s, 1)
		if err != nil {
			t.Fatal(err)
		}
		r := NewReport("shelf", "naive", 1, []Result{Try(t, plan, naive{"prints the token"}, s, 1)})
		text, err := r.JSON()
		if err != nil {
			t.Fatal(err)
		}
		var table bytes.Buffer
		if err := r.WriteTable(&table, false); err != nil {
			t.Fatal(err)
		}
		if leaks(string(text)+table.String(), ev.Secrets) {
			t.Errorf("the report of %s holds a secret", id)
		}
	}
}

func TestSettingsFromEnvironment(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		want settings
		bad  bool
	}{
		{nil, settings{seed: 5, only: "data"}, false},
		{map[string]string{EnvSeed: "9", EnvScenario: "paging/*", EnvReport: "r.json", EnvActions: "a.b,a.c"}, settings{seed: 9, only: "paging/*", report: "r.json", actions: []string{"a.b", "a.c"}}, false},
		{map[string]string{EnvRepeat: "100"}, settings{seed: 5, only: "data", repeat: 100}, false},
		{map[string]string{EnvRepeat: "0"}, settings{}, true},
		{map[string]string{EnvSeed: "nine"}, settings{}, true},
		{map[string]string{EnvSeed: "-1"}, settings{}, true},
	} {
		s := settings{seed: 5, only: "data"}
		err := s.fromEnv(func(name string) string { return c.env[name] })
		if (err != nil) != c.bad || err == nil && !reflect.DeepEqual(s, c.want) {
			t.Errorf("%v gives %+v, %v", c.env, s, err)
		}
	}
}

func TestChoose(t *testing.T) {
	for glob, want := range map[string]int{"": len(Scenarios()), "auth/revoked": 1, "auth/revoked*": 2, "*/genuine": 1, "auth/revoked,*/genuine": 2} {
		if got, err := Choose(glob); err != nil || len(got) != want {
			t.Errorf("%q chooses %d, %v", glob, len(got), err)
		}
	}
	if got, err := Choose("auth"); err != nil || len(got) < 5 {
		t.Errorf("a group chooses %d, %v", len(got), err)
	}
	for _, glob := range []string{"nothing/*", "[", "auth/", "auth,"} {
		if _, err := Choose(glob); err == nil {
			t.Errorf("%q is taken", glob)
		}
	}
}
