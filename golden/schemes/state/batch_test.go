package state_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/golden/schemes/state"
	"github.com/porin-dev/porin/golden/schemes/state/statetest"
	"github.com/porin-dev/porin/runtime/twin"
)

// withClient runs a test with the client, its twin and a project without tasks, on virtual
// time.
func withClient(t *testing.T, run func(t *testing.T, sim *statetest.Sim, c *state.Client, project string)) {
	synctest.Test(t, func(t *testing.T) {
		sim := statetest.Twin(t, func(o *twin.Options) { o.Volume = map[string]int{"tasks": 0} })
		c := sim.Client()
		p, err := c.Projects.Create(t.Context(), state.ProjectsCreateParams{Name: "Launch", Kind: state.ProjectsCreateKindOpen})
		require.NoError(t, err)
		run(t, sim, c, p.ID)
	})
}

func tasksOf(project string, n int) state.TasksCreateManyParams {
	p := state.TasksCreateManyParams{ProjectID: project}
	for i := range n {
		p.Items = append(p.Items, state.Item{Ref: state.Some(fmt.Sprint("ref-", i)), Title: fmt.Sprint("Task ", i)})
	}
	return p
}

// A batch goes in parts; each item has its own outcome, in the order given.
func TestClientSendsBatchInParts(t *testing.T) {
	withClient(t, func(t *testing.T, sim *statetest.Sim, c *state.Client, project string) {
		results, err := c.Tasks.CreateManyInParts(t.Context(), tasksOf(project, 120))
		require.NoError(t, err)
		require.Len(t, results, 120)
		for i, r := range results {
			assert.Equal(t, fmt.Sprint("Task ", i), r.Value.Task.Title)
		}
		assert.Len(t, sim.IDs("", "tasks", project), 120)
	})
}

// A part whose answer is lost is not sent again, and the others are not lost with it.
func TestClientLosesPartOfBatch(t *testing.T) {
	withClient(t, func(t *testing.T, sim *statetest.Sim, c *state.Client, project string) {
		_, err := sim.Arm(twin.Fault{ID: "transport/reset-mid-body", Scope: twin.Scope{Action: "tasks.createMany", Nth: 2}})
		require.NoError(t, err)
		results, err := c.Tasks.CreateManyInParts(t.Context(), tasksOf(project, 120))
		require.ErrorIs(t, err, state.ErrOutcomeUnknown)
		assert.ErrorContains(t, err, "state tasks.createMany: 50 of 120 items failed, the first: ")
		for i, r := range results {
			assert.Equal(t, i/50 == 1, errors.Is(r.Err, state.ErrOutcomeUnknown), "%d: %v", i, r.Err)
			assert.Equal(t, i/50 != 1, r.Err == nil, "%d: %v", i, r.Err)
		}
		assert.Len(t, sim.IDs("", "tasks", project), 120, "the lost part took effect, once")
	})
}

// What is atomic fails together.
func TestClientSendsAtomicBatch(t *testing.T) {
	withClient(t, func(t *testing.T, sim *statetest.Sim, c *state.Client, project string) {
		made, err := c.Tasks.CreateManyInParts(t.Context(), tasksOf(project, 2))
		require.NoError(t, err)
		p := state.TasksUpdateManyParams{ProjectID: project}
		for _, m := range made {
			p.Items = append(p.Items, state.Item{ID: state.Some(m.Value.Task.ID), Title: "Done"})
		}
		updated, err := c.Tasks.UpdateManyInParts(t.Context(), p)
		require.NoError(t, err)
		assert.Equal(t, "Done Done", updated[0].Value.Title+" "+updated[1].Value.Title)

		p.Items = append(p.Items, state.Item{ID: state.Some("none"), Title: "Lost"})
		updated, err = c.Tasks.UpdateManyInParts(t.Context(), p)
		require.ErrorIs(t, err, state.ErrTaskNotFound)
		for _, u := range updated {
			assert.ErrorIs(t, u.Err, state.ErrTogether)
			assert.NotErrorIs(t, u.Err, state.ErrOutcomeUnknown)
		}
	})
}

// Items that are read together have what they would have alone, also one that is read twice.
func TestClientReadsBatch(t *testing.T) {
	withClient(t, func(t *testing.T, _ *statetest.Sim, c *state.Client, project string) {
		made, err := c.Tasks.CreateManyInParts(t.Context(), tasksOf(project, 2))
		require.NoError(t, err)
		p := state.TasksReadManyParams{ProjectID: project}
		for _, id := range []string{made[1].Value.Task.ID, "none", made[0].Value.Task.ID, made[1].Value.Task.ID} {
			p.Items = append(p.Items, state.TasksReadManyItem{ID: id})
		}
		read, err := c.Tasks.ReadManyInParts(t.Context(), p)
		require.ErrorIs(t, err, state.ErrTaskNotFound)
		assert.ErrorIs(t, read[1].Err, state.ErrNotFound)
		assert.Equal(t, "Task 1 Task 0 Task 1", read[0].Value.Task.Title+" "+read[2].Value.Task.Title+" "+read[3].Value.Task.Title)
	})
}

// A batch that is stopped has the results of what was sent.
func TestClientStopsBatch(t *testing.T) {
	withClient(t, func(t *testing.T, sim *statetest.Sim, c *state.Client, project string) {
		_, err := sim.Arm(twin.Fault{ID: "transport/hang-before-headers", Scope: twin.Scope{Action: "tasks.createMany", Nth: 2}})
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), 10e9)
		defer cancel()
		results, err := c.Tasks.CreateManyInParts(ctx, tasksOf(project, 120))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.NoError(t, results[49].Err)
		assert.ErrorIs(t, results[50].Err, state.ErrOutcomeUnknown)
		assert.ErrorIs(t, results[119].Err, state.ErrNotSent)
		assert.NotErrorIs(t, results[119].Err, state.ErrOutcomeUnknown)
	})
}
