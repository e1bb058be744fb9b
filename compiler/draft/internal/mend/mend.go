package mend

import (
	"math"
	"strconv"
	"strings"

	"github.com/pb33f/go-yaml"
)

// mended is what became of a node.
type mended struct {
	node *yaml.Node // nil: it is left out.
	size int        // How many nodes it stands for, shared ones counted each time.
}

type mendKey struct {
	node *yaml.Node
	as   string
}

// Mend repairs the document in place. Afterwards every member is of the kind
// that OpenAPI says or absent, every reference leads to something in the
// document, and no chain of references is a circle.
func (t *Tree) Mend() {
	t.mend(cursor{node: t.main.root, file: t.main}, "document")
	for len(t.pending) > 0 {
		next := t.pending[0]
		t.pending = t.pending[1:]
		if m := t.mend(next.from, "schema"); m.node != nil {
			t.define(next.name, m.node)
		}
	}
}

// mend repairs a node that has to be of a kind. What is the same node in
// several places is repaired once.
func (t *Tree) mend(c cursor, as string) mended {
	key := mendKey{c.node, as}
	if done, ok := t.done[key]; ok {
		return t.share(c, done, as)
	}
	if t.depth++; t.depth > maxDepth {
		t.depth--
		t.repair(Structure, c, "what is in it is left out", "the document has more than %d levels", maxDepth)
		return t.stub(c, as)
	}
	m := t.mendNew(c, as)
	t.depth--
	t.done[key] = m
	return m
}

// maxDepth is how many levels a document can have.
const maxDepth = 5000

// share counts a node that is used again. Nodes that share nodes that share
// nodes can stand for more than fits anywhere.
func (t *Tree) share(c cursor, m mended, as string) mended {
	if t.grown += m.size; t.grown < t.budget {
		return m
	}
	t.repair(Structure, c, "it is left out", "its references and aliases multiply beyond all bounds")
	return t.stub(c, as)
}

func (t *Tree) mendNew(c cursor, as string) mended {
	switch {
	case as == "" || as == "any":
		return mended{c.node, t.size(c.node)}
	case isNull(c.node) && as != "schema":
		return mended{}
	case as[0] == '[':
		return t.list(c, as[1:len(as)-1])
	case as[0] == '{':
		return t.members(c, shape{rest: as[1 : len(as)-1]}, as)
	}
	switch as {
	case "unread":
		return t.unread(c)
	case "text":
		return t.scalar(c, "text")
	case "truth":
		return t.truth(c)
	case "number":
		return t.number(c)
	case "texts":
		return t.texts(c)
	case "schema":
		return t.schema(c)
	case "schema or truth":
		if c.node.Kind == yaml.ScalarNode && c.node.Tag == "!!bool" {
			return mended{c.node, 1}
		}
		return t.schema(c)
	case "truth or number":
		if c.node.Kind == yaml.ScalarNode && (c.node.Tag == "!!int" || c.node.Tag == "!!float") {
			return t.number(c)
		}
		return t.truth(c)
	}
	if as == "discriminator" && c.node.Kind == yaml.ScalarNode {
		return t.discriminator(c)
	}
	return t.object(c, as)
}

// object repairs an object that has a shape, or what a reference to one leads
// to.
func (t *Tree) object(c cursor, as string) mended {
	if ref := refOf(c.node); ref != nil && as != "paths" && as != "responses" {
		return t.reference(c, as)
	}
	return t.members(c, shapes[as], as)
}

func (t *Tree) members(c cursor, s shape, as string) mended {
	if !t.want(c, yaml.MappingNode, "an object") {
		return t.stub(c, as)
	}
	t.open[c.node], t.roles[c.node] = true, as
	defer delete(t.open, c.node)
	t.joinDuplicates(c)
	t.adjust(c, as)
	size := 1
	content := make([]*yaml.Node, 0, len(c.node.Content))
	for key, value := range pairs(c.node) {
		name := key.Value
		kind, known := s.members[name]
		if named := as[0] == '{' || as == "requirement"; !known && (named || !strings.HasPrefix(name, "x-")) {
			kind = s.rest
			if name == "$ref" && kind != "" && kind != "schema" && value.Kind != yaml.ScalarNode {
				t.repair(Structure, c.below(name, value), "it is left out", "%q cannot be a name here: it would be read as a reference", name)
				continue
			}
		}
		if key.Kind != yaml.ScalarNode {
			continue
		}
		m := t.mend(c.below(name, value), kind)
		if m.node == nil {
			continue
		}
		content = append(content, key, m.node)
		size = add(size, add(m.size, 1))
	}
	c.node.Content = content
	shield(c.node, as)
	return mended{c.node, size}
}

