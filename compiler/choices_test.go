package compiler_test

import (
	"fmt"
	"slices"
	"testing"
)

// TestChoices reads what structs say of their members together: in a named type,
// in one composed of it, in parameters of two places, and in an alternative.
func TestChoices(t *testing.T) {
	c := compiled(t, `package demo
connector: {title: "Demo", servers: api: url: "https://demo.test/"}
auth: token: bearer: {}
#Card: {
	@anyof(note, content_id+content_type)
	note?: string
	content_id?: int
	content_type?: string
}
#Noted: {#Card, note!: string, @anyof("e-mail", content_id), "e-mail"?: string}
#Node: {name!: string, children?: [...{#Node, weight?: int}]}
#Even: odds?: [...{#Odd, n?: int}]
#Odd: evens?: [...{#Even, n?: int}]
actions: cards: add: {
	POST: "cards"
	query: {@anyof(note, by), note?: string, by?: string}
	body: {#Card, title?: string}
	returns: {card?: #Noted, cards?: [...({@anyof(a, b), kind!: "x", a?: string, b?: string} | {kind!: "y"})]}
}
`)
	add := c.Action("cards.add")
	var got []string
	for _, typ := range slices.Concat(c.Types, add.Returns.Fields[1].Type.Elem.Variants[:1]) {
		for _, choice := range typ.Choices {
			got = append(got, fmt.Sprint(typ.Go, choice.Sets))
		}
	}
	for _, choice := range add.Params.Choices {
		got = append(got, fmt.Sprint("params", choice.Sets))
	}
	want := []string{
		"Card[[note] [content_id content_type]]", "Noted[[e-mail] [content_id]]", "CardsAddResultCardX[[a] [b]]",
		"params[[note] [by]]", "params[[body_note] [content_id content_type]]",
	}
	if fields := c.Type("Node").Fields[1].Type.Elem.Fields; len(fields) != 2 {
		t.Errorf("a node in a list has %d members, want its weight and its name", len(fields))
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
