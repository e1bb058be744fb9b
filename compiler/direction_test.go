package compiler_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/porin-dev/porin/compiler/ir"
)

// TestOneWay: a member that goes one way is none of a type that goes the other, and no
// parameter but of a path; a type that goes both ways keeps it.
func TestOneWay(t *testing.T) {
	c := compiled(t, `package demo
connector: {title: "Demo", servers: api: url: "https://demo.test/"}
auth: token: bearer: {}
#Both: {id!: string @readonly(), name!: string, pin?: string @writeonly()}
#Sent: {@anyof(id, name+size), id?: string @readonly(), name?: string, size?: int @readonly(), pin?: string @writeonly(), seen?: #Seen @readonly()}
#Got: {id!: string @readonly(), pin!: string @writeonly(), inner?: {pin?: string @writeonly(), name?: string}}
#Seen: at?: string
actions: {
	add: {
		POST: "things/{in.key}"
		path: key!: string @readonly()
		query: {dry?: bool, total?: int @readonly()}
		body: {@anyof(id, name), @anyof(total, name+made), id?: string @readonly(), made?: string @readonly(), total?: int, name?: string, both?: #Both, sent?: #Sent}
		returns: {got!: #Got, both?: #Both, pin?: string @writeonly()}
	}
}
`)
	names := func(t *ir.Type) (names []string) {
		for _, f := range t.Fields {
			names = append(names, f.Name)
		}
		return names
	}
	add := c.Action("add")
	var choices []string
	for _, choice := range slices.Concat(add.Params.Choices, c.Type("Sent").Choices) {
		choices = append(choices, fmt.Sprint(choice.Sets))
	}
	for what, is := range map[string][2][]string{
		"parameters":    {names(add.Params), {"key", "dry", "total", "name", "both", "sent"}},
		"choices":       {choices, {"[[total] [name]]"}},
		"results":       {names(add.Returns), {"got", "both"}},
		"what is sent":  {names(c.Type("Sent")), {"name", "pin"}},
		"what comes":    {names(c.Type("Got")), {"id", "inner"}},
		"inside of it":  {names(c.Type("Got").Fields[1].Type), {"name"}},
		"what is both":  {names(c.Type("Both")), {"id", "name", "pin"}},
		"never reached": {{fmt.Sprint(c.Type("Seen").In)}, {"false"}},
	} {
		if !slices.Equal(is[0], is[1]) {
			t.Errorf("%s: %q, want %q", what, is[0], is[1])
		}
	}
}
