package gauntlet

import (
	"errors"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/porin-dev/porin/compiler/ir"
)

// planMade is a kind of object that a workload can create, and then read.
type planMade struct {
	of         *ir.Resource
	start, get *ir.Action
	made, read *ir.ResourceUse
}

// made is the first kind of object of some sort that needs nothing else to be there, or nil.
func (p *Plan) made(keep func(*planMade) bool) *planMade {
	for _, r := range p.Spec.Resources {
		m := planMade{of: r}
		for _, u := range r.Uses {
			switch a := p.Spec.Action(u.Action); {
			case a == nil || !p.usable(a) || a.Batch != nil || a.Returns == nil:
			case u.Do == "create" && m.start == nil:
				m.start, m.made = a, u
			case u.Do == "get" && m.get == nil && u.Key != "":
				m.get, m.read = a, u
			}
		}
		if r.Within == nil && m.start != nil && m.get != nil && keep(&m) {
			return &m
		}
	}
	return nil
}

// make creates an object, and returns the params that read it.
func (m *planMade) make(c *Conn) (id string, params JSON, err error) {
	made := c.Call(m.start)
	if made.Err != nil {
		return "", nil, fmt.Errorf("%s creates nothing: %w", m.start.Path, made.Err)
	}
	if id = idOf(made.Result, slices.Concat(m.made.At, m.of.ID)); id == "" {
		return "", nil, errors.New(m.start.Path + " does not give the id of what it creates")
	}
	members := map[string]JSON{}
	if err := json.Unmarshal(c.params(m.get), &members); err != nil {
		return "", nil, err
	}
	for i, f := range m.get.Params.Fields {
		if f.Name == m.read.Key && i < len(m.get.Places) {
			members[m.get.Places[i].Field] = c.env.Plan.numeralOr(f.Type, id)
		}
	}
	params, err = json.Marshal(members, json.Deterministic(true))
	return id, params, err
}

// numeralOr writes an id as a number where the type is one, and else as text.
func (p *Plan) numeralOr(t *ir.Type, id string) JSON {
	if named := p.Spec.Resolve(t); named != nil && named.Kind == ir.Int {
		return JSON(id)
	}
	text, _ := json.Marshal(id) // A string of the twin's is UTF-8.
	return text
}
