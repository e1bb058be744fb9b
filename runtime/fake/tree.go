package fake

import (
	"bytes"
	"strconv"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime"
)

// tree is a JSON document in the making: a value, or an object or a list of
// further trees. Members keep their order.
type tree struct {
	raw   runtime.Raw
	names []string
	kids  []*tree
	list  bool
}

// put sets the value at a path, and makes the objects and lists on the way.
func (t *tree) put(path ir.Path, raw runtime.Raw) {
	if len(path) == 0 {
		*t = tree{raw: raw}
		return
	}
	t.open()
	t.kid(path[0]).put(path[1:], raw)
}

// open turns a value into the tree of its members.
func (t *tree) open() {
	raw := t.raw
	t.raw = nil
	switch raw.Kind() {
	case '{':
		members(raw, func(name string, v runtime.Raw) {
			t.names = append(t.names, name)
			t.kids = append(t.kids, &tree{raw: v})
		})
	case '[':
		var list []runtime.Raw
		if runtime.UnmarshalRaw(raw, &list) == nil {
			t.list = true
			for _, v := range list {
				t.kids = append(t.kids, &tree{raw: v})
			}
		}
	}
}

// kid is a member or an element, made when there is none. An index beyond the
// end, and one from the end of an empty list, adds an element.
func (t *tree) kid(step ir.Step) *tree {
	if step.Name == "" && step.Index != nil {
		t.list = true
		i := *step.Index
		if i < 0 {
			i += len(t.kids)
		}
		if i >= 0 && i < len(t.kids) {
			return t.kids[i]
		}
		t.kids = append(t.kids, &tree{})
		return t.kids[len(t.kids)-1]
	}
	for i, n := range t.names {
		if n == step.Name {
			return t.kids[i]
		}
	}
	t.names = append(t.names, step.Name)
	t.kids = append(t.kids, &tree{})
	return t.kids[len(t.kids)-1]
}

// bytes writes the document.
func (t *tree) bytes() []byte {
	var b bytes.Buffer
	t.write(&b)
	return b.Bytes()
}

func (t *tree) write(b *bytes.Buffer) {
	switch {
	case t.raw != nil:
		b.Write(t.raw)
		return
	case t.list:
		b.WriteByte('[')
	default:
		b.WriteByte('{')
	}
	for i, k := range t.kids {
		if i > 0 {
			b.WriteByte(',')
		}
		if !t.list {
			b.Write(quote(t.names[i]))
			b.WriteByte(':')
		}
		k.write(b)
	}
	if t.list {
		b.WriteByte(']')
		return
	}
	b.WriteByte('}')
}

// members calls visit for every member of an object, in order.
func members(raw runtime.Raw, visit func(name string, v runtime.Raw)) {
	dec := newDecoder(raw)
	if _, err := dec.ReadToken(); err != nil {
		return
	}
	for dec.PeekKind() == '"' {
		name, err := dec.ReadToken()
		if err != nil {
			return
		}
		text := name.String()
		v, err := dec.ReadValue()
		if err != nil {
			return
		}
		visit(text, v.Clone())
	}
}

// quote writes a JSON string. Text that is not UTF-8 is made so.
func quote(s string) runtime.Raw {
	raw, err := runtime.MarshalRaw(string(bytes.ToValidUTF8([]byte(s), []byte("\ufffd"))))
	if err != nil {
		return runtime.Raw(strconv.Quote(s))
	}
	return raw
}

// unquote is the text of a string, or any other value as it is written.
func unquote(raw runtime.Raw) string {
	var s string
	if raw.Kind() == '"' && runtime.UnmarshalRaw(raw, &s) == nil {
		return s
	}
	return string(raw)
}
