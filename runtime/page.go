package runtime

import (
	"cmp"
	"context"
	"crypto/sha256"
	"iter"
	"slices"
	"strconv"
)

// PageBody is what a generated reader finds in one response of a list. What the
// provider does not say stays zero.
type PageBody[T any] struct {
	Items  []T
	Cursor string    // Of the next page; for [PageLastItem] the key of the last item.
	Link   string    // URL of the next page.
	More   Opt[bool] // Whether there are more pages.
	Total  Opt[int]  // Items in the whole list. Providers call it a hint.
	Pages  Opt[int]  // Pages in the whole list.

	// ID tells items apart; nil when nothing declares what does.
	ID func(item *T) string
	// Key is what the list is in the order of, of its last item; for [PageSplit].
	Key string
}

// Page is one page of a list.
type Page[T any] struct {
	Items []T
	Next  string // Where the list goes on: pass it to [At]. Empty: this is the last page.
}

// MaxPages is how many pages [All] reads of one list.
const MaxPages = 10_000

// List calls op for one page of a list. read finds the page in the decoded
// response. Every error is an [*APIError].
func List[T, B any](ctx context.Context, c *Client, op *Op, in any, opts []CallOption, read func(*B) PageBody[T]) (*Page[T], error) {
	_, p, err := onePage(ctx, c, op, in, opts, read)
	return p, err
}

// onePage is List, with what the response says besides.
func onePage[T, B any](ctx context.Context, c *Client, op *Op, in any, opts []CallOption, read func(*B) PageBody[T]) (b PageBody[T], _ *Page[T], _ error) {
	if op.Page != nil && op.Page.Then != nil && position(opts) != "" {
		op, in = op.Page.Then, nil
	}
	body := new(B)
	k, err := c.do(ctx, op, in, body, opts, pageCall{})
	if err != nil {
		return b, nil, err
	}
	b = read(body)
	next := k.nextPage(pageSigns{len(b.Items), b.Cursor, b.Link, b.More, b.Total, b.Pages})
	return b, &Page[T]{b.Items, next}, nil
}

// position is where the options say that a list goes on.
func position(opts []CallOption) string {
	var k call
	for _, opt := range opts {
		if opt != nil {
			opt(&k)
		}
	}
	return k.at
}

// All yields every item of a list, fetching a page when it is needed. An empty
// page does not end a list that says it goes on. All ends after the first
// error; its [APIError.Page] is where to go on. A page that comes twice is
// [ErrRepeatedCursor], and more than [MaxPages] are [ErrTooManyPages]. A list that
// reaches its [PageRule.Cap] begins anew behind it or is [ErrListCapped].
//
// An item that the page before had, by [PageBody.ID], is not yielded again: lists
// that count positions repeat one when another is put in front of it. One that is
// missed because an item in front of it was deleted, nothing shows.
//
// It is not inlined, since it would be written out in each list of a package.
//
//go:noinline
func All[T, B any](ctx context.Context, c *Client, op *Op, in any, opts []CallOption, read func(*B) PageBody[T]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		w := pageWalk{ctx: ctx, client: c, op: op, opts: slices.Clip(opts)}
		w.resume(position(opts))
		for {
			b, p, err := onePage(ctx, c, op, in, w.opts, read)
			if err != nil {
				yield(*new(T), err)
				return
			}
			w.observe(len(p.Items))
			for i := range p.Items {
				if b.ID != nil && w.again(b.ID(&p.Items[i])) {
					continue
				}
				if !yield(p.Items[i], nil) {
					return
				}
			}
			next, err := w.next(p.Next, len(p.Items), b.Key, b.Total)
			if err == nil && next != "" {
				err = w.turn(next, opts)
			}
			if err != nil {
				yield(*new(T), err)
				return
			}
			if next == "" {
				return
			}
		}
	}
}

// pageWalk keeps a list from going in circles. It remembers digests, so that
// its memory does not depend on what the provider calls a cursor.
type pageWalk struct {
	ctx    context.Context
	client *Client
	op     *Op
	opts   []CallOption
	seen   map[[sha256.Size]byte]struct{}

	// Ids of the items of the page before, and of this one. Of a list in parts, those
	// of the part: many items may have the key at which two parts meet.
	before, page map[string]struct{}

	part string // Key that the part begins with, as a position; empty is the first part.
	had  int    // Items of the part.

	pages int // That were observed.
}

// observe reports a page.
func (w *pageWalk) observe(items int) {
	if watch := w.client.app.cfg.watch; watch != nil {
		watch.page(w, items)
	}
}

