package gauntlet

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/internal/misread"
	"github.com/porin-dev/porin/runtime/twin"
)

// Staged is a scenario as a served twin can have it, where time passes: its faults, and
// what it wants of the data. What its callers do is left to whoever calls.
type Staged struct {
	scenario *Scenario
	plan     *Plan
}

// Arming is what a twin was given of a scenario.
type Arming struct {
	Scenario string            `json:"scenario"`
	Title    string            `json:"title,omitempty"` // What happens,
	Right    string            `json:"right,omitempty"` // and what a client does that is right.
	Armed    []twin.ArmedState `json:"armed"`
	Left     []string          `json:"left,omitempty"` // What of it was not armed.
}

// Misnamed is the error of [Stage] for a name that no scenario has.
type Misnamed struct {
	Name string
	Is   string   // What it is the name of: "fault", "group", or empty.
	IDs  []string // Of the scenarios with that fault, of that group, or all.
}

// Error says what the name is, and which scenarios there are in its place.
func (m *Misnamed) Error() string {
	switch m.Is {
	case "fault":
		return fmt.Sprintf("%s is a fault, which --fault and POST arm take; scenarios with it: %s", m.Name, strings.Join(m.IDs, ", "))
	case "group":
		return fmt.Sprintf("%s is a group of scenarios, and one is armed by its own name: %s", m.Name, strings.Join(m.IDs, ", "))
	}
	return fmt.Sprintf("there is no scenario %q%s", m.Name, misread.Instead(m.Name, m.IDs))
}

// Stage finds a scenario by its id, or by what is behind its group where one scenario alone
// has that. The error is a [*Misnamed], or says why the spec makes it impossible.
func Stage(c *ir.Connector, name string) (*Staged, error) {
	s, err := named(name)
	if err != nil {
		return nil, err
	}
	p := NewPlan(c)
	if why := s.Impossible(p); why != "" {
		return nil, fmt.Errorf("the scenario %s is impossible with this spec: %s", s.ID, why)
	}
	return &Staged{s.shortened(), p}, nil
}

// named finds a scenario as [Stage] does.
func named(name string) (*Scenario, error) {
	wrong := &Misnamed{Name: name}
	var ends []*Scenario
	var group []string
	for _, s := range Scenarios() {
		switch {
		case s.ID == name:
			return s, nil
		case strings.HasSuffix(s.ID, "/"+name):
			ends = append(ends, s)
		case s.Group() == name:
			group = append(group, s.ID)
		}
		wrong.IDs = append(wrong.IDs, s.ID)
	}
	with := ScenariosWith(name)
	switch {
	case len(ends) == 1:
		return ends[0], nil
	case len(group) > 0:
		wrong.Is, wrong.IDs = "group", group
	case len(with) > 0:
		wrong.Is, wrong.IDs = "fault", with
	}
	return nil, wrong
}

// Possible lists the scenarios that a spec makes possible.
func Possible(c *ir.Connector) []*Scenario {
	p := NewPlan(c)
	return slices.DeleteFunc(Scenarios(), func(s *Scenario) bool { return s.Impossible(p) != "" })
}

// Prepare adds what the scenario wants of a twin's data to its options, where they say
// nothing of it. At least as many accounts as it needs there are in any case.
func (s *Staged) Prepare(o *twin.Options) {
	want := s.scenario.options(s.plan, o.Seed)
	o.Accounts = max(o.Accounts, want.Accounts)
	o.Whole = o.Whole || want.Whole
	o.CertificateReplaced = o.CertificateReplaced || want.CertificateReplaced
	if o.TokenLife == 0 {
		o.TokenLife = want.TokenLife
	}
	if len(o.Volume) == 0 {
		o.Volume = want.Volume
	}
}

// Arm arms the faults of the scenario, all or, with an error, none.
func (s *Staged) Arm(t *twin.Twin) (Arming, error) {
	out := Arming{Scenario: s.scenario.ID, Title: s.scenario.Title, Right: s.scenario.Right, Armed: []twin.ArmedState{}}
	if have := len(t.Accounts()); have < s.scenario.Accounts {
		return out, fmt.Errorf("the scenario %s needs %d accounts, and the twin has %d", s.scenario.ID, s.scenario.Accounts, have)
	}
	var armed []*twin.Armed
	for _, f := range s.plan.faults(t, s.scenario.Faults) {
		a, err := t.Arm(f)
		switch {
		case errors.Is(err, twin.ErrInVain):
			out.Left = append(out.Left, err.Error())
		case err != nil:
			for _, a := range armed {
				a.Disarm()
			}
			return out, err
		default:
			armed = append(armed, a)
			out.Armed = append(out.Armed, a.State())
		}
	}
	if len(s.scenario.Faults) == 0 {
		out.Left = append(out.Left, "it has no fault: what happens in it comes of what callers do")
	}
	return out, nil
}

// faults are those of a scenario, for the actions and the accounts that they are about.
func (p *Plan) faults(t *twin.Twin, all []Arm) []twin.Fault {
	var out []twin.Fault
	for _, f := range all {
		one := twin.Fault{ID: f.Fault, Times: f.Times, Params: f.Params, Scope: twin.Scope{Action: f.Action, Nth: f.Nth, From: f.From, To: f.To}}
		if f.Member {
			one.Params = map[string]string{"member": p.member(p.role(f.On))}
			for name, v := range f.Params {
				one.Params[name] = v
			}
		}
		switch f.On {
		case "":
		case RoleSuited:
			one.Scope.Action = p.suited(f.Fault).Path
		default:
			one.Scope.Action = p.role(f.On).Path
		}
		if f.Account > 0 {
			one.Scope.Account = t.Accounts()[f.Account-1].ID
		}
		if f.Each == nil {
			out = append(out, one)
			continue
		}
		for _, a := range f.Each(p) {
			one.Scope.Action = a.Path
			out = append(out, one)
		}
	}
	return out
}
