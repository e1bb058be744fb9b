package gauntlet

import (
	"errors"
	"fmt"
	"slices"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/twin"
)

// judgeComplete compares what lists gave with what the provider holds.
func judgeComplete(ev *Evidence) Verdict {
	ended := false
	var verdict Verdict
	for _, r := range ev.Calls {
		if !r.Lists && r.Action.Stream == nil {
			continue
		}
		ended = true
		if why := ev.notWhole(r); why != "" {
			verdict.also(r, "", failed(append(ev.lines(ev.of(r)...), ev.ended(r)), "%s %s", r.name(), why))
		}
	}
	switch {
	case verdict.Outcome == Fail:
		return verdict
	case !ended:
		return idle("no list was read, and no stream")
	}
	return passed()
}

// notWhole says what a list or a stream gave that it should not, or did not give.
func (ev *Evidence) notWhole(r *Record) string {
	if r.Action.Stream != nil {
		return ev.brokenOff(r)
	}
	path := ev.Plan.Spec.ItemID(r.Action)
	if len(path) == 0 && !plainItems(ev.Plan.Spec, r.Action) {
		return ev.miscounted(r) // Nothing tells one item from another.
	}
	return ev.incomplete(r, path)
}

// incomplete says what a list gave that it should not, or did not give.
func (ev *Evidence) incomplete(r *Record, path ir.Path) string {
	want, seen := map[string]bool{}, map[string]bool{}
	for _, id := range ev.Expected[listing{r.Account, r.Action.Path}] {
		want[id] = true
	}
	for _, item := range r.Items {
		id := idOf(item, path)
		switch {
		case id == "":
			return "gave an item without its id"
		case seen[id]:
			return fmt.Sprintf("gave item %s twice", id)
		case !want[id]:
			return fmt.Sprintf("gave item %s, which is not in the list", id)
		}
		seen[id] = true
	}
	hidden := 0 // What moved onto a page that was read before shows nowhere.
	if ev.Fired["paging/item-deleted"] > 0 {
		hidden = 1
	}
	switch {
	case r.Err == nil && len(seen)+hidden < len(want):
		return fmt.Sprintf("ended without an error after %d of %d items", len(seen), len(want))
	case r.Err != nil && !r.Failure.Typed && !ev.Lacks(Typed):
		return "ended early with an error that is not of the client's type"
	}
	return ""
}

// miscounted says whether a list gave more items than there are, or fewer.
func (ev *Evidence) miscounted(r *Record) string {
	want := len(ev.Expected[listing{r.Account, r.Action.Path}])
	switch {
	case len(r.Items) > want:
		return fmt.Sprintf("gave %d items, and the list has %d", len(r.Items), want)
	case r.Err == nil && len(r.Items) < want:
		return fmt.Sprintf("gave %d items without an error, and the list has %d", len(r.Items), want)
	}
	return ""
}

// idOf returns what tells an item of a list apart, as text; "" when it is not
// there.
func idOf(item JSON, path ir.Path) string {
	v, ok := at(parse(item), path)
	if !ok {
		return ""
	}
	return plain(v)
}

// plainItems reports whether the items of a list are scalars: one is its own id.
func plainItems(c *ir.Connector, list *ir.Action) bool {
	t := c.Resolve(list.Page.Item)
	return t != nil && !slices.Contains([]ir.Kind{ir.Object, ir.Union, ir.List, ir.Map}, t.Kind)
}

