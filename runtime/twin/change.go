package twin

import (
	"slices"
	"time"
)

// past is what stood at a position until a change.
type past struct {
	until  time.Time
	object *object // nil: as it was made.
	gone   bool
}

// remember keeps what stands at a position before it changes, for as long as a read
// may lag behind.
func (c *collection) remember(p int, now time.Time) {
	if c.kind.lag <= 0 {
		return
	}
	if c.past == nil {
		c.past = map[int][]past{}
	}
	kept := slices.DeleteFunc(c.past[p], func(old past) bool { return !old.until.After(now.Add(-c.kind.lag)) })
	c.past[p] = append(kept, past{now, c.changed[p], c.gone[p] || p >= c.size()})
}

// seen returns the object at a position as a read sees it that lags behind.
func (t *Twin) seen(c *collection, p int, now time.Time, lag time.Duration) (*object, bool) {
	if lag > 0 {
		for _, old := range c.past[p] {
			switch {
			case !old.until.After(now.Add(-lag)):
			case old.gone:
				return nil, false
			case old.object != nil:
				return clone(old.object).(*object), true
			default:
				return t.made(c, p), true
			}
		}
	}
	if c.gone[p] {
		return nil, false
	}
	return t.object(c, p, now), true
}
