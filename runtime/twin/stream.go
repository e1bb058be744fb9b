package twin

import (
	"bytes"
	"io"

	"github.com/porin-dev/porin/compiler/ir"
)

const (
	// streamed is how many items of a list are made at a time.
	streamed = 500

	// lookedAhead is how many further parts a fault looks at that finds nothing to do in the
	// first: so many that what is rare is found, and few enough that nobody waits.
	lookedAhead = 20
)

// listing stands in a body for a list that is too long to be held: its items are made
// as they are read. What a fault does to items it does to the first part at once, which, or
// a look at the next ones, shows whether it has an effect, and to each further one as it is made.
type listing struct {
	*slice
	t      *Twin
	elem   *ir.Type // Of the items, once a fault has looked at them.
	place  int      // Of the next item.
	first  []any
	spoils []func(items []any)
}

// part makes the items of the next part.
func (l *listing) part() []any {
	items := make([]any, 0, streamed)
	for end := min(l.place+streamed, l.to); l.place < end; l.place++ {
		if item, ok := l.view.item(l.position(l.place)); ok {
			items = append(items, item)
		}
	}
	return items
}

// rest is what of a body is made as it is read: a list, and what follows it.
type rest struct {
	list  *listing
	some  bool
	tail  []byte
	ready []byte // Made, and not yet read.
	back  []byte // For the memory of it.
}

// gap is where the items of a listing go. No JSON has the byte elsewhere.
const gap = 0

// rest cuts a body where its listing is, and returns what comes after.
func (x *exchange) rest(body []byte) (head []byte, r *rest) {
	head, tail, found := bytes.Cut(body, []byte{gap})
	if x.long == nil || !found {
		return body, nil
	}
	return head, &rest{list: x.long, tail: tail}
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
	l := r.list
	l.t.mu.Lock()
	defer l.t.mu.Unlock()
	items := l.first
	if items == nil {
		items = l.part()
		for _, spoil := range l.spoils {
			spoil(items)
		}
	}
	l.first = nil
	b := r.back[:0]
	for _, item := range items {
		if r.some {
			b = append(b, ',')
		}
		b, r.some = appendJSON(b, item), true
	}
	if l.place >= l.to {
		b, r.tail = append(b, r.tail...), nil
	}
	r.back, r.ready = b, b
	return true
}

// length is about how many bytes come, told from the first part.
func (r *rest) length() int64 {
	bytes := int64(len(appendJSON(nil, r.list.first)))
	if r.list.place == 0 {
		return bytes
	}
	return bytes*int64(r.list.to)/int64(r.list.place) + int64(len(r.tail))
}

// cut leaves a share of the list, in percent, and nothing of what follows it.
func (r *rest) cut(percent int) {
	l := r.list
	l.to = min(l.to, l.to*percent/100)
	l.place, l.first = min(l.place, l.to), l.first[:min(len(l.first), l.to)]
	r.tail = []byte{}
}

// replace gives an answer another body.
func (o *output) replace(b []byte) { o.body, o.rest = b, nil }

// follow adds bytes after the body.
func (o *output) follow(b []byte) {
	if o.rest != nil {
		o.rest.tail = append(bytes.Clone(o.rest.tail), b...)
		return
	}
	o.body = append(bytes.Clone(o.body), b...)
}

// size is how long the body is; of one that is made as it is read, about.
func (o *output) size() int64 {
	n := int64(len(o.body))
	if o.rest != nil {
		n += o.rest.length()
	}
	return n
}

// arrives is what of the body comes before it is cut.
func (o *output) arrives() io.Reader {
	switch {
	case o.rest != nil:
		return io.MultiReader(bytes.NewReader(o.body), o.rest)
	case o.wire.cut != cutNone:
		return bytes.NewReader(o.body[:min(len(o.body), o.wire.at)])
	}
	return bytes.NewReader(o.body)
}
