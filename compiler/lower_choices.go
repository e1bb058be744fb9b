package compiler

import (
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

const choiceName = "anyof"

// lowerChoices reads what a struct says of its members together:
// @anyof(note, content_id+content_type).
func (c *compilation) lowerChoices(n node, t *ir.Type) {
	for i, a := range n.v.Attributes(cue.DeclAttr) {
		if a.Name() == choiceName {
			t.Choices = append(t.Choices, &ir.Choice{Pos: n.choicePos(i), Sets: parseSets(a.Contents())})
		}
	}
}

// refuseChoices reports choices in a struct that has no members by name.
func (c *compilation) refuseChoices(t *ir.Type) {
	for _, choice := range t.Choices {
		c.report.Errorf(diag.MisplacedAttribute, choice.Pos, "`@%s` says nothing about %s", choiceName, kindNoun(t)).
			Help("it is for %s", kindNouns(attributeForm(choiceName).On))
	}
	t.Choices = nil
}

// parseSets splits the sets of a choice at commas, and their members at "+".
// Names that are no words stand in quotes.
func parseSets(text string) [][]string {
	var sets [][]string
	set, start, quoted := []string{}, 0, false
	name := func(end int) {
		word := strings.TrimSpace(text[start:end])
		if s, err := strconv.Unquote(word); err == nil {
			word = s
		}
		if word != "" && !slices.Contains(set, word) {
			set = append(set, word)
		}
		start = end + 1
	}
	for i := 0; i < len(text); i++ {
		switch {
		case quoted && text[i] == '\\':
			i++
		case text[i] == '"':
			quoted = !quoted
		case quoted:
		case text[i] == '+':
			name(i)
		case text[i] == ',':
			name(i)
			sets, set = append(sets, set), nil
		}
	}
	name(len(text))
	return slices.DeleteFunc(append(sets, set), func(set []string) bool { return len(set) == 0 })
}

// choicePos is the span of the ith attribute that stands in the struct.
func (n node) choicePos(i int) ir.Pos {
	var source ast.Node = n.v.Source()
	if f, ok := source.(*ast.Field); ok {
		source = f.Value
	}
	if found := structAttributes(source); i < len(found) {
		return span(found[i].Pos(), found[i].End())
	}
	return n.labelPos()
}

// structAttributes lists the attributes between the members of a struct, or of
// structs that are composed.
func structAttributes(e ast.Node) []*ast.Attribute {
	var found []*ast.Attribute
	switch e := e.(type) {
	case *ast.StructLit:
		for _, d := range e.Elts {
			if a, ok := d.(*ast.Attribute); ok {
				found = append(found, a)
			}
		}
	case *ast.BinaryExpr:
		found = append(structAttributes(e.X), structAttributes(e.Y)...)
	case *ast.ParenExpr:
		found = structAttributes(e.X)
	}
	return found
}

// settleChoices checks the choices of an object whose members are all known,
// and adds those of the types composed into it that its own members leave open.
func (c *compilation) settleChoices(t *ir.Type) {
	if !c.settled[t] {
		c.settled[t] = true
		t.Choices = slices.DeleteFunc(t.Choices, func(choice *ir.Choice) bool { return !c.checkAnyOf(t, choice) })
	}
	for _, name := range t.Embeds {
		e := c.named[name]
		if e == nil {
			continue
		}
		for _, choice := range e.Choices {
			if !choice.Met(requiredOf(t)) && !slices.ContainsFunc(t.Choices, choice.Same) {
				t.Choices = append(t.Choices, choice)
			}
		}
	}
}

func requiredOf(t *ir.Type) func(name string) bool {
	return func(name string) bool {
		f := fieldOf(t, name)
		return f != nil && f.Required
	}
}

// checkAnyOf reports members that the type does not have, and choices that
// leave nothing to choose.
func (c *compilation) checkAnyOf(t *ir.Type, choice *ir.Choice) bool {
	var names []string
	for _, f := range t.Fields {
		names = append(names, f.Name)
	}
	for _, name := range slices.Concat(choice.Sets...) {
		if slices.Contains(names, name) {
			continue
		}
		c.report.Errorf(diag.ChoiceUnknown, choice.Pos, "`@%s` names `%s`, which the type does not have", choiceName, name).
			DidYouMean(name, names)
		return false
	}
	idle := func(format string, args ...any) *diag.Diagnostic {
		return c.report.Errorf(diag.ChoiceIdle, choice.Pos, format, args...)
	}
	switch {
	case len(choice.Sets) == 0:
		return false // An attribute without an argument, which is an error of its own.
	case len(choice.Sets) == 1:
		idle("`@%s` with one set leaves nothing to choose", choiceName).
			Help("mark %s with `!`", diag.List(choice.Sets[0]))
		return false
	}
	for _, set := range choice.Sets {
		one := &ir.Choice{Sets: [][]string{set}}
		if one.Met(requiredOf(t)) {
			idle("the type requires %s, so that `@%s` says nothing", diag.List(set), choiceName).
				Help("leave `@%s` out, or write `?` behind the name", choiceName)
			return false
		}
	}
	for i, set := range choice.Sets {
		for j, wide := range choice.Sets {
			if i != j && (i < j || len(set) < len(wide)) && subset(set, wide) {
				idle("%s is enough, so that the set of %s adds nothing", diag.List(set), diag.List(wide)).
					Help("leave one of them out")
				return false
			}
		}
	}
	return true
}

func subset(names, of []string) bool {
	return !slices.ContainsFunc(names, func(name string) bool { return !slices.Contains(of, name) })
}
