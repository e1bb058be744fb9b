package score

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/runtime/gauntlet"
)

func sample() *gauntlet.Report {
	r := gauntlet.NewReport("acme", "porin", 3, []gauntlet.Result{
		{ID: "data/bom", Group: "data", Title: "a mark", Outcome: gauntlet.Pass, Verdicts: []gauntlet.Verdict{{Oracle: "recovers", Outcome: gauntlet.Pass}}},
		{ID: "data/big-int", Group: "data", Title: "a <b>large</b> number", Right: "Every digit arrives.", Faults: []string{"data/big-int", "data/null"}, Outcome: gauntlet.Fail, Why: "size & all", Smallest: "items=1",
			Note:     "the fault data/null never took effect",
			Verdicts: []gauntlet.Verdict{{Oracle: "lossless", Rule: "no value changed type", Places: []gauntlet.Place{{Action: "books.list", Path: "books.*.size"}}, Outcome: gauntlet.Fail, Why: "size & all", Journal: []string{"#1 GET /books -> 200 </script>"}}},
			Timeline: []gauntlet.Moment{
				{At: 0, Took: 20, Kind: "call", Text: "call 1", Bad: true},
				{At: 5, Took: 10, Kind: "request", Text: "GET /books"},
				{At: 7_200_000, Kind: "delivery", Text: "genuine"},
			}},
		{ID: "webhooks/stale", Group: "webhooks", Title: "an old one", Outcome: gauntlet.NotExercised, Why: "no webhook"},
		{ID: "webhooks/reorder", Group: "webhooks", Title: "out of order", Outcome: gauntlet.NotOffered, Why: "no receiver"},
	})
	r.Command, r.Library = "porin test acme", "v1.2.3"
	return r
}

func TestJUnit(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, WriteJUnit(&b, sample()))
	var back junitSuites
	require.NoError(t, xml.Unmarshal(b.Bytes(), &back))
	require.Equal(t, []int{4, 1, 2}, []int{back.Tests, back.Failures, back.Skipped})
	require.Len(t, back.Suites, 2)
	failure := back.Suites[0].Cases[1].Failure
	require.Contains(t, failure.Text, "#1 GET /books -> 200 </script>")
	require.Equal(t, "size & all", failure.Message)
	require.Equal(t, "no webhook", back.Suites[1].Cases[0].Skipped.Message)
}

// TestInterrupted finds in each form that a run was not finished.
func TestInterrupted(t *testing.T) {
	r := sample()
	r.Interrupted = true
	var b bytes.Buffer
	require.NoError(t, WriteJUnit(&b, r))
	var back junitSuites
	require.NoError(t, xml.Unmarshal(b.Bytes(), &back))
	require.Equal(t, []int{5, 1, 1}, []int{back.Tests, back.Failures, back.Errors})
	require.Equal(t, "interrupted before the others were judged", back.Suites[2].Cases[0].Error.Message)
	b.Reset()
	require.NoError(t, WriteHTML(&b, r))
	require.Contains(t, b.String(), "The run was interrupted before the others were judged.")
}

// TestHTML holds the page to what it promises: it stands alone, and shows what
// was said as text.
func TestHTML(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, WriteHTML(&b, sample()))
	page := b.String()
	require.NotRegexp(t, regexp.MustCompile(`<script|<link|<img|@import|url\(|https?:`), page)
	require.Contains(t, page, "a &lt;b&gt;large&lt;/b&gt; number")
	require.Contains(t, page, "-&gt; 200 &lt;/script&gt;")
	require.Contains(t, page, "porin test acme --scenario data/big-int --size items=1")
	require.Contains(t, page, "Every digit arrives.") // What is right, from the scenario.
	require.NotContains(t, page, "ZgotmplZ")
	require.Equal(t, 2, strings.Count(page, `class="lane request"`), "once among the failures, once in its group")
}

// TestFormsAgree finds each text of the JSON form on the page.
func TestFormsAgree(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, WriteHTML(&b, sample()))
	page := html.UnescapeString(b.String())
	text, err := sample().JSON()
	require.NoError(t, err)
	var all any
	require.NoError(t, json.Unmarshal(text, &all))
	var find func(at string, v any) int
	find = func(at string, v any) (n int) {
		switch v := v.(type) {
		case map[string]any:
			for name, member := range v {
				n += find(name, member)
			}
		case []any:
			for _, one := range v {
				n += find(at, one)
			}
		case string:
			if at == "id" {
				_, v, _ = strings.Cut(v, "/") // Its group is the heading.
			}
			require.Contains(t, page, v, at)
			return 1
		}
		return n
	}
	require.Greater(t, find("", all), 35)
	require.Contains(t, page, "1 not exercised, 1 not offered")
}

// TestLanes shows milliseconds beside hours.
func TestLanes(t *testing.T) {
	lanes, ticks := lanes(sample().Scenarios[1].Timeline)
	require.Len(t, lanes, 3)
	require.Greater(t, lanes[0].Width, 5.0, "20 ms of two hours are to be seen")
	require.Greater(t, lanes[2].Left, lanes[1].Left+lanes[1].Width)
	for _, l := range lanes {
		require.LessOrEqual(t, l.Left, 100.0)
	}
	require.NotEmpty(t, ticks)
}
