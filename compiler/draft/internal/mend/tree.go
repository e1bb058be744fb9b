// Package mend repairs the nodes of an OpenAPI document before it is read as
// one. Each defect is reported with its place and with what was done; what
// cannot be read is absent or any value, and the rest of the document stays.
package mend

import (
	"strings"

	"github.com/pb33f/go-yaml"
)

// Kind says what was wrong with a part of a document.
type Kind string

// The kinds of defects.
const (
	BrokenRef   Kind = "broken_ref"   // A $ref to nothing.
	RefCycle    Kind = "ref_cycle"    // A chain of $ref that ends where it began.
	ExternalRef Kind = "external_ref" // A $ref into another file, which is not read.
	Structure   Kind = "structure"    // Not built as OpenAPI says.
)

// Repair is a defect and what was done about it.
type Repair struct {
	Kind      Kind
	At        string // Place in the document, as a JSON pointer.
	Line, Col int    // From 1; 0 in other files.
	Text      string // What is wrong.
	Done      string // What was done about it.
	Help      string // How to mend the document; may be empty.
}

// Tree is a document that is being repaired. It is not safe for concurrent use.
type Tree struct {
	// Report is told of every defect, once.
	Report func(Repair)
	// Open returns a file that a $ref names: relative to the document, or an
	// address. Its errors become part of the repair. Nil: no other file is read.
	Open func(name string) ([]byte, error)

	main  *file
	name  string           // Of the document itself, as references call it.
	files map[string]*file // nil for those that cannot be read

	done     map[mendKey]mended
	open     map[*yaml.Node]bool // Objects that are being repaired.
	roles    map[*yaml.Node]string
	sizes    map[*yaml.Node]int
	followed map[*yaml.Node]*cursor
	hops     map[*yaml.Node]*cursor
	reported map[repairKey]bool
	index    map[*yaml.Node]map[string]*yaml.Node
	anchors  map[*file]map[string]cursor

	promoted map[string]string // Names of schemas that had none, by file and pointer.
	taken    map[string]bool
	pending  []promotion
	budget   int // How many nodes those that are shared may stand for.
	grown    int
	depth    int
	wanted   string // What the reference that is being followed stands for.
}

type file struct {
	name string // "" for the document itself
	root *yaml.Node
}

// promotion is a schema that is given a name.
type promotion struct {
	name string
	from cursor
}

// Parse reads JSON or YAML. The name is what references call the document:
// the name of its file, or its address.
func Parse(text []byte, name string) (*Tree, error) {
	t := &Tree{
		Report: func(Repair) {}, name: name, files: map[string]*file{},
		done: map[mendKey]mended{}, open: map[*yaml.Node]bool{}, sizes: map[*yaml.Node]int{}, roles: map[*yaml.Node]string{},
		followed: map[*yaml.Node]*cursor{}, hops: map[*yaml.Node]*cursor{},
		reported: map[repairKey]bool{}, index: map[*yaml.Node]map[string]*yaml.Node{},
		anchors: map[*file]map[string]cursor{}, promoted: map[string]string{}, taken: map[string]bool{},
	}
	root, err := t.parse(text)
	if err != nil {
		return nil, err
	}
	t.main = &file{root: root}
	return t, nil
}

// Root is the top of the document.
func (t *Tree) Root() *yaml.Node { return t.main.root }

// Names are those of the members of an object in the document, in order.
func (t *Tree) Names(pointer string) []string {
	at, _ := t.resolve(t.main, pointer)
	if at == nil {
		return nil
	}
	return keys(at.node)
}

func (t *Tree) swagger() bool { return t.definitions() == "/definitions" }

// find returns a member of an object. Large objects are indexed.
func (t *Tree) find(n *yaml.Node, name string) *yaml.Node {
	if len(n.Content) < 32 {
		return child(n, name)
	}
	index, ok := t.index[n]
	if !ok {
		index = make(map[string]*yaml.Node, len(n.Content)/2)
		for key, value := range pairs(n) {
			if _, ok := index[key.Value]; !ok {
				index[key.Value] = value
			}
		}
		t.index[n] = index
	}
	return index[name]
}

func child(n *yaml.Node, name string) *yaml.Node {
	for key, value := range pairs(n) {
		if key.Value == name {
			return value
		}
	}
	return nil
}

// Position returns the line and the column of a place in the document, or of
// what is nearest above it, following references on the way.
func (t *Tree) Position(pointer string) (line, col int) {
	at := cursor{node: t.main.root, file: t.main}
	for _, step := range steps(pointer) {
		if refOf(at.node) != nil {
			if target := t.follow(at); target != nil && target.file == t.main {
				at = *target
			}
		}
		next := t.stepInto(at.node, step)
		if next == nil {
			break
		}
		at = at.below(step, next)
	}
	return at.node.Line, at.node.Column
}

func steps(pointer string) []string {
	if !strings.HasPrefix(pointer, "/") {
		return nil
	}
	list := strings.Split(pointer[1:], "/")
	for i, s := range list {
		list[i] = strings.ReplaceAll(strings.ReplaceAll(s, "~1", "/"), "~0", "~")
	}
	return list
}
