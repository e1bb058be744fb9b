package ir

import (
	"encoding/json"
	"fmt"
	"slices"
)

// plainConnector is a connector without its JSON methods.
type plainConnector Connector

// MarshalJSON writes the connector. The rules for errors that stand at the end
// of every action, the connector's own, are written once, at the top.
func (c *Connector) MarshalJSON() ([]byte, error) {
	lean := plainConnector(*c)
	lean.Groups = trimErrors(c.Groups, len(c.Errors))
	return json.Marshal(&lean)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (c *Connector) UnmarshalJSON(data []byte) error {
	if err := json.Unmarshal(data, (*plainConnector)(c)); err != nil {
		return err
	}
	for _, a := range c.AllActions() {
		a.Errors = slices.Concat(a.Errors, c.Errors)
	}
	return nil
}

// trimErrors copies groups with the last n rules of each action left out.
func trimErrors(groups []*Group, n int) []*Group {
	var out []*Group
	for _, g := range groups {
		lean := *g
		lean.Groups = trimErrors(g.Groups, n)
		lean.Actions = nil
		for _, a := range g.Actions {
			action := *a
			action.Errors = a.Errors[:max(len(a.Errors)-n, 0)]
			lean.Actions = append(lean.Actions, &action)
		}
		out = append(out, &lean)
	}
	return out
}

// ReadJSON reads the JSON form of a connector. It returns an error for JSON that
// does not parse and for another version than [Version].
func ReadJSON(data []byte) (*Connector, error) {
	var c Connector
	if err := json.Unmarshal(data, &c); err != nil {
		return nil, fmt.Errorf("the connector cannot be read: %w", err)
	}
	if c.Version != Version {
		return nil, fmt.Errorf("the connector is of version %d, and this program reads version %d", c.Version, Version)
	}
	for _, t := range c.Types {
		restoreInts(t)
	}
	for _, a := range c.AllActions() {
		restoreInts(a.Params)
		restoreInts(a.Returns)
		if a.Page != nil {
			restoreInts(a.Page.Item)
		}
		if a.Batch != nil {
			restoreInts(a.Batch.Outcome)
		}
	}
	return &c, nil
}

// restoreInts turns the members of enums of ints back into int64s: JSON has one
// kind of number, which reads as a float64.
func restoreInts(t *Type) {
	if t == nil {
		return
	}
	for i, v := range t.Enum {
		if f, ok := v.(float64); ok && f == float64(int64(f)) {
			t.Enum[i] = int64(f)
		}
	}
	for _, f := range t.Fields {
		restoreInts(f.Type)
	}
	for _, v := range t.Variants {
		restoreInts(v)
	}
	restoreInts(t.Elem)
}
