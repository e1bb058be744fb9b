package compiler

import (
	"fmt"
	"strings"

	"cuelang.org/go/cue"

	"github.com/porin-dev/porin/compiler/ir"
)

func nounOf(k cue.Kind) string {
	var nouns []string
	for _, n := range []struct {
		kind cue.Kind
		noun string
	}{{cue.StructKind, "a struct"}, {cue.ListKind, "a list"}, {cue.StringKind, "a string"}, {cue.NumberKind, "a number"}, {cue.BoolKind, "true or false"}, {cue.BytesKind, "bytes"}, {cue.NullKind, "null"}} {
		if k&n.kind != 0 {
			nouns = append(nouns, n.noun)
		}
	}
	if len(nouns) == 0 {
		return "nothing"
	}
	return orList(nouns)
}

// orList writes alternatives for a sentence: a, b or c.
func orList(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

func intList(ints []int) string {
	words := make([]string, len(ints))
	for i, n := range ints {
		words[i] = fmt.Sprint(n)
	}
	return orList(words)
}

func typeNoun(t *ir.Type) string {
	if t.Name != "" {
		return "`#" + t.Name + "`"
	}
	return "this type"
}

// kindNoun is the one way diagnostics call a kind of type.
func kindNoun(t *ir.Type) string {
	nouns := map[ir.Kind]string{
		ir.Any: "a value of any type", ir.Bool: "a bool", ir.Int: "an integer", ir.Float: "a number", ir.String: "a string",
		ir.Bytes: "bytes", ir.Object: "an object", ir.List: "a list", ir.Map: "a map", ir.Union: "a union", ir.Enum: "an enumeration",
	}
	if t.Kind == ir.Ref {
		return "`#" + t.Ref + "`"
	}
	return nouns[t.Kind]
}

func kindNouns(kinds []ir.Kind) string {
	var nouns []string
	for _, k := range kinds {
		nouns = append(nouns, kindNoun(&ir.Type{Kind: k}))
	}
	return orList(nouns)
}
