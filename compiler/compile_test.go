package compiler_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/spec"
)

// compiled is the connector of a spec in one file, which is right.
func compiled(t *testing.T, text string) *ir.Connector {
	t.Helper()
	pkg, err := spec.Parse(map[string][]byte{"api.cue": []byte(text)})
	require.NoError(t, err)
	report := &diag.Report{}
	c := compiler.Compile(pkg, report)
	require.False(t, report.HasErrors(), "%v", report.Diagnostics())
	return c
}
