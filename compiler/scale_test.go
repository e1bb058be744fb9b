package compiler_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/spec"
)

// recursiveSpec writes a spec of so many actions and two and a half times as
// many types. Every type refers to others, forwards, backwards and to itself,
// and a third of them are unions of structs: the shape that costs CUE
// exponential time when references are left in.
func recursiveSpec(actions int) []byte {
	types := actions * 5 / 2
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

func compileBig(tb testing.TB, actions int) {
	pkg, err := spec.Parse(map[string][]byte{"big.cue": recursiveSpec(actions)})
	if err != nil {
		tb.Fatal(err)
	}
	report := &diag.Report{}
	c := compiler.Compile(pkg, report)
	if c == nil {
		tb.Fatalf("%d diagnostics, the first: %s", len(report.Diagnostics()), report.Diagnostics()[0].Message)
	}
	n := 0
	for range c.AllActions() {
		n++
	}
	if n != actions || len(c.Types) != actions*5/2 {
		tb.Fatalf("%d actions and %d types", n, len(c.Types))
	}
}

// TestCutScales compiles what does not finish without the cut.
func TestCutScales(t *testing.T) { compileBig(t, 300) }

func BenchmarkVet(b *testing.B) {
	for _, actions := range []int{300, 600, 1200, 2400} {
		b.Run(fmt.Sprintf("actions=%d", actions), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				compileBig(b, actions)
			}
			b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N)/float64(actions)*1000, "µs/action")
		})
	}
}
