package twin

import (
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

// GrantDevice is the grant type in the journal of a question whether the user of a
// device code has agreed (RFC 8628, 3.4).
const GrantDevice = "urn:ietf:params:oauth:grant-type:device_code"

// How often a device may ask: DeviceInterval is between two questions, and DeviceSlower
// what slow_down adds to it (RFC 8628, 3.5).
const (
	DeviceInterval = 7 * time.Second // Not the default, so that it has to be read.
	DeviceSlower   = 5 * time.Second
)

const (
	// deviceLife is how long a device code is good for.
	deviceLife = 10 * time.Minute

	// devicePolls is how many questions come before users agree by themselves.
	devicePolls = 2
)

// pairing is a user's agreement that is asked for by a device code.
type pairing struct {
	user     string // The code that the user types.
	acct     *account
	method   *ir.Auth
	scopes   []string
	until    time.Time
	interval time.Duration
	asked    time.Time // The last question; zero is none yet.
	polls    int       // Questions until the user agrees.
	refused  bool
	family   int // Of the tokens it was exchanged for; 0 is not yet.
}

// pair is the device authorization endpoint (RFC 8628, 3.1).
func (t *Twin) pair(x *exchange) *answer {
	m := x.to.endpoint.method
	if code := t.notClient(x, m); code != "" {
		return t.refuseToken(x, m, code, false)
	}
	for _, p := range m.OAuth2.Params {
		if x.tokenParam(p.Name) != t.idx.render(p.Value) {
			return t.refuseToken(x, m, "invalid_request", false)
		}
	}
	maps.DeleteFunc(t.pairings, func(_ string, p *pairing) bool { return x.now.After(p.until.Add(deviceLife)) })
	t.minted++
	r := newRNG(t.opt.Seed, "device", strconv.Itoa(t.minted))
	code, user := "device-"+r.hex(20), fmt.Sprintf("%04d-%04d", r.below(10000), r.below(10000))
	t.secrets = append(t.secrets, code)
	t.pairings[code] = &pairing{
		user: user, acct: t.accounts[0], method: m, scopes: splitScopes(x.tokenParam("scope"), m.OAuth2.ScopeSep),
		until: x.now.Add(deviceLife), interval: DeviceInterval, polls: devicePolls,
	}
	page := x.q.origin + x.q.url.EscapedPath()
	a := &answer{status: http.StatusOK, header: http.Header{}, body: &object{}}
	a.header.Set("Cache-Control", "no-store")
	for _, v := range []struct {
		name  string
		value any
	}{
		{"device_code", code}, {"user_code", user}, {"verification_uri", page}, {"verification_uri_complete", page + "?user_code=" + user},
		{"expires_in", number(strconv.Itoa(int(deviceLife / time.Second)))}, {"interval", number(strconv.Itoa(int(DeviceInterval / time.Second)))},
	} {
		a.body = put(a.body, ir.Path{{Name: v.name}}, v.value)
	}
	return a
}

// agree is the page where a user types a code: they agree at once, or refuse with
// the parameter refuse. login_hint names the account.
func (t *Twin) agree(x *exchange) *answer {
	v := x.q.query
	p := t.pairingOf(v.Get("user_code"))
	a := t.accountOf(v.Get("login_hint"))
	if p == nil || a == nil || !x.now.Before(p.until) {
		return plain(http.StatusNotFound, "text/plain; charset=utf-8", "unknown code: add ?user_code=\n")
	}
	x.entry.Account = a.id
	p.acct, p.polls, p.refused = a, 0, v.Has("refuse")
	return plain(http.StatusOK, "text/plain; charset=utf-8", "back to the device\n")
}

func (t *Twin) pairingOf(user string) *pairing {
	for _, p := range t.pairings {
		if p.user == user {
			return p
		}
	}
	return nil
}

// Agree answers for the user of a device code: they agree, for an account, or refuse.
// The empty account is the first. It is false of a code that is not there.
func (t *Twin) Agree(userCode, account string, refuse bool) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	p, a := t.pairingOf(userCode), t.accountOf(account)
	if p == nil || a == nil || !t.opt.Now().Before(p.until) {
		return false
	}
	p.acct, p.polls, p.refused = a, 0, refuse
	return true
}

// answerPoll answers the question whether the user has agreed (RFC 8628, 3.5).
func (t *Twin) answerPoll(x *exchange, m *ir.Auth) *answer {
	p := t.pairings[x.tokenParam("device_code")]
	if p == nil || p.method.OAuth2 != m.OAuth2 || p.family != 0 {
		return t.refuseToken(x, m, "invalid_grant", false)
	}
	x.entry.Account = p.acct.id
	early := !p.asked.IsZero() && x.now.Before(p.asked.Add(p.interval))
	p.asked = x.now
	switch {
	case !x.now.Before(p.until):
		return t.refuseToken(x, m, "expired_token", false)
	case p.refused:
		return t.refuseToken(x, m, "access_denied", false)
	case early:
		p.interval += DeviceSlower
		return t.refuseToken(x, m, "slow_down", false)
	case p.polls > 0:
		p.polls--
		return t.refuseToken(x, m, "authorization_pending", false)
	}
	issued := t.grantAll(p.acct, p.method)
	for i, g := range issued {
		p.family = g.family
		if i == 0 && len(p.scopes) > 0 {
			g.token.Scopes = p.scopes
		}
	}
	return t.issue(x, m, issued)
}

// polled is the pairing that a request to the token endpoint asks about, or nil.
func (x *exchange) polled() *pairing {
	if x.tokenParam("grant_type") != GrantDevice {
		return nil
	}
	return x.t.pairings[x.tokenParam("device_code")]
}

// deviceFaults happen to questions whether a user has agreed on another device.
func deviceFaults() []*definition {
	return []*definition{
		onToken(define("auth/device-slow-down", StageBefore, "the device is told to ask less often", func(x *exchange, _ *Armed) bool {
			p := x.polled()
			if p == nil {
				return false
			}
			p.interval += DeviceSlower
			p.asked = x.now
			x.answer = x.t.refuseToken(x, x.to.endpoint.method, "slow_down", false)
			x.entry.Grant, x.entry.Account = GrantDevice, p.acct.id
			return true
		})),
		onToken(define("auth/device-denied", StageBefore, "the user of a device refuses", func(x *exchange, _ *Armed) bool {
			p := x.polled()
			if p == nil {
				return false
			}
			p.refused = true
			return true
		})),
		onToken(define("auth/device-expired", StageBefore, "the code of a device ends before its time", func(x *exchange, _ *Armed) bool {
			p := x.polled()
			if p == nil {
				return false
			}
			p.until = x.now
			return true
		})),
	}
}
