package gauntlet

import (
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/twin"
)

// brokenBatches are batches of two items, and what is wrong with what a client told of
// them.
var brokenBatches = []struct {
	name string
	set  func(*fewItemsTold)
	says string
}{
	{"both done", func(*fewItemsTold) {}, ""},
	{"one is not told", func(b *fewItemsTold) { b.told = b.told[:1] }, "%s has %d items, and the caller was told of %d"},
	{"one is done twice", func(b *fewItemsTold) { b.again(b.entry) }, "took effect %d times"},
	{"one is changed twice", func(b *fewItemsTold) { b.action.Effect = ir.Idempotent; b.again(b.entry) }, ""},
	{"one is answered from its key", func(b *fewItemsTold) { e := b.entry; e.Effect = &twin.Effect{Replayed: true}; b.again(e) }, ""},
	{"one is refused", func(b *fewItemsTold) { b.refuse(Failure{Typed: true, Class: "conflict", Code: "taken"}) }, ""},
	{"one is refused, and told as done", func(b *fewItemsTold) { b.refuse(Failure{}); b.told[1].Err = nil }, "is told as done, and nothing took effect"},
	{"one is refused, by an error of another type", func(b *fewItemsTold) { b.refuse(Failure{}) }, "has an error that is not of the client's type"},
	{"one is refused, for another class", func(b *fewItemsTold) { b.refuse(Failure{Typed: true, Class: "invalid", Code: "taken"}) }, "has an error of class %s for an outcome of class %s"},
	{"one is refused, without its code", func(b *fewItemsTold) { b.refuse(Failure{Typed: true, Class: "conflict"}) }, "has an error without the code %s"},
	{"one is refused, and told as unknown", func(b *fewItemsTold) { b.refuse(Failure{Typed: true, Class: "conflict", OutcomeUnknown: true}) }, "has an error, and the provider says what became of it"},
	{"one is refused, in no order", func(b *fewItemsTold) {
		b.inOrder()
		b.refuse(Failure{Typed: true, Class: "decode", OutcomeUnknown: true})
	}, ""},
	{"one is done, and told as failed", func(b *fewItemsTold) { b.fail(Failure{Typed: true}) }, "took effect, and its error does not say that the outcome is unknown"},
	{"one is done, and told as unknown", func(b *fewItemsTold) { b.fail(Failure{Typed: true, OutcomeUnknown: true}) }, "has an error, and the provider says what became of it"},
	{"one is left out", func(b *fewItemsTold) {
		b.entry.Batch[1].Untold = true
		b.fail(Failure{Typed: true, OutcomeUnknown: true})
	}, ""},
	{"one is left out, and told as done", func(b *fewItemsTold) { b.entry.Batch[1].Untold = true }, "is told as done, and no answer says so"},
	{"the answer is lost, and told as done", func(b *fewItemsTold) { b.entry.Lost = true }, "is told as done, and no answer says so"},
	{"nothing is done for one, and told as unknown", func(b *fewItemsTold) {
		b.action.Batch.Match, b.action.Batch.Atomic = nil, true
		b.entry.Effect, b.entry.Batch[0].ID = nil, ""
		b.refuse(Failure{Typed: true, Class: "conflict", Code: "taken", OutcomeUnknown: true})
		b.told[0] = b.told[1]
	}, "has an error that leaves open whether it was done, and nothing is where one item fails"},
	{"nothing is done for one, for another class", func(b *fewItemsTold) {
		b.inOrder()
		b.action.Batch.Atomic = true
		b.refuse(Failure{Typed: true, Class: "invalid"})
		b.told[0] = b.told[1]
	}, "has an error of class %s for an outcome of class %s"},
	{"nothing is done for one", func(b *fewItemsTold) {
		b.inOrder()
		b.action.Batch.Atomic = true
		b.refuse(Failure{Typed: true, Class: "conflict"})
		b.told[0] = b.told[1]
	}, ""},
	{"both are sent at once", func(b *fewItemsTold) { b.action.Batch.Max = 1 }, "%s sent %d items at once, and a call takes %d"},
	{"one has the other's", func(b *fewItemsTold) { b.told[1].Result = b.told[0].Result }, "has the outcome of another"},
	{"one is not sent", func(b *fewItemsTold) { b.entry.Batch = b.entry.Batch[:1]; b.fail(Failure{Typed: true}) }, "was not sent, and nothing that went wrong concerns it"},
	{"one is not sent, after a refusal", func(b *fewItemsTold) {
		b.entry.Batch = b.entry.Batch[:1]
		b.fail(Failure{Typed: true})
		b.again(twin.Entry{Status: 403, Class: "forbidden"})
	}, ""},
	{"one is not sent, for want of time", func(b *fewItemsTold) { b.entry.Batch = b.entry.Batch[:1]; b.fail(Failure{Typed: true}); b.late = true }, ""},
}

// fewItemsTold are two items of one call that went well, and what was told of them.
type fewItemsTold struct {
	action *ir.Action
	entry  twin.Entry
	more   []twin.Entry
	told   []ItemResult
	late   bool
}

func (b *fewItemsTold) again(e twin.Entry) { b.more = append(b.more, e) }

func (b *fewItemsTold) fail(f Failure) { b.told[1] = ItemResult{Err: errors.New("failed"), failure: f} }

func (b *fewItemsTold) refuse(f Failure) {
	b.entry.Batch[1] = twin.ItemState{Name: "b", Class: "conflict", Code: "taken"}
	b.fail(f)
}

func (b *fewItemsTold) inOrder() {
	b.action.Batch.Match, b.action.Batch.Failures = nil, names("errors")
	b.entry.Batch[0].ID, b.told[0] = "", ItemResult{Err: errors.New("failed"), failure: Failure{Typed: true, Class: "decode", OutcomeUnknown: true}}
}

func TestItemsAreToldAsTheyAre(t *testing.T) {
	for _, tc := range brokenBatches {
		t.Run(tc.name, func(t *testing.T) {
			b := &fewItemsTold{
				action: &ir.Action{Path: "notes.createMany", Effect: ir.Create, Batch: &ir.Batch{Match: names("ref")}},
				entry:  twin.Entry{Status: 200, Effect: &twin.Effect{}, Batch: []twin.ItemState{{Name: "a", ID: "1"}, {Name: "b", ID: "2"}}},
				told:   []ItemResult{{Result: JSON(`{"note":{"id":1}}`)}, {Result: JSON(`{"note":{"id":2}}`)}},
			}
			tc.set(b)
			r := &Record{ID: 1, Action: b.action, Sent: []string{"a", "b"}, Told: b.told, Until: time.Unix(1, 0)}
			if b.late {
				r.End = r.Until
			}
			ev := &Evidence{
				Plan:     &Plan{Spec: &ir.Connector{Resources: []*ir.Resource{{ID: names("id"), Uses: []*ir.ResourceUse{{Do: "create", Action: b.action.Path, At: names("note")}}}}}},
				Scenario: &Scenario{}, Calls: []*Record{r}, Lacks: func(Feature) bool { return false },
			}
			for i, e := range append([]twin.Entry{b.entry}, b.more...) {
				ev.Sends = append(ev.Sends, &Sent{ID: i + 1, Call: r})
				e.Mark = strconv.Itoa(i + 1)
				ev.Entries = append(ev.Entries, e)
			}
			if v := judgeItems(ev); (v.Outcome == Pass) != (tc.says == "") || !said(tc.says, v.Why) {
				t.Errorf("%s: %s", v.Outcome, v.Why)
			}
		})
	}
}
