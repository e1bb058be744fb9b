package gauntlet

import "fmt"

// brokenOff says whether a stream ended in another way than the provider ended it.
func (ev *Evidence) brokenOff(r *Record) string {
	if r.Err != nil {
		return ""
	}
	got, _ := parse(r.Result).([]any)
	entries := ev.of(r)
	if len(entries) == 0 {
		return ""
	}
	last := entries[len(entries)-1]
	switch {
	case last.Lost:
		return fmt.Sprintf("ended without an error after %d items, and the answer broke off", len(got))
	case last.Items != len(got):
		return fmt.Sprintf("gave %d items of a stream of %d", len(got), last.Items)
	}
	return ""
}
