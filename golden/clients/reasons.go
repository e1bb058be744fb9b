package main

import "path"

// reason is why a field differs: the document or the provider's page says so, or both
// are taken.
type reason struct {
	api, action, field string // Globs.
	why                string
}

func (r reason) covers(d difference) bool {
	fits := func(glob, name string) bool { ok, _ := path.Match(glob, name); return ok }
	return fits(r.api, d.api) && fits(r.action, d.action) && fits(r.field, d.field)
}

// reasons are looked through in order.
var reasons = []reason{
	{"*", "*", "header.user-agent", "each says who it is"},
	{"slack", "*", "method", "the document has GET for reads; Slack takes both (https://docs.slack.dev/apis/web-api/)"},
	{"slack", "*", "place", "what is read is asked for in the query, and what is written is JSON, which Slack takes beside forms"},
	{"slack", "*", "header.content-type", "as the place of the parameters"},
	{"slack", "*", "header.authorization", "the token is in the header, as Slack asks for; slack-go puts it into the form"},
	{"slack", "*", "param.token", "the same"},
	{"slack", "*", "header.accept", "ours says what it reads"},
	{"slack", "conversations.history", "param.inc*", "slack-go sends the defaults"},
	{"github", "*", "header.accept", "the document has plain JSON; go-github names GitHub's media types, of which GitHub serves the same"},
	{"stripe", "*", "header.accept", "ours says what it reads"},
	{"stripe", "*", "header.authorization", "the document names basic auth, with the key as the user, before the bearer token; Stripe takes both"},
	{"stripe", "*", "header.content-type", "stripe-go names the type of a body that is not there"},
	{"stripe", "*", "header.stripe-version", "the document has no such header, so the account's version counts; stripe-go pins its own"},
	{"stripe", "*", "header.x-stripe-client-user-agent", "what stripe-go tells of itself"},
	{"stripe", "products.create", "header.idempotency-key", "random in both"},
}
