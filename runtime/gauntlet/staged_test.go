package gauntlet

import (
	"errors"
	"os"
	"regexp"
	"strings"
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
}

// A name may be short where one scenario alone has it; what is none says what it is.
func TestStageByName(t *testing.T) {
	c := shelf()
	for name, says := range map[string]string{
		"limits/429-seconds": "",
		"whole-list":         "",
		"limits/429-secnds":  `there is no scenario "limits/429-secnds"; there is limits/429-seconds`,
		"paging":             "paging is a group of scenarios, and one is armed by its own name: paging/whole-list",
		"status/503":         "status/503 is a fault, which --fault and POST arm take; scenarios with it: status/503-then-ok",
		"data/every-calls":   `there is no scenario "data/every-calls"; there is data/every-call`,
		"":                   `there is no scenario ""`,
	} {
		_, err := Stage(c, name)
		_, misnamed := errors.AsType[*Misnamed](err)
		if misnamed != (says != "") || misnamed && !strings.HasPrefix(err.Error(), says) {
			t.Errorf("%q: %v", name, err)
		}
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
	empty, err := ReadFile([]byte(`{"name": "a quiet day", "volume": {"books": 3}}`))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := empty.Arm(tw); err != nil || len(got.Left) != 1 || !strings.Contains(got.Left[0], "it has no faults") {
		t.Errorf("%+v %v", got, err)
	}
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
