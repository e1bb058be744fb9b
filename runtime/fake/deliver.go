package fake

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime"
	"github.com/porin-dev/porin/runtime/internal/keypair"
)

// Delivery is an event to deliver.
type Delivery struct {
	Webhook *runtime.Webhook
	Secret  string
	Tag     string
	Data    any // The event.
	Tamper  bool

	id string
}

// Deliver signs an event as the provider does and gives it to a handler. With
// Tamper the body is changed after it was signed.
func (s *Server) Deliver(h http.Handler, d Delivery) *http.Response {
	s.t.Helper()
	s.mu.Lock()
	s.deliveries++
	d.id = fmt.Sprintf("delivery-%d", s.deliveries)
	s.mu.Unlock()
	doc, err := d.envelope()
	if err != nil {
		s.t.Fatalf("the event %s: %v", d.Tag, err)
	}
	r, body, err := d.request(doc)
	if err != nil {
		s.t.Fatalf("the event %s: %v", d.Tag, err)
	}
	if d.Tamper {
		body[len(body)-1] = ' ' // The last brace; the request reads the same bytes.
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

// request signs the document, and returns the request with the bytes of its body.
func (d Delivery) request(doc *tree) (*http.Request, []byte, error) {
	const address = "https://receiver.test/events"
	r := httptest.NewRequest(http.MethodPost, address, nil)
	secret := runtime.NewSecret(d.Secret)
	s := firstSignature(d.Webhook)
	if scheme := publicScheme(d.Webhook); scheme != "" {
		secret = runtime.NewSecret(keypair.New(scheme, keySeed).PrivatePEM())
	}
	if s != nil && s.Key.Fetch != nil {
		doc.put(steps(s.Key.Fetch.URL), quote(keyAddress(s.Key.Fetch)))
	}
	if s != nil && s.Age != nil && s.Age.From.Header == "" {
		doc.put(steps(s.Age.From.Body), momentText(s.Age.From.As, time.Now()))
	}
	if s != nil && s.Header == "" {
		text, err := s.Sum(r, doc.bytes(), secret)
		if err != nil {
			return nil, nil, err
		}
		doc.put(append(steps(s.Body), steps(s.Event)...), quote(text))
	}
	if d.Webhook.Many {
		one := doc.bytes()
		doc = &tree{}
		doc.put(append(steps(d.Webhook.Each), ir.Step{Index: new(int)}), one)
	}
	body, media := doc.bytes(), "application/json"
	if d.Webhook.Form {
		body, media = formOf(body), "application/x-www-form-urlencoded"
	}
	r = httptest.NewRequest(http.MethodPost, address, bytes.NewReader(body))
	r.Header.Set("Content-Type", media)
	if d.Webhook.TagHeader != "" {
		r.Header.Set(d.Webhook.TagHeader, d.Tag)
	}
	if d.Webhook.IDHeader != "" {
		r.Header.Set(d.Webhook.IDHeader, d.id)
	}
	for _, p := range d.covered() { // Headers that are signed, such as ids.
		if p.From == runtime.PartHeader && p.Key == "" && r.Header.Get(p.Text) == "" {
			r.Header.Set(p.Text, d.id)
		}
	}
	return r, body, d.Webhook.SignRequest(r, body, secret, time.Now())
}

// covered are the parts that are signed, or that the provider is asked about with.
func (d Delivery) covered() []runtime.WebhookPart {
	var parts []runtime.WebhookPart
	if s := firstSignature(d.Webhook); s != nil {
		parts = s.Signed
	}
	for i := range d.Webhook.Proofs {
		if c := d.Webhook.Proofs[i].Asked; c != nil {
			for _, a := range c.With {
				parts = append(parts, a.Value...)
			}
		}
	}
	return parts
}

// momentText is a point in time as a member of a body.
func momentText(as runtime.Unit, t time.Time) runtime.Raw {
	switch as {
	case runtime.UnitUnix:
		return runtime.Raw(strconv.FormatInt(t.Unix(), 10))
	case runtime.UnitUnixMillis:
		return runtime.Raw(strconv.FormatInt(t.UnixMilli(), 10))
	}
	return quote(t.UTC().Format(time.RFC3339Nano))
}

// formOf is an object of texts as a form.
func formOf(body []byte) []byte {
	form := url.Values{}
	members(body, func(name string, v runtime.Raw) {
		var text string
		if runtime.UnmarshalRaw(v, &text) != nil {
			text = string(v)
		}
		form.Set(name, text)
	})
	return []byte(form.Encode())
}

// envelope is the body of a delivery: the event where the webhook has it, with
// its tag and an id of its own.
func (d Delivery) envelope() (*tree, error) {
	data, err := runtime.MarshalRaw(d.Data)
	if err != nil {
		return nil, err
	}
	doc := &tree{}
	doc.put(steps(d.Webhook.Data), data)
	if len(d.Webhook.Tag) > 0 {
		doc.put(steps(d.Webhook.Tag), quote(d.Tag))
	}
	if len(d.Webhook.ID) > 0 {
		doc.put(steps(d.Webhook.ID), quote(d.id))
	}
	return doc, nil
}

// steps is a path of the runtime as one of the connector. Events have no lists
// on the way to their parts.
func steps(p runtime.Path) ir.Path {
	out := make(ir.Path, len(p))
	for i, name := range p {
		out[i] = ir.Step{Name: name}
	}
	return out
}
