package runtime

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
)

// Ahead has [All] fetch pages while the caller works on the one before. It gives the
// same items in the same order, and ends where it would without, with the same errors.
//
// A list whose pages each name the next is read one page ahead, whatever n is. Of one
// that is read by page number, by offset or by windows of time, up to n pages are
// fetched at once after the first, within the limits; that may ask for n-1 pages behind
// the end, and for none where the provider says how many there are. Pages that a change
// in their sizes makes useless are dropped, and then fewer are asked for.
//
// No more than n pages are held besides the caller's. Those that he does not come to
// are cancelled when he leaves, and what was being sent was sent in vain: that is why
// pages are fetched when they are needed without it, and with an n below 1. The
// parameters must not change meanwhile.
func Ahead(n int) CallOption {
	return func(k *call) {
		k.ahead = nil
		if n > 0 {
			k.ahead = pagesAhead(n)
		}
	}
}

type pagesAhead int

func (n pagesAhead) walk(w *pageWalk) {
	a := &aheadWalk{pageWalk: w, most: int(n), width: int(n)}
	defer a.running.Wait()
	defer a.drop()
	p := w.read(w.ctx, w.opts)
	for {
		if next := w.anew(p.err); next != "" {
			a.drop()
			p = w.read(w.ctx, w.at(next))
			continue
		}
		part, next, failed := w.part, "", error(nil)
		if p.err == nil {
			next, failed = w.next(p)
		}
		a.lineUp(p, next)
		switch {
		case !w.show(p, part):
			return
		case failed != nil:
			w.each(&pageRead{err: failed})
			return
		case next == "":
			return
		}
		p = a.take()
	}
}

// aheadWalk is a walk with pages that are being fetched. All but that is done by the
// goroutine of the caller.
type aheadWalk struct {
	*pageWalk
	most  int // Pages ahead.
	width int // The same, as far as guesses were right.
	step  int // Items of the largest page so far.

	queue   []*pageFetch // In order.
	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup
}

// pageFetch is a page that is being fetched.
type pageFetch struct {
	at       string
	response Response
	page     *pageRead
	done     chan struct{}
}

// lineUp has the pages fetched that follow one, of which the first is at next.
func (a *aheadWalk) lineUp(p *pageRead, next string) {
	if next == "" {
		a.drop()
		return
	}
	a.step = max(a.step, p.signs.items)
	switch {
	case len(a.queue) == 0:
	case a.queue[0].at == next:
		a.width = min(2*a.width, a.most)
	default:
		a.drop()
		a.width = 1
	}
	if len(a.queue) == 0 {
		a.fetch(next)
	}
	for len(a.queue) < a.width && len(a.seen)+len(a.queue) < MaxPages {
		at := a.behind(p, a.queue[len(a.queue)-1].at)
		if at == "" {
			return
		}
		a.fetch(at)
	}
}

// fetch begins to fetch a page.
func (a *aheadWalk) fetch(at string) {
	if a.cancel == nil {
		a.ctx, a.cancel = context.WithCancel(a.pageWalk.ctx)
	}
	f := &pageFetch{at: at, done: make(chan struct{})}
	ctx, opts := a.ctx, append(a.at(at), WithResponse(&f.response)) // The caller's is for the page that he is at.
	a.running.Go(func() {
		defer close(f.done)
		f.page = a.read(ctx, opts)
	})
	a.queue = append(a.queue, f)
}

// take returns the next page when it is there.
func (a *aheadWalk) take() *pageRead {
	f := a.queue[0]
	<-f.done
	a.queue = a.queue[1:]
	if held(f.page.err) {
		a.drop()
		a.running.Wait()
		a.width = 1
		return a.read(a.pageWalk.ctx, a.at(f.at))
	}
	if a.report != nil {
		*a.report = f.response
	}
	return f.page
}

// held reports whether a limit refused a call before it was sent. It may have been for
// the calls that were made beside it, or because it was made too soon.
func held(err error) bool {
	e, ok := errors.AsType[*APIError](err)
	return ok && e.Attempts == 0 && (e.Class == ClassRateLimited || e.Class == ClassQuotaSpent)
}

// drop gives up what is being fetched.
func (a *aheadWalk) drop() {
	if a.cancel != nil {
		a.cancel()
		a.cancel = nil
	}
	a.queue = nil
}

// behind is the position of the page behind the one at a position that is being
// fetched, or "": it cannot be counted, or is surely behind the end. p is the last page
// that came.
func (a *aheadWalk) behind(p *pageRead, at string) string {
	rule := a.op.Page
	at, ok := strings.CutPrefix(at, a.part)
	if !ok || rule.Cap > 0 && a.had+len(a.queue)*a.step >= rule.Cap {
		return ""
	}
	switch rule.Style {
	case PageWindow:
		at = p.windowBehind(at)
	case PageOffset, PageNumber:
		at = p.countBehind(at, a.step)
	default:
		return ""
	}
	if at == "" {
		return ""
	}
	return a.part + at
}

// windowBehind is the beginning of the window behind another one, or "".
func (p *pageRead) windowBehind(at string) string {
	rule := p.call.op.Page
	begin, err := parseInstant(rule.Time, at)
	if err != nil || !begin.Add(rule.Span).Before(p.call.req.until) {
		return ""
	}
	return formatInstant(rule.Time, begin.Add(rule.Span))
}

// countBehind is the offset or number of the page behind another one, or "". A full
// page has so many items.
func (p *pageRead) countBehind(at string, full int) string {
	rule := p.call.op.Page
	n, err := strconv.Atoi(at)
	if err != nil || full == 0 {
		return ""
	}
	items := full // In front of the page.
	if rule.Style == PageOffset && !rule.ByPages {
		n += full
		items = n - rule.Start
	} else {
		n++
		items *= n - rule.Start
		if pages, ok := p.signs.pages.Get(); ok && n-rule.Start >= pages {
			return ""
		}
	}
	if total, ok := p.signs.total.Get(); ok && items >= total {
		return ""
	}
	return strconv.Itoa(n)
}
