package gauntlet

import (
	"time"
)

func authScenarios() []*Scenario {
	return []*Scenario{
		{
			ID:        "auth/expiry-mid-list",
			Title:     "a token expires in the middle of a list while 20 callers share it",
			Right:     "One refresh for all of them; every list is whole.",
			Roles:     []Role{RoleList, RoleOAuth},
			Pages:     3,
			MaxWait:   24 * time.Hour,
			Refreshes: 1,
			Faults:    []Arm{{Fault: "auth/expiry-mid-list", On: RoleList, Times: 1}},
			Crowd:     true,
			Run:       listTogether,
			Oracles:   []string{"refresh", "recovers", "complete", "dead", "bounded"},
		},
		{
			ID:        "auth/expiry",
			Title:     "a token comes to the end of its announced life",
			Right:     "It is renewed before or when it ends, once, and no call fails.",
			Roles:     []Role{RoleRead, RoleOAuth},
			TokenLife: 30 * time.Minute,
			MaxWait:   time.Hour,
			Refreshes: 3,
			Run:       callForHours,
			Oracles:   []string{"refresh", "recovers", "dead"},
		},
		{
			ID:      "auth/revoked",
			Title:   "the user disconnects the account",
			Right:   "The calls fail with the typed error, and the provider is left alone.",
			Roles:   []Role{RoleRead, RoleOAuth},
			Needs:   granted,
			MaxWait: time.Hour,
			Run:     callThenRevoke,
			Oracles: []string{"dead", "typed", "secret", "bounded"},
		},
		{
			ID:      "auth/revoked-during-refresh",
			Title:   "the user disconnects while the token is being renewed",
			Right:   "The refused refresh means the same: a typed error, and no more requests.",
			Roles:   []Role{RoleRead, RoleOAuth},
			Needs:   granted,
			MaxWait: time.Hour,
			Faults:  []Arm{{Fault: "auth/revoked-at-refresh", Times: 1}},
			Run:     expireAndCall,
			Oracles: []string{"refresh", "dead", "typed", "secret"},
		},
		{
			ID:       "auth/every-dead-code",
			Title:    "each code that calls a grant dead is met when a token is renewed",
			Right:    "Each means the same: the typed error, and the token endpoint is left alone.",
			Roles:    []Role{RoleRead, RoleOAuth},
			Declared: true,
			Needs: func(p *Plan) string {
				return unless(len(p.deadCodes()) > 0, "no code is declared that calls a grant dead")
			},
			Spare:   mostDeadCodes,
			MaxWait: time.Hour,
			Run:     meetEveryDeadCode,
			Oracles: []string{"refresh", "typed", "secret", "bounded"},
		},
		{
			ID:      "auth/lost-refresh-answer",
			Title:   "the token is rotated and the answer is lost",
			Right:   "The used refresh token is not sent again at once: its reuse could cost the connection. The calls fail with a typed error.",
			Roles:   []Role{RoleRead, RoleOAuth},
			Needs:   rotates,
			MaxWait: time.Hour,
			Faults:  []Arm{{Fault: "auth/lost-refresh-answer", Times: 1}},
			Run:     expireAndCall,
			Oracles: []string{"refresh", "typed", "secret", "deadline"},
		},
		{
			ID:      "auth/token-endpoint-500",
			Title:   "the token endpoint fails once",
			Right:   "A refresh that was refused is tried again; no caller notices, or the next one does not.",
			Roles:   []Role{RoleRead, RoleOAuth},
			MaxWait: time.Hour,
			Faults:  []Arm{{Fault: "auth/token-endpoint-500", Times: 1}},
			Run:     expireAndCall,
			Oracles: []string{"refresh", "typed", "secret", "bounded"},
		},
		{
			ID:      "auth/token-endpoint-html",
			Title:   "the token endpoint answers with a page of HTML",
			Right:   "The page is no token: a typed error that quotes nothing of it.",
			Roles:   []Role{RoleRead, RoleOAuth},
			MaxWait: time.Hour,
			Faults:  []Arm{{Fault: "auth/token-endpoint-html"}},
			Run:     expireAndCall,
			Oracles: []string{"refresh", "typed", "secret", "bounded"},
		},
		{
			ID:      "auth/no-expires-in",
			Title:   "a renewed token does not say when it expires",
			Right:   "It is used until it is refused.",
			Roles:   []Role{RoleRead, RoleOAuth},
			Needs:   announces,
			MaxWait: time.Hour,
			Faults:  []Arm{{Fault: "auth/no-expires-in"}},
			Run:     expireAndCall,
			Oracles: []string{"refresh", "recovers", "dead", "drift"},
		},
		{
			ID:      "auth/scope-reduced",
			Title:   "the token lost a scope that the action needs",
			Right:   "The call fails with the typed error; renewing the token is no help.",
			Roles:   []Role{RoleRead},
			Needs:   func(p *Plan) string { return unless(len(p.Read.Scopes) > 0, "the action names no scope") },
			Faults:  []Arm{{Fault: "auth/scope-reduced", On: RoleRead, Times: 1}},
			Run:     readOnce,
			Oracles: []string{"typed", "secret", "bounded"},
		},
		{
			ID:      "auth/token-endpoint-hangs",
			Title:   "the token endpoint takes the request and never answers",
			Right:   "Each caller is back by its own deadline.",
			Roles:   []Role{RoleRead, RoleOAuth},
			MaxWait: time.Hour,
			Faults:  []Arm{{Fault: "auth/token-endpoint-hang"}},
			Crowd:   true,
			Run:     expireAndCallBriefly,
			Oracles: []string{"deadline", "refresh", "typed", "bounded"},
		},
		{
			ID:       "auth/every-credential",
			Title:    "each kind of credential that a caller may give is used",
			Right:    "Each goes where the provider looks for it.",
			Declared: true,
			Needs:    func(p *Plan) string { return unless(len(p.given()) > 0, "no credential is given by the caller") },
			Run:      useEveryCredential,
			Oracles:  []string{"recovers", "bounded"},
		},
		{
			ID:       "auth/every-token",
			Title:    "each token that a user grants ends early, and comes to its announced end",
			Right:    "Each is renewed when it is refused, and before its end, by what was stored of it.",
			Roles:    []Role{RoleRead, RoleOAuth},
			Declared: true,
			MaxWait:  time.Hour,
			Run:      renewEvery,
			Oracles:  []string{"recovers", "refresh"},
		},
		{
			ID:       "auth/connect",
			Title:    "a user connects an account, and nothing goes wrong",
			Right:    "The user is asked for the scopes, and every token is stored as it was given.",
			Roles:    []Role{RoleOAuth},
			Declared: true,
			Needs:    connects,
			Run:      connect,
			Oracles:  []string{"bounded"},
		},
		{
			ID:      "auth/denied",
			Title:   "a user who is asked to connect an account refuses, and agrees later",
			Right:   "A typed error with the provider's code; nothing is asked of the token endpoint, and nothing is kept until the user agrees.",
			Roles:   []Role{RoleOAuth},
			Needs:   connects,
			Faults:  []Arm{{Fault: "auth/denied", Times: 1}},
			Run:     connectRefused,
			Oracles: []string{"bounded"},
		},
		{
			ID:      "auth/rotation",
			Title:   "another replica renews the token while a call is under way",
			Right:   "The token that it stored is used; the used-up refresh token is not sent.",
			Roles:   []Role{RoleRead, RoleOAuth},
			MaxWait: time.Hour,
			Faults:  []Arm{{Fault: "auth/rotation", On: RoleRead, Times: 1}},
			Run:     callBesideReplica,
			Oracles: []string{"recovers", "dead", "bounded"},
		},
		{
			ID:      "auth/rotation-grace",
			Title:   "another replica renews the token, and the old one works for a while",
			Right:   "The token that it stored is used, at the latest when the old one ends.",
			Roles:   []Role{RoleRead, RoleOAuth},
			MaxWait: time.Hour,
			Faults:  []Arm{{Fault: "auth/rotation-grace", On: RoleRead, Times: 1, Params: map[string]string{"grace": "30s"}}},
			Run:     callBesideReplica,
			Oracles: []string{"recovers", "dead", "bounded"},
		},
		{
			ID:    "auth/given-token-expired",
			Title: "a given token is refused as expired",
			Right: "There is nothing to renew: the call fails at once with the typed error.",
			Roles: []Role{RoleRead},
			Needs: func(p *Plan) string {
				return unless(p.Static != nil && p.Static.Kind != "none" && p.Static.JWT == nil, "no credential is given by the caller")
			},
			Run:     callThenExpire,
			Oracles: []string{"typed", "dead", "secret", "bounded"},
		},
		{
			ID:      "auth/signed-token-refused",
			Title:   "a token that the client signed is refused before its time",
			Right:   "Another one is signed, and no caller notices.",
			Roles:   []Role{RoleRead},
			Needs:   signsTokens,
			Run:     callThenExpire,
			Oracles: []string{"recovers", "dead", "secret", "bounded"},
		},
		{
			ID:      "auth/signing-key-revoked",
			Title:   "the key that the client signs with is taken back",
			Right:   "The calls fail with the typed error.",
			Roles:   []Role{RoleRead},
			Needs:   signsTokens,
			Run:     callThenRevokeGiven,
			Oracles: []string{"typed", "secret", "bounded"},
		},
		{
			ID:    "auth/signed-after-wait",
			Title: "a signed request is refused until ten minutes later",
			Right: "It is signed anew for what it sends and when: a signature of ten minutes ago is none.",
			Roles: []Role{RoleRead},
			Needs: func(p *Plan) string {
				return unless(p.Static != nil && p.Static.Sign != nil, "no method signs requests")
			},
			MaxWait: time.Hour,
			Faults:  []Arm{{Fault: "limits/429-seconds", On: RoleRead, Times: 1, Params: map[string]string{"wait": "10m0s"}}},
			Run:     callSignedLater,
			Oracles: []string{"early", "recovers", "secret", "bounded"},
		},
		{
			ID:      "auth/early-expiry",
			Title:   "a token ends before its announced life",
			Right:   "It is renewed once, and the call is served.",
			Roles:   []Role{RoleRead, RoleOAuth},
			MaxWait: time.Hour,
			Faults:  []Arm{{Fault: "auth/early-expiry", On: RoleRead, Times: 1}},
			Run:     renewAndCall,
			Oracles: []string{"refresh", "recovers", "dead", "bounded"},
		},
		{
			ID:       "auth/certificate-replaced",
			Title:    "the application has a new certificate, and the stored token is bound to the old one",
			Right:    "The token that is refused is renewed once, with the new certificate, and the call is served.",
			Roles:    []Role{RoleRead, RoleOAuth},
			Needs:    func(p *Plan) string { return unless(p.OAuth.OAuth2.Bound(), "no token is bound to a certificate") },
			Replaced: true,
			MaxWait:  time.Hour,
			Run:      renewAndCall,
			Oracles:  []string{"refresh", "recovers", "dead", "bounded"},
		},
		{
			ID:      "auth/reuse-revokes",
			Title:   "the refresh token was used by somebody else",
			Right:   "The family of tokens is gone: a typed error, and the provider is left alone.",
			Roles:   []Role{RoleRead, RoleOAuth},
			Needs:   rotates,
			MaxWait: time.Hour,
			Faults:  []Arm{{Fault: "auth/reuse-revokes", Times: 1}},
			Run:     expireAndCall,
			Oracles: []string{"refresh", "dead", "typed", "secret"},
		},
		{
			ID:    "auth/token-endpoint-200-error",
			Title: "the token endpoint says 200 to a failure",
			Right: "The body decides: no call is sent with a token that is none.",
			Roles: []Role{RoleRead, RoleOAuth},
			Needs: func(p *Plan) string {
				return unless(p.OAuth.OAuth2.Failed != nil, "nothing says what a failed answer of the token endpoint looks like")
			},
			MaxWait: time.Hour,
			Faults:  []Arm{{Fault: "auth/token-endpoint-200-error", Times: 1}},
			Run:     expireAndCall,
			Oracles: []string{"refresh", "dead", "typed", "secret"},
		},
		{
			ID:      "auth/clock-skew",
			Title:   "the provider's clock is ten minutes behind",
			Right:   "A date is held against the provider's own clock: nothing is sent early.",
			Roles:   []Role{RoleRead},
			MaxWait: time.Hour,
			Faults:  []Arm{{Fault: "auth/clock-skew", On: RoleRead}, {Fault: "limits/429-date", On: RoleRead, Times: 1, Params: map[string]string{"wait": "40s"}}},
			Run:     readOnce,
			Oracles: []string{"early", "recovers", "bounded"},
		},
	}
}

func signsTokens(p *Plan) string {
	return unless(p.Static != nil && p.Static.JWT != nil, "the client signs no tokens")
}

func unless(ok bool, why string) string {
	if ok {
		return ""
	}
	return why
}

func granted(p *Plan) string {
	return unless(p.OAuth.OAuth2.Grant != "client", "no user grants the tokens")
}

func rotates(p *Plan) string {
	return unless(p.OAuth.OAuth2.Rotates, "a refresh does not use the refresh token up")
}

func announces(p *Plan) string {
	for _, t := range p.OAuth.OAuth2.Tokens {
		if t.Name == p.Token && len(t.Expires) > 0 {
			return ""
		}
	}
	return "no answer says when a token expires"
}
