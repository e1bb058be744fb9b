package fake

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime"
)

// Delivery is an event to deliver.
type Delivery struct {
	Webhook *runtime.Webhook
	Secret  string
	Tag     string
	Data    any // The event.
	Tamper  bool
}

// Deliver signs an event as the provider does and gives it to a handler. With
// Tamper the body is changed after it was signed.
func (s *Server) Deliver(h http.Handler, d Delivery) *http.Response {
	s.t.Helper()
	body, err := s.envelope(d)
	if err != nil {
		s.t.Fatalf("the event %s: %v", d.Tag, err)
	}
	r := httptest.NewRequest(http.MethodPost, "https://receiver.test/events", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if err := d.Webhook.SignRequest(r, body, runtime.NewSecret(d.Secret), time.Now()); err != nil {
		s.t.Fatalf("the event %s: %v", d.Tag, err)
	}
	if d.Tamper {
		body[len(body)-1] = ' ' // The last brace; the request reads the same bytes.
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

// envelope is the body of a delivery: the event where the webhook has it, with
// its tag and an id of its own.
func (s *Server) envelope(d Delivery) ([]byte, error) {
	data, err := runtime.MarshalRaw(d.Data)
	if err != nil {
		return nil, err
	}
	var doc tree
	doc.put(steps(d.Webhook.Data), data)
	if len(d.Webhook.Tag) > 0 {
		doc.put(steps(d.Webhook.Tag), quote(d.Tag))
	}
	if len(d.Webhook.ID) > 0 {
		s.mu.Lock()
		s.deliveries++
		id := fmt.Sprintf("delivery-%d", s.deliveries)
		s.mu.Unlock()
		doc.put(steps(d.Webhook.ID), quote(id))
	}
	return doc.bytes(), nil
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
