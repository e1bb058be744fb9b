package gauntlet

import (
	"time"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/twin"
)

// judgeRefresh looks at the token endpoint, and at what was on requests before
// the store had it.
func judgeRefresh(ev *Evidence) Verdict {
	last := map[string]twin.Entry{}
	served := map[string][]twin.Entry{}
	count := 0
	for _, e := range ev.Entries {
		if e.Route != twin.RouteToken || e.Grant != "refresh_token" && e.Grant != twin.GrantLogin {
			continue
		}
		count++
		if before, ok := last[e.Account]; ok {
			if e.Time.Before(before.Time.Add(before.Duration)) {
				return failed(ev.lines(before, e), "two refreshes of one credential were in flight")
			}
			if e.TokenState == twin.TokenRotated {
				return failed(ev.lines(before, e), "a refresh token that was used up was sent again")
			}
		}
		last[e.Account] = e
		if e.Status == 200 && e.Class == "" {
			served[e.Account] = append(served[e.Account], e)
		}
	}
	for _, s := range ev.Sends {
		if s.Unsaved {
			return failed(ev.sendLines(s), "a new token was used before it was persisted")
		}
	}
	if most := ev.refreshes(); most > 0 {
		for account, all := range served {
			if len(all) > most {
				return failed(ev.lines(all...), "account %s was refreshed %d times, and %d would do", account, len(all), most)
			}
		}
	}
	if count == 0 {
		return idle("no token was refreshed")
	}
	return passed()
}

// refreshes is how often the scenario has a token refreshed at most: more often where
// the spec declares that it is done long before its end.
func (ev *Evidence) refreshes() int {
	most, life := ev.Scenario.Refreshes, ev.Scenario.TokenLife
	if ev.Plan.OAuth == nil {
		return most
	}
	if margin := span(ev.Plan.OAuth.OAuth2.Margin); most > 0 && life > 0 && margin > 0 {
		most = most * int(life/time.Second) / int((life-min(margin, life/2))/time.Second)
	}
	return most
}

// judgeDead looks for requests with a token after an answer called it dead. One
// probe is allowed: it is how a client learns that an account is back.
func judgeDead(ev *Evidence) Verdict {
	type credential struct {
		account, method string
		version         int64
	}
	learned := map[credential]twin.Entry{}
	probes := map[credential]int{}
	for _, e := range ev.Entries {
		if e.Route != twin.RouteAction || e.TokenState == twin.TokenNone {
			continue
		}
		c := credential{e.Account, e.Auth, e.TokenVersion}
		if told, ok := learned[c]; ok && e.Time.After(told.Time.Add(told.Duration)) {
			if probes[c]++; probes[c] > 1 {
				return failed(ev.lines(told, e), "a token that the provider called dead was sent again")
			}
		}
		if _, ok := learned[c]; !ok && callsDead(e) {
			learned[c] = e
		}
	}
	if len(learned) == 0 {
		return idle("no token died")
	}
	return passed()
}

// callsDead reports whether an answer that arrived says that the token is dead.
func callsDead(e twin.Entry) bool {
	dead := e.TokenState == twin.TokenExpired || e.TokenState == twin.TokenRevoked || e.TokenState == twin.TokenRotated
	says := e.Class == string(ir.AuthExpired) || e.Class == string(ir.Disconnected) || e.Status == 401
	return dead && says && !e.Lost
}

// judgeOrigin looks at both ends: what left the client, and what arrived
// outside of the declared servers.
func judgeOrigin(ev *Evidence) Verdict {
	offered := false
	for id, n := range ev.Fired {
		offered = offered || n > 0 && (id == "transport/redirect-foreign" || id == "paging/foreign-next")
	}
	for _, s := range ev.Sends {
		offered = offered || s.Foreign
		if !s.Leaked {
			continue
		}
		return failed(ev.sendLines(s), "a credential was sent to %s", s.Origin)
	}
	for _, e := range ev.Entries {
		if e.Route == twin.RouteForeign && e.TokenState != "" && e.TokenState != twin.TokenNone {
			return failed(ev.lines(e), "a credential arrived at %s", e.Origin)
		}
	}
	if !offered {
		return idle("no other origin was offered")
	}
	return passed()
}

// grace is how late a deadline may be honoured. From outside, a call is also on its
// way through two pipes, on a machine that does other things.
func (ev *Evidence) grace() time.Duration {
	if ev.Outside {
		return time.Second
	}
	return 50 * time.Millisecond
}
