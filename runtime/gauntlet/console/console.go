// Package console is the page of a served twin: what is armed, the journal as it
// grows, state and verdicts. It is plain HTML, rendered on the server; forms work
// without scripts, and the one short script only loads the changing part again.
package console

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/gauntlet"
	"github.com/porin-dev/porin/runtime/twin"
)

//go:embed console.html
var page string

var pages = template.Must(template.New("page").Parse(page))

// shown is how much of the journal the page has, from its end.
const shown = 200

// Handler serves the page of a twin at [twin.ControlPath] and, below it, the verdicts at
// verdict, the scenarios that the spec makes possible at scenarios, and arms one at scenario. Everything else below goes to the twin's own control
// endpoints. The twin's own handler keeps the pages of other sites away from it.
func Handler(c *ir.Connector, t *twin.Twin) http.Handler {
	h := &handler{c, t, sync.OnceValue(func() []*gauntlet.Scenario { return gauntlet.Possible(c) })}
	return t.Control(
		twin.Endpoint{Method: "GET", Serve: h.show},
		twin.Endpoint{Method: "POST", Serve: h.act},
		twin.Endpoint{Method: "GET", Name: "verdict", Serve: h.verdict},
		twin.Endpoint{Method: "GET", Name: "scenarios", Serve: h.scenarios},
		twin.Endpoint{Method: "POST", Name: "scenario", Serve: h.scenario},
	)
}

type handler struct {
	c        *ir.Connector
	t        *twin.Twin
	possible func() []*gauntlet.Scenario
}

// view is what the page shows.
type view struct {
	Title     string
	Groups    []group
	Armed     []twin.ArmedState
	Actions   []string
	Verdicts  []verdict
	State     twin.State
	Lines     []line
	Requests  int // Seen in all.
	Dropped   int
	Mistake   string
	Entered   twin.Fault
	OnlyAbout string
	Scenarios []*gauntlet.Scenario
	Staged    *gauntlet.Arming // What was just armed of a scenario.
}

// group is the faults of one group of the catalogue.
type group struct {
	Name   string
	Faults []twin.FaultKind
}

type verdict struct {
	gauntlet.Verdict
	Rule string
}

// line is one request, and what to make of it.
type line struct {
	Seq  int
	Text string
	Mark string // bad, odd or nothing.
}

// show renders the page; with ?part=live only what changes.
func (h *handler) show(rw http.ResponseWriter, r *http.Request) {
	name := "page"
	if r.FormValue("part") == "live" {
		name = "live"
	}
	h.render(rw, name, http.StatusOK, h.view(r.FormValue("about")))
}

func (h *handler) render(rw http.ResponseWriter, name string, status int, v view) {
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, name, v); err != nil {
		http.Error(rw, err.Error(), http.StatusInternalServerError)
		return
	}
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	rw.Header().Set("Cache-Control", "no-store")
	rw.WriteHeader(status)
	_, _ = rw.Write(b.Bytes()) // The reader is gone.
}

func (h *handler) view(about string) view {
	v := view{Title: h.c.Title, Armed: h.t.ArmedStates(), State: h.t.State(), Dropped: h.t.Journal().Dropped(), OnlyAbout: about, Scenarios: h.possible()}
	for _, k := range twin.Catalogue() {
		if n := len(v.Groups); n == 0 || v.Groups[n-1].Name != k.Group {
			v.Groups = append(v.Groups, group{Name: k.Group})
		}
		g := &v.Groups[len(v.Groups)-1]
		g.Faults = append(g.Faults, k)
	}
	for _, a := range h.c.AllActions() {
		v.Actions = append(v.Actions, a.Path)
	}
	slices.Sort(v.Actions)
	for _, one := range gauntlet.JudgeJournal(h.c, h.t.Journal().Entries()) {
		v.Verdicts = append(v.Verdicts, verdict{one, ruleOf(one.Oracle)})
	}
	v.Lines, v.Requests = lines(h.t.Journal().Entries(), about)
	return v
}

