package twin

import (
	"slices"
	"strconv"
	"time"
)

// Fault arms one way to misbehave.
type Fault struct {
	ID     string            `json:"id"` // Of the catalogue: "status/503".
	Scope  Scope             `json:"scope,omitzero"`
	Times  int               `json:"times,omitempty"` // How often it takes effect at most; 0 is for as long as it is armed.
	Params map[string]string `json:"params,omitempty"`
	Seed   *uint64           `json:"seed,omitempty"` // Of what it draws at random; nil is the twin's, and another for each that is armed.
}

// draws starts the generator of what a fault draws at random.
func (f Fault) draws(twin uint64, names ...string) rng {
	if f.Seed != nil {
		return newRNG(*f.Seed, "fault", f.ID)
	}
	return newRNG(twin, append([]string{"fault", f.ID}, names...)...)
}

// Scope says which requests a fault meets. All that is set must hold.
type Scope struct {
	// Action is an action path, which for a list includes what continues it; "@token", "@authorize" or "@upload" for the
	// other parts of a twin; a webhook's name for a delivery; "*" for every
	// request. Empty is every action, or what the fault is about: faults of the
	// token endpoint meet the token endpoint.
	Action  string `json:"action,omitempty"`
	Account string `json:"account,omitempty"`

	// Nth counts, from 1 and from the arming, the requests that meet the rest
	// of the scope. 0 is every one.
	Nth int `json:"nth,omitempty"`

	// From and To bound a window, measured from the arming. To 0 is no end.
	From time.Duration `json:"from,omitzero"`
	To   time.Duration `json:"to,omitzero"`
}

// Armed is a fault at work.
type Armed struct {
	twin  *Twin
	id    int // From 1.
	fault Fault
	def   *definition
	since time.Time
	met   int // Requests that met the scope.
	fired int
	off   bool
	rng   rng
	memo  map[string]string // What the fault remembers between requests.
}

// Arm puts a fault to work. Faults work in the order of their stage, and within
// a stage in the order of arming: see [Stage]. The error says what is unknown, or
// would never work, and what there is instead.
func (t *Twin) Arm(f Fault) (*Armed, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	def, err := t.check(f)
	if err != nil {
		return nil, err
	}
	t.arming++
	a := &Armed{
		twin:  t,
		id:    t.arming,
		fault: f,
		def:   def,
		since: t.opt.Now(),
		rng:   f.draws(t.opt.Seed, strconv.Itoa(t.arming)),
		memo:  map[string]string{},
	}
	t.faults = append(t.faults, a)
	return a, nil
}

// Fault returns what was armed.
func (a *Armed) Fault() Fault { return a.fault }

// Fired returns how often the fault took effect.
func (a *Armed) Fired() int {
	a.twin.mu.Lock()
	defer a.twin.mu.Unlock()
	return a.fired
}

// Disarm stops the fault.
func (a *Armed) Disarm() {
	a.twin.mu.Lock()
	defer a.twin.mu.Unlock()
	a.disarm()
}

func (a *Armed) disarm() {
	a.off = true
	a.twin.faults = slices.DeleteFunc(a.twin.faults, func(b *Armed) bool { return b == a })
}

// DisarmAll stops every fault.
func (t *Twin) DisarmAll() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, a := range slices.Clone(t.faults) {
		a.disarm()
	}
}

// Armed returns the faults at work, in the order of arming.
func (t *Twin) Armed() []*Armed {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.faults)
}

// meets reports whether the fault is to try this request, and counts it.
func (a *Armed) meets(action, account string, now time.Time) bool {
	s := a.fault.Scope
	if s.Account != "" && s.Account != account || !a.about(action) {
		return false
	}
	age := now.Sub(a.since)
	if age < s.From || s.To > 0 && age >= s.To {
		return false
	}
	a.met++
	return s.Nth == 0 || a.met == s.Nth
}

// about reports whether the fault's scope names the action.
func (a *Armed) about(action string) bool {
	switch want := a.fault.Scope.Action; want {
	case "*":
		return true
	case "":
		if a.def.about != "" {
			return action == a.def.about
		}
		return a.def.Group == GroupWebhooks || action != "" && action[0] != '@'
	default:
		return want == action || want == a.twin.idx.scrolled(action)
	}
}

// spent reports whether the fault took effect as often as it may.
func (a *Armed) spent() bool { return a.off || a.fault.Times > 0 && a.fired >= a.fault.Times }

// text returns a parameter, or its default.
func (a *Armed) text(name string) string {
	if v, ok := a.fault.Params[name]; ok {
		return v
	}
	for _, p := range a.def.Params {
		if p.Name == name {
			return p.Default
		}
	}
	return ""
}

// number returns a parameter as an int; what is not one is 0.
func (a *Armed) number(name string) int {
	n, err := strconv.Atoi(a.text(name))
	if err != nil {
		return 0
	}
	return n
}

// span returns a parameter as a duration; what is not one is 0.
func (a *Armed) span(name string) time.Duration {
	d, err := time.ParseDuration(a.text(name))
	if err != nil {
		return 0
	}
	return d
}
