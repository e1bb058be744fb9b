package gauntlet

import (
	"errors"
	"testing"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/twin"
)

// brokenStreams are streams of three items, and what is wrong with what a client made
// of them.
var brokenStreams = []struct {
	name   string
	result string
	err    error
	lost   bool
	says   string
}{
	{"whole", `[1,2,3]`, nil, false, ""},
	{"an error where it broke off", ``, errors.New("broken off"), true, ""},
	{"the end where it broke off", `[1,2]`, nil, true, "ended without an error after %d items, and the answer broke off"},
	{"one is missing", `[1,3]`, nil, false, "gave %d items of a stream of %d"},
	{"one comes twice", `[1,2,2,3]`, nil, false, "gave %d items of a stream of %d"},
}

func TestStreamsAreCounted(t *testing.T) {
	for _, tc := range brokenStreams {
		t.Run(tc.name, func(t *testing.T) {
			r := &Record{ID: 1, Action: &ir.Action{Path: "notes.follow", Stream: &ir.Stream{As: "lines"}}, Result: JSON(tc.result), Err: tc.err}
			ev := &Evidence{
				Plan: &Plan{Spec: &ir.Connector{}}, Scenario: &Scenario{}, Calls: []*Record{r}, Sends: []*Sent{{ID: 1, Call: r}},
				Entries: []twin.Entry{{Mark: "1", Action: "notes.follow", Items: 3, Lost: tc.lost}},
			}
			if v := judgeComplete(ev); (v.Outcome == Pass) != (tc.says == "") || !said(tc.says, v.Why) {
				t.Errorf("%s: %s", v.Outcome, v.Why)
			}
		})
	}
}
