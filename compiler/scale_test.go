package compiler_test

import (
	"fmt"
	"testing"

	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/golden/bigspec"
	"github.com/porin-dev/porin/spec"
)

func compileBig(tb testing.TB, actions int) {
	pkg, err := spec.Parse(map[string][]byte{"big.cue": bigspec.Recursive(actions)})
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
	if n != actions || len(c.Types) != bigspec.Types(actions) {
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
