package twin

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

// Delivery says what to deliver. The zero value is the first event of the first
// webhook for the first account, signed as declared.
type Delivery struct {
	Webhook   string
	Event     string // Tag; "" is the first declared one.
	Account   string
	ID        string         // Of the delivery; "" is a fresh one.
	Set       map[string]any // Members to set, by dotted path: strings, numbers, bools.
	Body      []byte         // Sent as it is in place of a made body.
	Challenge bool           // A declared handshake in place of an event,
	Nth       int            // which of them, from 0.
	Address   string         // Of the receiver, which some signatures are over; "" is that of a receiver in process.

	// Fault is the id of a webhook fault for this delivery alone, besides those
	// that are armed.
	Fault  string
	Params map[string]string
}

// Receipt is what became of one delivery.
type Receipt struct {
	Event       string
	ID          string
	Method      string
	Query       string      // With its question mark; empty for events.
	Header      http.Header // As sent.
	Body        []byte      // As sent.
	Status      int
	Reply       []byte
	ReplyHeader http.Header
	Time        time.Time
	Took        time.Duration

	// Genuine reports whether the receiver should accept it: it is signed as
	// declared, in time and whole. Repeated reports that an equal id went before.
	Genuine  bool
	Repeated bool
	Events   int // That it has.

	// Want is the reply that the handshake asks for, and WantHeader its headers; nil
	// where there is none.
	Want       []byte
	WantHeader http.Header
}

// delivery is one request of a Deliver call, before it is signed.
type delivery struct {
	t          *Twin
	hook       *ir.Webhook
	event      string
	id         string
	now        time.Time // What the timestamp says.
	body       []byte
	method     string // Of a handshake, with its parameters and headers.
	query      string
	address    string // Of the receiver.
	header     http.Header
	open       bool // It comes without the proof of an event.
	want       []byte
	wantHeader http.Header
	proof      *ir.Verify // Of the declared ways; nil where nothing is verified.
	keys       []string   // To sign with, in order: keyOwn and the like.
	drop       string     // A header that is left out,
	dropMember ir.Path    // or a member of the body.
	tamper     bool
	oneForged  bool   // The last of its events is signed with another secret.
	pad        int    // Bytes of white space behind the document.
	scheme     string // A signature scheme besides the declared one.
	alone      bool   // The scheme is in place of the declared one.

	foreign  bool   // The key is at an address of somebody else.
	unsigned bool   // The token says that it has no signature.
	audience string // Of the token, when it is for somebody else.

	genuine  bool
	repeated bool
	faults   []string
	later    []*delivery // Sent after this one.
	resend   time.Duration
	replay   bool
}

// Deliver sends an event as the provider does, and what its faults make of it: a
// fault that repeats gives more than one receipt. The error is that of the
// receiver, or says that the connector declares no such webhook or event.
func (t *Twin) Deliver(ctx context.Context, to Receiver, d Delivery) ([]Receipt, error) {
	first, err := t.compose(d)
	if err != nil {
		return nil, err
	}
	var receipts []Receipt
	for _, one := range append([]*delivery{first}, first.later...) {
		r, err := one.send(ctx, to)
		if err != nil {
			return receipts, err
		}
		receipts = append(receipts, r)
		if one.replay {
			if err := pause(ctx, nil, one.resend); err != nil {
				return receipts, err
			}
			again, err := t.Resend(ctx, to, r)
			if err != nil {
				return receipts, err
			}
			again.Genuine = one.resend == 0
			receipts = append(receipts, again)
		}
	}
	return receipts, nil
}

// Resend sends a delivery again, byte for byte.
func (t *Twin) Resend(ctx context.Context, to Receiver, r Receipt) (Receipt, error) {
	again := r
	again.Repeated = true
	return t.post(ctx, to, again, "", []string{"webhooks/replay"})
}

