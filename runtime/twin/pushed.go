package twin

import (
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

// pushedLife is how long a pushed request is good for (RFC 9126, 2.2 recommends five to
// 600 seconds).
const pushedLife = time.Minute

// pushed is an authorization request that a client pushed.
type pushed struct {
	values url.Values
	method *ir.Auth
	until  time.Time
}

// push is the endpoint for pushed authorization requests (RFC 9126, 2).
func (t *Twin) push(x *exchange) *answer {
	m := x.to.endpoint.method
	if code := t.notClient(x, m); code != "" {
		return t.refuseToken(x, m, code, false)
	}
	if code := x.proofTrouble(m); code != "" {
		return t.refuseToken(x, m, code, false)
	}
	p := &pushed{values: url.Values{}, method: m, until: x.now.Add(pushedLife)}
	for _, name := range [...]string{"response_type", "client_id", "redirect_uri", "state", "scope", "code_challenge", "code_challenge_method", "request_uri", "login_hint", "dpop_jkt"} {
		p.put(x, m.OAuth2.Rename, name)
	}
	for _, h := range m.OAuth2.Params {
		p.put(x, nil, h.Name)
		if p.values.Get(h.Name) != t.idx.render(h.Value) {
			return t.refuseToken(x, m, "invalid_request", false)
		}
	}
	if x.proof != nil { // What is redeemed has to have the same key (RFC 9449, 10.1).
		if said := p.values.Get("dpop_jkt"); said != "" && said != x.proof.key {
			return t.refuseToken(x, m, "invalid_dpop_proof", false)
		}
		p.values.Set("dpop_jkt", x.proof.key)
	}
	if v := p.values; v.Get("response_type") != "code" || parseURL(v.Get("redirect_uri")).Scheme == "" || v.Has("request_uri") {
		return t.refuseToken(x, m, "invalid_request", false)
	}
	maps.DeleteFunc(t.pushes, func(_ string, old *pushed) bool { return !x.now.Before(old.until) })
	t.minted++
	r := newRNG(t.opt.Seed, "pushed", strconv.Itoa(t.minted))
	reference := "urn:ietf:params:oauth:request_uri:" + r.hex(16)
	t.pushes[reference] = p
	a := &answer{status: http.StatusCreated, header: http.Header{}, body: &object{}}
	a.header.Set("Cache-Control", "no-cache, no-store")
	a.body = put(a.body, ir.Path{{Name: "request_uri"}}, reference)
	a.body = put(a.body, ir.Path{{Name: "expires_in"}}, number(strconv.Itoa(int(pushedLife/time.Second))))
	return a
}

// put keeps a parameter under the name of RFC 6749, where the request has the provider's.
func (p *pushed) put(x *exchange, renames map[string]string, name string) {
	as := name
	if to, ok := renames[name]; ok {
		as = to
	}
	if v, ok := x.q.bodyAt(ir.Path{{Name: as}}); ok {
		p.values.Set(name, v)
	}
}

// pushedBy is what was pushed under the reference that a user comes with, which is used up,
// or kept for as long as a page that is shown for it; nil for one that is not there. Beside it and the client's id nothing counts (RFC 9126, 4).
func (t *Twin) pushedBy(x *exchange, v url.Values, shows bool) *pushed {
	p := t.pushes[v.Get("request_uri")]
	if p == nil || v.Get("client_id") != t.opt.ClientID || !x.now.Before(p.until) {
		return nil
	}
	if shows {
		p.until = x.now.Add(formLife)
	} else {
		delete(t.pushes, v.Get("request_uri"))
	}
	p.values.Set("client_id", t.opt.ClientID)
	if v.Has("login_hint") { // Who the user is.
		p.values.Set("login_hint", v.Get("login_hint"))
	}
	return p
}

// Pushed returns what a client pushed under a reference, by the names of RFC 6749; nil
// when there is no such reference, or it was used.
func (t *Twin) Pushed(reference string) url.Values {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p := t.pushes[reference]; p != nil {
		return maps.Clone(p.values)
	}
	return nil
}

// pushedFaults happen to pushed authorization requests.
func pushedFaults() []*definition {
	return []*definition{
		define("auth/pushed-refused", StageBefore, "what a user should be asked for is refused before they are sent", func(x *exchange, a *Armed) bool {
			x.answer = x.t.refuseToken(x, x.to.endpoint.method, a.text("code"), false)
			return true
		}, param("code", "invalid_request", "the code")).at("@" + RoutePushed),
		define("auth/pushed-expired", StageBefore, "the user comes when the reference that they were sent with has ended", func(x *exchange, _ *Armed) bool {
			p := x.t.pushes[x.q.query.Get("request_uri")]
			if p == nil {
				return false
			}
			p.until = x.now
			return true
		}).at("@" + RouteAuthorize),
	}
}
