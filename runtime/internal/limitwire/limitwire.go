// Package limitwire writes the questions of a [runtime.LimitStore] as whole numbers, and
// reads the answers: the stores that are programs in a database's own language share it.
//
// Instants and times are microseconds. An answer to Reserve is whether the call is booked,
// how long to wait, when it goes, the draw that is to blame from 1 on, and the class of a refusal;
// then for each draw the calls that are allowed, how many are left and for how long, when
// that count ends where the call lowered it, and the instants of the bucket before and after.
package limitwire

import (
	"fmt"
	"time"

	"github.com/porin-dev/porin/runtime"
)

// Sizes of the parts of an answer.
const (
	head = 5
	each = 10
)

// Draws are the keys and figures of draws.
func Draws(draws []runtime.LimitDraw) (keys []string, figures []int64) {
	for _, d := range draws {
		f := d.Figures()
		keys, figures = append(keys, d.Key), append(figures, f[:]...)
	}
	return keys, figures
}

// Undo are the keys and figures of what is given back.
func Undo(t runtime.LimitTicket) (keys []string, figures []int64) {
	for _, u := range t.Undo {
		keys = append(keys, u.Key)
		figures = append(figures, int64(u.Cost), u.Resets, u.Before[0], u.Before[1], u.Before[2], u.After[0], u.After[1], u.After[2])
	}
	return keys, figures
}

// Notes are the keys and figures of notes.
func Notes(notes []runtime.LimitNote) (keys []string, figures []int64) {
	for _, n := range notes {
		f := n.Figures()
		keys, figures = append(keys, n.Key), append(figures, f[:]...)
	}
	return keys, figures
}

// Ticket reads the answer for draws.
func Ticket(draws []runtime.LimitDraw, answer []int64) (runtime.LimitTicket, error) {
	if len(answer) != head+each*len(draws) {
		return runtime.LimitTicket{}, fmt.Errorf("an answer of %d numbers for %d draws", len(answer), len(draws))
	}
	t := runtime.LimitTicket{
		Booked: answer[0] == 1, Wait: micros(answer[1]), At: time.UnixMicro(answer[2]),
		Late: int(answer[3]) - 1, Class: runtime.Class(answer[4]),
	}
	for i, d := range draws {
		a := answer[head+each*i:]
		t.Buckets = append(t.Buckets, runtime.LimitState{Calls: int(a[0]), Left: int(a[1]), Reset: micros(a[2])})
		if t.Booked {
			t.Undo = append(t.Undo, runtime.LimitUndo{Key: d.Key, Cost: max(d.Cost, 1), Resets: a[3], Before: [3]int64(a[4:7]), After: [3]int64(a[7:10])})
		}
	}
	return t, nil
}

// Longest is how long a call waits. Less than nothing stays so.
func Longest(d time.Duration) int64 {
	if d < 0 {
		return -1
	}
	return d.Microseconds()
}

func micros(n int64) time.Duration { return time.Duration(n) * time.Microsecond }
