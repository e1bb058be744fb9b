package gauntlet

import (
	"fmt"
	"slices"
)

// judgeForged compares what became of each delivery with what it was.
func judgeForged(ev *Evidence) Verdict {
	if ev.Lacks(Once) && slices.ContainsFunc(ev.Events, func(d *Delivered) bool { return d.Repeated }) {
		return unoffered("the library does not remember deliveries")
	}
	handled := map[string]int{}
	genuine := map[string]bool{}
	for _, d := range ev.Events {
		line := []string{ev.delivered(d)}
		accepted := d.Status >= 200 && d.Status < 300
		switch {
		case !d.Genuine && d.Handled > 0:
			return failed(line, "a delivery that is %s was handled", d.kind())
		case !d.Genuine && !d.Repeated && accepted: // A repetition may be told that it was handled before.
			return failed(line, "a delivery that is %s was accepted", d.kind())
		case d.Genuine && !accepted:
			return failed(line, "a delivery that is %s was refused", d.kind())
		case d.Handshake && !d.answered():
			return failed(line, "a handshake was answered with another text")
		case d.Handshake && d.Handled > 0:
			return failed(line, "a handshake was handled as an event")
		}
		handled[d.ID] += d.Handled
		genuine[d.ID] = genuine[d.ID] || d.Genuine && !d.Handshake
	}
	for _, d := range ev.Events {
		if n := handled[d.ID]; genuine[d.ID] && n != d.Holds {
			return failed(ev.deliveries(d.ID), "the event %s was handled %d times, and the delivery has %d", d.ID, n, d.Holds)
		}
	}
	if len(ev.Events) == 0 {
		return idle("nothing was delivered")
	}
	return passed()
}

// answered reports whether a handshake got the reply that it asked for.
func (d *Delivered) answered() bool {
	for name := range d.WantHeader {
		if d.Header.Get(name) != d.WantHeader.Get(name) {
			return false
		}
	}
	return d.Answer == d.Want
}

// kind says what a delivery is.
func (d *Delivered) kind() string {
	switch {
	case d.Handshake:
		return "a handshake"
	case d.Genuine && d.Repeated:
		return "genuine and repeated"
	case d.Genuine:
		return "genuine"
	case d.Repeated:
		return "replayed"
	}
	return "not genuine"
}

// delivered renders a delivery in the style of the journal.
func (ev *Evidence) delivered(d *Delivered) string {
	return ev.event(d.Time, "delivery %s, %s -> %d, handled %s", d.ID, d.kind(), d.Status, count(d.Handled))
}

func count(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

func (ev *Evidence) deliveries(id string) []string {
	var out []string
	for _, d := range ev.Events {
		if d.ID == id {
			out = append(out, ev.delivered(d))
		}
	}
	return out
}
