package twin

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/porin-dev/porin/compiler/ir"
)

// page502 is what a proxy answers when the provider behind it is down.
const page502 = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>proxy</center>\r\n</body>\r\n</html>\r\n"

func statusFaults() []*definition {
	var all []*definition
	for _, s := range []struct {
		status int
		doc    string
	}{
		{408, "the provider says that the request came too slowly"},
		{409, "a conflict that goes away"},
		{423, "the object is locked for a while"},
		{425, "too early: the provider will not risk a replay"},
		{429, "too many requests, by status alone"},
		{500, "an error of the provider, with a short text"},
		{503, "the provider is down for a while"},
		{504, "a proxy gave up on the provider"},
	} {
		all = append(all, define("status/"+strconv.Itoa(s.status), StageBefore, s.doc+"; nothing takes effect", bare(s.status),
			param("retry-after", "", "Retry-After header, where one is sent")))
	}
	return append(all,
		define("status/502-html", StageBefore, "a proxy's HTML page with status 502; nothing takes effect", func(x *exchange, _ *Armed) bool {
			x.answer = plain(http.StatusBadGateway, "text/html", page502)
			return true
		}),
		define("status/200-error", StageBefore, "status 200 with the declared error envelope; nothing takes effect", func(x *exchange, a *Armed) bool {
			f := failure{class: ir.Class(a.text("class")), code: a.text("code"), hints: []string{"internal", "fatal", "unavailable", "error"}, or: []ir.Class{ir.Unavailable, ir.Rejected}}
			x.answer = x.t.refuse(x.op, f)
			x.restate(http.StatusOK)
			return true
		}, param("class", "unavailable", "class of the failure"), param("code", "", "provider code; empty is any of the class")),
		define("status/as-declared", StageBefore, "the failure that one of the action's rules for errors describes; nothing takes effect", func(x *exchange, a *Armed) bool {
			answer, ok := x.t.byRule(x.op, a)
			if ok {
				x.answer = answer
			}
			return ok
		}, param("rule", "1", "which of the action's rules, from 1"), param("code", "", "provider code; empty is any that the rule takes"), param("wait", "0s", "the wait that it names")).needs(func(t *Twin, o *op, a *Armed) string {
			if _, ok := t.byRule(o, a); !ok {
				return fmt.Sprintf("has %d rules for errors, and no answer that is of rule %s", len(t.rules(o)), a.text("rule"))
			}
			return ""
		}),
		define("status/200-unconfirmed", StageBefore, "status 200 with an object that lacks what says that it worked; nothing takes effect", func(x *exchange, _ *Armed) bool {
			a := unconfirmed()
			if x.t.firstMatch(x.op, a) == nil {
				return false
			}
			x.answer = a
			x.restate(http.StatusOK)
			return true
		}).needs(func(t *Twin, o *op, _ *Armed) string {
			if t.firstMatch(o, unconfirmed()) == nil {
				return "has no rule for errors that misses anything in an empty object"
			}
			return ""
		}),
		define("status/200-html", StageBefore, "status 200 with an HTML page; nothing takes effect", func(x *exchange, _ *Armed) bool {
			x.answer = plain(http.StatusOK, "text/html; charset=utf-8", "<!doctype html><title>Scheduled maintenance</title><p>We will be back soon.</p>\n")
			return true
		}),
		define("status/202", StageAfter, "status 202 and no result; it takes effect", func(x *exchange, _ *Armed) bool {
			x.answer = &answer{status: http.StatusAccepted, header: http.Header{}}
			return true
		}),
		define("status/204-body", StageAfter, "status 204 with a body all the same; it takes effect", func(x *exchange, _ *Armed) bool {
			x.answer.status = http.StatusNoContent
			return x.answer.body != nil
		}),
		define("status/304", StageBefore, "not modified, though nobody asked", bare(http.StatusNotModified), param("retry-after", "", "Retry-After header, where one is sent")),
		define("status/committed-then-lost", StageWire, "the request takes effect, and its answer never arrives", lose,
			oneOf("how", "reset: the connection is reset; hang: nothing comes; 502: a proxy's page comes instead", "reset", "hang", "502")).needs(func(_ *Twin, o *op, _ *Armed) string {
			if o != nil && !o.changes() {
				return "changes nothing"
			}
			return ""
		}),
	)
}

// byRule makes the failure that one of the rules for errors describes.
func (t *Twin) byRule(o *op, a *Armed) (*answer, bool) {
	rules, n := t.rules(o), a.number("rule")
	if n < 1 || n > len(rules) {
		return nil, false
	}
	f := failure{class: rules[n-1].Class, code: a.text("code"), wait: a.span("wait")}
	answer, ok := t.say(o, rules[n-1], f)
	if !ok { // With the usual status another rule may come first.
		f.ok200 = true
		answer, ok = t.say(o, rules[n-1], f)
	}
	return answer, ok
}

// unconfirmed is an answer that says nothing of what was done.
func unconfirmed() *answer {
	return &answer{status: http.StatusOK, header: http.Header{}, body: &object{}}
}

// changes reports whether a request of the action may have an effect.
func (o *op) changes() bool {
	return o.Effect != ir.Read && o.Effect != "" || o.completes != nil ||
		slices.ContainsFunc(o.uses, func(u use) bool { return u.Do != "list" && u.Do != "get" })
}

// bare answers with a status and a text that no error rule knows.
func bare(status int) func(*exchange, *Armed) bool {
	return func(x *exchange, a *Armed) bool {
		x.answer = plain(status, "text/plain; charset=utf-8", http.StatusText(status)+"\n")
		if status == http.StatusNotModified {
			x.answer.bytes = nil
		}
		if after := a.text("retry-after"); after != "" {
			x.answer.header.Set("Retry-After", after)
		}
		return true
	}
}

// lose loses the answer of a request that changed something.
func lose(x *exchange, a *Armed) bool {
	if x.entry.Effect == nil || x.entry.Effect.Replayed {
		return false
	}
	switch a.text("how") {
	case "hang":
		x.out.wire.hang = true
	case "502":
		x.out.status = http.StatusBadGateway
		x.out.replace([]byte(page502))
		x.out.header = http.Header{"Content-Type": {"text/html"}}
		x.answer = plain(http.StatusBadGateway, "text/html", page502)
	default:
		x.out.wire.reset = true
	}
	return true
}
