package gauntlet

import (
	"context"
	"slices"
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
	Timeline bool          // Results have timelines.
	Done     func(Result)  // Called as each ends, one at a time. May be nil.
}

// again is how often a scenario that failed by the clock alone is tried again, and
// againAtOnce how many of them together.
const again, againAtOnce = 2, 4

// endWithin is how long scenarios under way may take to end when the context has.
const endWithin = 3 * time.Second

// Judge runs every chosen scenario for a client that is a process of its own, as
// [TryOutside] does. What fails by the clock alone is tried again when the others are
// done, twice, and fails if it does each time: a client that is late by itself is late
// again, one that a busy machine kept waiting is not. What the clock says beside another
// failure is dropped. The error is about the choice, or
// the context's: the report then has what was judged until it ended.
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
	var mu sync.Mutex // Of the results.
	over := false     // Nothing is added to the results any more.
	round := func(which []int, atOnce int, last bool) (late []int) {
		turn := make(chan struct{}, atOnce)
		var work sync.WaitGroup
		for _, i := range which {
			select {
			case turn <- struct{}{}:
			case <-ctx.Done():
			}
			if ctx.Err() != nil {
				break
			}
			work.Go(func() {
				defer func() { <-turn }()
				s := *chosen[i]
				s.timeline = j.Timeline
				r := TryOutside(ctx, plan, d, &s, j.Seed, j.Patience)
				r.dropLate()
				mu.Lock()
				defer mu.Unlock()
				switch {
				case over || ctx.Err() != nil: // It may have failed by that.
				case r.late() && !last:
					late = append(late, i)
				default:
					results[i] = r
					if j.Done != nil {
						j.Done(r)
					}
				}
			})
		}
		work.Wait()
		return late
	}
	which := make([]int, len(chosen))
	for i := range which {
		which[i] = i
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		which = round(which, j.AtOnce, false)
		for n := range again {
			which = round(which, min(j.AtOnce, againAtOnce), n == again-1)
		}
	}()
	select {
	case <-done:
	case <-ctx.Done():
		select { // A workload may be in the middle of a long wait.
		case <-done:
		case <-time.After(endWithin):
		}
	}
	mu.Lock()
	defer mu.Unlock()
	over = true
	judged := slices.DeleteFunc(slices.Clone(results), func(r Result) bool { return r.ID == "" })
	report := NewReport(c.Name, d.Name(), j.Seed, judged)
	report.RealTime, report.Interrupted = true, len(judged) < len(chosen)
	return report, ctx.Err()
}
