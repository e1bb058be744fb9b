package refresh

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	rt "github.com/porin-dev/porin/runtime"
)

// life is how long an access token lives.
const life = time.Hour

// behaviour is what providers differ in.
type behaviour struct {
	name     string
	rotates  bool          // A refresh gives a new refresh token, and the one that was used is spent.
	revokes  bool          // A spent one that comes again ends the grant.
	grace    time.Duration // How long a spent one still works.
	noExpiry bool          // Answers do not say how long a token lives.
}

var behaviours = []behaviour{
	{name: "keeps"},
	{name: "rotates", rotates: true},
	{name: "revokes", rotates: true, revokes: true},
	{name: "revokes, no expiry", rotates: true, revokes: true, noExpiry: true},
	{name: "grace", rotates: true, revokes: true, grace: 2 * time.Minute},
}

func (b behaviour) method() *rt.OAuth2 {
	return &rt.OAuth2{
		Authorize: "https://idp.test/authorize", Token: "https://idp.test/token", Rotates: b.rotates, Grace: b.grace, ExpiryOptional: b.noExpiry,
		Tokens: []rt.OAuthToken{{Name: "bot", Access: rt.Path{"access_token"}, Refresh: rt.Path{"refresh_token"}, Expires: rt.Path{"expires_in"}}},
	}
}

// provider is the token endpoint with one grant.
type provider struct {
	behaviour
	revoked bool
	issued  map[string]time.Time // Of access tokens.
	spent   map[string]time.Time // Of refresh tokens: when; zero is unspent.
}

func newProvider(b behaviour) *provider {
	now := time.Now()
	return &provider{behaviour: b, issued: map[string]time.Time{"access-0": now}, spent: map[string]time.Time{"refresh-0": {}}}
}

// first is the token of the grant.
func (p *provider) first() rt.Token {
	t := rt.Token{Access: rt.NewSecret("access-0"), Refresh: rt.NewSecret("refresh-0"), Issued: time.Now()}
	if !p.noExpiry {
		t.Expiry = t.Issued.Add(life)
	}
	return t
}

// refresh answers a refresh token, and tells what access token it gave.
func (p *provider) refresh(token string) (status int, body, access string) {
	at, known := p.spent[token]
	now := time.Now()
	switch {
	case p.revoked, !known:
		return 400, `{"error":"invalid_grant"}`, ""
	case !at.IsZero() && now.Sub(at) >= p.grace:
		p.revoked = p.revoked || p.revokes
		return 400, `{"error":"invalid_grant"}`, ""
	}
	n := len(p.issued)
	access = fmt.Sprint("access-", n)
	p.issued[access] = now
	if p.rotates {
		if at.IsZero() {
			p.spent[token] = now
		}
		token = fmt.Sprint("refresh-", n)
		p.spent[token] = time.Time{}
	}
	expiry := fmt.Sprintf(`,"expires_in":%d`, int(life.Seconds()))
	if p.noExpiry {
		expiry = ""
	}
	return 200, fmt.Sprintf(`{"access_token":%q,"refresh_token":%q%s}`, access, token, expiry), access
}

// works reports whether calls with an access token are accepted.
func (p *provider) works(access string) bool {
	at, ok := p.issued[access]
	return ok && !p.revoked && time.Since(at) < life
}

// newest is the age of the youngest access token.
func (p *provider) newest() time.Duration {
	age := time.Duration(1 << 62)
	for _, at := range p.issued {
		age = min(age, time.Since(at))
	}
	return age
}

func (p *provider) state(b *strings.Builder) {
	fmt.Fprint(b, p.revoked)
	for _, name := range slices.Sorted(maps.Keys(p.issued)) {
		fmt.Fprintf(b, " %s@%d", name, p.issued[name].UnixMilli())
	}
	for _, name := range slices.Sorted(maps.Keys(p.spent)) {
		fmt.Fprintf(b, " %s@%d", name, p.spent[name].UnixMilli())
	}
}
