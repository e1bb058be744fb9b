package runtime

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// node is a step of the places that rules look at.
type node struct {
	slot int // -1: nobody looks at this place itself.
	kids []kid
}

type kid struct {
	name  string
	index int // For arrays; from the end when it is negative.
	array bool
	*node
}

// add returns the node of a step, which it makes when there is none.
func (n *node) add(step string) *node {
	for _, k := range n.kids {
		if k.name == step {
			return k.node
		}
	}
	index, err := strconv.Atoi(step)
	n.kids = append(n.kids, kid{step, index, err == nil, &node{slot: -1}})
	return n.kids[len(n.kids)-1].node
}

// member finds the node of a member by its quoted name.
func (n *node) member(quoted Raw) *node {
	name := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(name, '\\') >= 0 {
		name = []byte(unquote(quoted))
	}
	for i := range n.kids {
		if n.kids[i].name == string(name) {
			return n.kids[i].node
		}
	}
	return nil
}

// scan is one pass over a JSON text that picks out the values at the slots of a
// tree. A value that is found is given to found, which ends the pass by
// returning true. The first of two members with one name counts.
type scan struct {
	dec   jsonDecoder
	in    bytes.Buffer // What dec reads: data, without a copy.
	data  []byte
	found func(slot int, v Raw) (done bool)
	text  string // A copy of data, made when the first name is asked for.
}

// newScan starts a pass. Values given to found are parts of data.
func newScan(data []byte, found func(int, Raw) bool) *scan {
	s := &scan{in: *bytes.NewBuffer(data), data: data, found: found}
	s.dec.Reset(&s.in, lenient)
	return s
}

// value reads one value. It returns true when found ended the pass.
func (s *scan) value(n *node) (done bool, err error) {
	switch {
	case n == nil:
		return false, s.dec.SkipValue()
	case n.slot < 0:
		return s.children(n)
	}
	v, err := s.read()
	if err != nil || s.found(n.slot, v) {
		return err == nil, err
	}
	if len(n.kids) == 0 {
		return false, nil
	}
	return newScan(v, s.found).children(n)
}

// children reads a value for the places in it.
func (s *scan) children(n *node) (done bool, err error) {
	switch s.dec.PeekKind() {
	case '{':
		return s.object(n)
	case '[':
		if n.fromEnd() {
			v, err := s.read()
			if err != nil {
				return false, err
			}
			count, err := countElements(v)
			if err != nil {
				return false, err
			}
			return newScan(v, s.found).array(n, count)
		}
		return s.array(n, 0)
	}
	return false, s.dec.SkipValue()
}

func (s *scan) object(n *node) (done bool, err error) {
	if _, err := s.dec.ReadToken(); err != nil {
		return false, err
	}
	for s.dec.PeekKind() != '}' {
		name, err := s.dec.ReadValue()
		if err != nil {
			return false, err
		}
		if done, err := s.value(n.member(name)); done || err != nil {
			return done, err
		}
	}
	_, err = s.dec.ReadToken()
	return false, err
}

func (s *scan) array(n *node, count int) (done bool, err error) {
	if _, err := s.dec.ReadToken(); err != nil {
		return false, err
	}
	for i := 0; s.dec.PeekKind() != ']'; i++ {
		if done, err := s.element(n, i, i-count); done || err != nil {
			return done, err
		}
	}
	_, err = s.dec.ReadToken()
	return false, err
}

// element reads an array's element, which has two indices and may be looked
// at under both.
func (s *scan) element(n *node, index, fromEnd int) (done bool, err error) {
	var kids []*node
	for _, k := range n.kids {
		if k.array && (k.index == index || k.index == fromEnd) {
			kids = append(kids, k.node)
		}
	}
	switch len(kids) {
	case 0:
		return false, s.dec.SkipValue()
	case 1:
		return s.value(kids[0])
	}
	v, err := s.read()
	for _, k := range kids {
		if done || err != nil {
			break
		}
		done, err = newScan(v, s.found).value(k)
	}
	return done, err
}

// read reads a whole value, as a part of the data.
func (s *scan) read() (Raw, error) {
	v, err := s.dec.ReadValue()
	if err != nil {
		return nil, err
	}
	end := s.dec.InputOffset()
	return s.data[end-int64(len(v)) : end : end], nil
}

// name reads the name of a member.
func (s *scan) name() (string, error) {
	v, err := s.dec.ReadValue()
	if err != nil {
		return "", err
	}
	if bytes.IndexByte(v, '\\') >= 0 || !utf8.Valid(v) {
		return unquote(v), nil
	}
	if s.text == "" {
		s.text = string(s.data)
	}
	end := s.dec.InputOffset()
	return s.text[end-int64(len(v))+1 : end-1], nil
}

// fromEnd reports whether a step counts from the end of an array.
func (n *node) fromEnd() bool {
	for _, k := range n.kids {
		if k.array && k.index < 0 {
			return true
		}
	}
	return false
}

// countElements counts the elements of an array.
func countElements(v Raw) (count int, err error) {
	s := newScan(v, nil)
	if _, err := s.dec.ReadToken(); err != nil {
		return 0, err
	}
	for ; s.dec.PeekKind() != ']'; count++ {
		if err := s.dec.SkipValue(); err != nil {
			return 0, err
		}
	}
	return count, nil
}

// lookup returns the value at a path of a JSON text, or nil when there is
// none. The empty path is the whole text.
func lookup(data []byte, path Path) Raw {
	root := &node{slot: -1}
	n := root
	for _, step := range path {
		n = n.add(step)
	}
	n.slot = 0
	var at Raw
	_, err := newScan(trimBOM(data), func(_ int, v Raw) bool { at = v; return true }).value(root)
	if err != nil && at == nil {
		return nil
	}
	return at
}
