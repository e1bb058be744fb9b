package runtime

import "bytes"

// audit compares a response with what its operation promises, and reports each
// departure once: a required member that is missing or null, an enum with an
// unknown value. It is one more pass over the whole text, almost without
// allocations, and is left out where nobody observes. The response was decoded
// before; what is wrong in other ways was reported then.
//
// It does not look into unions, whose variant is found when it is asked for, nor
// at an optional member that is null: that is how many providers write that
// there is none, and it is read so.
type audit struct {
	call  *call
	dec   jsonDecoder
	in    bytes.Buffer // What dec reads: the response, without a copy.
	steps []repairStep // Where the pass is.
	found []presence   // By member, of the objects that the pass is in.
}

// presence is what was found of a member.
type presence uint8

const (
	isMissing presence = iota
	isNull
	isThere
)

// audit checks the text of a result.
func (k *call) audit(data []byte) {
	if k.op.Returns == nil {
		return
	}
	a, _ := k.app.audits.Get().(*audit)
	if a == nil {
		a = new(audit)
	}
	a.call, a.in = k, *bytes.NewBuffer(data)
	a.dec.Reset(&a.in, lenient)
	a.steps, a.found = a.steps[:0], a.found[:0]
	_ = a.value(k.op.Returns, k.op.Returns.Each, nil) // The text was read before.
	a.call, a.in = nil, bytes.Buffer{}
	k.app.audits.Put(a)
}

// value reads a value of a member, or of the lists and maps in it that are left
// in each.
func (a *audit) value(m *Member, each string, in *Shapes) error {
	kind := a.dec.PeekKind()
	switch {
	case each != "" && kind == jsonKind(each[0]):
		return a.elements(m, each, in)
	case each != "":
		return a.dec.SkipValue()
	case len(m.Values) > 0:
		v, err := a.dec.ReadValue()
		if err == nil && !m.knows(v) {
			a.report("unknown value")
		}
		return err
	case kind == '{':
		if s, in := m.shape(in); s != nil {
			return a.object(s, in)
		}
	}
	return a.dec.SkipValue()
}

// elements reads a list or a map.
func (a *audit) elements(m *Member, each string, in *Shapes) error {
	if _, err := a.dec.ReadToken(); err != nil {
		return err
	}
	a.steps = append(a.steps, repairStep{any: true})
	for kind := a.dec.PeekKind(); kind != ']' && kind != '}'; kind = a.dec.PeekKind() {
		if each[0] == '{' {
			if err := a.dec.SkipValue(); err != nil { // The name.
				return err
			}
		}
		if err := a.value(m, each[1:], in); err != nil {
			return err
		}
	}
	a.steps = a.steps[:len(a.steps)-1]
	_, err := a.dec.ReadToken()
	return err
}

// object reads an object. Of two members with one name the last counts.
func (a *audit) object(s Shape, in *Shapes) error {
	base := len(a.found)
	for range s {
		a.found = append(a.found, isMissing)
	}
	if _, err := a.dec.ReadToken(); err != nil {
		return err
	}
	for a.dec.PeekKind() != '}' {
		name, err := a.dec.ReadValue()
		if err != nil {
			return err
		}
		if err := a.member(s, s.find(name), base, in); err != nil {
			return err
		}
	}
	for i, found := range a.found[base:] {
		if m := &s[i]; m.Required && found != isThere {
			a.lacking(m, found)
		}
	}
	a.found = a.found[:base]
	_, err := a.dec.ReadToken()
	return err
}

// member reads the value of the ith member of a shape; -1 is one of which
// nothing is promised.
func (a *audit) member(s Shape, i, base int, in *Shapes) error {
	if i < 0 {
		return a.dec.SkipValue()
	}
	m := &s[i]
	a.found[base+i] = isThere
	if a.dec.PeekKind() == 'n' {
		a.found[base+i] = isNull
	}
	a.steps = append(a.steps, repairStep{name: m.Name})
	err := a.value(m, m.Each, in)
	a.steps = a.steps[:len(a.steps)-1]
	return err
}

// lacking reports a required member without a value.
func (a *audit) lacking(m *Member, found presence) {
	kind := "missing"
	if found == isNull {
		if m.Null {
			return
		}
		kind = "null"
	}
	a.steps = append(a.steps, repairStep{name: m.Name})
	a.report(kind)
	a.steps = a.steps[:len(a.steps)-1]
}

func (a *audit) report(kind string) { a.call.drifted(generalPath(a.steps), kind) }
