package mend

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/pb33f/go-yaml"

	"github.com/porin-dev/porin/compiler/diag"
)

// refOf returns the $ref of an object, or nil.
func refOf(n *yaml.Node) *yaml.Node {
	if n == nil {
		return nil
	}
	ref := child(n, "$ref")
	if ref == nil || ref.Kind != yaml.ScalarNode {
		return nil
	}
	return ref
}

// follow returns what the chain of references that starts at c ends at, or nil
// when it leads nowhere or back to itself. A circle is reported once.
func (t *Tree) follow(c cursor) *cursor {
	if refOf(c.node) == nil {
		return &c
	}
	if known, ok := t.followed[c.node]; ok {
		return known
	}
	t.followed[c.node] = nil
	seen := map[*yaml.Node]bool{}
	at := &c
	for refOf(at.node) != nil {
		if seen[at.node] {
			t.repairHelp(RefCycle, c.below("$ref", refOf(c.node)), "one of the references on the way has to lead to a schema",
				t.loss(), "the reference %q leads back to itself", refOf(c.node).Value)
			for n := range seen {
				t.followed[n] = nil
			}
			return nil
		}
		if known, ok := t.followed[at.node]; ok && known == nil && len(seen) > 0 {
			return nil // Of this circle or broken reference there is a report.
		}
		seen[at.node] = true
		if at = t.target(*at); at == nil {
			return nil
		}
	}
	t.followed[c.node] = at
	return at
}

// target takes one step along a reference, or returns nil when it leads
// nowhere.
func (t *Tree) target(c cursor) *cursor {
	if known, ok := t.hops[c.node]; ok {
		return known
	}
	ref := refOf(c.node)
	if ref == nil {
		return nil
	}
	t.hops[c.node] = nil
	place := c.below("$ref", ref)
	name, pointer, _ := strings.Cut(ref.Value, "#")
	in := c.file
	if name != "" {
		if bare := t.bareName(c, name); bare != nil {
			t.hops[c.node] = bare
			return bare
		}
		if in = t.load(place, name); in == nil {
			return nil
		}
	}
	found, gap := t.resolve(in, pointer)
	if found == nil {
		found = t.elsewhere(place, in, pointer)
	}
	if found == nil {
		help := ""
		if near, ok := nearest(gap); ok {
			help = fmt.Sprintf("did you mean %q?", near)
		}
		t.repairHelp(BrokenRef, place, help, t.loss(), "the reference %q leads nowhere: there is no %q", ref.Value, gap.name)
	}
	t.hops[c.node] = found
	return found
}

// definitions is where named schemas are.
func (t *Tree) definitions() string {
	if t.find(t.main.root, "swagger") != nil && t.find(t.main.root, "openapi") == nil {
		return "/definitions"
	}
	return "/components/schemas"
}

// bareName reads the name of a schema where a reference belongs, as versions
// before 2.0 had it.
func (t *Tree) bareName(c cursor, name string) *cursor {
	if c.file != t.main || strings.ContainsAny(name, "./") {
		return nil
	}
	found, _ := t.resolve(t.main, t.definitions()+"/"+escape(name))
	if found != nil {
		t.repair(BrokenRef, c.below("$ref", refOf(c.node)), "it is read as one of the definitions", "the reference is a bare name")
	}
	return found
}

// loss says what becomes of a reference that leads nowhere.
func (t *Tree) loss() string {
	switch t.wanted {
	case "", "schema", "response", "request body", "media type":
		return "it is any value"
	}
	return "it is left out"
}

// homes are where versions keep what is referred to.
var homes = [][2]string{
	{"/definitions/", "/components/schemas/"},
	{"/parameters/", "/components/parameters/"},
	{"/responses/", "/components/responses/"},
}

// elsewhere looks for the target of a reference where another version of
// OpenAPI keeps it.
func (t *Tree) elsewhere(place cursor, in *file, pointer string) *cursor {
	for _, h := range homes {
		for i := range h {
			name, ok := strings.CutPrefix(pointer, h[i])
			if !ok {
				continue
			}
			if found, _ := t.resolve(in, h[1-i]+name); found != nil {
				t.repair(BrokenRef, place, "it is read as "+h[1-i]+name, "the reference %q leads nowhere", place.node.Value)
				return found
			}
		}
	}
	return nil
}

type gap struct {
	name  string
	among []string
}

// resolve follows a JSON pointer (RFC 6901). When it leads nowhere, the
// second result says which step failed and what was there instead.
func (t *Tree) resolve(in *file, pointer string) (*cursor, gap) {
	if u, err := url.PathUnescape(pointer); err == nil {
		pointer = u
	}
	at := cursor{node: in.root, file: in}
	if pointer == "" || pointer == "/" {
		return &at, gap{}
	}
	if !strings.HasPrefix(pointer, "/") {
		// A name given by $anchor, which may stand anywhere.
		if found, ok := t.anchorsOf(in)[pointer]; ok {
			return &found, gap{}
		}
		return nil, gap{name: pointer}
	}
	for _, step := range steps(pointer) {
		next := t.stepInto(at.node, step)
		if next == nil {
			if target := t.follow(at); target != nil && target.node != at.node {
				at = *target
				next = t.stepInto(at.node, step)
			}
		}
		if next == nil {
			return nil, gap{step, keys(at.node)}
		}
		at = at.below(step, next)
	}
	return &at, gap{}
}

func (t *Tree) stepInto(n *yaml.Node, step string) *yaml.Node {
	switch n.Kind {
	case yaml.MappingNode:
		return t.find(n, step)
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(n.Content) {
			return n.Content[i]
		}
	}
	return nil
}

// anchorsOf lists the names that $anchor gives in a file.
func (t *Tree) anchorsOf(in *file) map[string]cursor {
	if known, ok := t.anchors[in]; ok {
		return known
	}
	found := map[string]cursor{}
	t.anchors[in] = found
	seen := map[*yaml.Node]bool{}
	var walk func(c cursor)
	walk = func(c cursor) {
		if seen[c.node] {
			return
		}
		seen[c.node] = true
		for i, n := range c.node.Content {
			switch c.node.Kind {
			case yaml.SequenceNode:
				walk(c.below(strconv.Itoa(i), n))
			case yaml.MappingNode:
				if i%2 == 0 {
					continue
				}
				key := c.node.Content[i-1].Value
				if (key == "$anchor" || key == "$dynamicAnchor") && n.Kind == yaml.ScalarNode {
					found[n.Value] = c
				}
				walk(c.below(key, n))
			}
		}
	}
	walk(cursor{node: in.root, file: in})
	return found
}

func keys(n *yaml.Node) []string {
	var names []string
	for key := range pairs(n) {
		names = append(names, key.Value)
	}
	return names
}

// maxNear is how many names, and of which length, are compared to a name that
// is not there.
const maxNear, maxNearLen = 2000, 100

// nearest returns the name that was probably meant.
func nearest(g gap) (string, bool) {
	long := func(name string) bool { return len(name) > maxNearLen }
	if long(g.name) || len(g.among) > maxNear {
		return "", false
	}
	return diag.Nearest(g.name, slices.DeleteFunc(g.among, long))
}
