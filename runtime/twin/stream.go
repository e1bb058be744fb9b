package twin

import (
	"bytes"
	"io"
	"slices"
)

// streamed is how many items of a list are made at a time.
const streamed = 500

// listing stands in a body for a list that is too long to be held: its items are made
// as they are read.
type listing struct{ *slice }

// streams reports whether the body may be made as it is read: nothing that is armed
// looks at it, or changes what happens to it.
func (x *exchange) streams() bool {
	return x.op.Page == nil && !slices.ContainsFunc(x.armed, func(a *Armed) bool { return a.def.Stage > StageEffect })
}

// rest is what of a body is made as it is read: a list, and what follows it.
type rest struct {
	t     *Twin
	list  *listing
	place int // Of the next item.
	some  bool
	tail  []byte
	ready []byte // Made, and not yet read.
	back  []byte // For the memory of it.
}

// gap is where the items of a listing go. No JSON has the byte elsewhere.
const gap = 0

// rest cuts a body where its listing is, and returns what comes after.
func (x *exchange) rest(body []byte) (head []byte, r *rest) {
	if x.long == nil {
		return body, nil
	}
	head, tail, _ := bytes.Cut(body, []byte{gap})
	return head, &rest{t: x.t, list: x.long, tail: tail}
}

func (r *rest) Read(p []byte) (int, error) {
	for len(r.ready) == 0 { // All of a part may be ruled out.
		if !r.make() {
			return 0, io.EOF
		}
	}
	n := copy(p, r.ready)
	r.ready = r.ready[n:]
	return n, nil
}

// make makes the next part, and reports whether there is one.
func (r *rest) make() bool {
	if r.tail == nil {
		return false
	}
	r.t.mu.Lock()
	defer r.t.mu.Unlock()
	b := r.back[:0]
	end := min(r.place+streamed, r.list.to)
	for ; r.place < end; r.place++ {
		if item, ok := r.list.view.item(r.list.position(r.place)); ok {
			if r.some {
				b = append(b, ',')
			}
			b, r.some = appendJSON(b, item), true
		}
	}
	if r.place >= r.list.to {
		b, r.tail = append(b, r.tail...), nil
	}
	r.back, r.ready = b, b
	return true
}
