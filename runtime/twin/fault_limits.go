package twin

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

func limitFaults() []*definition {
	wait := param("wait", "3s", "the wait that is asked for")
	refusal := func(id, doc string, header func(*exchange, time.Duration) string, def string) *definition {
		return define("limits/"+id, StageLimits, doc, func(x *exchange, a *Armed) bool {
			d := a.span("wait")
			x.refuseLimit(header(x, d), max(0, d))
			return x.answer != nil
		}, param("wait", def, "the wait that is asked for"))
	}
	return []*definition{
		refusal("429-seconds", "refused, with the wait in the declared form, or in seconds", func(x *exchange, d time.Duration) string { return "" }, "3s"),
		refusal("429-date", "refused, with an HTTP date in Retry-After", func(x *exchange, d time.Duration) string { return formatWait(d, x.now.Add(x.skew), "http_date") }, "3s"),
		refusal("429-milliseconds", "refused, with milliseconds in the declared header, whatever its unit", func(x *exchange, d time.Duration) string { return formatWait(d, x.now, "ms") }, "3s"),
		refusal("429-epoch", "refused, with a Unix time in the declared header, whatever its unit", func(x *exchange, d time.Duration) string { return formatWait(d, x.now.Add(x.skew), "unix") }, "3s"),
		refusal("429-fraction", "refused, with a fraction of seconds", func(x *exchange, d time.Duration) string {
			return strconv.FormatFloat(d.Seconds(), 'f', -1, 64)
		}, "1.5s"),
		refusal("429-absurd", "refused, with a wait of weeks", func(x *exchange, d time.Duration) string { return "" }, "1000h"),
		define("limits/429-negative", StageLimits, "refused, with a negative wait", func(x *exchange, a *Armed) bool {
			x.refuseLimit("-"+strings.TrimPrefix(a.text("seconds"), "-"), 0)
			return true
		}, param("seconds", "5", "the number of seconds, which is sent with a minus")),
		define("limits/429-none", StageLimits, "refused, without a word on the wait", func(x *exchange, _ *Armed) bool {
			x.refuseLimit("", 0)
			x.answer.header.Del("Retry-After")
			return true
		}),
		define("limits/403", StageLimits, "refused with status 403, with the wait", func(x *exchange, a *Armed) bool {
			x.refuseLimit("", a.span("wait"))
			x.restate(http.StatusForbidden)
			return true
		}, wait),
		define("limits/body-only", StageLimits, "refused with status 200: only the body tells", func(x *exchange, a *Armed) bool {
			refusal, ok := x.t.declared(x.op, bodyOnly(a))
			if ok {
				x.answer = refusal
			}
			return ok
		}, wait).needs(func(t *Twin, o *op, a *Armed) string {
			if _, ok := t.declared(o, bodyOnly(a)); !ok {
				return "has no rule for errors by which a body alone tells of a limit"
			}
			return ""
		}),
		define("limits/quota-spent", StageLimits, "the quota of the day is spent, until midnight UTC", func(x *exchange, a *Armed) bool {
			left := x.now.UTC().Truncate(24 * time.Hour).Add(24 * time.Hour).Sub(x.now)
			x.answer = x.t.refuse(x.op, failure{class: ir.QuotaSpent, hints: []string{"quota", "limit"}, wait: left, or: []ir.Class{ir.RateLimited}})
			return true
		}),
		define("limits/tier-lowered", StageLimits, "a limit allows less from now on, as after a change of plan", lowerTier,
			FaultParam{Name: "limit", Kind: KindText, Names: namesLimit, Doc: "name of the limit; empty is every limit of the action"},
			FaultParam{Name: "calls", Kind: KindNumber, Min: 1, Max: 1_000_000, Doc: "calls that are allowed; without it a tenth"}).needs(aLimit),
		define("limits/neighbour", StageLimits, "another user of the same quota takes a share of it", neighbour,
			param("cost", "1", "what the neighbour draws with each request")).needs(aLimit),
		define("limits/penalty", StageLimits, "each request while a wait lasts doubles it", penalty, param("wait", "1s", "the first wait")),
	}
}

