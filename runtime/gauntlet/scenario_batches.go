package gauntlet

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

// batchScenarios have a client send many items, each of which has an outcome of its own.
func batchScenarios() []*Scenario {
	return []*Scenario{
		{
			ID:      "batches/in-parts",
			Title:   "there are more items than one call may have",
			Right:   "Each call has as many as it may, and each item has the outcome that the provider says it has.",
			Needs:   hasBatches(anyBatch),
			Parts:   true,
			Run:     sendBatches(anyBatch),
			Oracles: []string{"items", "recovers", "bounded"},
		},
		{
			ID:      "batches/item-refused",
			Title:   "one item of a batch is refused",
			Right:   "That item has the provider's error, with its code; the others have their own outcomes, and the calls behind are made.",
			Needs:   hasBatches((*planBatch).refuses),
			Faults:  []Arm{{Fault: "batches/item-refused", Each: batchActions((*planBatch).refuses), Nth: 1}},
			Run:     sendBatches((*planBatch).refuses),
			Oracles: []string{"items", "bounded"},
		},
		{
			ID:      "batches/item-missing",
			Title:   "one item of a batch is done, and the answer does not tell",
			Right:   "It is an item of unknown outcome: neither one that is done nor one that is sent again.",
			Needs:   hasBatches(anyBatch),
			Faults:  []Arm{{Fault: "batches/item-missing", Each: batchActions(anyBatch), Nth: 1}},
			Run:     sendBatches(anyBatch),
			Oracles: []string{"items", "bounded"},
		},
		{
			ID:      "batches/part-lost",
			Title:   "a part of a batch takes effect, and its answer is lost",
			Right:   "Its items are of unknown outcome, and none of them is sent again where that may do it twice; the other parts have their outcomes.",
			Needs:   hasBatches((*planBatch).changes),
			Faults:  []Arm{{Fault: "status/committed-then-lost", Each: batchActions((*planBatch).changes), Nth: 1}},
			Run:     sendBatches((*planBatch).changes),
			Oracles: []string{"items", "bounded"},
		},
		{
			ID:      "batches/rate-limited",
			Title:   "a part in the middle of a batch is refused for some seconds",
			Right:   "A part that was refused was not executed: it is sent again after the wait, and each item is done once.",
			Needs:   hasBatches((*planBatch).inParts),
			Parts:   true,
			MaxWait: 5 * time.Minute,
			Faults:  []Arm{{Fault: "limits/429-seconds", Each: batchActions((*planBatch).inParts), Nth: 2, Params: map[string]string{"wait": "20s"}}},
			Run:     sendBatches((*planBatch).inParts),
			Oracles: []string{"items", "early", "recovers", "bounded"},
		},
	}
}

// Batcher is a [Session] that sends any number of items, as those of generated packages do.
type Batcher interface {
	// InParts calls an action, as often as it takes, for all items of its params. It
	// returns what became of each, in their order, and an error when any failed.
	InParts(ctx context.Context, action string, params JSON) ([]ItemResult, error)
}

// ItemResult is what a session says became of one item of a batch.
type ItemResult struct {
	Result JSON // As the provider told it; nil where it did not.
	Err    error

	failure Failure // Of Err.
}

// planBatch is an action about many items, which the twin keeps.
type planBatch struct {
	action *ir.Action
	use    *ir.ResourceUse
	of     *ir.Resource
}

// batches are those that need nothing besides.
func (p *Plan) batches() []*planBatch {
	var all []*planBatch
	for _, a := range p.Spec.AllActions() {
		if a.Batch == nil || !p.usable(a) {
			continue
		}
		if r, u := p.use(a, ""); u != nil {
			all = append(all, &planBatch{a, u, r})
		}
	}
	return all
}

func anyBatch(*planBatch) bool { return true }

// refuses reports whether an item can fail alone, or with the others.
func (b *planBatch) refuses() bool {
	return len(b.action.Batch.Errors)+len(b.action.Batch.Failures) > 0
}

func (b *planBatch) changes() bool { return b.use.Do != "get" }

// inParts reports whether a workload has more items than a call may have.
func (b *planBatch) inParts() bool {
	return b.action.Batch.Max > 0 && b.action.Batch.Max <= mostItems
}

const (
	// mostItems is the largest part of a batch that a workload sends several of.
	mostItems = 500

	// fewItems are sent of what is not sent in several parts.
	fewItems = 10
)

// items is how many a workload sends: of several parts the last is not full.
func (b *planBatch) items() int {
	switch most := b.action.Batch.Max; {
	case b.inParts():
		return 2*most + (most+1)/2
	case most > 0:
		return min(most, fewItems)
	}
	return fewItems
}

func hasBatches(keep func(*planBatch) bool) func(*Plan) string {
	return func(p *Plan) string {
		return unless(slices.ContainsFunc(p.batches(), keep), "no batch is of the kind that it tries")
	}
}

func batchActions(keep func(*planBatch) bool) func(*Plan) []*ir.Action {
	return func(p *Plan) []*ir.Action {
		var out []*ir.Action
		for _, b := range p.batches() {
			if keep(b) {
				out = append(out, b.action)
			}
		}
		return out
	}
}

// sendBatches makes a workload that sends some items with each batch of a kind.
func sendBatches(keep func(*planBatch) bool) func(*Env) error {
	return func(e *Env) error {
		c, err := e.Open(1)
		if err != nil {
			return err
		}
		for _, b := range e.Plan.batches() {
			if !keep(b) {
				continue
			}
			if err := c.InParts(b.action, b.items()); err != nil {
				return err
			}
		}
		return nil
	}
}

// InParts sends up to n items with an action. It is not offered by clients that leave it
// to their callers to divide them.
func (c *Conn) InParts(a *ir.Action, n int) error {
	session, err := c.through(a)
	if err != nil {
		return err
	}
	batcher, ok := session.(Batcher)
	if !ok {
		return ErrNotOffered
	}
	params, names := c.env.Twin.ExampleBatch(c.id, a.Path, n)
	r := c.env.record(a, c.id, false, patience)
	r.Sent = names
	ctx, cancel := r.context()
	defer cancel()
	told, err := batcher.InParts(ctx, a.Path, JSON(params))
	c.env.finish(r, func() {
		r.Told, r.Err = told, err
		for i := range told {
			if told[i].Err != nil {
				told[i].failure = c.env.app.Explain(told[i].Err)
				r.Err = cmp.Or(r.Err, told[i].Err)
			}
		}
	})
	return nil
}