// compose makes a delivery and lets the faults at it.
func (t *Twin) compose(d Delivery) (*delivery, error) {
	if err := t.checkDelivery(d); err != nil {
		return nil, err
	}
	hook := t.idx.webhook(d.Webhook)
	t.mu.Lock()
	defer t.mu.Unlock()
	one := &delivery{t: t, hook: hook, id: d.ID, now: t.opt.Now(), genuine: true, keys: []string{keyOwn}, address: cmp.Or(d.Address, receiverURL)}
	one.fill(d, eventOf(hook, d.Event))
	one.choose()
	armed := t.faults
	if d.Fault != "" {
		armed = append([]*Armed{{twin: t, fault: Fault{ID: d.Fault, Params: d.Params}, def: definitions[d.Fault], since: one.now, rng: newRNG(t.opt.Seed, d.Fault), memo: map[string]string{}}}, armed...)
	}
	for _, a := range armed {
		if a.def.bend != nil && !a.spent() && a.meets(hook.Name, t.accountOf(d.Account).id, one.now) && a.def.bend(one, a) {
			a.fired++
			one.faults = append(one.faults, a.fault.ID)
		}
	}
	return one, nil
}

func eventOf(hook *ir.Webhook, tag string) *ir.Event {
	for _, e := range hook.Events {
		if tag == "" || e.Tag == tag {
			return e
		}
	}
	return nil
}

// choose takes one of the declared ways that the delivery can be proved in: each in
// turn. The caller holds the lock.
func (d *delivery) choose() {
	var fit []*ir.Verify
	body, _ := parseJSON(d.body) // A body that is no JSON meets no condition on it.
	for _, v := range d.hook.Verify.Proofs() {
		if v.When == nil || matches(v.When, &answer{header: http.Header{}, body: body}) {
			fit = append(fit, v)
		}
	}
	if len(fit) > 0 {
		d.proof = fit[d.t.minted%len(fit)]
	}
}

// fill makes the body. The caller holds the lock.
func (d *delivery) fill(want Delivery, e *ir.Event) {
	t := d.t
	t.minted++
	r := newRNG(t.opt.Seed, "delivery", d.hook.Name, strconv.Itoa(t.minted))
	if d.id == "" {
		d.id = "evt-" + r.hex(12)
	}
	var root any = &object{}
	switch {
	case want.Body != nil:
		d.body = want.Body
		return
	case want.Challenge:
		root = d.challenge(d.hook.Challenge[want.Nth], &r)
	default:
		d.event = e.Tag
		owner := ""
		if a := t.accountOf(want.Account); a != nil {
			owner = a.id
		}
		s := synth{idx: t.idx, rng: r, now: d.now, presence: t.presence(usual), link: t.linker(owner, t.minted)}
		if around := t.idx.types[d.hook.Envelope]; around != nil {
			root = s.value(around, "", 0)
		}
		for i := range d.count() {
			root = put(root, d.hook.In(i, d.hook.Data), s.value(t.idx.types[e.Type], "", 0))
			if len(d.hook.Tag) > 0 {
				root = put(root, d.hook.In(i, d.hook.Tag), e.Tag)
			}
			if len(d.hook.ID) > 0 {
				root = put(root, d.hook.In(i, d.hook.ID), d.eventID(i))
			}
		}
	}
	for _, path := range sortedKeys(want.Set) {
		root = put(root, pathOf(path), valueOf(want.Set[path]))
	}
	if root == nil { // A handshake by GET has no body.
		return
	}
	d.body = appendJSON(nil, root)
	if d.hook.Form {
		d.body = formOf(root)
	}
}

// severalEvents is how many events a delivery has of a webhook that lists them.
const severalEvents = 2

func (d *delivery) count() int {
	if d.hook.Many && d.event != "" {
		return severalEvents
	}
	return 1
}

// eventID is the id of the nth event of a delivery.
func (d *delivery) eventID(nth int) string {
	if nth == 0 {
		return d.id
	}
	return d.id + "-" + strconv.Itoa(nth+1)
}

