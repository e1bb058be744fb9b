package gauntlet

import (
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"

	"github.com/porin-dev/porin/runtime/internal/misread"
	"github.com/porin-dev/porin/runtime/twin"
)

// File is a scenario that somebody wrote down for a served twin.
type File struct {
	Name     string         `json:"name"`               // For people.
	Seed     *uint64        `json:"seed,omitempty"`     // nil is that of the twin.
	Accounts int            `json:"accounts,omitempty"` // At least; 0 is 1.
	Plan     []string       `json:"plan,omitempty"`     // Of each account, in order.
	Volume   map[string]int `json:"volume,omitempty"`   // Objects by collection.
	Faults   []twin.Fault   `json:"faults"`             // Armed in their order.
}

// ReadFile reads a scenario. The error says what is wrong with it without its name.
func ReadFile(data []byte) (*File, error) {
	var f File
	if err := json.Unmarshal(data, &f, json.RejectUnknownMembers(true)); err != nil {
		return nil, errors.New(misread.Text(err, &f))
	}
	if f.Accounts < 0 {
		return nil, errors.New("accounts is a number from 1 on")
	}
	if f.Accounts > 0 && len(f.Plan) > f.Accounts {
		return nil, fmt.Errorf("plan has %d plans for %d accounts: each account, in order, has one", len(f.Plan), f.Accounts)
	}
	return &f, nil
}

// Prepare adds what the file says of a twin's data to its options, where they do not.
func (f *File) Prepare(o *twin.Options) {
	o.Accounts = max(o.Accounts, f.Accounts, len(f.Plan))
	if len(o.Plans) == 0 {
		o.Plans = f.Plan
	}
	for name, n := range f.Volume {
		if _, ok := o.Volume[name]; ok {
			continue
		}
		if o.Volume == nil {
			o.Volume = map[string]int{}
		}
		o.Volume[name] = n
	}
}

// Arm arms the faults, all or, with an error, none.
func (f *File) Arm(t *twin.Twin) (Arming, error) {
	out := Arming{Scenario: f.Name, Armed: []twin.ArmedState{}}
	if len(f.Faults) == 0 {
		out.Left = append(out.Left, `it has no faults, so that nothing goes wrong; "faults": [{"id": "status/503"}] has one`)
	}
	var armed []*twin.Armed
	for i, one := range f.Faults {
		a, err := t.Arm(one)
		if err != nil {
			for _, a := range armed {
				a.Disarm()
			}
			return out, fmt.Errorf("fault %d: %w", i+1, err)
		}
		armed = append(armed, a)
		out.Armed = append(out.Armed, a.State())
	}
	return out, nil
}
