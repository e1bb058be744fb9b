package mutation

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/codegen/mutate"
	"github.com/porin-dev/porin/compiler/ir"
)

// ledger is a generated package with a test package, and few rules.
func ledger(t *testing.T) (*ir.Connector, Options) {
	t.Helper()
	dir, err := filepath.Abs("../../../../golden/gen/ledger")
	require.NoError(t, err)
	data, err := os.ReadFile(filepath.Join(dir, "connector.json"))
	require.NoError(t, err)
	c, err := ir.ReadJSON(data)
	require.NoError(t, err)
	return c, Options{Dir: dir, ImportPath: "github.com/porin-dev/porin/golden/gen/ledger", Jobs: 2, Seed: 1, Resume: t.TempDir()}
}

// TestRun has each wrong rule of a generated client tried, and goes on with what
// a run that was ended found out.
func TestRun(t *testing.T) {
	c, o := ledger(t)
	ctx, cancel := context.WithCancel(t.Context())
	o.Progress = func(p Progress) {
		if p.Doing == "running" && p.Done == 3 {
			cancel()
		}
	}
	_, err := Run(ctx, c, o)
	require.ErrorIs(t, err, context.Canceled)
	left, err := filepath.Glob(filepath.Join(o.Resume, "*.jsonl"))
	require.NoError(t, err)
	require.Len(t, left, 1, "what was found out is kept")

	o.Progress = nil
	report, err := Run(t.Context(), c, o)
	require.NoError(t, err)
	for _, m := range report.Survivors() {
		t.Logf("%s: %s: %s", m.Pos, m.Kind, m.What)
	}
	t.Logf("%d killed, %d survived, %d refused, %d absent", report.Killed, report.Survived, report.Refused, report.Absent)
	require.Len(t, report.Mutants, len(mutate.List(c)), "each has an outcome")
	require.Greater(t, report.Rate, 0.9)
	for _, kind := range []mutate.Kind{mutate.FieldType, mutate.PageItems, mutate.Effect} {
		require.True(t, slices.ContainsFunc(report.Mutants, func(m Result) bool { return m.Kind == kind && m.Outcome == Killed && m.By != "" }), "a wrong %s is noticed by a scenario", kind)
	}
	require.Equal(t, len(report.Mutants), report.Listed)
	require.NoError(t, report.AtLeast(90))
	require.ErrorContains(t, report.AtLeast(100.1), "% of the wrong rules are noticed, where it has to be 100.1%")
	left, err = filepath.Glob(filepath.Join(o.Resume, "*.jsonl"))
	require.NoError(t, err)
	require.Empty(t, left, "a run that came to its end leaves nothing to go on with")
}

// TestRunOfSome has no more rules tried than were asked for.
func TestRunOfSome(t *testing.T) {
	c, o := ledger(t)
	o.Kinds, o.Sample = []mutate.Kind{mutate.PageItems, mutate.FieldType}, 3
	report, err := Run(t.Context(), c, o)
	require.NoError(t, err)
	require.Len(t, report.Mutants, 3)
	require.Greater(t, report.Listed, 3)
	require.Equal(t, 3, report.Killed)

	o.Kinds = []mutate.Kind{mutate.Handshake}
	report, err = Run(t.Context(), c, o)
	require.NoError(t, err)
	require.Empty(t, report.Mutants)
	require.NoError(t, report.AtLeast(0))
	require.ErrorContains(t, report.AtLeast(95), "none of these rules")
}

// TestRunNeedsCurrentClient refuses a package that the spec does not say.
func TestRunNeedsCurrentClient(t *testing.T) {
	c, o := ledger(t)
	for _, a := range c.AllActions() {
		a.Doc = "Another sentence."
	}
	_, err := Run(t.Context(), c, o)
	require.ErrorContains(t, err, "porin generate")
}
