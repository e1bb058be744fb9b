package twin

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/internal/misread"
)

// JobStep is how long a job is in each state that means to wait, where the spec does
// not say how often to look.
const JobStep = time.Second

// job is the course of an object that goes on by itself.
type job struct {
	since time.Time
	ended string // The state that it was put into; "" is the one that its age gives.
}

// state returns how far a job is.
func (j *job) state(of *ir.Job, now time.Time) *ir.JobState {
	step := duration(of.Every)
	if step <= 0 {
		step = JobStep
	}
	left := now.Sub(j.since)
	for _, s := range of.States {
		switch {
		case j.ended == s.Value:
			return s
		case j.ended != "" || s.Means == "failed":
		case s.Means == "done" || left < step:
			return s
		default:
			left -= step
		}
	}
	return &ir.JobState{Value: j.ended, Means: "done"}
}

// advance writes into an object how far its job is. What an object began with is of a
// job that has ended.
func (t *Twin) advance(c *collection, p int, o *object, now time.Time) {
	of := c.kind.job
	if of == nil {
		return
	}
	j := c.jobs[p]
	if j == nil {
		j = &job{}
		if status, ok := at(o, of.Status); ok && slices.ContainsFunc(of.States, func(s *ir.JobState) bool { return s.Means == "failed" && s.Value == textOf(status) }) {
			j.ended = textOf(status)
		}
	}
	s := j.state(of, now)
	put(o, of.Status, s.Value)
	t.reveal(c, p, o, of.Result, s.Means == "done")
	t.reveal(c, p, o, of.Reason, s.Means == "failed")
	times := synth{idx: t.idx, now: j.since}
	if j.since.IsZero() {
		times.now = epoch.Add(time.Duration(p) * stride)
	}
	times.agree(o, c.kind.item, func(name string) bool { return name == of.Status.String() }, false)
}

// reveal gives an object members, or takes them away.
func (t *Twin) reveal(c *collection, p int, o *object, members []ir.Path, there bool) {
	for _, m := range members {
		if !there {
			remove(o, m)
		} else if v, ok := at(o, m); !ok || v == nil {
			s := synth{idx: t.idx, rng: newRNG(t.opt.Seed, c.name[0], c.name[1], c.name[2], c.id(p), m.String()), now: epoch}
			put(o, m, s.value(t.idx.rawTypeAt(c.kind.item, m), m[len(m)-1].Name, 0))
		}
	}
}

// begin makes a new object a job, where those of its kind are.
func (c *collection) begin(p int, now time.Time) {
	if c.kind.job == nil {
		return
	}
	if c.jobs == nil {
		c.jobs = map[int]*job{}
	}
	c.jobs[p] = &job{since: now}
}

// direct ends the course of a job that somebody puts into another state, such as one
// that is cancelled.
func (c *collection) direct(p int, o *object, now time.Time) {
	if c.kind.job == nil {
		return
	}
	j := c.jobs[p]
	status, _ := at(o, c.kind.job.Status)
	if j == nil || j.state(c.kind.job, now).Value != textOf(status) {
		c.begin(p, now)
		c.jobs[p].ended = textOf(status)
	}
}

// EndJob puts a job into a state, such as a failed one, as the provider's workers do.
// The error says what there is not.
func (t *Twin) EndJob(account, resource, id, state string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	k, a := t.idx.kinds[resource], t.accountOf(account)
	if a == nil {
		return fmt.Errorf("twin: no account %q", account)
	}
	if k == nil || k.job == nil {
		var all []string
		for _, name := range sortedKeys(t.idx.kinds) {
			if t.idx.kinds[name].job != nil {
				all = append(all, name)
			}
		}
		return fmt.Errorf("twin: no jobs %q%s", resource, misread.Instead(resource, all))
	}
	var values []string
	for _, s := range k.job.States {
		values = append(values, s.Value)
	}
	if !slices.Contains(values, state) {
		return fmt.Errorf("twin: a job of %s is %s, not %q", resource, strings.Join(values, " or "), state)
	}
	c := t.collection(a.id, k, "")
	p, ok := c.find(id)
	if !ok {
		return fmt.Errorf("twin: no %s %q", resource, id)
	}
	now := t.opt.Now()
	c.remember(p, now)
	c.begin(p, now)
	c.jobs[p].ended = state
	return nil
}
