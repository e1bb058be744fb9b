package draft

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/pb33f/go-yaml"
)

// checkRefs holds every $ref of the document against what it points to, so
// that a broken one is reported once and with its place.
func checkRefs(root *yaml.Node) error {
	top := mapping(root)
	var first error
	eachRef(top, func(ref *yaml.Node) {
		if first == nil {
			first = checkRef(top, ref)
		}
	})
	return first
}

// eachRef calls visit with the value of every $ref that is one: not those in
// examples, defaults and extensions, which are data.
func eachRef(n *yaml.Node, visit func(ref *yaml.Node)) {
	switch n.Kind {
	case yaml.SequenceNode:
		for _, c := range n.Content {
			eachRef(c, visit)
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, value := n.Content[i].Value, n.Content[i+1]
			switch {
			case key == "$ref" && value.Kind == yaml.ScalarNode:
				visit(value)
			case key == "example" || key == "examples" || key == "default" || key == "enum" || key == "const":
				// A property may have such a name; then it holds an object with a type.
				if m := mapping(value); m != nil && (child(m, "type") != nil || child(m, "$ref") != nil) {
					eachRef(value, visit)
				}
			case strings.HasPrefix(key, "x-"):
			default:
				eachRef(value, visit)
			}
		}
	}
}

func checkRef(top, ref *yaml.Node) error {
	seen := map[string]bool{}
	at := ref
	for {
		pointer := ref.Value
		if !strings.HasPrefix(pointer, "#") {
			return &Error{
				Kind: ExternalRef, Line: at.Line, Col: at.Column,
				Msg:  fmt.Sprintf("the reference %q leads out of the document", pointer),
				Help: "bundle the document into one file first, for example with `npx @redocly/cli bundle`",
			}
		}
		if seen[pointer] {
			return &Error{
				Kind: RefCycle, Line: at.Line, Col: at.Column,
				Msg:  fmt.Sprintf("the reference %q leads back to itself", at.Value),
				Help: "one of the references on the way has to lead to a schema",
			}
		}
		seen[pointer] = true
		target, missing := resolve(top, pointer)
		if target == nil {
			e := &Error{
				Kind: BrokenRef, Line: at.Line, Col: at.Column,
				Msg: fmt.Sprintf("the reference %q leads nowhere: there is no %q", pointer, missing.name),
			}
			if near := nearest(missing.name, missing.among); near != "" {
				e.Help = fmt.Sprintf("did you mean %q?", near)
			}
			return e
		}
		if target.Kind != yaml.MappingNode {
			return nil
		}
		next := child(target, "$ref")
		if next == nil || next.Kind != yaml.ScalarNode {
			return nil
		}
		ref = next
	}
}

type gap struct {
	name  string
	among []string
}

// resolve follows a JSON pointer (RFC 6901). When it leads nowhere, the
// second result says which step failed and what was there instead.
func resolve(top *yaml.Node, pointer string) (*yaml.Node, gap) {
	pointer = strings.TrimPrefix(pointer, "#")
	if u, err := url.PathUnescape(pointer); err == nil {
		pointer = u
	}
	n := top
	if pointer == "" || pointer == "/" {
		return n, gap{}
	}
	if !strings.HasPrefix(pointer, "/") {
		// A name given by $anchor, which may stand anywhere.
		return anchor(top, pointer), gap{name: pointer}
	}
	for _, step := range strings.Split(pointer[1:], "/") {
		step = strings.ReplaceAll(strings.ReplaceAll(step, "~1", "/"), "~0", "~")
		next := stepInto(n, step)
		if next == nil {
			return nil, gap{step, keys(n)}
		}
		n = next
	}
	return n, gap{}
}

func stepInto(n *yaml.Node, step string) *yaml.Node {
	switch n.Kind {
	case yaml.MappingNode:
		return child(n, step)
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(n.Content) {
			return n.Content[i]
		}
	case yaml.AliasNode:
		return stepInto(n.Alias, step)
	}
	return nil
}

func anchor(n *yaml.Node, name string) *yaml.Node {
	if n.Kind == yaml.MappingNode {
		if a := child(n, "$anchor"); a != nil && a.Value == name {
			return n
		}
	}
	for _, c := range n.Content {
		if found := anchor(c, name); found != nil {
			return found
		}
	}
	return nil
}

func keys(n *yaml.Node) []string {
	var names []string
	if n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			names = append(names, n.Content[i].Value)
		}
	}
	return names
}

// nearest returns the name that is fewest edits away, when that is few.
func nearest(name string, among []string) string {
	best, fewest := "", len(name)/3+2
	for _, other := range among {
		if n := edits(strings.ToLower(name), strings.ToLower(other)); n < fewest {
			best, fewest = other, n
		}
	}
	return best
}

// edits is the Levenshtein distance.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost++
			}
			diagonal = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}

// repair rewrites, in place, what documents get wrong in ways that are known
// and that a strict reader would drop. Positions are kept.
func (d *document) repair(root *yaml.Node) { d.repairNode(mapping(root), place{}) }

// repairNode turns a list of schemas under "items", which no version of
// OpenAPI allows, into the alternatives that it stands for: of the value, or
// when the schema says it is an array, of its elements.
func (d *document) repairNode(n *yaml.Node, at place) {
	if n.Kind == yaml.SequenceNode {
		for i, c := range n.Content {
			d.repairNode(c, at.below(strconv.Itoa(i)))
		}
	}
	if n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Value == "example" || key.Value == "examples" || strings.HasPrefix(key.Value, "x-") {
			continue
		}
		if key.Value == "items" && value.Kind == yaml.SequenceNode && schemas(value) {
			d.note(at.below("items"), "items is a list of schemas; they are read as alternatives")
			if t := child(n, "type"); t != nil && t.Value == "array" {
				inner := *key
				inner.Value = "anyOf"
				n.Content[i+1] = &yaml.Node{
					Kind: yaml.MappingNode, Tag: "!!map", Line: value.Line, Column: value.Column,
					Content: []*yaml.Node{&inner, value},
				}
			} else {
				key.Value = "anyOf"
			}
		}
		d.repairNode(value, at.below(key.Value))
	}
}

func schemas(list *yaml.Node) bool {
	for _, c := range list.Content {
		if c.Kind != yaml.MappingNode {
			return false
		}
	}
	return len(list.Content) > 0
}
