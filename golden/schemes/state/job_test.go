package state_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/golden/schemes/state"
	"github.com/porin-dev/porin/golden/schemes/state/statetest"
	"github.com/porin-dev/porin/runtime/twin"
)

// withJob runs a test with a job that was just begun.
func withJob(t *testing.T, run func(t *testing.T, sim *statetest.Sim, c *state.Client, id string)) {
	withClient(t, func(t *testing.T, sim *statetest.Sim, c *state.Client, _ string) {
		job, err := c.Exports.Start(t.Context(), state.ExportsStartParams{Format: state.ExportsStartFormatCsv})
		require.NoError(t, err)
		require.Equal(t, state.ExportStateQueued, job.State)
		run(t, sim, c, job.ID)
	})
}

func TestClientWaitsForJob(t *testing.T) {
	withJob(t, func(t *testing.T, sim *statetest.Sim, c *state.Client, id string) {
		_, err := sim.Arm(twin.Fault{ID: "transport/reset-mid-body", Scope: twin.Scope{Action: "exports.get", Nth: 2}})
		require.NoError(t, err)
		begun := time.Now()
		job, err := c.Exports.Wait(t.Context(), state.ExportsGetParams{ID: id})
		require.NoError(t, err)
		assert.Equal(t, state.ExportStateDone, job.State)
		assert.NotEmpty(t, job.URL)
		assert.Less(t, time.Since(begun), 10*time.Second)
	})
}

func TestClientIsToldOfFailedJob(t *testing.T) {
	withJob(t, func(t *testing.T, sim *statetest.Sim, c *state.Client, id string) {
		require.NoError(t, sim.EndJob("", "exports", id, "failed"))
		job, err := c.Exports.Wait(t.Context(), state.ExportsGetParams{ID: id})
		require.ErrorIs(t, err, state.ErrJobFailed)
		failed, _ := errors.AsType[*state.JobError](err)
		assert.Equal(t, id+" failed "+job.Reason, failed.ID+" "+failed.Status+" "+failed.Reason)
		assert.NotEmpty(t, job.Reason)
		assert.NotContains(t, err.Error(), job.Reason)
	})
}

// A wait that its deadline ended is gone on with later, by the id.
func TestClientWaitsAgain(t *testing.T) {
	withJob(t, func(t *testing.T, _ *statetest.Sim, c *state.Client, id string) {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		_, err := c.Exports.Wait(ctx, state.ExportsGetParams{ID: id})
		require.ErrorIs(t, err, context.DeadlineExceeded)
		waiting, _ := errors.AsType[*state.JobError](err)
		require.Equal(t, "running", waiting.Status)
		job, err := c.Exports.Wait(t.Context(), state.ExportsGetParams{ID: waiting.ID})
		require.NoError(t, err)
		assert.Equal(t, state.ExportStateDone, job.State)
	})
}
