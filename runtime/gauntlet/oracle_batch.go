package gauntlet

import (
	"fmt"
	"slices"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/twin"
)

// itemFate is what the journal has of one item of a batch.
type itemFate struct {
	entries []twin.Entry
	done    int             // How often it took effect.
	last    *twin.ItemState // As the last request with it that was answered has it; nil where none was.
}

// told reports whether an answer that arrived says what became of the item.
func (f *itemFate) told() bool { return f.last != nil && !f.last.Untold }

// took reports whether the item took effect, or was read.
func (f *itemFate) took() bool {
	return f.done > 0 || f.last != nil && f.last.ID != ""
}

// undone are the classes of the failures that an answer tells which says thereby that nothing
// was done, since all items have to be.
func (f *itemFate) undone(r *Record) []string {
	if !r.Action.Batch.Atomic || !f.told() {
		return nil
	}
	var classes []string
	for _, s := range f.entries[len(f.entries)-1].Batch {
		if s.Class != "" && !slices.Contains(classes, s.Class) {
			classes = append(classes, s.Class)
		}
	}
	return classes
}

// fate follows an item through the requests of a call.
func (ev *Evidence) fate(r *Record, name string) *itemFate {
	f := &itemFate{}
	for _, e := range ev.of(r) {
		i := slices.IndexFunc(e.Batch, func(s twin.ItemState) bool { return s.Name == name })
		if i < 0 {
			continue
		}
		f.entries = append(f.entries, e)
		if e.Effect != nil && !e.Effect.Replayed && e.Batch[i].ID != "" {
			f.done++
		}
		if e.Class == "" && !e.Lost && e.Status != 0 {
			f.last = &e.Batch[i]
		}
	}
	return f
}

// judgeItems compares what a session said of each item of a batch with what the provider
// made of it.
func judgeItems(ev *Evidence) Verdict {
	seen, foreign := false, false
	for _, r := range ev.Calls {
		if r.Action.Batch == nil || len(r.Sent) == 0 {
			continue
		}
		seen = true
		lines := append(ev.lines(ev.of(r)...), ev.ended(r))
		for _, e := range ev.of(r) {
			if most := r.Action.Batch.Max; most > 0 && len(e.Batch) > most {
				return failed(ev.lines(e), "%s sent %d items at once, and a call takes %d", r.name(), len(e.Batch), most)
			}
		}
		if len(r.Told) != len(r.Sent) {
			return failed(lines, "%s has %d items, and the caller was told of %d", r.name(), len(r.Sent), len(r.Told))
		}
		for i, name := range r.Sent {
			f := ev.fate(r, name)
			why := ev.misdone(r, f, &r.Told[i])
			if why != "" && r.Told[i].Err != nil && f.took() && ev.Lacks(Outcomes) {
				why, foreign = "", true
			}
			if why == "" {
				why = ev.mistold(r, f, &r.Told[i])
			}
			if why != "" {
				return failed(append(ev.lines(f.entries...), ev.ended(r)), "%s: item %d %s", r.name(), i+1, why)
			}
		}
	}
	switch {
	case foreign:
		return unoffered("the library's errors do not say whether a write may have taken effect")
	case !seen:
		return idle("no batch was sent")
	}
	return passed()
}

// misdone says what is wrong with how often an item was done, and whether that is told.
func (ev *Evidence) misdone(r *Record, f *itemFate, told *ItemResult) string {
	switch {
	case writes(r.Action) && f.done > 1:
		return fmt.Sprintf("took effect %d times", f.done)
	case told.Err == nil && !f.took():
		return "is told as done, and nothing took effect"
	case told.Err != nil && f.took() && !told.failure.OutcomeUnknown && r.Action.Effect != ir.Read:
		return "took effect, and its error does not say that the outcome is unknown"
	}
	return ""
}

// mistold says what is told of an item otherwise than the provider told it.
func (ev *Evidence) mistold(r *Record, f *itemFate, told *ItemResult) string {
	plainly, undone := f.told() && ev.tellsApart(r, f), f.undone(r)
	switch {
	case told.Err != nil && !told.failure.Typed && !ev.Lacks(Typed):
		return "has an error that is not of the client's type"
	case told.Err == nil && !f.told():
		return "is told as done, and no answer says so"
	case told.Err == nil && ev.another(r, f.last, told.Result):
		return "has the outcome of another"
	case told.Err != nil && len(f.entries) == 0 && !ev.stopped(r):
		return "was not sent, and nothing that went wrong concerns it"
	case told.Err != nil && told.failure.OutcomeUnknown && len(undone) > 0:
		return "has an error that leaves open whether it was done, and nothing is where one item fails"
	case told.Err != nil && plainly && (f.last.ID != "" || told.failure.OutcomeUnknown):
		return "has an error, and the provider says what became of it"
	case told.Err == nil || !plainly && len(undone) != 1 || f.last.Class == "": // One failure is that of all.
		return ""
	case told.failure.Class != f.last.Class && !ev.Lacks(Classes):
		return fmt.Sprintf("has an error of class %s for an outcome of class %s", told.failure.Class, f.last.Class)
	case plainly && f.last.Code != "" && told.failure.Code != f.last.Code && !ev.Lacks(Codes):
		return fmt.Sprintf("has an error without the code %s", f.last.Code)
	}
	return ""
}

// tellsApart reports whether the answer that an item was in says which outcome is whose:
// where nothing is named, that is their order, and one that is missing or stands apart
// breaks it.
func (ev *Evidence) tellsApart(r *Record, f *itemFate) bool {
	b := r.Action.Batch
	if len(b.Match) > 0 {
		return true
	}
	all := f.entries[len(f.entries)-1].Batch
	return !slices.ContainsFunc(all, func(s twin.ItemState) bool { return s.Untold || s.Class != "" && len(b.Failures) > 0 })
}

// another reports whether what is told of an item is about another object.
func (ev *Evidence) another(r *Record, last *twin.ItemState, result JSON) bool {
	res, use := ev.Plan.use(r.Action, "")
	if res == nil || len(use.At)+len(res.ID) == 0 {
		return false
	}
	v, ok := at(parse(result), slices.Concat(use.At, res.ID))
	return ok && last.ID != "" && plain(v) != last.ID
}

// stopped reports whether anything but an outcome of an item went wrong with a call.
func (ev *Evidence) stopped(r *Record) bool {
	return slices.ContainsFunc(ev.of(r), func(e twin.Entry) bool { return e.Class != "" || e.Lost || e.Status == 0 }) || !r.End.Before(r.Until)
}
