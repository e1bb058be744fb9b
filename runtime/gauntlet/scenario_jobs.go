package gauntlet

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/twin"
)

// jobScenarios have a client wait for what the provider does by itself.
func jobScenarios() []*Scenario {
	return []*Scenario{
		{
			ID:      "jobs/slow",
			Title:   "a job takes a while",
			Right:   "It is looked at again at the declared pause, until it is done, and returned.",
			Needs:   hasJobs,
			Run:     waitForJob,
			Oracles: []string{"recovers", "bounded"},
		},
		{
			ID:      "jobs/lost-while-waiting",
			Title:   "what tells how far a job is fails for a while, and the job goes on",
			Right:   "It is looked at again later: a look that failed says nothing of the job.",
			Needs:   hasJobs,
			Faults:  []Arm{{Fault: "status/503", Each: jobReads, Nth: 2, Times: 1}, {Fault: "status/503", Each: jobReads, Nth: 3, Times: 1}, {Fault: "status/503", Each: jobReads, Nth: 4, Times: 1}},
			Run:     waitForJob,
			Oracles: []string{"recovers", "bounded"},
		},
		{
			ID:      "jobs/failed",
			Title:   "the provider gives a job up",
			Right:   "A typed error, at once; the job is not looked at again.",
			Needs:   fails,
			Run:     waitInVain,
			Oracles: []string{"typed", "secret", "bounded"},
		},
	}
}

// Waiter is a [Session] that waits for jobs, as those of generated packages do.
type Waiter interface {
	// Wait calls an action, which reads a job, until the job is done.
	Wait(ctx context.Context, action string, params JSON) (JSON, error)
}

// planJob is a kind of job that a workload can begin and read.
type planJob struct{ *planMade }

// job is the first kind of job that needs nothing else to be there, or nil.
func (p *Plan) job() *planJob {
	if m := p.made(func(m *planMade) bool { return m.of.Job != nil && m.get.Wait != "" }); m != nil {
		return &planJob{m}
	}
	return nil
}

func hasJobs(p *Plan) string { return unless(p.job() != nil, "no job is begun and read") }

func fails(p *Plan) string {
	if why := hasJobs(p); why != "" {
		return why
	}
	return unless(p.job().value("failed") != "", "no job fails")
}

func jobReads(p *Plan) []*ir.Action { return []*ir.Action{p.job().get} }

// takes is how long a job goes through the states that mean to wait.
func (j *planJob) takes() time.Duration {
	total := time.Duration(0)
	every, _ := j.of.Job.Every.Std() // The compiler has read it.
	for _, s := range j.of.Job.States {
		if s.Means == "wait" {
			total += cmp.Or(every, twin.JobStep)
		}
	}
	return total
}

// value is the status that means something; "" when none does.
func (j *planJob) value(means string) string {
	for _, s := range j.of.Job.States {
		if s.Means == means {
			return s.Value
		}
	}
	return ""
}

// Wait waits for a job within the default deadline. It is not offered by clients that
// only read one.
func (c *Conn) Wait(a *ir.Action, params JSON) (*Record, error) {
	session, err := c.through(a)
	if err != nil {
		return nil, err
	}
	waiter, ok := session.(Waiter)
	if !ok {
		return nil, ErrNotOffered
	}
	r := c.env.record(a, c.id, false, patience)
	r.Waits = true
	ctx, cancel := r.context()
	defer cancel()
	result, err := waiter.Wait(ctx, a.Path, params)
	c.env.finish(r, func() { r.Result, r.Err = result, err })
	return r, nil
}

// waitForJob begins a job and waits for it.
func waitForJob(e *Env) error {
	c, err := e.Open(1)
	if err != nil {
		return err
	}
	j := e.Plan.job()
	_, params, err := j.make(c)
	if err != nil {
		return err
	}
	r, err := c.Wait(j.get, params)
	if err != nil || r.Err != nil { // Which is the oracles' to judge.
		return err
	}
	if status := idOf(r.Result, slices.Concat(j.read.At, j.of.Job.Status)); status != j.value("done") {
		return fmt.Errorf("the wait ended without an error, and the job is %q", status)
	}
	return e.checkLooks(j)
}

// waitInVain waits for a job that fails.
func waitInVain(e *Env) error {
	c, err := e.Open(1)
	if err != nil {
		return err
	}
	j := e.Plan.job()
	id, params, err := j.make(c)
	if err != nil {
		return err
	}
	if err := e.Twin.EndJob(c.id, j.of.Name, id, j.value("failed")); err != nil {
		return err
	}
	r, err := c.Wait(j.get, params)
	switch {
	case err != nil:
		return err
	case r.Err == nil:
		return errors.New("the job failed, and the wait ended without an error")
	case !r.Failure.Typed:
		return fmt.Errorf("the job failed, and the error is not of the client's type: %w", r.Err)
	case r.Failure.OutcomeUnknown:
		return errors.New("the job failed, and the error leaves open whether it did")
	}
	if n := len(e.looks(j)); n > 1 {
		return fmt.Errorf("the job failed, and was looked at %d times", n)
	}
	return nil
}

// looks are the requests that read the job, in order.
func (e *Env) looks(j *planJob) []twin.Entry {
	return slices.DeleteFunc(e.Twin.Journal().Entries(), func(entry twin.Entry) bool { return entry.Action != j.get.Path })
}

// checkLooks says which look came sooner after one that told how far the job is than
// the declared pause. Over a network it may shrink to a half.
func (e *Env) checkLooks(j *planJob) error {
	every, ok := j.of.Job.Every.Std()
	least := every - time.Millisecond
	if e.outside != nil {
		least = every / 2
	}
	looks := e.looks(j)
	for i := 1; ok && i < len(looks); i++ {
		if gap := looks[i].Time.Sub(looks[i-1].Time); looks[i-1].Class == "" && gap < least {
			return fmt.Errorf("the job is looked at again after %s, and its pause is %s", gap, every)
		}
	}
	return nil
}
