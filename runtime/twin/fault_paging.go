package twin

import "github.com/porin-dev/porin/compiler/ir"

func pagingFaults() []*definition {
	positional := func(x *exchange) bool { return counted(x.op.Page) }
	marked := func(x *exchange) bool { return x.op.Page.From != nil }
	aNext := pages(func(p *ir.Page) bool { return p.From != nil }, "says nowhere in its answers what leads to the next page")
	aSize := pages(func(p *ir.Page) bool { return p.Style != "window" }, "has windows in place of pages")
	anEnd := pages(func(p *ir.Page) bool { return p.More != nil || p.From != nil && len(p.From.Body) > 0 }, "marks its last page by nothing that can be missing")
	aCount := pages(counted, "does not go on from a count")
	noCount := pages(func(p *ir.Page) bool { return !counted(p) }, "goes on from a count")
	anAddress := pages(func(p *ir.Page) bool { return p.From != nil && byAddress(p) }, "names the next page by no address")
	aTotal := pages(func(p *ir.Page) bool { return p.Total != nil || p.Pages != nil }, "states no total")
	return []*definition{
		define("paging/empty-with-next", StagePaging, "a page without items, and more pages after it", func(x *exchange, _ *Armed) bool {
			x.paging.empty = marked(x)
			return marked(x)
		}).needs(aNext),
		define("paging/short-page", StagePaging, "a page with fewer items than asked for, and more pages after it", func(x *exchange, a *Armed) bool {
			if !marked(x) { // Items would be passed over, which no client can help.
				return false
			}
			x.paging.size = max(1, a.number("items"))
			return true
		}, param("items", "1", "items of the page; half of what is asked for, where that is not more")).needs(aNext),
		define("paging/size-capped", StagePaging, "the size of a page is cut without a word", func(x *exchange, a *Armed) bool {
			x.paging.size = max(1, a.number("items"))
			return true
		}, param("items", "15", "most items of a page; half of what is asked for, where that is not more")).needs(aSize),
		define("paging/last-unmarked", StagePaging, "nothing marks the last page", func(x *exchange, _ *Armed) bool {
			x.paging.unmarked = true
			return true
		}).needs(anEnd),
		define("paging/next-equals-current", StagePaging, "what leads on leads to the same page", func(x *exchange, _ *Armed) bool {
			x.paging.repeat = marked(x)
			return marked(x)
		}).needs(aNext),
		define("paging/cursor-expired", StagePaging, "the position is not known any more", func(x *exchange, _ *Armed) bool {
			x.paging.expired = marked(x)
			return marked(x)
		}).needs(aNext),
		define("paging/item-inserted", StagePaging, "an item was inserted at the front, so positions moved on by one", func(x *exchange, _ *Armed) bool {
			return positional(x) && x.continues() && x.shift(-1)
		}).needs(aCount),
		define("paging/item-deleted", StagePaging, "an item of a page before was deleted, so positions moved back by one", func(x *exchange, _ *Armed) bool {
			return positional(x) && x.continues() && x.shift(1)
		}).needs(aCount),
		define("paging/duplicate-item", StagePaging, "a page begins with the last item of the page before", func(x *exchange, _ *Armed) bool {
			x.paging.duplicate = !positional(x)
			return !positional(x)
		}).needs(noCount),
		define("paging/relative-next", StagePaging, "the address of the next page is relative", func(x *exchange, _ *Armed) bool {
			x.paging.relative = true
			return marked(x)
		}).needs(anAddress),
		define("paging/foreign-next", StagePaging, "the address of the next page is of another origin", func(x *exchange, _ *Armed) bool {
			x.paging.foreign = foreignHost
			return marked(x)
		}).needs(anAddress),
		define("paging/total-wrong", StagePaging, "the stated total is not the true one", func(x *exchange, _ *Armed) bool {
			x.paging.badTotal = x.op.Page.Total != nil || x.op.Page.Pages != nil
			return x.paging.badTotal
		}).needs(aTotal),
		define("paging/depth-cap", StagePaging, "pages beyond a depth are refused", func(x *exchange, a *Armed) bool {
			x.paging.deepest = max(1, a.number("items"))
			return true
		}, param("items", "50", "items before the depth")).needs(pages(nil, "")),
	}
}

// shift moves the positions of a page, which is an effect on its own.
func (x *exchange) shift(by int) bool {
	x.paging.start, x.paging.worked = by, true
	return true
}

// pages is what a fault needs that bends pages: an action that has some, of a kind.
func pages(fits func(*ir.Page) bool, otherwise string) func(*Twin, *op, *Armed) string {
	return func(_ *Twin, o *op, _ *Armed) string {
		switch {
		case o == nil || o.Page == nil:
			return "has no pages"
		case fits == nil || fits(o.Page):
			return ""
		}
		return otherwise
	}
}
