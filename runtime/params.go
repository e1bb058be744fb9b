package runtime

import (
	"errors"
	"reflect"
	"slices"
	"strings"
)

// member is one member of the parameters: its name and its JSON.
type member struct {
	name  string
	value Raw
}

// params are the parameters on their way to their places.
type params struct {
	json    []byte // As they were written.
	members []member
	files   files
	none    bool // The call has none.
	edited  bool // The members are no longer those of json.
}

// set replaces or adds a member.
func (p *params) set(name string, value Raw) {
	p.edited = true
	for i := range p.members {
		if p.members[i].name == name {
			p.members[i].value = value
			return
		}
	}
	p.members = append(p.members, member{name, value})
}

// keep drops the members that keep does not want.
func (p *params) keep(keep func(member) bool) {
	all := len(p.members)
	p.members = slices.DeleteFunc(p.members, func(m member) bool { return !keep(m) })
	p.edited = p.edited || len(p.members) < all
}

// find returns the value of a member, or nil.
func (p *params) find(name string) Raw {
	for i := range p.members {
		if p.members[i].name == name {
			return p.members[i].value
		}
	}
	return nil
}

// members splits an object. Names and values are parts of one copy of it.
func members(data []byte) ([]member, error) {
	if Raw(data).Kind() != '{' {
		return nil, errors.New("the parameters must be a struct")
	}
	s := newScan(data, nil)
	if _, err := s.dec.ReadToken(); err != nil {
		return nil, err
	}
	ms := make([]member, 0, 8)
	for s.dec.PeekKind() == '"' {
		name, err := s.name()
		if err != nil {
			return nil, err
		}
		value, err := s.read()
		if err != nil {
			return nil, err
		}
		ms = append(ms, member{name, value})
	}
	return ms, nil
}

// fill adds what is sent for members that the caller does not give.
func (k *call) fill(p *params) {
	for _, u := range k.op.Usual {
		switch string(p.find(u.Field)) {
		case `""`, "0", "false":
			if !u.Only {
				continue
			}
			fallthrough
		case "":
			p.set(u.Field, Raw(u.Value))
		}
	}
}

// missing returns the first required member of in that is absent or empty, or
// "". In a body an empty list or object counts as given when the caller made
// one: a nil slice or map is one that was forgotten. Elsewhere nothing would be
// sent for it.
func (k *call) missing(p *params, in any) string {
	for _, name := range k.op.Required {
		switch v := p.find(name); string(v) {
		case "", "null", `""`:
			return name
		case "[]", "{}":
			if !k.sent(name, v) || isNil(in, name) {
				return name
			}
		}
	}
	return ""
}

// sent reports whether the value of a member goes out: outside of a body an
// empty list or object leaves no trace.
func (k *call) sent(name string, v Raw) bool {
	_, outside := k.plan.params[name]
	return v != nil && (string(v) != "[]" && string(v) != "{}" || !outside && k.op.Body.As != nil)
}

// open returns the first choice of which no set is given whole, or nil. What a
// set may lack is optional, so that what is there was meant.
func (k *call) open(p *params) Choice {
	lacks := func(name string) bool { return !k.sent(name, p.find(name)) }
	for _, c := range k.op.Choices {
		if !slices.ContainsFunc(c, func(set []string) bool { return !slices.ContainsFunc(set, lacks) }) {
			return c
		}
	}
	return nil
}

// String names the sets: note, or content_id and content_type.
func (c Choice) String() string {
	sets := make([]string, len(c))
	for i, set := range c {
		sets[i] = strings.Join(set, " and ")
	}
	return strings.Join(sets, ", or ")
}

// isNil reports whether the field that is written as name is a nil slice or map.
func isNil(in any, name string) bool {
	v := reflect.Indirect(reflect.ValueOf(in))
	if v.Kind() != reflect.Struct {
		return false
	}
	for i := range v.NumField() {
		tag, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if tag != name {
			continue
		}
		f := v.Field(i)
		return (f.Kind() == reflect.Slice || f.Kind() == reflect.Map) && f.IsNil()
	}
	return false
}