// judgeEnds looks for lists that go on, and for pages that are asked for again
// after they were served.
func judgeEnds(ev *Evidence) Verdict {
	if n := len(ev.Sends); n > 0 && ev.Sends[n-1].Refused {
		return failed(ev.lines(ev.Entries...), "the client sent more than %d requests", maxSends)
	}
	listed := false
	var verdict Verdict
	for _, r := range ev.Calls {
		if !r.Lists {
			continue
		}
		listed = true
		sent := ev.of(r)
		if again := repeated(sent, ev.times()); again != nil {
			return failed(ev.lines(again...), "%s asked for one page %d times", r.name(), len(again))
		}
		// A window shares the item at which it begins with the one before it.
		if n, total := served(sent), ev.total(r); len(ev.Scenario.Faults) == 0 && n > total+len(sent) {
			verdict.also(r, "", failed(ev.lines(sent...), "%s had itself served %d items, and the list has %d", r.name(), n, total))
		}
		if beyond := ev.beyond(r, sent); beyond != nil {
			verdict.also(r, "", failed(ev.lines(beyond...), "%s asked for a page after the one that said it is the last", r.name()))
		}
		if ev.Fired["paging/next-equals-current"] > 0 && (r.Err == nil || errors.Is(r.Err, errEndless)) {
			return failed(append(ev.lines(sent...), ev.ended(r)), "%s met a page that leads to itself, and gave no error", r.name())
		}
		if errors.Is(r.Err, errEndless) {
			verdict.also(r, "", failed(append(ev.lines(sent...), ev.ended(r)), "%s gave %d items, and had not ended", r.name(), len(r.Items)))
		}
	}
	switch {
	case verdict.Outcome == Fail:
		return verdict
	case !listed:
		return idle("no list was read, and no stream")
	}
	return passed()
}

// total is how many items the list of a call has.
func (ev *Evidence) total(r *Record) int {
	return len(ev.Expected[listing{r.Account, r.Action.Path}])
}

// served is how many items the pages of a call had.
func served(sent []twin.Entry) int {
	n := 0
	for _, e := range sent {
		if e.Page != nil {
			n += e.Page.Items
		}
	}
	return n
}

// beyond returns the request for a page that is not there, with the one before
// it, whose answer told that no page follows. With a fault nobody knows what an
// answer told.
func (ev *Evidence) beyond(r *Record, sent []twin.Entry) []twin.Entry {
	if len(ev.Scenario.Faults) > 0 {
		return nil
	}
	p := r.Action.Page
	told := p.Pages != nil || p.More != nil || slices.Contains(p.End, "total")
	if ev.Ahead > 0 {
		return ev.farBeyond(r, sent)
	}
	short := slices.Contains(p.End, "short") && p.Size != nil && p.Size.Default > 0
	for i, e := range sent {
		if e.Page == nil || e.Page.From < ev.total(r) || i == 0 || sent[i-1].Page == nil {
			continue
		}
		if before := sent[i-1].Page; told || short && before.Items < before.Size {
			return sent[i-1 : i+1]
		}
	}
	return nil
}

// farBeyond returns the requests for pages that are not there, where a list that is read
// ahead made more of them than it may: besides the one that finds out that the list has
// ended, one less than it reads ahead, and none where all pages are counted.
func (ev *Evidence) farBeyond(r *Record, sent []twin.Entry) (beyond []twin.Entry) {
	most, p := ev.Ahead, r.Action.Page
	if p.Pages != nil || slices.Contains(p.End, "total") {
		most = 0
	}
	for _, e := range sent {
		if e.Page != nil && e.Page.From >= ev.total(r) {
			beyond = append(beyond, e)
		}
	}
	if len(beyond) > most {
		return beyond
	}
	return nil
}

// times is how often a page may be served. The second time is how a client finds out
// that a cursor repeats, which takes a fault.
func (ev *Evidence) times() int {
	if len(ev.Scenario.Faults) > 0 {
		return 2
	}
	return 1
}

// repeated returns the requests for a page that was served more than so many times.
func repeated(sent []twin.Entry, most int) []twin.Entry {
	pages := map[int][]twin.Entry{}
	for _, e := range sent {
		if e.Page == nil || e.Class != "" || e.Lost {
			continue
		}
		pages[e.Page.From] = append(pages[e.Page.From], e)
		if all := pages[e.Page.From]; len(all) > most {
			return all
		}
	}
	return nil
}

