package gauntlet

import (
	"context"
	"sync"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

// Judging says how a client that is a process of its own is judged.
type Judging struct {
	Only     string        // Glob over scenarios, as for [Choose]; empty is all.
	Seed     uint64        // Of the twin's data.
	Patience time.Duration // The longest that one call may take; 0 is [Patience].
	AtOnce   int           // Scenarios that run together; 0 is 8: what they do is wait.
	Done     func(Result)  // Called as each ends, one at a time. May be nil.
}

// again is how often a scenario that failed by the clock alone is tried again.
const again = 2

// Judge runs every chosen scenario for a client that is a process of its own, as
// [TryOutside] does. What fails by the clock alone is tried again with nothing beside
// it, twice, and fails if it does each time: a client that is late by itself is late
// again, one that a busy machine kept waiting is not. The error is about the choice,
// or the context's.
func Judge(ctx context.Context, c *ir.Connector, d Driver, j Judging) (*Report, error) {
	chosen, err := Choose(j.Only)
	if err != nil {
		return nil, err
	}
	if j.AtOnce <= 0 {
		j.AtOnce = 8
	}
	plan := NewPlan(c)
	results := make([]Result, len(chosen))
	turn := make(chan struct{}, j.AtOnce)
	var mu sync.Mutex
	var work sync.WaitGroup
	for i, s := range chosen {
		turn <- struct{}{}
		work.Go(func() {
			defer func() { <-turn }()
			results[i] = TryOutside(ctx, plan, d, s, j.Seed, j.Patience)
			mu.Lock()
			defer mu.Unlock()
			if j.Done != nil && !results[i].late() {
				j.Done(results[i])
			}
		})
	}
	work.Wait()
	for i, s := range chosen {
		if !results[i].late() {
			continue
		}
		for n := 0; n < again && results[i].late() && ctx.Err() == nil; n++ {
			results[i] = TryOutside(ctx, plan, d, s, j.Seed, j.Patience)
		}
		if j.Done != nil {
			j.Done(results[i])
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return NewReport(c.Name, d.Name(), j.Seed, results), nil
}
