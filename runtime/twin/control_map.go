package twin

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Endpoint is one of those that steer a served twin.
type Endpoint struct {
	Method string
	Name   string // Below [ControlPath]; empty is the path itself.
	Serve  http.HandlerFunc
}

// Control returns the endpoints that steer a served twin, under [ControlPath], and
// further ones beside them:
//
//	GET  faults    the catalogue, and what is armed
//	POST arm       a Fault; answers with its state
//	POST disarm    {"id": 1}, or {"all": true}
//	GET  journal   the entries
//	POST reset     forgets the entries
//	GET  state     accounts and collections
//	POST expire    {"account": "..."}, or {"all": true}
//	POST revoke    {"account": "..."}, or {"all": true}
//	POST rotate    {"account": "..."}; answers with the new token. Or {"all": true}; answers with a list of them
//	POST agree     {"user_code": "...", "account": "...", "refuse": false}, for the user of a device
//	POST lower     {"limit": "...", "calls": 1}
//	POST job       {"account": "...", "resource": "...", "id": "...", "state": "..."}
//	POST deliver   {"url": "...", "webhook": "...", "event": "...", "fault": "..."}
//
// A path that is none of them is answered with 404, and another method with 405; both
// answers list what there is. They know no access control: a twin is for tests. What keeps
// the pages of other sites away from them is [Twin.Handler].
func (t *Twin) Control(more ...Endpoint) http.Handler {
	all := append([]Endpoint{
		{"GET", "faults", t.controlFaults},
		{"POST", "arm", t.controlArm},
		{"POST", "disarm", t.controlDisarm},
		{"GET", "journal", t.controlJournal},
		{"POST", "reset", t.controlReset},
		{"GET", "state", func(rw http.ResponseWriter, _ *http.Request) { reply(rw, t.State()) }},
		{"POST", "expire", t.onAccount(func(id string) any { t.Expire(id); return struct{}{} })},
		{"POST", "revoke", t.onAccount(func(id string) any { t.Revoke(id); return struct{}{} })},
		{"POST", "rotate", t.onAccount(func(id string) any { return t.Rotate(id) })},
		{"POST", "agree", t.controlAgree},
		{"POST", "lower", t.controlLower},
		{"POST", "job", t.controlJob},
		{"POST", "deliver", t.controlDeliver},
	}, more...)
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { route(rw, r, all) })
}

// bodies has an example of what is sent to each endpoint that takes something.
var bodies = map[string]string{
	"arm":     `{"id": "status/503", "times": 2}`,
	"disarm":  `{"id": 1}`,
	"expire":  `{"account": "acct-1"}`,
	"revoke":  `{"account": "acct-1"}`,
	"rotate":  `{"account": "acct-1"}`,
	"agree":   `{"user_code": "..."}`,
	"lower":   `{"limit": "...", "calls": 1}`,
	"job":     `{"account": "acct-1", "resource": "...", "id": "...", "state": "..."}`,
	"deliver": `{"url": "http://127.0.0.1:9000/", "webhook": "..."}`,

	"scenario": `{"id": "limits/429-seconds"}`, // Of the page that a twin may have.
}

// example is what an endpoint takes, as the end of a message.
func example(r *http.Request) string {
	if body := bodies[strings.TrimPrefix(r.URL.Path, ControlPath)]; body != "" {
		return "; such as " + body
	}
	return ""
}

// route serves a request by the endpoint that it names, or says which there are.
func route(rw http.ResponseWriter, r *http.Request, all []Endpoint) {
	name := strings.TrimPrefix(r.URL.Path, ControlPath)
	var takes []string
	for _, e := range all {
		if e.Name != name {
			continue
		}
		if e.Method == r.Method || e.Method == http.MethodGet && r.Method == http.MethodHead {
			e.Serve(rw, r)
			return
		}
		takes = append(takes, e.Method)
	}
	if len(takes) == 0 {
		http.Error(rw, fmt.Sprintf("there is no %s; there is\n%s", r.URL.Path, list(all)), http.StatusNotFound)
		return
	}
	if slices.Contains(takes, http.MethodGet) {
		takes = append(takes, http.MethodHead)
	}
	slices.Sort(takes)
	allow := strings.Join(takes, ", ")
	rw.Header().Set("Allow", allow)
	http.Error(rw, fmt.Sprintf("%s takes %s, not %s; there is\n%s", r.URL.Path, allow, r.Method, list(all)), http.StatusMethodNotAllowed)
}

// list is the endpoints, one a line, with what is sent there.
func list(all []Endpoint) string {
	var b strings.Builder
	for _, e := range all {
		fmt.Fprintln(&b, strings.TrimSpace(fmt.Sprintf("%-4s %-17s %s", e.Method, ControlPath+e.Name, bodies[e.Name])))
	}
	return b.String()
}
