package twin

import (
	"bytes"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/porin-dev/porin/compiler/ir"
)

// A JSON value is nil, bool, string, number, raw, []any or *object. Members
// keep their order and may repeat, and a raw value need not even be JSON: the
// faults live off both.
type (
	number string
	raw    string
	object struct{ members []member }
	member struct {
		name  string
		value any
	}
)

func (o *object) find(name string) int {
	return slices.IndexFunc(o.members, func(m member) bool { return m.name == name })
}

func (o *object) get(name string) (any, bool) {
	if i := o.find(name); i >= 0 {
		return o.members[i].value, true
	}
	return nil, false
}

func (o *object) set(name string, v any) {
	if i := o.find(name); i >= 0 {
		o.members[i].value = v
		return
	}
	o.members = append(o.members, member{name, v})
}

func (o *object) drop(name string) {
	o.members = slices.DeleteFunc(o.members, func(m member) bool { return m.name == name })
}

// clone copies a value deeply.
func clone(v any) any {
	switch v := v.(type) {
	case *object:
		c := &object{members: slices.Clone(v.members)}
		for i := range c.members {
			c.members[i].value = clone(c.members[i].value)
		}
		return c
	case []any:
		c := slices.Clone(v)
		for i := range c {
			c[i] = clone(c[i])
		}
		return c
	}
	return v
}

// at returns the value at a path.
func at(v any, p ir.Path) (any, bool) {
	for _, s := range p {
		switch c := v.(type) {
		case *object:
			name := s.Name
			if name == "" && s.Index != nil {
				name = strconv.Itoa(*s.Index)
			}
			next, ok := c.get(name)
			if !ok {
				return nil, false
			}
			v = next
		case []any:
			i, ok := element(s, len(c))
			if !ok {
				return nil, false
			}
			v = c[i]
		default:
			return nil, false
		}
	}
	return v, true
}

// put sets the value at a path, making the objects and the first elements on
// the way, and returns the new root.
func put(root any, p ir.Path, v any) any {
	if len(p) == 0 {
		return v
	}
	s := p[0]
	if s.Index != nil && s.Name == "" {
		list, _ := root.([]any)
		i, ok := element(s, len(list))
		if !ok {
			list = append(list, nil)
			i = len(list) - 1
		}
		list[i] = put(list[i], p[1:], v)
		return list
	}
	o, ok := root.(*object)
	if !ok {
		o = &object{}
	}
	child, _ := o.get(s.Name)
	o.set(s.Name, put(child, p[1:], v))
	return o
}

// remove deletes the member at a path.
func remove(root any, p ir.Path) {
	if len(p) == 0 {
		return
	}
	parent, _ := at(root, p[:len(p)-1])
	if o, ok := parent.(*object); ok {
		o.drop(p[len(p)-1].Name)
	}
}

func element(s ir.Step, n int) (int, bool) {
	i := -1
	if s.Index != nil {
		i = *s.Index
	} else if k, err := strconv.Atoi(s.Name); err == nil {
		i = k
	}
	if i < 0 && s.Index != nil {
		i += n
	}
	return i, i >= 0 && i < n
}

// pathOf reads a dotted path.
func pathOf(s string) ir.Path {
	if s == "" {
		return nil
	}
	var p ir.Path
	for name := range strings.SplitSeq(s, ".") {
		p = append(p, ir.Step{Name: name})
	}
	return p
}

// appendJSON writes a value without white space.
func appendJSON(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case bool:
		return strconv.AppendBool(b, v)
	case string:
		b, _ = jsontext.AppendQuote(b, v) // The only error is invalid UTF-8, which is replaced.
		return b
	case number:
		return append(b, v...)
	case raw:
		return append(b, v...)
	case *listing:
		return append(b, '[', gap, ']')
	case []any:
		b = append(b, '[')
		for i, e := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, e)
		}
		return append(b, ']')
	case *object:
		b = append(b, '{')
		for i, m := range v.members {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, m.name)
			b = append(b, ':')
			b = appendJSON(b, m.value)
		}
		return append(b, '}')
	}
	return append(b, "null"...)
}

// parseJSON reads one value.
func parseJSON(b []byte) (any, error) {
	d := jsontext.NewDecoder(bytes.NewReader(b), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	v, err := readValue(d)
	if err != nil {
		return nil, err
	}
	if _, err := d.ReadToken(); err != io.EOF {
		return nil, io.ErrUnexpectedEOF
	}
	return v, nil
}

func readValue(d *jsontext.Decoder) (any, error) {
	tok, err := d.ReadToken()
	if err != nil {
		return nil, err
	}
	switch tok.Kind() {
	case 't', 'f':
		return tok.Bool(), nil
	case '"':
		return tok.String(), nil
	case '0':
		return number(tok.String()), nil
	case '[':
		list := []any{}
		for d.PeekKind() != ']' {
			v, err := readValue(d)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := d.ReadToken()
		return list, err
	case '{':
		o := &object{}
		for d.PeekKind() != '}' {
			name, err := d.ReadToken()
			if err != nil {
				return nil, err
			}
			m := member{name: name.String()}
			if m.value, err = readValue(d); err != nil {
				return nil, err
			}
			o.members = append(o.members, m)
		}
		_, err := d.ReadToken()
		return o, err
	}
	return nil, nil
}

// valueOf turns plain data of the IR into a value.
func valueOf(v any) any {
	switch v := v.(type) {
	case float64:
		return number(strconv.FormatFloat(v, 'f', -1, 64))
	case int64:
		return number(strconv.FormatInt(v, 10))
	case int:
		return number(strconv.Itoa(v))
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = valueOf(v[i])
		}
		return list
	}
	return v
}

// textOf returns a scalar as text; of anything else its JSON.
func textOf(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	}
	return string(appendJSON(nil, v))
}