func (t *Tree) list(c cursor, as string) mended {
	if !t.want(c, yaml.SequenceNode, "a list") {
		return mended{}
	}
	size := 1
	for i, n := range c.node.Content {
		m := t.mend(c.below(strconv.Itoa(i), n), as)
		if m.node == nil {
			m = mended{object(n), 1} // The others keep their numbers.
		}
		c.node.Content[i] = m.node
		size = add(size, m.size)
	}
	return mended{c.node, size}
}

// add adds sizes, which can be beyond all bounds.
func add(a, b int) int {
	if a > math.MaxInt32 || b > math.MaxInt32 {
		return math.MaxInt32
	}
	return a + b
}

// size counts the nodes of data that is not looked into.
func (t *Tree) size(n *yaml.Node) int {
	if known, ok := t.sizes[n]; ok {
		return known
	}
	size := 1
	for _, c := range n.Content {
		size = add(size, t.size(c))
	}
	if len(n.Content) > 0 {
		t.sizes[n] = size
	}
	return size
}

// stub stands for what cannot be read: any value for schemas, bodies of any
// value. Of other things nothing is left.
func (t *Tree) stub(c cursor, as string) mended {
	raw := object(c.node, text(c.node, "schema"), object(c.node))
	content := object(c.node, text(c.node, "content"), object(c.node, text(c.node, "application/json"), raw))
	switch as {
	case "schema", "schema or truth":
		return mended{object(c.node), 1}
	case "media type":
		return mended{raw, 3}
	case "request body", "response":
		if t.swagger() {
			return mended{raw, 3}
		}
		return mended{content, 7}
	case "operation":
		return mended{object(c.node), 1}
	}
	return mended{}
}

func (t *Tree) want(c cursor, kind yaml.Kind, what string) bool {
	if c.node.Kind == kind {
		return true
	}
	t.repair(Structure, c, "it is left out", "%s stands where %s belongs", describe(c.node), what)
	return false
}

func (t *Tree) scalar(c cursor, what string) mended {
	if !t.want(c, yaml.ScalarNode, what) {
		return mended{}
	}
	return mended{c.node, 1}
}

func (t *Tree) texts(c cursor) mended {
	if c.node.Kind == yaml.ScalarNode && c.node.Tag != "!!bool" {
		if c.name == "type" {
			return mended{c.node, 1}
		}
		t.repair(Structure, c, "it is a list of one", "text stands where a list of texts belongs")
		return mended{&yaml.Node{
			Kind: yaml.SequenceNode, Tag: "!!seq", Line: c.node.Line, Column: c.node.Column, Content: []*yaml.Node{c.node},
		}, 2}
	}
	if !t.want(c, yaml.SequenceNode, "a list of texts") {
		return mended{}
	}
	var content []*yaml.Node
	for i, n := range c.node.Content {
		if m := t.mend(c.below(strconv.Itoa(i), n), "text"); m.node != nil {
			content = append(content, m.node)
		}
	}
	c.node.Content = content
	return mended{c.node, len(content) + 1}
}

func (t *Tree) truth(c cursor) mended {
	if !t.want(c, yaml.ScalarNode, "a truth value") {
		return mended{}
	}
	if c.node.Tag == "!!bool" {
		return mended{c.node, 1}
	}
	v, err := strconv.ParseBool(strings.ToLower(c.node.Value))
	if err != nil || c.node.Tag != "!!str" {
		t.repair(Structure, c, "it is left out", "%s stands where a truth value belongs", describe(c.node))
		return mended{}
	}
	t.repair(Structure, c, "it is read as one", "a truth value is written as text")
	return mended{scalar(c.node, "!!bool", strconv.FormatBool(v)), 1}
}

func (t *Tree) number(c cursor) mended {
	if !t.want(c, yaml.ScalarNode, "a number") {
		return mended{}
	}
	v, err := strconv.ParseFloat(strings.ReplaceAll(c.node.Value, "_", ""), 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) || c.node.Tag == "!!bool" {
		t.repair(Structure, c, "it is left out", "%s stands where a number belongs", describe(c.node))
		return mended{}
	}
	if c.node.Tag == "!!str" {
		t.repair(Structure, c, "it is read as one", "a number is written as text")
		return mended{scalar(c.node, "!!float", c.node.Value), 1}
	}
	return mended{c.node, 1}
}
