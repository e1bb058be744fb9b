package gauntlet

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/twin"
)

// settle is how long a handler may take to hand on what it accepted.
const settle = 5 * time.Second

func (e *Env) settle() time.Duration {
	if e.outside != nil {
		return settleOutside
	}
	return settle
}

// Receiver is a handler of a driver that is reached at an address, which some
// signatures are over.
type Receiver interface {
	http.Handler
	Address() string
}

// Deliver sends deliveries of the plan's webhook to the driver's handler, one
// after the other, with the armed faults at work.
func (e *Env) Deliver(all ...twin.Delivery) error { return e.deliverTo(e.Plan.Webhook, all...) }

// deliverTo sends deliveries of one webhook.
func (e *Env) deliverTo(w *ir.Webhook, all ...twin.Delivery) error {
	h, err := e.app.Handler(w.Name, func(_ context.Context, _ string, event JSON) error {
		e.mu.Lock()
		defer e.mu.Unlock()
		if n := len(e.events); n > 0 {
			if e.events[n-1].Handled++; e.events[n-1].Handled == 1 {
				e.events[n-1].Event = event
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("the driver has no handler of %s: %w", w.Name, err)
	}
	for _, d := range all {
		d.Webhook = w.Name
		if err := e.deliver(h, d); err != nil {
			return err
		}
	}
	return nil
}

// deliver sends one delivery, which a fault may make several of.
func (e *Env) deliver(h http.Handler, d twin.Delivery) error {
	first := len(e.events)
	if r, ok := h.(Receiver); ok {
		d.Address = r.Address()
	}
	to := twin.ToHandler(h)
	receipts, err := e.Twin.Deliver(context.Background(), func(r *http.Request) (*http.Response, error) {
		e.mu.Lock()
		e.events = append(e.events, &Delivered{Time: time.Now()})
		e.mu.Unlock()
		resp, err := to(r)
		time.Sleep(e.settle())
		return resp, err
	}, d)
	if err != nil {
		return fmt.Errorf("a delivery failed: %w", err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for i, r := range receipts {
		v := e.events[first+i]
		v.ID, v.Genuine, v.Repeated, v.Status = r.ID, r.Genuine, r.Repeated, r.Status
		v.Webhook, v.Sent, v.Holds = d.Webhook, r.Body, r.Events
		v.Answer, v.Header = string(r.Reply), r.ReplyHeader
		v.Handshake, v.Want, v.WantHeader = r.Want != nil, string(r.Want), r.WantHeader
	}
	return nil
}
