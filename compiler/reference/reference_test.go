package reference_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"cuelang.org/go/cue"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/reference"
	"github.com/porin-dev/porin/golden"
	"github.com/porin-dev/porin/spec"
)

// document is the committed reference.
const document = "../../docs/language.md"

// TestReferenceIsCurrent holds the committed reference to the schema and the
// tables that it is made from.
func TestReferenceIsCurrent(t *testing.T) {
	want, err := reference.Markdown()
	require.NoError(t, err)
	if os.Getenv(golden.UpdateEnv) != "" {
		require.NoError(t, os.WriteFile(document, []byte(want), 0o644))
		t.Errorf("%s: rewritten; read the difference and run again without %s", document, golden.UpdateEnv)
		return
	}
	got, err := os.ReadFile(document)
	require.NoError(t, err)
	assert.Equal(t, want, string(got), "%s=1 rewrites it", golden.UpdateEnv)
}

// TestReferenceExamplesCompile compiles every CUE example that is a whole spec.
func TestReferenceExamplesCompile(t *testing.T) {
	text, err := reference.Markdown()
	require.NoError(t, err)
	n := 0
	for _, m := range regexp.MustCompile("(?s)```cue\n(package .*?)```").FindAllStringSubmatch(text, -1) {
		n++
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "spec.cue"), []byte(m[1]), 0o644))
		_, _, report := compiler.Load(dir)
		for _, d := range report.Diagnostics() {
			t.Errorf("example %d: %s: %s (%s)", n, d.At, d.Message, d.Code)
		}
	}
	assert.NotZero(t, n, "the reference has examples")
}

// TestSchemaNamesCodes wants the diagnostics that the schema names to exist.
func TestSchemaNamesCodes(t *testing.T) {
	codes := regexp.MustCompile(`P[0-9]{4}`).FindAllString(spec.SchemaSource(), -1)
	require.NotEmpty(t, codes)
	for _, code := range codes {
		_, ok := diag.Explain(diag.Code(code))
		assert.True(t, ok, "the schema names %s, which has no explanation", code)
	}
}

// TestReferenceExplainsWords wants a meaning for every class and effect.
func TestReferenceExplainsWords(t *testing.T) {
	text, err := reference.Markdown()
	require.NoError(t, err)
	schema := spec.Schema()
	for _, at := range []cue.Path{cue.ParsePath("#Class"), cue.MakePath(cue.Def("Action"), cue.Str("effect").Optional())} {
		op, words := schema.LookupPath(at).Expr()
		require.Equal(t, cue.OrOp, op)
		for _, w := range words {
			word, err := w.String()
			require.NoError(t, err)
			assert.Contains(t, text, "\n| `"+word+"` | ", "%s", at)
		}
	}
}
