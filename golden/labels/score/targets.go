package score

import "fmt"

// Level is a precision and a recall.
type Level struct{ Precision, Recall float64 }

// Target is how good the drafter has to be in one area.
type Target struct {
	Area  Area
	Goal  Level // Where it has to get to.
	Floor Level // What the tuned documents have reached, and may not lose.
}

// MaxUnsafe is how many operations that are not safe to repeat may be called
// safe. Each one loses data or money.
const MaxUnsafe = 0

// Targets is the one place of the goals and floors. A better drafter raises
// the floors.
func Targets() []Target {
	return []Target{
		{Area: Paging, Goal: Level{0.98, 0.90}, Floor: Level{0.99, 0.93}},
		{Area: Ends, Goal: Level{0.98, 0.90}, Floor: Level{0.99, 0.99}},
		{Area: Effects, Goal: Level{0.97, 0.97}, Floor: Level{0.97, 0.97}},
		{Area: Auths, Goal: Level{0.98, 0.98}, Floor: Level{0.98, 0.93}},
		{Area: Failures, Goal: Level{0.90, 0.90}, Floor: Level{0.95, 0.95}},
	}
}

// Missed lists the floors that an outcome is below, and what is called safe.
func (o *Outcome) Missed() []string {
	var all []string
	if n := o.Tuned.Unsafe + o.Held.Unsafe + o.Blind.Unsafe; n > MaxUnsafe {
		all = append(all, fmt.Sprintf("%d operations that are not safe to repeat are called safe", n))
	}
	for _, t := range Targets() {
		c := o.Tuned.Counts[t.Area]
		if c.Precision() < t.Floor.Precision {
			all = append(all, fmt.Sprintf("%s: precision %.3f, at least %.3f", t.Area, c.Precision(), t.Floor.Precision))
		}
		if c.Recall() < t.Floor.Recall {
			all = append(all, fmt.Sprintf("%s: recall %.3f, at least %.3f", t.Area, c.Recall(), t.Floor.Recall))
		}
	}
	return all
}
