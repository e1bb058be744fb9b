package gauntlet

import (
	"os"
	"regexp"
	"testing"

	"github.com/porin-dev/porin/runtime/twin"
)

// Every scenario that a spec makes possible can be had by a served twin: what it has of faults is
// armed, where they have an effect, and else said.
func TestStageEveryScenario(t *testing.T) {
	c := shelf()
	possible := Possible(c)
	if len(possible) < 90 {
		t.Fatalf("%d scenarios are possible", len(possible))
	}
	for _, s := range possible {
		staged, err := Stage(c, s.ID)
		if err != nil {
			t.Fatal(err)
		}
		var o twin.Options
		staged.Prepare(&o)
		tw := twin.New(c, o)
		got, err := staged.Arm(tw)
		if err != nil {
			t.Errorf("%s: %v", s.ID, err)
		}
		if len(got.Armed) != len(tw.Armed()) || len(got.Armed)+len(got.Left) < max(1, len(s.Faults)) {
			t.Errorf("%s: %d faults, %d armed, left %q", s.ID, len(s.Faults), len(tw.Armed()), got.Left)
		}
		if s.Accounts > 1 {
			if _, err := staged.Arm(twin.New(c, twin.Options{})); err == nil {
				t.Errorf("%s: one account is enough", s.ID)
			}
		}
	}
	if _, err := Stage(c, "limits/429-secnds"); err == nil {
		t.Error("a scenario that there is not")
	}
}

// The file of the guide is one, and arms what it says; one with a mistake arms nothing.
func TestScenarioFile(t *testing.T) {
	guide, err := os.ReadFile("../../docs/gauntlet.md")
	if err != nil {
		t.Fatal(err)
	}
	example := regexp.MustCompile("(?s)```json\n(.*?)```").FindSubmatch(guide)
	if example == nil {
		t.Fatal("the guide has no file")
	}
	f, err := ReadFile(example[1])
	if err != nil {
		t.Fatal(err)
	}
	o := twin.Options{Volume: map[string]int{"channels": 3}}
	f.Prepare(&o)
	if *f.Seed != 7 || o.Accounts != 2 || len(o.Plans) != 2 || o.Volume["channels"] != 3 {
		t.Errorf("%+v", o)
	}
	f.Faults[0].Scope.Action = ""
	tw := twin.New(shelf(), twin.Options{})
	if got, err := f.Arm(tw); err != nil || len(got.Armed) != 2 || got.Scenario != "a bad day" {
		t.Errorf("%+v %v", got, err)
	}
	tw.DisarmAll()
	f.Faults[1].ID = "limits/none"
	if _, err := f.Arm(tw); err == nil || len(tw.Armed()) != 0 {
		t.Errorf("%v, %d armed", err, len(tw.Armed()))
	}
	for _, wrong := range []string{`{`, `[]`, `{"seed": "7"}`, `{"fault": []}`, `{"accounts": -1}`, `{"faults": [{"times": "x"}]}`} {
		if _, err := ReadFile([]byte(wrong)); err == nil {
			t.Errorf("%s is read", wrong)
		}
	}
}
