package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/porin-dev/porin/runtime/gauntlet"
)

// TestDiffering holds a published table to what was measured: ours as a whole, others in
// what neither time nor chance decides.
func TestDiffering(t *testing.T) {
	const ours, theirs = "| slack | porin |", "| slack | slack-go v1 |"
	outcomes := []gauntlet.Result{
		{ID: "limits/x", Group: "limits", Outcome: gauntlet.Pass}, {ID: "limits/y", Group: "limits", Outcome: gauntlet.Pass},
		{ID: "data/x", Group: "data", Outcome: gauntlet.Pass}, {ID: "data/y", Group: "data", Outcome: gauntlet.Fail},
		{ID: "paging/x", Group: "paging", Outcome: gauntlet.NotOffered},
	}
	rows := []*row{
		{client{slack, "porin", nil}, "", gauntlet.NewReport("slack", "porin", 1, outcomes)},
		{client{slack, "slack-go", []string{"slackgo"}}, "v1", gauntlet.NewReport("slack", "slack-go", 1, outcomes)},
	}
	published := "<!-- clients -->\n" + table(rows) + "<!-- /clients -->"
	edit := func(line, from, to string) string {
		i := strings.Index(published, line)
		if i < 0 || !strings.Contains(published[i:], from) {
			t.Fatalf("there is no %s after %s", from, line)
		}
		return published[:i] + strings.Replace(published[i:], from, to, 1)
	}
	drop := func(line string) string {
		return strings.Join(slices.DeleteFunc(strings.Split(published, "\n"), func(l string) bool { return strings.HasPrefix(l, line) }), "\n")
	}
	for _, c := range []struct {
		what, published string
		rows            []*row
		whole           bool
		lines           int
	}{
		{"the same", published, rows, true, 0},
		{"ours passed less", edit(ours, "2/2", "1/2"), rows, true, 2},
		{"they passed less, by the clock", edit(theirs, "2/2", "1/2"), rows, true, 0},
		{"they passed less in all", edit(theirs, "3/4", "2/4"), rows, true, 0},
		{"they passed less of data", edit(theirs, "1/2", "0/2"), rows, true, 2},
		{"less was counted", edit(theirs, "2/2", "2/4"), rows, true, 2},
		{"one more found something to change", edit(ours, "1/2", "2/3"), rows, true, 0},
		{"more was offered", edit(theirs, " 1 |\n", " 0 |\n"), rows, true, 2},
		{"another version", edit(theirs, "v1", "v2"), rows, true, 2},
		{"another group", edit("| API", "limits", "limit"), rows, true, 2},
		{"a client is new", drop(theirs), rows, true, 1},
		{"a client is gone", published, rows[:1], true, 1},
		{"a client was left out", published, rows[:1], false, 0},
	} {
		if got := differing(c.published, c.rows, c.whole); len(got) != c.lines {
			t.Errorf("%s: %d lines differ, not %d:\n%s", c.what, len(got), c.lines, strings.Join(got, "\n"))
		}
	}
}
