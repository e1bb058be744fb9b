package runtime

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"
)

// pageWalk is the way through a list, whatever its items are. It keeps the list from
// going in circles: it remembers digests, so that its memory does not depend on what
// the provider calls a cursor.
type pageWalk struct {
	ctx    context.Context
	client *Client
	op     *Op
	opts   []CallOption // Of the caller.
	ahead  pageWalker
	report *Response // The caller's.

	read func(context.Context, []CallOption) *pageRead
	each func(*pageRead) bool // Gives the items, or the error, to the caller; false when he has enough.

	seen map[[sha256.Size]byte]struct{}

	// Ids of the items of the page before, and of this one. Of a list in parts, those
	// of the part: many items may have the key at which two parts meet.
	before, page map[string]struct{}

	shown string // The part that the page is in.
	part  string // Key that the part of the last read page begins with, as a position; empty is the first part.
	had   int    // Items of that part.
	key   string // Of the last item that was read, for a list that can begin anew.

	pages int // That were observed.
}

// pageRead is a page without the type of its items.
type pageRead struct {
	body  any // A *PageBody.
	signs pageSigns
	key   string
	call  *call
	err   error
}

// pageWalker goes through a list in another way than page by page. It is an interface
// so that programs that do not ask for it do not have it.
type pageWalker interface{ walk(*pageWalk) }

func newPageWalk(ctx context.Context, c *Client, op *Op, opts []CallOption) *pageWalk {
	k := optional(opts)
	w := &pageWalk{ctx: ctx, client: c, op: op, opts: slices.Clip(opts), report: k.response}
	w.ahead, _ = k.ahead.(pageWalker)
	if op.Page != nil {
		if key, _, ok := parted(op.Page, k.at); ok {
			w.part = part(key)
		}
	}
	return w
}

// walk reads the list, a page when it is needed.
func (w *pageWalk) walk() {
	if w.ahead != nil {
		w.ahead.walk(w)
		return
	}
	for opts := w.opts; ; {
		p := w.read(w.ctx, opts)
		if next := w.anew(p.err); next != "" {
			opts = w.at(next)
			continue
		}
		if !w.show(p, w.part) {
			return
		}
		next, err := w.next(p)
		if err != nil {
			w.each(&pageRead{err: err})
			return
		}
		if next == "" {
			return
		}
		opts = w.at(next)
	}
}

// at is the options of the call for the page at a position.
func (w *pageWalk) at(next string) []CallOption { return append(w.opts, At(next)) }

// show gives a page of a part to the caller, and reports whether the list goes on.
func (w *pageWalk) show(p *pageRead, part string) bool {
	if p.err != nil {
		w.each(p)
		return false
	}
	if watch := w.client.app.cfg.watch; watch != nil {
		w.pages++
		watch.page(w.ctx, w.client, w.op, w.pages, p.signs.items)
	}
	if rule := w.op.Page; rule == nil || rule.Split == nil || part != w.shown {
		w.before, w.page, w.shown = w.page, nil, part
	}
	return w.each(p)
}

// again notes an item, and reports whether this page or the one before had it.
func (w *pageWalk) again(id string) bool {
	if w.page == nil {
		w.page = map[string]struct{}{}
	}
	_, twice := w.page[id]
	_, before := w.before[id]
	w.page[id] = struct{}{}
	return (twice || before) && id != ""
}

// next is where the list goes on after a page, in this part or in the next one, or ""
// where it ends.
func (w *pageWalk) next(p *pageRead) (string, error) {
	p.call.before = w.had
	next := p.call.nextPage(&p.signs)
	w.had += p.signs.items
	if p.signs.items > 0 {
		w.key = p.key
	}
	rule := w.op.Page
	whole, known := p.signs.total.Get()
	switch {
	case rule == nil || rule.Cap == 0 || w.had < rule.Cap || known && whole <= w.had:
		if next == "" {
			return "", nil
		}
		next = w.part + next
	default:
		from := w.split()
		if from == "" {
			return "", w.failed(next, ErrListCapped)
		}
		next = from
	}
	digest := sha256.Sum256([]byte(next))
	if w.seen == nil {
		w.seen = map[[sha256.Size]byte]struct{}{}
	}
	_, repeated := w.seen[digest]
	w.seen[digest] = struct{}{}
	switch {
	case repeated:
		return "", w.failed(next, ErrRepeatedCursor)
	case len(w.seen) >= MaxPages:
		return "", w.failed(next, ErrTooManyPages)
	}
	return next, nil
}

// split begins a part at the last key, and returns its position; "" where the list has
// none that it does not begin with already.
func (w *pageWalk) split() string {
	if rule := w.op.Page; rule == nil || rule.Split == nil || w.key == "" || part(w.key) == w.part {
		return ""
	}
	w.part, w.had = part(w.key), 0
	return w.part
}

// anew is where a list goes on whose position the provider has forgotten, or "".
func (w *pageWalk) anew(err error) string {
	if err == nil || !errors.Is(err, ErrCursorExpired) {
		return ""
	}
	return w.split()
}

// failed is an error of the list that no call had.
func (w *pageWalk) failed(at string, cause error) error {
	k := call{client: w.client, app: w.client.app, op: w.op, at: at}
	return k.failed(ClassUnknown, cause)
}