// next is where the list goes on after a page, in this part or in the next one.
func (w *pageWalk) next(next string, items int, key string, total Opt[int]) (string, error) {
	w.had += items
	rule := w.op.Page
	whole, known := total.Get()
	switch {
	case rule == nil || rule.Cap == 0 || w.had < rule.Cap || known && whole <= w.had:
		if next == "" {
			return "", nil
		}
		return w.part + next, nil
	case rule.Split == nil || key == "" || part(key) == w.part:
		return "", w.failed(next, ErrListCapped)
	}
	w.part, w.had = part(key), 0
	w.before, w.page = w.page, nil
	return w.part, nil
}

// failed is an error of the list that no call had.
func (w *pageWalk) failed(at string, cause error) error {
	k := call{client: w.client, app: w.client.app, op: w.op, at: at}
	return k.failed(ClassUnknown, cause)
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

// resume finds the part of a list that a position is in.
func (w *pageWalk) resume(at string) {
	if w.op.Page == nil {
		return
	}
	if key, _, ok := parted(w.op.Page, at); ok {
		w.part = part(key)
	}
}

// turn goes on to the next page.
func (w *pageWalk) turn(next string, opts []CallOption) error {
	if w.op.Page.Split == nil {
		w.before, w.page = w.page, nil
	}
	digest := sha256.Sum256([]byte(next))
	if w.seen == nil {
		w.seen = map[[sha256.Size]byte]struct{}{}
	}
	_, repeated := w.seen[digest]
	w.seen[digest] = struct{}{}
	var cause error
	switch {
	case repeated:
		cause = ErrRepeatedCursor
	case len(w.seen) >= MaxPages:
		cause = ErrTooManyPages
	default:
		before := w.had
		w.opts = append(slices.Clip(opts), At(next), func(k *call) { k.before = before })
		return nil
	}
	return w.failed(next, cause)
}

// pageSigns is a [PageBody] without its items.
type pageSigns struct {
	items  int
	cursor string
	link   string
	more   Opt[bool]
	total  Opt[int]
	pages  Opt[int]
}

// nextPage returns where the list goes on after the call's page, or "".
func (k *call) nextPage(s pageSigns) string {
	rule := k.op.Page
	if rule == nil {
		return ""
	}
	k.headerSigns(&s)
	if !s.more.Or(true) {
		return ""
	}
	if rule.EndEmpty && s.items == 0 || rule.EndShort && s.items < k.fullPage() {
		return ""
	}
	switch rule.Style {
	case PageOffset, PageNumber:
		return k.countedPage(s)
	case PageLink:
		return s.link
	case PageWindow:
		return k.req.after
	case PageLastItem:
		if s.items == 0 {
			return ""
		}
	}
	return s.cursor
}

// fullPage is how many items a full page has: what was asked for, or what the
// provider serves at most when that is less. It is 0 when nobody knows, and
// then no page is short.
func (k *call) fullPage() int {
	size, most := k.req.size, k.op.Page.MaxSize
	if most > 0 && size > most {
		return most
	}
	return size
}

// headerSigns adds what the headers of the response say to what its body says.
func (k *call) headerSigns(s *pageSigns) {
	rule, h := k.op.Page, k.last.header
	if more, err := strconv.ParseBool(rule.More.header(h)); err == nil && !s.more.IsSet() {
		s.more = Some(more)
	}
	if total, err := strconv.Atoi(rule.Total.header(h)); err == nil && !s.total.IsSet() {
		s.total = Some(total)
	}
	if pages, err := strconv.Atoi(rule.Pages.header(h)); err == nil && !s.pages.IsSet() {
		s.pages = Some(pages)
	}
	if next := rule.From.header(h); next != "" {
		s.cursor, s.link = cmp.Or(s.cursor, next), cmp.Or(s.link, next)
	}
}

// countedPage is the next offset or page number. An empty page ends the list
// unless the response itself says that there are more: counting on from it
// would ask for the same page, or for pages without end.
func (k *call) countedPage(s pageSigns) string {
	rule := k.op.Page
	at, err := strconv.Atoi(k.req.position)
	if err != nil {
		at = rule.Start
	}
	if s.items == 0 && !s.more.Or(false) {
		return ""
	}
	step := 1
	if rule.Style == PageOffset && !rule.ByPages {
		step = s.items
	}
	next := at + step
	seen, known := next, true // Items before the next page.
	if step == 1 && (rule.Style == PageNumber || rule.ByPages) {
		seen, known = (next-rule.Start)*k.fullPage(), k.fullPage() > 0
		if k.before > 0 { // What came says more than what was asked for.
			seen, known = k.before+s.items, true
		}
		if pages, ok := s.pages.Get(); ok && next-rule.Start >= pages {
			return ""
		}
	}
	if total, ok := s.total.Get(); ok && known && seen >= total {
		return ""
	}
	return strconv.Itoa(next)
}
