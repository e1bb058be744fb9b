package main

import (
	"path"
	"slices"

	"github.com/porin-dev/porin/runtime/gauntlet"
)

// upstream is what the maintainers of libraries have said of something that fails
// here.
type upstream struct {
	clients   []string
	scenarios []string // Globs.
	rule      string   // The oracle; empty is any.
	said      string
	at        string
}

var upstreams = []upstream{
	{[]string{"stripe-go"}, []string{"limits/*"}, "recovers", "answers of 429 are left to the caller, but for lock timeouts", "https://github.com/stripe/stripe-go/pull/935"},
	{[]string{"stripe (npm)"}, []string{"limits/*"}, "recovers", "answers of 429 are left to the caller", "https://github.com/stripe/stripe-node/issues/1110"},
	{[]string{"slack-go"}, []string{"status/*", "transport/*"}, "recovers", "OptionRetry is for 429 alone, to be predictable", "https://github.com/slack-go/slack/pull/1532"},
	{[]string{"go-github"}, []string{"limits/*", "status/*", "transport/*", "auth/clock-skew"}, "recovers", "retries are left to the transport; the README names some", "https://github.com/google/go-github#rate-limiting"},
	{[]string{"oapi-codegen"}, []string{"limits/*", "status/*", "transport/*", "auth/clock-skew"}, "recovers", "retries are not generated; the request is open", "https://github.com/oapi-codegen/oapi-codegen/issues/1678"},
}

// known is what upstream says of a failure; the zero value when we found nothing.
func (r *row) known(s gauntlet.Result) upstream {
	for _, u := range upstreams {
		fits := func(glob string) bool { ok, _ := path.Match(glob, s.ID); return ok }
		if slices.Contains(u.clients, r.name) && slices.ContainsFunc(u.scenarios, fits) && (u.rule == "" || u.rule == broken(s).Oracle) {
			return u
		}
	}
	return upstream{}
}
