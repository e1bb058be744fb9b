package runtime

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// watcher is what observed clients do besides. It is an interface so that programs
// without an observer do not have it.
type watcher interface {
	attempt(*call, *APIError, time.Time)
	result(*call, []byte)
	wait(*call, WaitReason, string, time.Duration)
	page(ctx context.Context, c *Client, op *Op, page, items int)
	drift(ctx context.Context, a *App, op, path, kind string)
	refresh(context.Context, *App, tokenKey, error)
	disconnect(ctx context.Context, a *App, key tokenKey, code string)
}

// watching tells an observer.
type watching struct{ Observer }

// attempt reports a request that began at a time.
func (w watching) attempt(k *call, e *APIError, start time.Time) {
	event := AttemptEvent{
		API: k.app.api.Name, Op: k.op.Name, Account: k.client.cred.Account(),
		Method: k.op.Method, Server: k.req.url.Host, Route: k.op.Path,
		Attempt: k.attempts, StatusCode: k.last.status, OK: e == nil, RequestID: k.requestID,
		Took: k.app.cfg.clock.Now().Sub(start),
	}
	if e != nil {
		event.Class, event.Code, event.Err = e.Class, e.Code, e.cause
	}
	w.Observe(k.ctx, event)
	w.deprecated(k)
}

// result compares a result with what the operation promises.
func (watching) result(k *call, text []byte) { k.audit(text) }

// wait reports a wait.
func (w watching) wait(k *call, reason WaitReason, limit string, d time.Duration) {
	w.Observe(k.ctx, WaitEvent{k.app.api.Name, k.op.Name, k.client.cred.Account(), reason, limit, d})
}

// refresh reports a refresh of a token.
func (w watching) refresh(ctx context.Context, a *App, key tokenKey, err error) {
	defer carry(ctx)
	w.Observe(ctx, RefreshEvent{a.api.Name, key.account, key.name, err})
}

// disconnect reports the end of a grant.
func (w watching) disconnect(ctx context.Context, a *App, key tokenKey, code string) {
	defer carry(ctx)
	w.Observe(ctx, DisconnectEvent{a.api.Name, key.account, key.name, code})
}

// drift reports a departure from the contract, once.
func (w watching) drift(ctx context.Context, a *App, op, path, kind string) {
	if a.drift.first(driftKey{op, path, kind}) {
		defer carry(ctx)
		w.Observe(ctx, DriftEvent{a.api.Name, op, path, kind})
	}
}

// page reports a page of so many items.
func (w watching) page(ctx context.Context, c *Client, op *Op, page, items int) {
	w.Observe(ctx, PageEvent{c.app.api.Name, op.Name, c.cred.Account(), page, items})
}

// deprecated reports what an answer says of the end of its operation, once.
func (w watching) deprecated(k *call) {
	h := k.last.header
	since, sunset := h.Get("Deprecation"), h.Get("Sunset")
	if since == "" && sunset == "" || !k.app.drift.first(driftKey{k.op.Name, "", "deprecated"}) {
		return
	}
	event := DeprecationEvent{API: k.app.api.Name, Op: k.op.Name, Since: deprecationDate(since), Link: linkTarget(h, "deprecation")}
	event.Sunset, _ = http.ParseTime(sunset)
	if event.Link == "" {
		event.Link = linkTarget(h, "sunset")
	}
	w.Observe(k.ctx, event)
}

// deprecationDate reads a date of RFC 9745, such as "@1688169599", and the HTTP dates
// of its drafts. What else is there, such as "true", has no date.
func deprecationDate(text string) time.Time {
	if unix, ok := strings.CutPrefix(text, "@"); ok {
		n, err := strconv.ParseInt(unix, 10, 64)
		if err != nil {
			return time.Time{}
		}
		return time.Unix(n, 0).UTC()
	}
	at, _ := http.ParseTime(text)
	return at
}

type driftKey struct{ op, path, kind string }

// maxDrifts bounds what is remembered. A provider that invents paths is not
// reported any more beyond it.
const maxDrifts = 4096

// driftLog remembers what was reported. The zero value is ready to use.
type driftLog struct {
	mu   sync.Mutex
	seen map[driftKey]struct{}
}

// first reports whether the departure is new.
func (d *driftLog) first(key driftKey) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, ok := d.seen[key]; ok || len(d.seen) >= maxDrifts {
		return false
	}
	if d.seen == nil {
		d.seen = map[driftKey]struct{}{}
	}
	d.seen[key] = struct{}{}
	return true
}
