package gauntlet

import (
	"slices"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/twin"
)

// writes reports whether sending an action twice does it twice.
func writes(a *ir.Action) bool {
	return a != nil && (a.Effect == ir.Create || a.Effect == ir.Irreversible || a.Effect == ir.Keyed)
}

// took returns the entries that changed something.
func took(entries []twin.Entry) []twin.Entry {
	var out []twin.Entry
	for _, e := range entries {
		if e.Effect != nil && !e.Effect.Replayed {
			out = append(out, e)
		}
	}
	return out
}

// judgeOnce counts what each write changed. Requests that no call can be told
// of, because the client dropped the caller's context, are counted together.
func judgeOnce(ev *Evidence) Verdict {
	asked, sent := map[*ir.Action]int{}, false
	for _, r := range ev.Calls {
		if !writes(r.Action) {
			continue
		}
		asked[r.Action]++
		attempts := ev.of(r)
		sent = sent || len(attempts) > 0
		if done := took(attempts); len(done) > 1 {
			return failed(ev.lines(attempts...), "one call, %s, took effect %d times", r.name(), len(done))
		}
		first := slices.IndexFunc(attempts, func(e twin.Entry) bool { return e.Action == r.Action.Path })
		for _, e := range attempts {
			switch {
			case e.Action != r.Action.Path: // It may read what it wrote.
			case e.Params != attempts[first].Params:
				return failed(ev.lines(attempts[first], e), "%s sent other parameters on its next attempt", r.name())
			case e.Key != attempts[first].Key:
				return failed(ev.lines(attempts[first], e), "%s sent another key on its next attempt", r.name())
			}
		}
	}
	if v := ev.judgeKeys(); v.Outcome == Fail {
		return v
	}
	for action, n := range asked {
		var all []twin.Entry
		for _, e := range ev.Entries {
			if e.Action == action.Path {
				all = append(all, e)
			}
		}
		if done := took(all); len(done) > n {
			return failed(ev.lines(done...), "%d calls of %s took effect %d times", n, action.Path, len(done))
		}
	}
	if !sent {
		return idle("no write was sent")
	}
	return passed()
}

// judgeKeys holds calls with a key of their callers' to it: with one key there is one
// effect, whatever became of the application in between.
func (ev *Evidence) judgeKeys() Verdict {
	of := map[string][]twin.Entry{}
	for _, r := range ev.Calls {
		if r.Key != "" {
			of[r.Key] = append(of[r.Key], ev.of(r)...)
		}
	}
	for _, r := range ev.Calls {
		if done := took(of[r.Key]); r.Key != "" && len(done) > 1 {
			return failed(ev.lines(done...), "what was sent with one key of its caller's, %s the last of it, took effect %d times", r.name(), len(done))
		}
		for _, e := range ev.of(r) {
			if r.Key != "" && e.Action == r.Action.Path && e.Key != twin.KeyDigest(r.Key) {
				return failed(ev.lines(e), "%s has a key of its caller's, and another was sent", r.name())
			}
		}
	}
	return passed()
}

// judgeLost compares what a session said of each write with what happened.
func judgeLost(ev *Evidence) Verdict {
	seen, foreign := false, false
	for _, r := range ev.Calls {
		if !writes(r.Action) {
			continue
		}
		attempts := ev.of(r)
		if len(attempts) == 0 && ev.Outside && ev.Scenario.Crowd {
			continue // Of several calls at once, nobody can tell which one sent what.
		}
		done := took(attempts)
		seen = seen || len(attempts) > 0
		lines := append(ev.lines(attempts...), ev.ended(r))
		switch {
		case r.Err == nil && len(done) == 0 && !replayed(attempts):
			return failed(lines, "%s is reported as done, and nothing took effect", r.name())
		case r.Err != nil && len(done) > 0 && ev.Lacks(Outcomes):
			foreign = true
		case r.Err != nil && len(done) > 0 && !r.Failure.OutcomeUnknown:
			return failed(lines, "%s took effect, and its error does not say that the outcome is unknown", r.name())
		}
	}
	switch {
	case foreign:
		return unoffered("the library's errors do not say whether a write may have taken effect")
	case !seen:
		return idle("no write was sent")
	}
	return passed()
}

func replayed(entries []twin.Entry) bool {
	for _, e := range entries {
		if e.Effect != nil && e.Effect.Replayed {
			return true
		}
	}
	return false
}