// judgeRecovers holds for scenarios whose trouble passes: then every call
// succeeds, besides writes whose outcome is open.
func judgeRecovers(ev *Evidence) Verdict {
	var verdict Verdict
	left, open := false, 0 // To callers, to try again.
	for _, r := range ev.Calls {
		switch {
		case r.Crashed: // Who would be served is gone.
		case r.Err != nil && ev.isOpen(r):
			open++
		case r.Err != nil && ev.Lacks(Retries) && ev.refused(r):
			left = true
		case r.Err == nil && ev.Lacks(Retries) && ev.misclaimed(r):
			verdict.also(r, "", failed(append(ev.lines(ev.of(r)...), ev.ended(r)), "%s was refused, and the caller was told that it succeeded", r.name()))
		case r.Err != nil && ev.unaccepted(r):
			verdict.also(r, "", failed(append(ev.lines(ev.of(r)...), ev.ended(r)), "%s failed, for its credential was not accepted", r.name()))
		case r.Err != nil:
			verdict.also(r, "", failed(append(ev.lines(ev.of(r)...), ev.ended(r)), "%s failed, and another try would have been served", r.name()))
		}
	}
	switch {
	case verdict.Outcome == Fail:
		return verdict
	case left:
		return unoffered("the library leaves it to its callers to try again")
	case len(ev.Calls) == 0:
		return idle("no call was made")
	case open == len(ev.Calls):
		return idle("no call may be sent again: whether it took effect is open")
	}
	return passed()
}

// isOpen reports whether the last answer to a call leaves open whether it took effect,
// and a second time may do harm. Who does not send it again does right, but for a client of
// ours, which can find out where the spec says how.
func (ev *Evidence) isOpen(r *Record) bool {
	if r.Action.Effect == ir.Read || r.Action.Effect == ir.Idempotent || r.Action.Effect == ir.Keyed || r.Action.Recover != nil && !ev.Outside {
		return false
	}
	sent := slices.DeleteFunc(ev.of(r), func(e twin.Entry) bool { return e.Action != r.Action.Path }) // It may look for what it wrote.
	if len(sent) == 0 {
		return false
	}
	switch ir.Class(sent[len(sent)-1].Class) {
	case ir.Unavailable, ir.Timeout, ir.Unknown:
		return true
	}
	return false
}

// unaccepted reports whether the last answer to a call refuses what its credential may
// do, which no other try changes.
func (ev *Evidence) unaccepted(r *Record) bool {
	sent := ev.of(r)
	return len(sent) > 0 && slices.Contains([]ir.Class{ir.Forbidden, ir.ScopeMissing, ir.Disconnected}, ir.Class(sent[len(sent)-1].Class))
}

// refused reports whether a call failed by what the provider or the network did,
// and not by how the client read an answer. From outside, a request that arrived while
// several calls were under way may be any of theirs: one of the account's counts.
func (ev *Evidence) refused(r *Record) bool {
	sent := ev.of(r)
	if len(sent) > 0 && failedInPassing(sent[len(sent)-1]) {
		return true
	}
	if len(r.Sent) > 0 && slices.ContainsFunc(sent, failedInPassing) { // The parts behind it were sent.
		return true
	}
	return slices.ContainsFunc(ev.Entries, func(e twin.Entry) bool {
		s := ev.send(e)
		return s != nil && s.Call == nil && e.Account == r.Account && !e.Time.Before(r.Start) && !e.Time.After(r.End) && failedInPassing(e)
	})
}

// failedInPassing reports whether an answer is a refusal, or did not arrive so that it
// can be read whole.
func failedInPassing(e twin.Entry) bool {
	return e.Lost || e.Class != "" || e.Status == 0 || e.Status >= 400 || slices.Contains(e.Faults, "transport/wrong-length")
}

// misclaimed reports whether a call that succeeded got a refusal for its last answer.
func (ev *Evidence) misclaimed(r *Record) bool {
	sent := ev.of(r)
	if r.Lists || len(sent) == 0 {
		return false
	}
	last := sent[len(sent)-1]
	return last.Action == r.Action.Path && last.Class != ""
}
