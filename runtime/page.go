package runtime

import (
	"cmp"
	"context"
	"iter"
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
	b, k, err := onePage(ctx, c, op, in, opts, read)
	if err != nil {
		return nil, err
	}
	signs := b.signs()
	return &Page[T]{b.Items, k.nextPage(&signs)}, nil
}

// onePage reads a page, and says which call it came of.
func onePage[T, B any](ctx context.Context, c *Client, op *Op, in any, opts []CallOption, read func(*B) PageBody[T]) (*PageBody[T], *call, error) {
	if op.Page != nil && op.Page.Then != nil && position(opts) != "" {
		op, in = op.Page.Then, nil
	}
	body := new(B)
	k, err := c.do(ctx, op, in, body, opts, pageCall{})
	if err != nil {
		return nil, nil, err
	}
	b := read(body)
	return &b, k, nil
}

// signs is the page without its items.
func (b *PageBody[T]) signs() pageSigns {
	return pageSigns{len(b.Items), b.Cursor, b.Link, b.More, b.Total, b.Pages}
}

// position is where the options say that a list goes on.
func position(opts []CallOption) string { return optional(opts).at }

// optional is a call with what the options say.
func optional(opts []CallOption) (k call) {
	for _, opt := range opts {
		if opt != nil {
			opt(&k)
		}
	}
	return k
}

// All yields every item of a list, fetching a page when it is needed. An empty
// page does not end a list that says it goes on. All ends after the first
// error; its [APIError.Page] is where to go on. A page that comes twice is
// [ErrRepeatedCursor], and more than [MaxPages] are [ErrTooManyPages]. A list that
// reaches its [PageRule.Cap] begins anew behind it or is [ErrListCapped]; one that can,
// and whose position the provider has forgotten, begins anew behind the last item, too.
//
// An item that the page before had, by [PageBody.ID], is not yielded again: lists
// that count positions repeat one when another is put in front of it. One that is
// missed because an item in front of it was deleted, nothing shows.
//
// It is not inlined, since it would be written out in each list of a package.
//
//go:noinline
func All[T, B any](ctx context.Context, c *Client, op *Op, in any, opts []CallOption, read func(*B) PageBody[T]) iter.Seq2[T, error] {
	return items(ctx, c, op, opts, func(ctx context.Context, opts []CallOption) (*PageBody[T], *call, error) {
		return onePage(ctx, c, op, in, opts, read)
	})
}

// items is All for what does not depend on the type of a response.
//
//go:noinline
func items[T any](ctx context.Context, c *Client, op *Op, opts []CallOption, read func(context.Context, []CallOption) (*PageBody[T], *call, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		w := newPageWalk(ctx, c, op, opts)
		w.read = func(ctx context.Context, opts []CallOption) *pageRead {
			b, k, err := read(ctx, opts)
			if err != nil {
				return &pageRead{err: err}
			}
			return &pageRead{b, b.signs(), b.Key, k, nil}
		}
		w.each = func(p *pageRead) bool {
			if p.err != nil {
				return yield(*new(T), p.err)
			}
			b := p.body.(*PageBody[T])
			for i := range b.Items {
				if b.ID != nil && w.again(b.ID(&b.Items[i])) {
					continue
				}
				if !yield(b.Items[i], nil) {
					return false
				}
			}
			return true
		}
		w.walk()
	}
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

// nextPage returns where the list goes on after the call's page, or "". It adds what
// headers say to the signs.
func (k *call) nextPage(s *pageSigns) string {
	rule := k.op.Page
	if rule == nil {
		return ""
	}
	k.headerSigns(s)
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
func (k *call) countedPage(s *pageSigns) string {
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
		if k.before > 0 || at == rule.Start { // What came says more than what was asked for.
			seen, known = k.before+s.items, true
		}
		if pages, ok := s.pages.Get(); ok { // The provider knows how large they are.
			if next-rule.Start >= pages {
				return ""
			}
			known = false
		}
	}
	if total, ok := s.total.Get(); ok && known && seen >= total {
		return ""
	}
	return strconv.Itoa(next)
}