// formOf is an object as a form, of what in it is no object and no list.
func formOf(root any) []byte {
	form := url.Values{}
	if o, ok := root.(*object); ok {
		for _, m := range o.members {
			switch m.value.(type) {
			case *object, []any, nil:
			default:
				form.Set(m.name, textOf(m.value))
			}
		}
	}
	return []byte(form.Encode())
}

// send signs and posts.
func (d *delivery) send(ctx context.Context, to Receiver) (Receipt, error) {
	h := http.Header{"Content-Type": {"application/json"}}
	if d.hook.Form {
		h.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, values := range d.header {
		h[name] = values
	}
	d.body = append(d.body, bytes.Repeat([]byte{' '}, d.pad)...)
	if !d.open {
		d.sign(h)
	}
	if d.tamper {
		d.tamperBody()
	}
	body := d.body
	if d.drop != "" {
		h.Del(d.drop)
	}
	if d.dropMember != nil {
		if doc, err := parseJSON(body); err == nil {
			remove(doc, d.dropMember)
			body = appendJSON(nil, doc)
		}
	}
	r := Receipt{
		Event: d.event, ID: d.id, Method: cmp.Or(d.method, http.MethodPost), Query: d.query, Header: h, Body: body,
		Genuine: d.genuine, Repeated: d.repeated, Events: d.count(), Want: d.want, WantHeader: d.wantHeader,
	}
	return d.t.post(ctx, to, r, d.hook.Name, d.faults)
}

// eventSigned reports whether events are signed by themselves.
func (d *delivery) eventSigned() bool {
	return d.proof != nil && d.proof.Signature != nil && len(d.proof.Signature.Event) > 0
}

// tamperBody changes something that the signature covers. Where it covers single
// members, others may change: a last byte of Base64, say, may mean nothing.
func (d *delivery) tamperBody() {
	doc, _ := parseJSON(d.body) // A body that is no JSON has no members.
	if path := d.signedMember(); path != nil {
		if value, ok := at(doc, path); ok {
			d.setBody(path, string(tampered([]byte(textOf(value)))))
			return
		}
	}
	d.body = tampered(d.body)
}

// signedMember is the first member of the body that the signature covers, of its
// last event where events are signed by themselves.
func (d *delivery) signedMember() ir.Path {
	if d.proof == nil || d.proof.Signature == nil {
		return nil
	}
	for _, p := range d.proof.Signature.Signed.Parts {
		switch {
		case p.Scope == "event":
			return d.hook.In(d.count()-1, p.Path)
		case p.Scope == "body" && len(p.Path) > 0:
			return p.Path
		}
	}
	return nil
}

// tampered changes one byte of a body and leaves it a document.
func tampered(body []byte) []byte {
	b := bytes.Clone(body)
	for i := len(b) - 1; i >= 0; i-- {
		if b[i] >= '0' && b[i] <= '8' || b[i] >= 'a' && b[i] <= 'y' {
			b[i]++
			return b
		}
	}
	return append(b, ' ')
}

// post sends the bytes and writes the journal.
func (t *Twin) post(ctx context.Context, to Receiver, r Receipt, hook string, faults []string) (Receipt, error) {
	r.Time = t.opt.Now()
	req, err := http.NewRequestWithContext(ctx, r.Method, receiverURL+r.Query, bytes.NewReader(r.Body))
	if err != nil {
		return r, err
	}
	req.Header = r.Header.Clone()
	resp, err := to(req)
	if err == nil {
		r.Status = resp.StatusCode
		r.ReplyHeader = resp.Header
		r.Reply, err = io.ReadAll(io.LimitReader(resp.Body, maxBody))
		resp.Body.Close()
	}
	r.Took = t.opt.Now().Sub(r.Time)
	t.journal.add(&Entry{
		Time:     r.Time,
		Route:    RouteDelivery,
		Method:   r.Method,
		Action:   hook,
		Code:     r.Event,
		Key:      hexOf(digest(0, r.ID)),
		Body:     hexOf(digest(0, string(r.Body))),
		Faults:   faults,
		Status:   r.Status,
		Lost:     err != nil,
		Duration: r.Took,
	})
	return r, err
}
