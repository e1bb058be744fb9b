package twin

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/porin-dev/porin/runtime/internal/misread"
)

// check refuses a fault that would never work, or not as it is meant. The error
// says what there is in place of what is not.
func (t *Twin) check(f Fault) (*definition, error) {
	def, ok := definitions[f.ID]
	if !ok {
		return nil, fmt.Errorf("twin: no fault %q%s", f.ID, misread.Instead(f.ID, slices.Sorted(maps.Keys(definitions))))
	}
	for _, name := range sortedKeys(f.Params) {
		i := slices.IndexFunc(def.Params, func(p FaultParam) bool { return p.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("twin: fault %s has no parameter %q%s", f.ID, name, misread.Instead(name, def.names()))
		}
		if err := def.Params[i].check(f.Params[name]); err != nil {
			return nil, fmt.Errorf("twin: fault %s: %w", f.ID, err)
		}
	}
	if err := t.checkScope(f); err != nil {
		return nil, err
	}
	for _, p := range def.Params {
		if err := t.checkName(p, f.Params[p.Name], f.Scope); err != nil {
			return nil, fmt.Errorf("twin: fault %s: %w", f.ID, err)
		}
	}
	return def, t.checkEffect(def, f)
}

func (t *Twin) checkScope(f Fault) error {
	s := f.Scope
	switch {
	case f.Times < 0 || s.Nth < 0:
		return fmt.Errorf("twin: fault %s: times and nth count from 1; 0 is without a bound", f.ID)
	case f.Times > 1 && s.Nth > 0:
		return fmt.Errorf("twin: fault %s: the request number %d comes once, and not %d times; leave one of nth and times out", f.ID, s.Nth, f.Times)
	case s.From < 0 || s.To < 0 || s.To > 0 && s.To <= s.From:
		return fmt.Errorf("twin: fault %s: the window from %s to %s has no time in it", f.ID, s.From, s.To)
	case s.Account != "" && t.accountOf(s.Account) == nil:
		return fmt.Errorf("twin: fault %s: no account %q%s", f.ID, s.Account, misread.Instead(s.Account, t.accountNames()))
	}
	if all := t.idx.targets(); s.Action != "" && !slices.Contains(all, s.Action) {
		return fmt.Errorf("twin: fault %s: no action %q%s", f.ID, s.Action, misread.Instead(s.Action, all))
	}
	return nil
}

// targets lists what the action of a scope may be.
func (x *index) targets() []string {
	all := []string{"*", "@" + RouteAuthorize, "@" + RoutePushed, "@" + RouteDevice, "@" + RouteToken, "@" + RouteUpload}
	for _, w := range x.spec.Webhooks {
		all = append(all, w.Name)
	}
	return append(all, sortedKeys(x.ops)...)
}

// check refuses a value that the parameter cannot have.
func (p FaultParam) check(v string) error {
	var err error
	switch p.Kind {
	case KindNumber:
		var n int
		if n, err = strconv.Atoi(v); err == nil && (n < p.Min || n > p.Max) {
			return fmt.Errorf("%s is a number from %d to %d, not %s", p.Name, p.Min, p.Max, v)
		}
	case KindDuration:
		var d time.Duration
		if d, err = time.ParseDuration(v); err == nil && d < 0 {
			return fmt.Errorf("%s is a duration from 0 on, not %s", p.Name, v)
		}
	default:
		if len(p.Of) > 0 && !slices.Contains(p.Of, v) {
			return fmt.Errorf("%s is %s, not %q", p.Name, strings.Join(p.Of, " or "), v)
		}
	}
	if err != nil {
		return fmt.Errorf("%s is a %s such as %s, not %q", p.Name, p.Kind, p.example(), v)
	}
	return nil
}

func (p FaultParam) example() string {
	if p.Default == "" {
		return "5"
	}
	return p.Default
}

func (d *definition) names() []string {
	var all []string
	for _, p := range d.Params {
		all = append(all, p.Name)
	}
	return all
}
