// Package bigspec makes large specs, to measure the compiler with.
package bigspec

import (
	"bytes"
	"fmt"
)

// typesPerTwoActions is the ratio of Stripe, rounded: 1,454 types and 594 operations.
const typesPerTwoActions = 5

// Recursive writes a spec of so many actions and two and a half times as
// many types. Every type refers to others, forwards, backwards and to itself,
// and a third of them are unions of structs: the shape that costs CUE
// exponential time when references are left in.
func Recursive(actions int) []byte {
	types := Types(actions)
	var b bytes.Buffer
	b.WriteString("package big\n\nconnector: {title: \"Big\", servers: api: url: \"https://api.example.com/\"}\nauth: token: bearer: {}\n\n")
	for i := range types {
		next, prev := (i+1)%types, (i+types-7)%types
		if i%3 == 0 {
			fmt.Fprintf(&b, "#T%d: {kind!: \"a\", next?: #T%d} | {kind!: \"b\", prev?: #T%d, self?: #T%d} | {kind!: \"c\", all?: [...#T%d]}\n", i, next, prev, i, next)
			continue
		}
		fmt.Fprintf(&b, "#T%d: {\n\tid!: string\n\tname?: string | null\n\tcount?: int & >=0\n\tstate?: \"on\" | \"off\"\n\tnext?: #T%d\n\tprev?: #T%d | null\n\tself?: [...#T%d]\n\tby_name?: [string]: #T%d\n\teither?: #T%d | #T%d\n}\n", i, next, prev, i, next, next, prev)
	}
	for i := range actions {
		// An odd index is no multiple of three often enough to name objects.
		item := (i*5/2 + 1) / 3 * 3 % types
		fmt.Fprintf(&b, `actions: group%d: list%d: {
	GET: "things/%d/{in.id}"
	path: id!: string
	query: {limit?: int, cursor?: string, filter?: #T%d}
	returns: {items!: [...#T%d], next?: string}
	page: {items: "items", cursor: {from: "next", to: query: "cursor"}, end: ["no_cursor"], size: {to: query: "limit", max: 100}}
}
`, i/20, i, i, item+1, item)
	}
	return b.Bytes()
}

// Types is how many types a spec of so many actions has.
func Types(actions int) int { return actions * typesPerTwoActions / 2 }
