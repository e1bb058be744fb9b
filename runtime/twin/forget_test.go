package twin

import (
	"net/url"
	"strconv"
	"testing"
	"time"
)

// What 100,000 requests leave behind does not grow with them: a key lives an hour, and a
// limit that a channel has alone counts over a second.
func TestWhatRequestsLeaveIsForgotten(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	tw := New(connector(), Options{Now: func() time.Time { return now }, TokenLife: 10_000 * time.Hour, JournalCap: 100})
	c := clientOf(t, tw)
	const many = 50_000
	keys, logs := 0, 0
	for i := range many {
		now = now.Add(10 * time.Second)
		r := c.request("POST", api+"payments", `{"amount":1}`)
		r.Header.Set("Idempotency-Key", strconv.Itoa(i))
		if g, err := c.try(r); err != nil || !g.has("id") {
			t.Fatal(g.raw, err)
		}
		c.do("POST", api+"messages.post", url.Values{"channel": {"C" + strconv.Itoa(100_000_000+i)}})
		keys, logs = max(keys, len(tw.keys)), max(logs, len(tw.limits.logs))
	}
	if keys > 2*sweepFrom || logs > 2*sweepFrom {
		t.Errorf("%d keys and %d logs were kept at once", keys, logs)
	}
	r := c.request("POST", api+"payments", `{"amount":1}`)
	r.Header.Set("Idempotency-Key", strconv.Itoa(many-1))
	g, err := c.try(r)
	if e := c.last(); err != nil || e.Effect == nil || !e.Effect.Replayed {
		t.Errorf("a key that lives is not known: %s %+v %v", g.raw, e, err)
	}
}
