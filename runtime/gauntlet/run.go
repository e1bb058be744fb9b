package gauntlet

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/porin-dev/porin/compiler/ir"
)

// The environment of a run. `porin test` sets it for `go test`, which passes it
// on to the generated test package.
const (
	EnvScenario = "PORIN_SCENARIO" // Globs over ids, separated by commas: "paging/*"; without a slash, over groups as well.
	EnvActions  = "PORIN_ACTIONS"  // Paths of actions, separated by commas, that scenarios which try every action are held to.
	EnvSize     = "PORIN_SIZE"     // A [Size] that the scenarios are made smaller to.
	EnvShrink   = "PORIN_SHRINK"   // Not empty: the smallest size that still fails is looked for.
	EnvRepeat   = "PORIN_REPEAT"   // How often each scenario is played: its journal has to be the same each time.
	EnvTimeline = "PORIN_TIMELINE" // Not empty: the report has timelines.
	EnvSeed     = "PORIN_SEED"     // A number; 1 when it is not set.
	EnvReport   = "PORIN_REPORT"   // A file that the report is written to, as JSON.
)

// Option changes a run.
type Option func(*settings)

type settings struct {
	seed    uint64
	only    string
	actions []string
	report  string
	size    Size
	repeat  int

	shrink, timeline bool
}

// Seed sets the seed that the twin's data and the client's random draws come
// from. One seed gives one run: callers that are at it at once begin a nanosecond
// of virtual time apart, and so get their turns in one order.
func Seed(n uint64) Option { return func(s *settings) { s.seed = n } }

// Only runs the scenarios whose id matches the glob.
func Only(glob string) Option { return func(s *settings) { s.only = glob } }

// Repeat plays each scenario so often. One whose journal is not the same each time, byte
// for byte, fails.
func Repeat(times int) Option { return func(s *settings) { s.repeat = times } }

// ReportTo writes the report to a file, as JSON.
func ReportTo(file string) Option { return func(s *settings) { s.report = file } }

// Run runs every scenario as a subtest and returns the report. A scenario that
// fails is a test error with the lines that prove it; one that the spec does not
// make possible is skipped with the reason. The environment overrides options.
func Run(t *testing.T, c *ir.Connector, d Driver, opts ...Option) *Report {
	t.Helper()
	s := settings{seed: 1}
	for _, o := range opts {
		o(&s)
	}
	if err := s.fromEnv(os.Getenv); err != nil {
		t.Fatal(err)
	}
	plan := NewPlan(c)
	plan.Only = s.actions
	chosen, err := Choose(s.only)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex // Of the results.
	results := make([]Result, len(chosen))
	report := func() *Report {
		mu.Lock()
		defer mu.Unlock()
		// One that did not run, since another failed and the first failure ends the run, has no result.
		judged := slices.DeleteFunc(slices.Clone(results), func(r Result) bool { return r.ID == "" })
		return NewReport(c.Name, d.Name(), s.seed, judged)
	}
	if s.report != "" {
		defer whenInterrupted(func() {
			r := report()
			r.Interrupted = len(r.Scenarios) < len(chosen)
			_ = r.WriteFile(s.report) // There is nobody to tell.
		})()
	}
	t.Run(d.Name(), func(t *testing.T) {
		for i, sc := range chosen {
			t.Run(sc.ID, func(t *testing.T) {
				t.Parallel()
				r := s.try(t, plan, d, sc)
				mu.Lock()
				results[i] = r
				mu.Unlock()
				switch r.Outcome {
				case Fail:
					t.Error(r.Text())
				case NotExercised:
					t.Skip(r.Why)
				}
			})
		}
	})
	whole := report()
	if s.report != "" {
		if err := whole.WriteFile(s.report); err != nil {
			t.Errorf("the report cannot be written: %v", err)
		}
	}
	return whole
}

// whenInterrupted calls f when the process is asked to end, and ends it. The function
// that it returns lets go of that.
func whenInterrupted(f func()) (stop func()) {
	asked, stopped := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(asked, os.Interrupt)
	go func() {
		select {
		case <-asked:
			f()
			os.Exit(1)
		case <-stopped:
		}
	}()
	return func() {
		signal.Stop(asked)
		close(stopped)
	}
}

// try runs one scenario in the size that was asked for, and looks for the
// smallest one that fails.
func (s *settings) try(t *testing.T, p *Plan, d Driver, sc *Scenario) Result {
	t.Helper()
	sc = sc.sized(s.size)
	sc.timeline = s.timeline
	r := Try(t, p, d, sc, s.seed)
	if i := slices.IndexFunc(r.Verdicts, func(v Verdict) bool { return v.Outcome == Fail }); i >= 0 && s.shrink {
		z := shrink(sc, r.Verdicts[i].Oracle, func(smaller *Scenario) Result { return Try(t, p, d, smaller, s.seed) })
		if r.Smallest = z.String(); r.Smallest != "" {
			small := Try(t, p, d, sc.sized(z), s.seed)
			r.Why, r.Verdicts, r.Timeline = small.Why, small.Verdicts, small.Timeline
		}
	}
	if s.repeat > 1 {
		if why := Same(t, p, d, sc, s.seed, s.repeat); why != "" {
			r.Outcome, r.Why = Fail, why
		}
	}
	return r
}

