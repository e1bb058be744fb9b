package twin

import (
	"net/http"
	"slices"
	"strconv"

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

func (t *Twin) controlFaults(rw http.ResponseWriter, _ *http.Request) {
	reply(rw, struct {
		Catalogue []FaultKind  `json:"catalogue"`
		Armed     []ArmedState `json:"armed"`
	}{Catalogue(), t.ArmedStates()})
}

func (t *Twin) controlJournal(rw http.ResponseWriter, _ *http.Request) {
	b, err := t.journal.JSON()
	if err != nil {
		http.Error(rw, err.Error(), http.StatusInternalServerError)
		return
	}
	rw.Header().Set("Content-Type", "application/json")
	rw.Write(b) //nolint:errcheck // The client is gone.
}

func (t *Twin) controlReset(rw http.ResponseWriter, _ *http.Request) {
	t.journal.Reset()
	reply(rw, struct{}{})
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

func reply(rw http.ResponseWriter, v any) {
	b, err := json.Marshal(v, document)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusInternalServerError)
		return
	}
	rw.Header().Set("Content-Type", "application/json")
	rw.Write(append(b, '\n')) //nolint:errcheck // The client is gone.
}
