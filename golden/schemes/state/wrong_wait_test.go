package state_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/golden/schemes/state/statetest"
	"github.com/porin-dev/porin/runtime/gauntlet"
)

// waiting is the generated client with a way to wait of its own, which sins.
func waiting(sin string) gauntlet.Driver {
	return wrongly{statetest.Driver(), func(s gauntlet.Session) gauntlet.Session { return waitingSession{s, sin} }}
}

type waitingSession struct {
	gauntlet.Session
	sin string
}

func (s waitingSession) Wait(ctx context.Context, action string, params gauntlet.JSON) (gauntlet.JSON, error) {
	right := s.Session.(gauntlet.Waiter)
	switch s.sin {
	case "looks all the time":
		for range 5 {
			if _, err := s.Call(ctx, action, params); err != nil {
				return nil, err
			}
			time.Sleep(100 * time.Millisecond)
		}
	case "takes any answer for the end":
		return s.Call(ctx, action, params)
	case "gives up":
		for range 20 {
			if _, err := s.Call(ctx, action, params); err != nil {
				return nil, err
			}
			time.Sleep(2 * time.Second)
		}
	case "plain errors":
		job, err := right.Wait(ctx, action, params)
		if err != nil {
			err = errors.New("no luck")
		}
		return job, err
	case "goes on after the last word":
		if _, err := right.Wait(ctx, action, params); err == nil {
			return nil, errors.New("the scenario has another end")
		}
	}
	return right.Wait(ctx, action, params)
}

// A client that waits as it should passes, and each that does not fails.
func TestScenariosOfJobs(t *testing.T) {
	c, _, report := compiler.Load(".")
	require.False(t, report.HasErrors())
	for _, tc := range []struct {
		scenario, sin string
		want          gauntlet.Outcome
	}{
		{"jobs/slow", "", gauntlet.Pass},
		{"jobs/slow", "looks all the time", gauntlet.Fail},
		{"jobs/slow", "takes any answer for the end", gauntlet.Fail},
		{"jobs/lost-while-waiting", "", gauntlet.Pass},
		{"jobs/lost-while-waiting", "gives up", gauntlet.Fail},
		{"jobs/failed", "", gauntlet.Pass},
		{"jobs/failed", "takes any answer for the end", gauntlet.Fail},
		{"jobs/failed", "plain errors", gauntlet.Fail},
		{"jobs/failed", "goes on after the last word", gauntlet.Fail},
	} {
		scenarios, err := gauntlet.Choose(tc.scenario)
		require.NoError(t, err)
		r := gauntlet.Try(t, gauntlet.NewPlan(c), waiting(tc.sin), scenarios[0], 1)
		assert.Equal(t, tc.want, r.Outcome, "%s, %s: %s", tc.scenario, tc.sin, r.Why)
	}
}
