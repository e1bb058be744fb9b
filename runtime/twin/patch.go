package twin

import (
	"mime"

	"github.com/porin-dev/porin/compiler/ir"
)

// patches reports whether the body of a request is a merge patch (RFC 7396).
func (o *op) patches() bool {
	if o.Body == nil {
		return false
	}
	media, _, err := mime.ParseMediaType(o.Body.Type)
	return err == nil && media == "application/merge-patch+json"
}

// put gives an object a member that was sent. Of a merge patch, an object changes the
// members that it has.
func (x *exchange) put(o *object, name string, v any) {
	if x.op.patches() {
		was, _ := o.get(name)
		v = merged(was, v)
	}
	o.set(name, v)
}

// clear gives an object a null that was sent: null where the member may be that, and
// else, or by a merge patch, no such member.
func (x *exchange) clear(o *object, m *ir.Field) {
	t := x.t.idx.resolve(m.Type)
	switch nullable := m.Type.Nullable || t != nil && t.Nullable; {
	case nullable && (m.Required || !x.op.patches()):
		o.set(m.Name, nil)
	case !m.Required:
		o.drop(m.Name)
	}
}

// merged is a value as a merge patch changes it.
func merged(was, patch any) any {
	p, ok := patch.(*object)
	if !ok {
		return patch
	}
	out := &object{}
	if o, ok := was.(*object); ok {
		out = o
	}
	for _, m := range p.members {
		if m.value == nil {
			out.drop(m.name)
			continue
		}
		before, _ := out.get(m.name)
		out.set(m.name, merged(before, m.value))
	}
	return out
}
