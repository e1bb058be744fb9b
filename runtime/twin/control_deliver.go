package twin

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// maxResend bounds the time until a delivery comes again: whoever asks for one here waits
// until the last was answered.
const maxResend = time.Minute

// controlDeliver sends a delivery. What is wrong with what was asked for is the
// caller's, and told before anything is sent; 502 says that the receiver could not be
// reached.
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
	d := Delivery{
		Webhook: want.Webhook, Event: want.Event, Account: want.Account, ID: want.ID,
		Set: want.Set, Challenge: want.Challenge, Fault: want.Fault, Params: want.Params, Address: want.URL,
	}
	if err := cmp.Or(t.checkDelivery(d), t.checkResend(d)); err != nil {
		status := http.StatusBadRequest
		if errors.As(err, new(*noSuch)) {
			status = http.StatusNotFound
		}
		http.Error(rw, err.Error(), status)
		return
	}
	if to, err := url.Parse(want.URL); err != nil || to.Host == "" || to.Scheme != "http" && to.Scheme != "https" {
		why := "say where to"
		if want.URL != "" {
			why = "say where to: the address needs http:// or https://, and a host"
		}
		http.Error(rw, why+example(r), http.StatusBadRequest)
		return
	}
	receipts, err := t.Deliver(r.Context(), ToURL(&http.Client{Timeout: 30 * time.Second, CheckRedirect: asItCame}, want.URL), d)
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

// checkResend refuses a delivery that would be under way for long, by a fault of its own
// or by one that is armed. In process it may be: a test's clock can be virtual.
func (t *Twin) checkResend(d Delivery) error {
	faults := []Fault{{ID: d.Fault, Params: d.Params}}
	for _, a := range t.Armed() {
		faults = append(faults, a.fault)
	}
	for _, f := range faults {
		after := f.Params["after"]
		if wait, err := time.ParseDuration(after); err == nil && wait > maxResend {
			return fmt.Errorf("twin: fault %s: after is a duration from 0 to %s where time is real, not %s", f.ID, maxResend, after)
		}
	}
	return nil
}

// asItCame has a redirect for the receiver's answer: a provider that followed one would
// send what it signed elsewhere.
func asItCame(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