// aLimit is what a fault needs that happens to a declared limit.
func aLimit(_ *Twin, o *op, _ *Armed) string {
	if o == nil || len(o.Limits) == 0 {
		return "draws on no limit"
	}
	return ""
}

// bodyOnly is a refusal for a limit that only the body tells of.
func bodyOnly(a *Armed) failure {
	return failure{class: ir.RateLimited, hints: []string{"ratelimit", "rate_limit", "limit"}, wait: a.span("wait"), ok200: true}
}

// refuseLimit answers with the declared refusal. A header text that is not empty
// replaces what the declared unit would say.
func (x *exchange) refuseLimit(text string, wait time.Duration) {
	a := x.limited(max(wait, 1))
	name := "Retry-After"
	if src := x.waitSource(a.class); src != nil {
		if src.Header != "" {
			name = src.Header
		}
		if wait == 0 && text == "" {
			a.header.Del(src.Header)
			remove(a.body, src.Body)
		}
	}
	switch {
	case text != "":
		a.header.Set(name, text)
		a.wait = wait
	case a.wait == 0 && wait > 0:
		a.header.Set(name, formatWait(wait, x.now, "seconds"))
		a.wait = stated(wait, x.now, "seconds")
	case wait == 0:
		a.wait = 0
	}
	x.answer = a
}

// waitSource returns where the rules read the wait of a class.
func (x *exchange) waitSource(class ir.Class) *ir.Source {
	for _, r := range x.t.rules(x.op) {
		if r.Class == class && r.Wait != nil {
			return r.Wait
		}
	}
	return nil
}

// lowerTier lowers the limits of the action once, and goes on counting as one
// effect for as long as it is armed.
func lowerTier(x *exchange, a *Armed) bool {
	if x.op == nil {
		return false
	}
	done := false
	for _, u := range x.op.Limits {
		d := x.t.idx.limits[u.Limit]
		if d == nil || a.text("limit") != "" && a.text("limit") != d.Name || a.memo[d.Name] != "" {
			continue
		}
		a.memo[d.Name] = "lowered"
		x.t.limits.most[d.Name] = max(1, u.Cost, x.t.limits.max(d, x.plan())/10)
		if a.text("calls") != "" {
			x.t.limits.most[d.Name] = a.number("calls")
		}
		done = true
	}
	return done
}

// neighbour draws from the request's limits in somebody else's name.
func neighbour(x *exchange, a *Armed) bool {
	if x.op == nil {
		return false
	}
	draws, wait := x.t.limits.check(x.op.Limits, x.plan(), x.limitKey, x.now)
	if wait > 0 || len(draws) == 0 {
		return false
	}
	for i := range draws {
		draws[i].cost = a.number("cost")
	}
	x.t.limits.take(draws, x.now)
	x.release(draws)
	return true
}

// release ends what a neighbour holds of the limits on concurrency.
func (x *exchange) release(draws []draw) {
	for _, d := range draws {
		if d.limit.Shape == "concurrency" {
			d.log.flying -= d.cost
		}
	}
}

// penalty refuses until a wait is over, and doubles it for whoever asks before.
func penalty(x *exchange, a *Armed) bool {
	key := "until " + x.owner()
	until, err := strconv.ParseInt(a.memo[key], 10, 64)
	length, _ := time.ParseDuration(a.memo["length "+x.owner()])
	switch {
	case err != nil:
		length = a.span("wait")
	case x.now.UnixNano() >= until:
		return false // Served: the client waited it out.
	default:
		length *= 2
	}
	a.memo["length "+x.owner()] = length.String()
	a.memo[key] = strconv.FormatInt(x.now.Add(length).UnixNano(), 10)
	x.refuseLimit("", length)
	return true
}
