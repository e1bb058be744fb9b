package gauntlet

import (
	"errors"
	"fmt"
	"slices"

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

// Stage finds a scenario by its id. The error says which there are in place of one that is
// not, or why the spec makes it impossible.
func Stage(c *ir.Connector, id string) (*Staged, error) {
	all := Scenarios()
	i := slices.IndexFunc(all, func(s *Scenario) bool { return s.ID == id })
	if i < 0 {
		var ids []string
		for _, s := range all {
			ids = append(ids, s.ID)
		}
		return nil, fmt.Errorf("there is no scenario %q%s", id, misread.Instead(id, ids))
	}
	p := NewPlan(c)
	if why := all[i].Impossible(p); why != "" {
		return nil, fmt.Errorf("the scenario %s is impossible with this spec: %s", id, why)
	}
	return &Staged{all[i].shortened(), p}, nil
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
		if f.On != "" {
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
