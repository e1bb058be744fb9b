package gauntlet

import (
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/twin"
)

// asked is what a list that went through without a fault asked for, pages of 20, of
// 50 items, and what is wrong with it.
var asked = []struct {
	name  string
	end   string
	pages []*twin.PageState
	says  string
}{
	{"each page once", "short", []*twin.PageState{page(0, 20), page(20, 20), page(40, 10)}, ""},
	{"a page behind a short one", "short", []*twin.PageState{page(0, 20), page(20, 20), page(40, 10), page(50, 0)}, "%s asked for a page after the one that said it is the last"},
	{"a page behind one that is empty leads to", "empty", []*twin.PageState{page(0, 20), page(20, 20), page(40, 10), page(50, 0)}, ""},
	{"a page behind the total", "total", []*twin.PageState{page(0, 20), page(20, 20), page(40, 10), page(50, 0)}, "%s asked for a page after the one that said it is the last"},
	{"the first page twice", "short", []*twin.PageState{page(0, 20), page(0, 20), page(20, 20), page(40, 10)}, "%s asked for one page %d times"},
	{"windows that share an item", "empty", []*twin.PageState{page(0, 26), page(25, 25)}, ""},
	{"windows without an end", "empty", []*twin.PageState{page(0, 50), page(20, 30), page(40, 10)}, "%s had itself served %d items, and the list has %d"},
}

func page(from, items int) *twin.PageState {
	return &twin.PageState{From: from, Items: items, Size: 20}
}

func TestEndsCountsWhatWasAskedFor(t *testing.T) {
	for _, tc := range asked {
		t.Run(tc.name, func(t *testing.T) {
			list := &ir.Action{Path: "notes.list", Page: &ir.Page{End: []string{tc.end}, Size: &ir.PageSize{Default: 20}}}
			r := &Record{ID: 1, Action: list, Lists: true}
			ev := &Evidence{Plan: &Plan{}, Scenario: &Scenario{}, Calls: []*Record{r}, Expected: map[listing][]string{{"", list.Path}: make([]string, 50)}}
			for i, p := range tc.pages {
				ev.Sends = append(ev.Sends, &Sent{ID: i + 1, Call: r})
				ev.Entries = append(ev.Entries, twin.Entry{Mark: strconv.Itoa(i + 1), Action: list.Path, Page: p})
			}
			if v := judgeEnds(ev); (v.Outcome == Pass) != (tc.says == "") || !said(tc.says, v.Why) {
				t.Errorf("%s: %s", v.Outcome, v.Why)
			}
		})
	}
}

// The declared size has to be named by each request, but where what leads on goes alone.
func TestDeclaredSizeIsLookedFor(t *testing.T) {
	entry := func(from, asked int) twin.Entry {
		return twin.Entry{Action: "notes.list", Page: &twin.PageState{From: from, Asked: asked}}
	}
	list := func(keep string) *ir.Action {
		return &ir.Action{Path: "notes.list", Page: &ir.Page{Keep: keep, Size: &ir.PageSize{Default: 20}}}
	}
	for _, tc := range []struct {
		keep string
		sent []twin.Entry
		want int
	}{
		{"", []twin.Entry{entry(0, 20), entry(20, 20)}, -1},
		{"", []twin.Entry{entry(0, 20), entry(20, 0)}, 0},
		{"", []twin.Entry{entry(0, 50)}, 50},
		{"cursor_only", []twin.Entry{entry(0, 20), entry(20, 0)}, -1},
		{"cursor_only", []twin.Entry{entry(0, 0)}, 0},
	} {
		if got := asksOtherwise(list(tc.keep), tc.sent); got != tc.want {
			t.Errorf("%q %v: %d, not %d", tc.keep, tc.sent, got, tc.want)
		}
	}
}

// TestLeftToCallers holds calls that failed against what arrived while they were under way:
// of several at once nobody knows whose a request was.
func TestLeftToCallers(t *testing.T) {
	at := func(s int) time.Time { return time.Unix(int64(s), 0) }
	refused := twin.Entry{Account: "one", Action: "notes.get", Status: 429, Class: string(ir.RateLimited)}
	elsewhere, served := refused, twin.Entry{Account: "one", Action: "notes.get", Status: 200}
	elsewhere.Account = "two"
	misstated := served
	misstated.Faults = []string{"transport/wrong-length"}
	dribbled := served
	dribbled.Faults = []string{"transport/dribble"}
	for _, tc := range []struct {
		name    string
		entry   twin.Entry
		arrived int
		alone   bool // It was the only call under way.
		retries bool // The library claims them.
		err     error
		want    Outcome
	}{
		{"refused", refused, 5, true, false, errors.New("refused"), NotOffered},
		{"refused, by a library that tries again", refused, 5, true, true, errors.New("refused"), Fail},
		{"refused, and said to have succeeded", refused, 5, true, false, nil, Fail},
		{"one of several was refused", refused, 5, false, false, errors.New("refused"), NotOffered},
		{"one of several was refused, by a library that tries again", refused, 5, false, true, errors.New("refused"), Fail},
		{"another account was refused", elsewhere, 5, false, false, errors.New("refused"), Fail},
		{"refused before", refused, 0, false, false, errors.New("refused"), Fail},
		{"refused after", refused, 11, false, false, errors.New("refused"), Fail},
		{"served", served, 5, true, false, errors.New("cannot be read"), Fail},
		{"one of several was served", served, 5, false, false, errors.New("cannot be read"), Fail},
		{"an answer with a wrong length", misstated, 5, true, false, errors.New("cannot be read"), NotOffered},
		{"an answer that came slowly, and whole", dribbled, 5, true, false, errors.New("cannot be read"), Fail},
		{"served, and said so", served, 5, true, false, nil, Pass},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := &Record{ID: 1, Account: "one", Action: &ir.Action{Path: "notes.get", Effect: ir.Read}, Start: at(1), End: at(10), Err: tc.err}
			sent := &Sent{ID: 1}
			if tc.alone {
				sent.Call = r
			}
			tc.entry.Mark, tc.entry.Time = "1", at(tc.arrived)
			ev := &Evidence{
				Plan: &Plan{}, Scenario: &Scenario{}, Calls: []*Record{r}, Sends: []*Sent{sent}, Entries: []twin.Entry{tc.entry},
				Lacks: func(f Feature) bool { return f == Retries && !tc.retries },
			}
			if v := judgeRecovers(ev); v.Outcome != tc.want {
				t.Errorf("%s, want %s: %s", v.Outcome, tc.want, v.Why)
			}
		})
	}
}
