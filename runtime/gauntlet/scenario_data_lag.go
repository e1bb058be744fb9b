package gauntlet

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

// readAfterCreate has a client read what it has just created, while reads lag behind.
func readAfterCreate() *Scenario {
	return &Scenario{
		ID:      "data/read-after-create",
		Title:   "reads lag behind what was created",
		Right:   "It is created once, and done. A read that does not find it yet is told as not found, or made again until it does; one that comes later asks the provider anew.",
		Needs:   func(p *Plan) string { return unless(p.lagging() != nil, "no read of what is created lags behind") },
		Run:     readWhatIsCreated,
		Oracles: []string{"once", "lost", "typed", "bounded"},
	}
}

// lagging is a kind of object that is not found for a while after it was created, or nil.
func (p *Plan) lagging() *planMade {
	return p.made(func(m *planMade) bool { return m.lag() > 0 && m.of.Job == nil })
}

// lag is how long the object may not be found.
func (m *planMade) lag() time.Duration {
	d, _ := m.read.Lag.Std() // The compiler has read it.
	return d
}

// list is a paged list of the kind, with how long it lags behind; nil when there is none.
func (m *planMade) list(p *Plan) (*ir.Action, time.Duration) {
	for _, u := range m.of.Uses {
		if a := p.Spec.Action(u.Action); u.Do == "list" && a != nil && a.Page != nil && p.usable(a) && len(u.Filters) == 0 {
			d, _ := u.Lag.Std()
			return a, d
		}
	}
	return nil, 0
}

// readWhatIsCreated creates an object, and reads it at once and when no read lags any more.
func readWhatIsCreated(e *Env) error {
	c, err := e.Open(1)
	if err != nil {
		return err
	}
	m := e.Plan.lagging()
	id, params, err := m.make(c)
	if err != nil {
		return err
	}
	list, late := m.list(e.Plan)
	read := func(found bool) error {
		if err := e.checkRead(c.CallWith(m.get, params, patience), m, id, found); err != nil || list == nil {
			return err
		}
		r := c.List(list)
		listed := slices.ContainsFunc(r.Items, func(item JSON) bool { return idOf(item, m.of.ID) == id })
		switch {
		case r.Err != nil:
			return fmt.Errorf("%s fails, whether what was created is in it or not: %w", list.Path, r.Err)
		case found && !listed:
			return errors.New(list.Path + " goes on without what was created")
		}
		return nil
	}
	if err := read(false); err != nil {
		return err
	}
	time.Sleep(max(m.lag(), late))
	return read(true)
}

// checkRead says what is wrong with what a client told of an object, which has to be found.
func (e *Env) checkRead(r *Record, m *planMade, id string, found bool) error {
	entries := e.Twin.Journal().Entries()
	i := len(entries) - 1
	for i >= 0 && entries[i].Action != m.get.Path {
		i--
	}
	missing := i < 0 || entries[i].Class != ""
	switch {
	case r.Err != nil && found:
		return fmt.Errorf("what was created is there, and is not found: %w", r.Err)
	case r.Err == nil && missing:
		return errors.New("what the provider does not have yet is told as read")
	case r.Err == nil && idOf(r.Result, slices.Concat(m.read.At, m.of.ID)) != id:
		return errors.New("another object is told as the one that was created")
	}
	return nil
}
