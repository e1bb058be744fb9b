package main

import (
	"path"
	"slices"
)

// upstream is what maintainers or users of a library, or its documentation, say of
// something that fails here.
type upstream struct {
	clients   []string // Globs of names: "slack-go*" is slack-go in each of its rows.
	scenarios []string // Globs.
	rules     []string // Oracles, or why a scenario is not offered.
	said      string
	at        string
}

const leftToCallers = "the library leaves it to its callers to try again"

// inGo are the clients that decode with encoding/json.
var inGo = []string{"slack-go*", "net/http", "stripe-go", "go-github", "oapi-codegen"}

// otherTypes are the scenarios in which a member is of another type than it was.
var otherTypes = []string{"data/number-as-string", "data/single-for-list", "data/id-other-type", "data/empty-string-for-null", "data/type-changed"}

// upstreams are looked through in order.
var upstreams = []upstream{
	{inGo, []string{"data/bom"}, []string{"recovers"}, "encoding/json takes no byte order mark, and callers are to strip it", "https://github.com/golang/go/issues/12254"},

	{[]string{"slack-go"}, []string{"status/*", "transport/*", "limits/body-only"}, []string{"recovers"}, "OptionRetry is for 429 alone, to be predictable", "https://github.com/slack-go/slack/pull/1532"},
	{[]string{"slack-go, all retries"}, []string{"status/*", "limits/body-only"}, []string{"recovers"}, "the handlers are for connections, 429 and 5xx", "https://github.com/slack-go/slack#http-retries"},
	{[]string{"slack-go, all retries"}, []string{"status/committed-then-lost"}, []string{"once"}, "tries after a lost connection are opt-in; requests that stream are left out", "https://github.com/slack-go/slack/pull/1532"},
	{[]string{"slack-go*"}, []string{"limits/403"}, []string{"typed"}, "the error for rate limits is made for status 429", "https://github.com/slack-go/slack/pull/186"},
	{[]string{"slack-go*"}, otherTypes, []string{"recovers"}, "reported for a number where the struct has a string", "https://github.com/slack-go/slack/issues/1292"},
	{[]string{"slack-go*"}, []string{"transport/redirect-foreign"}, []string{"origin"}, "net/http sends the body on with a 307, and the token is in it", "https://pkg.go.dev/net/http#Client.Do"},
	{[]string{"slack-go*"}, []string{"webhooks/huge-body"}, []string{"forged"}, "its example reads a body whole, however long", "https://github.com/slack-go/slack/blob/master/examples/eventsapi/events.go"},

	{[]string{"@slack/web-api"}, []string{"limits/429-*", "auth/clock-skew"}, []string{"recovers"}, "reported for answers of 429 without a number of seconds", "https://github.com/slackapi/node-slack-sdk/issues/1421"},
	{[]string{"@slack/web-api"}, []string{"limits/body-only"}, []string{"recovers"}, "reported for a refusal that, it seems, did not come as 429", "https://github.com/slackapi/node-slack-sdk/issues/669"},
	{[]string{"@slack/web-api"}, []string{"limits/403"}, []string{"early"}, "only 200 and 429 are familiar; others are an HTTPError", "https://docs.slack.dev/tools/node-slack-sdk/web-api/#handle-errors"},
	{[]string{"@slack/web-api"}, []string{"limits/gap-respected"}, []string{"limit"}, "up to a hundred requests go at once; maxRequestConcurrency lowers that", "https://docs.slack.dev/tools/node-slack-sdk/web-api/#request-concurrency"},
	{[]string{"@slack/web-api"}, []string{"status/committed-then-lost", "evolution/action-gone"}, []string{"once", "amplify"}, "what fails is tried again up to ten times by default; retryConfig changes that", "https://docs.slack.dev/tools/node-slack-sdk/web-api/#automatic-retries"},

	{[]string{"net/http"}, []string{"data/unknown-member*", "data/big-int"}, []string{"lossless"}, "encoding/json makes numbers float64 where no type is given", "https://pkg.go.dev/encoding/json#Unmarshal"},

	{[]string{"stripe-go"}, []string{"limits/*", "auth/clock-skew"}, []string{"recovers", "limit", "early"}, "answers of 429 are left to the caller, but for lock timeouts", "https://github.com/stripe/stripe-go/pull/935"},
	{[]string{"stripe-go"}, append([]string{"data/date-formats"}, otherTypes...), []string{"recovers"}, "reported for an object where the struct has a string", "https://github.com/stripe/stripe-go/issues/1307"},
	{[]string{"stripe-go"}, []string{"transport/wrong-length"}, []string{"recovers"}, "what is no JSON is an error with a sample of it", "https://github.com/stripe/stripe-go/pull/833"},
	{[]string{"stripe-go"}, []string{"evolution/action-gone"}, []string{"amplify"}, "that errors are tried again which should not be was left for later", "https://github.com/stripe/stripe-go/pull/928"},

	{[]string{"stripe (npm)"}, []string{"limits/*", "auth/clock-skew"}, []string{"recovers", "limit", "early"}, "answers of 429 are left to the caller", "https://github.com/stripe/stripe-node/issues/1110"},
	{[]string{"stripe (npm)"}, []string{"transport/*"}, []string{"recovers"}, "callers are to try again when an answer was cut off", "https://github.com/stripe/stripe-node/issues/470"},
	{[]string{"stripe (npm)"}, []string{"status/*"}, []string{"recovers"}, "retries are for lost connections, conflicts and answers of 5xx", "https://github.com/stripe/stripe-node/pull/566"},

	{[]string{"go-github"}, []string{"*/*"}, []string{leftToCallers}, "retries are left to the transport; the README names some", "https://github.com/google/go-github#rate-limiting"},
	{[]string{"go-github"}, []string{"transport/redirect-foreign"}, []string{"origin"}, "its transport added the token to each hop, until v85", "https://github.com/google/go-github/issues/4190"},
	{[]string{"go-github"}, otherTypes, []string{"recovers"}, "reported for an object where the struct has a string", "https://github.com/google/go-github/issues/712"},
	{[]string{"go-github"}, []string{"paging/next-equals-current"}, []string{"ends"}, "pages are asked for until there is no next one", "https://github.com/google/go-github#pagination"},

	{[]string{"octokit"}, []string{"limits/*", "auth/clock-skew"}, []string{"early"}, "a secondary limit is known by the words of its message", "https://github.com/octokit/plugin-throttling.js/pull/438"},
	{[]string{"octokit"}, []string{"limits/*", "status/*"}, []string{"deadline"}, "statuses that doNotRetry does not list are tried again, up to three times", "https://github.com/octokit/plugin-retry.js#usage"},
	{[]string{"octokit"}, []string{"status/committed-then-lost", "transport/hang-*", "transport/redirect-loop"}, []string{"once", "deadline"}, "retries are for requests that fail on the way, and for errors of the server", "https://github.com/octokit/octokit.js/issues/1100"},
	{[]string{"octokit"}, []string{"transport/reset-mid-body"}, []string{"complete"}, "an empty body is handed on as text, and is no error", "https://github.com/octokit/request.js/pull/648"},
	{[]string{"octokit"}, []string{"data/*-content-type"}, []string{"lossless"}, "a body is parsed if the answer is JSON", "https://github.com/octokit/request.js#request"},
	{[]string{"octokit"}, []string{"paging/*"}, []string{"ends", "origin"}, "the URL of the next link is asked for, as long as there is one", "https://github.com/octokit/plugin-paginate-rest.js#how-it-works"},

	{[]string{"oapi-codegen"}, []string{"*/*"}, []string{leftToCallers}, "retries are not generated; the request is open", "https://github.com/oapi-codegen/oapi-codegen/issues/1678"},
	{[]string{"oapi-codegen"}, []string{"transport/redirect-foreign"}, []string{"origin"}, "net/http forwards headers, but for those that it knows as sensitive", "https://pkg.go.dev/net/http#Client"},
	{[]string{"oapi-codegen"}, []string{"data/number-as-string"}, []string{"recovers"}, "numbers in quotes are out of scope; there are tags", "https://github.com/oapi-codegen/oapi-codegen/issues/1823"},
	{[]string{"oapi-codegen"}, []string{"data/date-formats"}, []string{"recovers"}, "reported for times that are not of RFC 3339", "https://github.com/oapi-codegen/oapi-codegen/issues/891"},
	{[]string{"oapi-codegen"}, []string{"data/no-content-type"}, []string{"recovers"}, "the content type decides whether a body is decoded", "https://github.com/oapi-codegen/oapi-codegen/issues/1329"},
	{[]string{"oapi-codegen"}, otherTypes, []string{"recovers"}, "reported for an answer that is not of the generated type", "https://github.com/oapi-codegen/oapi-codegen/issues/1759"},
}

// said is what upstream says of a client that broke a rule, or does not offer a
// scenario; the zero value when we found nothing.
func said(client, scenario, rule string) upstream {
	for _, u := range upstreams {
		fits := func(name string) func(string) bool {
			return func(glob string) bool { ok, _ := path.Match(glob, name); return ok }
		}
		if slices.ContainsFunc(u.clients, fits(client)) && slices.ContainsFunc(u.scenarios, fits(scenario)) && slices.Contains(u.rules, rule) {
			return u
		}
	}
	return upstream{}
}
