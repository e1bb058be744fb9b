package mutate_test

import (
	"bytes"
	"encoding/json"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/codegen"
	"github.com/porin-dev/porin/codegen/mutate"
	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/compiler/ir"
)

func acme(t *testing.T) *ir.Connector {
	t.Helper()
	data, err := os.ReadFile("../../golden/gen/acme/connector.json")
	require.NoError(t, err)
	c, err := ir.ReadJSON(data)
	require.NoError(t, err)
	return c
}

func generate(t *testing.T, c *ir.Connector) []codegen.File {
	t.Helper()
	files, err := codegen.Generate(c, codegen.Options{ImportPath: "example.test/acme"})
	require.NoError(t, err)
	return files
}

// TestApply changes something with each mutant, and leaves nothing behind.
func TestApply(t *testing.T) {
	c := acme(t)
	before, err := json.Marshal(c)
	require.NoError(t, err)
	kinds := map[mutate.Kind]int{}
	for _, m := range mutate.List(c) {
		kinds[m.Kind]++
		require.True(t, m.Pos.IsValid(), m.What)
		undo := m.Apply()
		during, err := json.Marshal(c)
		require.NoError(t, err)
		require.NotEqual(t, string(before), string(during), m.What)
		undo()
		after, err := json.Marshal(c)
		require.NoError(t, err)
		require.Equal(t, string(before), string(after), m.What)
	}
	for _, k := range []mutate.Kind{
		mutate.PageParameter, mutate.PageEnd, mutate.PageStart, mutate.PageItems, mutate.PageFrom, mutate.HeaderName, mutate.Unit,
		mutate.ErrorWhen, mutate.ErrorClass, mutate.CodePath, mutate.Effect, mutate.KeyPlace, mutate.LimitRate, mutate.LimitKey, mutate.SignaturePart,
		mutate.TokenPath, mutate.Expiry, mutate.ScopeSeparator, mutate.FieldType, mutate.TimeFormat,
	} {
		require.NotZero(t, kinds[k], "no rule of the kind %s", k)
	}
}

// TestSharedRulesAreOneMutant counts a limit once, however many actions draw from it.
func TestSharedRulesAreOneMutant(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range mutate.List(acme(t)) {
		key := string(m.Kind) + m.Pos.String() + m.What
		require.False(t, seen[key], key)
		seen[key] = true
		if m.Kind == mutate.LimitRate && strings.Contains(m.What, "reads") {
			require.Greater(t, len(m.Actions), 1)
		}
	}
}

// TestProgram holds mutants beside the true rules, in files that parse.
func TestProgram(t *testing.T) {
	c := acme(t)
	p, err := mutate.NewProgram(generate(t, c))
	require.NoError(t, err)
	outcomes := map[mutate.Outcome]int{}
	for _, m := range mutate.List(c) {
		switch m.Kind {
		case mutate.Effect, mutate.LimitRate, mutate.ErrorClass, mutate.SignaturePart, mutate.FieldType:
		default:
			continue
		}
		undo := m.Apply()
		files, err := codegen.Generate(c, codegen.Options{ImportPath: "example.test/acme"})
		undo()
		if err != nil {
			continue
		}
		o, err := p.Add(m, files)
		require.NoError(t, err)
		outcomes[o]++
		if m.Kind == mutate.FieldType {
			require.NotEqual(t, mutate.Chosen, o, m.What)
		}
		if m.Kind == mutate.Effect {
			require.Equal(t, mutate.Chosen, o, m.What)
		}
	}
	require.Greater(t, outcomes[mutate.Chosen], 20)
	for _, f := range p.Files() {
		_, err := parser.ParseFile(token.NewFileSet(), f.Path, f.Content, 0)
		require.NoError(t, err)
		require.False(t, bytes.HasPrefix(f.Content, []byte("// Code generated")), "the file is not the one on disk")
	}
}

// TestSample draws the same mutants for the same seed, of every kind, and few others when a
// rule goes.
func TestSample(t *testing.T) {
	all := mutate.List(acme(t))
	kinds := map[mutate.Kind]bool{}
	for _, m := range all {
		require.Contains(t, mutate.Kinds, m.Kind)
		kinds[m.Kind] = true
	}
	n := len(kinds) + 5
	require.Greater(t, len(all), 2*n)
	some := mutate.Sample(all, n, 1)
	require.Len(t, some, n)
	require.Equal(t, some, mutate.Sample(all, n, 1))
	require.NotEqual(t, some, mutate.Sample(all, n, 2))
	for i, m := range some {
		delete(kinds, m.Kind)
		require.True(t, i == 0 || some[i-1].ID < m.ID)
	}
	require.Empty(t, kinds, "these kinds are not in the sample")
	left := 0
	for _, m := range mutate.Sample(all[1:], n, 1) {
		if slices.Contains(some, m) {
			left++
		}
	}
	require.GreaterOrEqual(t, left, n-1)
	require.Equal(t, all, mutate.Sample(all, len(all)+1, 1))
	for _, m := range mutate.Of(all, []mutate.Kind{mutate.Effect}) {
		require.Equal(t, mutate.Effect, m.Kind)
	}
}

// TestBatches changes each rule of a batch, and the client holds it: what is looked for in
// another place is of the same type.
func TestBatches(t *testing.T) {
	c, _, report := compiler.Load("../../golden/schemes/state")
	require.False(t, report.HasErrors())
	p, err := mutate.NewProgram(generate(t, c))
	require.NoError(t, err)
	kinds := map[mutate.Kind]int{}
	for _, m := range mutate.Of(mutate.List(c), []mutate.Kind{mutate.BatchMost, mutate.BatchMatch, mutate.BatchResults, mutate.BatchAtomic, mutate.ErrorClass, mutate.ErrorWhen, mutate.CodePath}) {
		if len(m.Actions) != 1 || !strings.HasSuffix(m.Actions[0], "Many") {
			continue
		}
		undo := m.Apply()
		files := generate(t, c)
		undo()
		o, err := p.Add(m, files)
		require.NoError(t, err)
		require.Equal(t, mutate.Chosen, o, m.What)
		kinds[m.Kind]++
	}
	require.Equal(t, map[mutate.Kind]int{
		mutate.BatchMost: 2, mutate.BatchMatch: 2, mutate.BatchResults: 4, mutate.BatchAtomic: 3,
		mutate.ErrorClass: 3, mutate.ErrorWhen: 3, mutate.CodePath: 3,
	}, kinds)
}
