package twin

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/porin-dev/porin/runtime/internal/misread"
)

// maxControl bounds the body of a control request.
const maxControl = 1 << 20

// ArmedState describes a fault at work.
type ArmedState struct {
	ID    int   `json:"id"` // For disarming; stable for as long as the fault is armed.
	Fault Fault `json:"fault"`
	Met   int   `json:"met"`
	Fired int   `json:"fired"`
}

// Control returns the endpoints that steer a served twin, under [ControlPath]:
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
// They know no access control: a twin is for tests.
func (t *Twin) Control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+ControlPath+"faults", func(rw http.ResponseWriter, _ *http.Request) {
		reply(rw, struct {
			Catalogue []FaultKind  `json:"catalogue"`
			Armed     []ArmedState `json:"armed"`
		}{Catalogue(), t.ArmedStates()})
	})
	mux.HandleFunc("POST "+ControlPath+"arm", t.controlArm)
	mux.HandleFunc("POST "+ControlPath+"disarm", t.controlDisarm)
	mux.HandleFunc("GET "+ControlPath+"journal", func(rw http.ResponseWriter, _ *http.Request) {
		b, err := t.journal.JSON()
		if err != nil {
			http.Error(rw, err.Error(), http.StatusInternalServerError)
			return
		}
		rw.Header().Set("Content-Type", "application/json")
		rw.Write(b) //nolint:errcheck // The client is gone.
	})
	mux.HandleFunc("POST "+ControlPath+"reset", func(rw http.ResponseWriter, _ *http.Request) {
		t.journal.Reset()
		reply(rw, struct{}{})
	})
	mux.HandleFunc("GET "+ControlPath+"state", func(rw http.ResponseWriter, _ *http.Request) { reply(rw, t.State()) })
	mux.HandleFunc("POST "+ControlPath+"expire", t.onAccount(func(id string) any { t.Expire(id); return struct{}{} }))
	mux.HandleFunc("POST "+ControlPath+"revoke", t.onAccount(func(id string) any { t.Revoke(id); return struct{}{} }))
	mux.HandleFunc("POST "+ControlPath+"rotate", t.onAccount(func(id string) any { return t.Rotate(id) }))
	mux.HandleFunc("POST "+ControlPath+"agree", t.controlAgree)
	mux.HandleFunc("POST "+ControlPath+"lower", t.controlLower)
	mux.HandleFunc("POST "+ControlPath+"job", t.controlJob)
	mux.HandleFunc("POST "+ControlPath+"deliver", t.controlDeliver)
	return mux
}

func (t *Twin) controlArm(rw http.ResponseWriter, r *http.Request) {
	var f Fault
	if !read(rw, r, &f) {
		return
	}
	a, err := t.Arm(f)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusBadRequest)
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	reply(rw, a.state())
}

func (t *Twin) controlDisarm(rw http.ResponseWriter, r *http.Request) {
	var want struct {
		ID  int  `json:"id"`
		All bool `json:"all"`
	}
	if !read(rw, r, &want) {
		return
	}
	if want.All == (want.ID != 0) {
		http.Error(rw, `say which fault: {"id": 1}, or {"all": true}`, http.StatusBadRequest)
		return
	}
	if want.All {
		t.DisarmAll()
		reply(rw, struct{}{})
		return
	}
	for _, a := range t.Armed() {
		if a.id == want.ID {
			a.Disarm()
			reply(rw, struct{}{})
			return
		}
	}
	http.Error(rw, "no armed fault "+strconv.Itoa(want.ID), http.StatusNotFound)
}

func (t *Twin) controlLower(rw http.ResponseWriter, r *http.Request) {
	var want struct {
		Limit string `json:"limit"`
		Calls *int   `json:"calls"`
	}
	if !read(rw, r, &want) {
		return
	}
	if t.idx.limits[want.Limit] == nil {
		http.Error(rw, "no limit "+strconv.Quote(want.Limit)+misread.Instead(want.Limit, sortedKeys(t.idx.limits)), http.StatusNotFound)
		return
	}
	if want.Calls == nil {
		http.Error(rw, "say how many calls "+want.Limit+` allows: {"limit": "`+want.Limit+`", "calls": 1}; below 0 is what is declared`, http.StatusBadRequest)
		return
	}
	t.Lower(want.Limit, *want.Calls)
	reply(rw, struct{}{})
}

func (t *Twin) controlAgree(rw http.ResponseWriter, r *http.Request) {
	var want struct {
		UserCode string `json:"user_code"`
		Account  string `json:"account"`
		Refuse   bool   `json:"refuse"`
	}
	if !read(rw, r, &want) {
		return
	}
	if !t.Agree(want.UserCode, want.Account, want.Refuse) {
		http.Error(rw, `no code or account of that name: {"user_code": "..."} is what the user of a device types`, http.StatusNotFound)
		return
	}
	reply(rw, struct{}{})
}

