package mend

import (
	"fmt"
	"iter"
	"strings"

	"github.com/pb33f/go-yaml"
)

// cursor is a node and where it stands: in which file and under which names.
type cursor struct {
	node *yaml.Node
	file *file
	up   *cursor
	name string
}

func (c cursor) below(name string, node *yaml.Node) cursor {
	return cursor{node: node, file: c.file, up: &c, name: name}
}

// pointer is the place as a JSON pointer, behind the name of another file.
func (c cursor) pointer() string {
	var names []string
	at := &c
	for ; at.up != nil; at = at.up {
		names = append(names, escape(at.name))
	}
	var b strings.Builder
	if at.file.name != "" {
		b.WriteString(at.file.name + "#")
	}
	for i := len(names) - 1; i >= 0; i-- {
		b.WriteString("/" + names[i])
	}
	return b.String()
}

func escape(name string) string {
	if !strings.ContainsAny(name, "~/") {
		return name
	}
	return strings.ReplaceAll(strings.ReplaceAll(name, "~", "~0"), "/", "~1")
}

// pairs goes through the members of an object.
func pairs(n *yaml.Node) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(key, value *yaml.Node) bool) {
		if n == nil || n.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i], n.Content[i+1]) {
				return
			}
		}
	}
}

// repair reports a defect and what was done about it.
func (t *Tree) repair(kind Kind, c cursor, done, format string, args ...any) {
	t.repairHelp(kind, c, "", done, format, args...)
}

func (t *Tree) repairHelp(kind Kind, c cursor, help, done, format string, args ...any) {
	key := repairKey{c.node, format}
	if t.reported[key] {
		return
	}
	t.reported[key] = true
	r := Repair{Kind: kind, At: c.pointer(), Text: fmt.Sprintf(format, args...), Done: done, Help: help}
	if c.file == t.main {
		r.Line, r.Col = c.node.Line, c.node.Column
	}
	t.Report(r)
}

type repairKey struct {
	node *yaml.Node
	what string
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// describe names the kind of a value for people.
func describe(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "an object"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Tag == "!!bool":
		return "a truth value"
	case n.Tag == "!!int" || n.Tag == "!!float":
		return "a number"
	case n.Tag == "!!null":
		return "null"
	}
	return "text"
}

// An object that repairs put in place of another.
func object(at *yaml.Node, content ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: at.Line, Column: at.Column, Content: content}
}

func scalar(at *yaml.Node, tag, value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: value, Line: at.Line, Column: at.Column}
}

func text(at *yaml.Node, value string) *yaml.Node {
	n := scalar(at, "!!str", value)
	n.Style = yaml.DoubleQuotedStyle
	return n
}