// fromEnv lets the environment override options.
func (s *settings) fromEnv(get func(string) string) error {
	if v := get(EnvScenario); v != "" {
		s.only = v
	}
	if v := get(EnvActions); v != "" {
		s.actions = strings.Split(v, ",")
	}
	s.shrink, s.timeline = s.shrink || get(EnvShrink) != "", s.timeline || get(EnvTimeline) != ""
	if v := get(EnvSize); v != "" {
		z, err := ParseSize(v)
		if err != nil {
			return err
		}
		s.size = z
	}
	if v := get(EnvRepeat); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 {
			return fmt.Errorf("%s is %q, and not a number from 1 on", EnvRepeat, v)
		}
		s.repeat = n
	}
	if v := get(EnvReport); v != "" {
		s.report = v
	}
	if v := get(EnvSeed); v != "" {
		n, err := strconv.ParseUint(v, 10, 64)
		if err != nil {
			return fmt.Errorf("%s is %q, and not a number from 0 on", EnvSeed, v)
		}
		s.seed = n
	}
	return nil
}

// SeedOr is the seed that the environment names, or else another one: for tests that
// call [Try].
func SeedOr(otherwise uint64) uint64 {
	if n, err := strconv.ParseUint(os.Getenv(EnvSeed), 10, 64); err == nil {
		return n
	}
	return otherwise
}

// Choose returns the scenarios whose id matches one of the globs of
// [path.Match], which commas separate. A glob without a slash may match the
// group. The empty one is all of them; one that matches nothing is an error.
func Choose(globs string) ([]*Scenario, error) {
	all := Scenarios()
	if globs == "" {
		return all, nil
	}
	wanted := map[*Scenario]bool{}
	for glob := range strings.SplitSeq(globs, ",") {
		glob = strings.TrimSpace(glob)
		found := false
		for _, s := range all {
			hit, err := path.Match(glob, s.ID)
			if err != nil {
				return nil, fmt.Errorf("the scenario glob %q cannot be read: %w", glob, err)
			}
			if !hit && !strings.Contains(glob, "/") {
				hit, _ = path.Match(glob, s.Group()) // It was read above.
			}
			if hit {
				wanted[s], found = true, true
			}
		}
		if !found {
			return nil, fmt.Errorf("no scenario matches %q", glob)
		}
	}
	return slices.DeleteFunc(all, func(s *Scenario) bool { return !wanted[s] }), nil
}

// Try runs one scenario and judges it. It makes no test fail: that is for the
// caller, who may want to see a wrong client fail.
func Try(t *testing.T, p *Plan, d Driver, s *Scenario, seed uint64) Result {
	t.Helper()
	r := s.result()
	if r.Why = s.Impossible(p); r.Why != "" {
		return r
	}
	ev, err := play(t, p, d, s, seed)
	if errors.Is(err, ErrNotOffered) {
		r.Outcome, r.Why = NotOffered, nothingFor
		return r
	}
	if err != nil {
		r.Outcome, r.Why = Fail, err.Error()
		return r
	}
	r.judge(s, ev)
	if s.timeline {
		r.Timeline = ev.timeline()
	}
	return r
}

// nothingFor is why a scenario is not offered, where a driver does not say it.
const nothingFor = "the driver has nothing for it"

// result is that of a scenario nothing is known of yet.
func (s *Scenario) result() Result {
	r := Result{ID: s.ID, Group: s.Group(), Title: s.Title, Right: s.Right, Outcome: NotExercised}
	for _, f := range s.Faults {
		r.Faults = append(r.Faults, f.Fault)
	}
	return r
}

// judge asks the scenario's oracles.
func (r *Result) judge(s *Scenario, ev *Evidence) {
	for _, id := range s.Oracles {
		o := oracle(id)
		if o == nil {
			r.Outcome, r.Why = Fail, fmt.Sprintf("there is no oracle %s", id)
			return
		}
		r.Verdicts = append(r.Verdicts, o.Judge(ev))
	}
	r.conclude(ev)
}

// conclude works out the outcome of a scenario from its verdicts.
func (r *Result) conclude(ev *Evidence) {
	judged, unoffered, left := false, "", ""
	for i := range r.Verdicts {
		v := &r.Verdicts[i]
		v.scrub(ev.Secrets)
		switch v.Outcome {
		case Fail:
			r.Outcome = Fail
			if r.Why == "" {
				r.Why = v.Why
			}
		case Pass: // Nothing said is no secret told, and nothing done either.
			judged = judged || v.Oracle != "secret" || !slices.ContainsFunc(r.Verdicts, Verdict.unoffered)
		case NotOffered:
			unoffered = cmp.Or(unoffered, v.Why)
			if v.Oracle == "recovers" { // What it is about is its callers' to do.
				left = v.Why
			}
		}
	}
	unfired := ev.unfired(r.Faults)
	if r.Outcome == Fail {
		r.Note = unfired // What failed is then something else than the scenario is about.
		return
	}
	if unfired != "" {
		r.Why = unfired
		return
	}
	if !judged && unoffered != "" || left != "" {
		r.Outcome, r.Why = NotOffered, cmp.Or(left, unoffered)
		return
	}
	if !judged {
		r.Why = "no oracle had anything to judge"
		return
	}
	r.Outcome = Pass
}

// unfired says which of the faults never took effect and, where the client's own
// requests were wrong, why they did not get that far; "" when each did.
func (ev *Evidence) unfired(faults []string) string {
	i := slices.IndexFunc(faults, func(f string) bool { return ev.Fired[f] == 0 })
	if i < 0 {
		return ""
	}
	text := "the fault " + faults[i] + " never took effect"
	var wrong []string
	for _, e := range ev.Entries {
		if e.Why != "" {
			wrong = append(wrong, fmt.Sprintf("%s %s: %s", e.Method, cmp.Or(e.Action, e.Path), e.Why))
		}
	}
	slices.Sort(wrong)
	if wrong = slices.Compact(wrong); len(wrong) > 0 {
		text += ", and requests were refused for themselves: " + strings.Join(wrong[:min(len(wrong), 3)], "; ")
	}
	return text
}
