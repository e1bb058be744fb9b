package runtime

import (
	"sync"
	"time"
)

// The retry budget. Each account starts with budgetSize tokens; a retry takes
// transientCost or throttleCost and gives it back when it succeeds, and a call
// that succeeds at once gives one token. In an outage that is enough for about
// 35 retries; after them calls fail at their first attempt until some succeed,
// so that clients do not double the load of a provider that is down.
const (
	budgetSize    = 500
	transientCost = 14
	throttleCost  = 5
	budgetIdle    = 10 * time.Minute // Without a retry, after which an account's budget is forgotten and full again.
)

// budgets holds the budgets of the accounts that are not full. The zero value
// is ready to use.
type budgets struct {
	mu    sync.Mutex
	of    map[string]budget
	sweep time.Time // When forgotten budgets are looked for again.
}

type budget struct {
	left int
	used time.Time // By a retry.
}

// take takes cost tokens, if there are that many.
func (b *budgets) take(account string, cost int, now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.forget(now)
	own, ok := b.of[account]
	if !ok {
		own.left = budgetSize
	}
	own.used = now
	enough := own.left >= cost
	if enough {
		own.left -= cost
	}
	if b.of == nil {
		b.of = map[string]budget{}
	}
	b.of[account] = own
	return enough
}

// refund gives tokens back after a success: what the last retry took, or one.
func (b *budgets) refund(account string, spent int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	own, ok := b.of[account]
	if !ok {
		return
	}
	own.left += max(spent, 1)
	if own.left >= budgetSize {
		delete(b.of, account)
		return
	}
	b.of[account] = own
}

// forget drops the budgets of accounts that were not used for a while.
func (b *budgets) forget(now time.Time) {
	if now.Before(b.sweep) {
		return
	}
	for account, own := range b.of {
		if now.Sub(own.used) > budgetIdle {
			delete(b.of, account)
		}
	}
	b.sweep = now.Add(budgetIdle)
}
