package score

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/porin-dev/porin/runtime/gauntlet"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Parse(pageText))

// WriteHTML writes a report as one page that needs nothing else: no script, no
// style and no font from elsewhere. It says what the report's JSON form has.
func WriteHTML(w io.Writer, r *gauntlet.Report) error {
	return page.Execute(w, newView(r))
}

// view is a report as the page shows it.
type view struct {
	*gauntlet.Report
	Groups []*group
	Failed []*scenario
}

type group struct {
	Name      string
	Score     gauntlet.Score
	Failed    int
	Scenarios []*scenario
}

type scenario struct {
	gauntlet.Result
	Name  string
	Mark  string // pass, fail or idle
	Again string // The command that runs it alone.
	Lanes []lane
	Ticks []tick
}

// lane is a row of a timeline. Left and Width are shares of it, in percent.
type lane struct {
	Kind, Text  string
	Bad         bool
	Left, Width float64
}

type tick struct {
	Left float64
	Text string
}

func newView(r *gauntlet.Report) *view {
	v := &view{Report: r}
	for _, s := range r.Scenarios {
		if n := len(v.Groups); n == 0 || v.Groups[n-1].Name != s.Group {
			v.Groups = append(v.Groups, &group{Name: s.Group})
		}
		g := v.Groups[len(v.Groups)-1]
		one := &scenario{Result: s, Name: strings.TrimPrefix(s.ID, s.Group+"/"), Again: again(r.Command, s)}
		one.Lanes, one.Ticks = lanes(s.Timeline)
		switch s.Outcome {
		case gauntlet.Pass:
			one.Mark = "pass"
			g.Score.Passed++
		case gauntlet.Fail:
			one.Mark = "fail"
			g.Failed++
			v.Failed = append(v.Failed, one)
		default:
			one.Mark = "idle"
			if s.Outcome == gauntlet.NotOffered {
				g.Score.NotOffered++
			} else {
				g.Score.NotExercised++
			}
		}
		g.Scenarios = append(g.Scenarios, one)
	}
	return v
}

func again(command string, s gauntlet.Result) string {
	command, driver, judged := strings.Cut(command, " -- ")
	command += " --scenario " + s.ID
	if s.Smallest != "" {
		command += " --size " + s.Smallest
	}
	if judged {
		command += " -- " + driver
	}
	return command
}

// lanes places moments on a line that shows milliseconds beside hours: a stretch
// without an event is as wide as the logarithm of its length.
func lanes(moments []gauntlet.Moment) ([]lane, []tick) {
	var instants []int64
	for _, m := range moments {
		instants = append(instants, m.At, m.At+m.Took)
	}
	slices.Sort(instants)
	instants = slices.Compact(instants)
	if len(instants) == 0 {
		return nil, nil
	}
	at := map[int64]float64{}
	sum := 0.0
	for i, t := range instants {
		if i > 0 {
			sum += 1 + math.Log1p(float64(t-instants[i-1]))
		}
		at[t] = sum
	}
	share := func(t int64) float64 {
		if sum == 0 {
			return 0
		}
		return math.Round(1000*at[t]/sum) / 10
	}
	var out []lane
	for _, m := range moments {
		left := share(m.At)
		out = append(out, lane{m.Kind, m.Text, m.Bad, left, max(share(m.At+m.Took)-left, 0.6)})
	}
	var ticks []tick
	last := -100.0
	for _, t := range instants {
		if left := share(t); left-last >= 12 && left <= 92 {
			ticks = append(ticks, tick{left, short(t)})
			last = left
		}
	}
	return out, ticks
}

// short is a time of a run in two units at most.
func short(ms int64) string {
	d := time.Duration(ms) * time.Millisecond
	switch {
	case d >= time.Hour:
		return strings.TrimSuffix(d.Truncate(time.Minute).String(), "0s")
	case d >= time.Minute:
		return d.Truncate(time.Second).String()
	case d >= time.Second:
		return fmt.Sprintf("%.1fs", d.Seconds())
	}
	return fmt.Sprintf("%dms", ms)
}
