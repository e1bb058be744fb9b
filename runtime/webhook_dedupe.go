package runtime

import (
	"container/list"
	"context"
	"crypto/sha256"
	"sync"
)

// Deduper remembers which deliveries were handled, so that a redelivery is not
// handled again. One for several replicas keeps its claims in a shared store;
// they should expire after the time a handler may take, so that a crash in the
// middle does not lose the delivery, and handled ids after the time in which
// the provider redelivers: three days is more than most do. It is safe for
// concurrent use.
type Deduper interface {
	// Claim reports what is known of the delivery, and takes it when it is new.
	Claim(ctx context.Context, id string) (Claim, error)

	// Settle ends a claim: the delivery was handled, or may be claimed again.
	Settle(ctx context.Context, id string, handled bool) error
}

// Claim is what a [Deduper] knows of a delivery.
type Claim uint8

// The claims.
const (
	ClaimNew     Claim = iota // It was not seen before, and now belongs to the caller.
	ClaimBusy                 // Somebody else is at it.
	ClaimHandled              // It was handled.
)

// MemoryDeduper is a [Deduper] in memory that remembers the newest ids.
type MemoryDeduper struct {
	mu    sync.Mutex
	size  int
	order list.List // Of *claimed, oldest first.
	ids   map[idDigest]*list.Element
}

// idDigest stands for an id, whose length is up to whoever delivers.
type idDigest [sha256.Size]byte

type claimed struct {
	id    idDigest
	claim Claim
}

// NewMemoryDeduper returns a deduper that remembers the newest size ids; 0 is 10,000.
func NewMemoryDeduper(size int) *MemoryDeduper {
	if size <= 0 {
		size = 10_000
	}
	return &MemoryDeduper{size: size, ids: map[idDigest]*list.Element{}}
}

// Claim implements [Deduper].
func (d *MemoryDeduper) Claim(_ context.Context, id string) (Claim, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	digest := idDigest(sha256.Sum256([]byte(id)))
	if e, ok := d.ids[digest]; ok {
		return e.Value.(*claimed).claim, nil
	}
	d.ids[digest] = d.order.PushBack(&claimed{digest, ClaimBusy})
	if d.order.Len() > d.size {
		d.forget(d.order.Front())
	}
	return ClaimNew, nil
}

// Settle implements [Deduper].
func (d *MemoryDeduper) Settle(_ context.Context, id string, handled bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	e, ok := d.ids[sha256.Sum256([]byte(id))]
	switch {
	case ok && handled:
		e.Value.(*claimed).claim = ClaimHandled
	case ok:
		d.forget(e)
	}
	return nil
}

func (d *MemoryDeduper) forget(e *list.Element) {
	delete(d.ids, d.order.Remove(e).(*claimed).id)
}