func (t *Twin) controlJob(rw http.ResponseWriter, r *http.Request) {
	var want struct {
		Account  string `json:"account"`
		Resource string `json:"resource"`
		ID       string `json:"id"`
		State    string `json:"state"`
	}
	if !read(rw, r, &want) {
		return
	}
	if err := t.EndJob(want.Account, want.Resource, want.ID, want.State); err != nil {
		http.Error(rw, err.Error(), http.StatusNotFound)
		return
	}
	reply(rw, struct{}{})
}

func (t *Twin) controlDeliver(rw http.ResponseWriter, r *http.Request) {
	var want struct {
		URL       string            `json:"url"`
		Webhook   string            `json:"webhook"`
		Event     string            `json:"event"`
		Account   string            `json:"account"`
		ID        string            `json:"id"`
		Set       map[string]any    `json:"set"`
		Challenge bool              `json:"challenge"`
		Fault     string            `json:"fault"`
		Params    map[string]string `json:"params"`
	}
	if !read(rw, r, &want) {
		return
	}
	if all := t.webhookNames(); want.Webhook != "" && !slices.Contains(all, want.Webhook) {
		http.Error(rw, "no webhook "+strconv.Quote(want.Webhook)+misread.Instead(want.Webhook, all), http.StatusNotFound)
		return
	}
	receiver := &http.Client{Timeout: 30 * time.Second}
	receipts, err := t.Deliver(r.Context(), ToURL(receiver, want.URL), Delivery{
		Webhook: want.Webhook, Event: want.Event, Account: want.Account, ID: want.ID,
		Set: want.Set, Challenge: want.Challenge, Fault: want.Fault, Params: want.Params, Address: want.URL,
	})
	if err != nil {
		http.Error(rw, err.Error(), http.StatusBadGateway)
		return
	}
	type outcome struct {
		ID      string `json:"id"`
		Event   string `json:"event,omitempty"`
		Status  int    `json:"status"`
		Reply   string `json:"reply,omitempty"`
		Genuine bool   `json:"genuine"`
	}
	out := []outcome{}
	for _, one := range receipts {
		out = append(out, outcome{one.ID, one.Event, one.Status, string(one.Reply), one.Genuine})
	}
	reply(rw, out)
}

func (t *Twin) webhookNames() []string {
	var all []string
	for _, w := range t.spec.Webhooks {
		all = append(all, w.Name)
	}
	return all
}

// onAccount makes an endpoint that does something to an account, or to all of them.
func (t *Twin) onAccount(do func(id string) any) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		var want struct {
			Account string `json:"account"`
			All     bool   `json:"all"`
		}
		if !read(rw, r, &want) {
			return
		}
		var all []string
		for _, a := range t.Accounts() {
			all = append(all, a.ID)
		}
		switch {
		case want.All == (want.Account != ""):
			http.Error(rw, `say which account: {"account": "`+all[0]+`"}, or {"all": true}`, http.StatusBadRequest)
		case want.All:
			done := []any{}
			for _, id := range all {
				done = append(done, do(id))
			}
			reply(rw, done)
		case !slices.Contains(all, want.Account):
			http.Error(rw, "no account "+strconv.Quote(want.Account)+misread.Instead(want.Account, all), http.StatusNotFound)
		default:
			reply(rw, do(want.Account))
		}
	}
}

// ArmedStates describes the faults at work, in the order of arming.
func (t *Twin) ArmedStates() []ArmedState {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := []ArmedState{}
	for _, a := range t.faults {
		out = append(out, a.state())
	}
	return out
}

// State describes the fault.
func (a *Armed) State() ArmedState {
	a.twin.mu.Lock()
	defer a.twin.mu.Unlock()
	return a.state()
}

func (a *Armed) state() ArmedState {
	return ArmedState{ID: a.id, Fault: a.fault, Met: a.met, Fired: a.fired}
}

// State is an overview of what a twin holds.
type State struct {
	Accounts    []Account         `json:"accounts"`
	Collections []CollectionState `json:"collections"`
}

// CollectionState is the size of what an account has of a resource. Collections
// that nothing has touched are not listed.
type CollectionState struct {
	Account  string `json:"account"`
	Resource string `json:"resource"`
	Parent   string `json:"parent,omitempty"`
	Objects  int    `json:"objects"`
	Added    int    `json:"added,omitempty"`
	Changed  int    `json:"changed,omitempty"`
	Deleted  int    `json:"deleted,omitempty"`
}

// State returns an overview of the accounts and of the collections in use.
func (t *Twin) State() State {
	s := State{Accounts: t.Accounts(), Collections: []CollectionState{}}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, key := range sortedKeys(t.collections) {
		c := t.collections[key]
		s.Collections = append(s.Collections, CollectionState{
			Account: c.name[0], Resource: c.name[1], Parent: c.name[2],
			Objects: c.size() - len(c.gone), Added: len(c.added), Changed: len(c.changed), Deleted: len(c.gone) - len(c.pending),
		})
	}
	return s
}

func reply(rw http.ResponseWriter, v any) {
	b, err := json.Marshal(v, document)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusInternalServerError)
		return
	}
	rw.Header().Set("Content-Type", "application/json")
	rw.Write(append(b, '\n')) //nolint:errcheck // The client is gone.
}