func ruleOf(oracle string) string {
	for _, o := range gauntlet.Oracles() {
		if o.ID == oracle {
			return o.Rule
		}
	}
	return ""
}

// lines are the newest entries whose text has about in it, the newest first.
func lines(entries []twin.Entry, about string) (out []line, seen int) {
	if len(entries) == 0 {
		return nil, 0
	}
	for _, e := range slices.Backward(entries) {
		text := e.Line(entries[0].Time)
		if len(out) == shown || !strings.Contains(text, about) {
			continue
		}
		mark := ""
		switch {
		case e.Status == 0 || e.Status >= 500 || e.Lost:
			mark = "bad"
		case e.Class != "" || len(e.Faults) > 0:
			mark = "odd"
		}
		out = append(out, line{e.Seq, text, mark})
	}
	return out, entries[len(entries)-1].Seq
}

// act arms or disarms, and leads back to the page.
func (h *handler) act(rw http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(rw, r.Body, 1<<16)
	if err := r.ParseForm(); err != nil {
		http.Error(rw, err.Error(), http.StatusBadRequest)
		return
	}
	switch r.PostForm.Get("do") {
	case "arm":
		f, err := faultOf(r)
		if err == nil {
			_, err = h.t.Arm(f)
		}
		if err != nil {
			v := h.view("")
			v.Mistake, v.Entered = err.Error(), f
			h.render(rw, "page", http.StatusBadRequest, v)
			return
		}
	case "arm scenario":
		v := h.view("")
		status := http.StatusOK
		if one, err := h.stage(r.PostForm.Get("scenario")); err != nil {
			v.Mistake, status = err.Error(), http.StatusBadRequest
		} else {
			v.Staged, v.Armed = &one, h.t.ArmedStates()
		}
		h.render(rw, "page", status, v)
		return
	case "disarm":
		id, _ := strconv.Atoi(r.PostForm.Get("id")) // No fault has the number 0.
		for _, a := range h.t.Armed() {
			if a.State().ID == id {
				a.Disarm()
			}
		}
	case "disarm all":
		h.t.DisarmAll()
	case "forget":
		h.t.Journal().Reset()
	default:
		http.Error(rw, "the form says nothing to do", http.StatusBadRequest)
		return
	}
	http.Redirect(rw, r, twin.ControlPath, http.StatusSeeOther)
}

// faultOf reads the form. Parameters are written one a line, as name=value. Of a
// form with a mistake it returns what could be read.
func faultOf(r *http.Request) (twin.Fault, error) {
	var mistakes []error
	count := func(name string) int { // Nothing is no bound.
		text := r.PostForm.Get(name)
		n, err := strconv.Atoi(text)
		if text != "" && err != nil {
			mistakes = append(mistakes, fmt.Errorf("%s is a number, not %q", name, text))
		}
		return n
	}
	f := twin.Fault{ID: r.PostForm.Get("fault"), Times: count("times"), Scope: twin.Scope{
		Action: r.PostForm.Get("action"), Account: r.PostForm.Get("account"), Nth: count("nth"),
	}}
	if text := r.PostForm.Get("seed"); text != "" {
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			mistakes = append(mistakes, fmt.Errorf("seed is a number from 0 on, not %q", text))
		}
		f.Seed = &n
	}
	for _, pair := range strings.Fields(r.PostForm.Get("params")) {
		name, value, ok := strings.Cut(pair, "=")
		if !ok {
			mistakes = append(mistakes, fmt.Errorf("the parameter %q is not written as name=value", pair))
			continue
		}
		if f.Params == nil {
			f.Params = map[string]string{}
		}
		f.Params[name] = value
	}
	return f, errors.Join(mistakes...)
}

// verdict answers with what the journal proves.
func (h *handler) verdict(rw http.ResponseWriter, _ *http.Request) {
	rw.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(rw).Encode(struct { // The reader is gone.
		Time     time.Time          `json:"time"`
		Verdicts []gauntlet.Verdict `json:"verdicts"`
	}{time.Now().UTC(), gauntlet.JudgeJournal(h.c, h.t.Journal().Entries())})
}
