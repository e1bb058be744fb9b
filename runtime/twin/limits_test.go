package twin

import (
	"strconv"
	"testing"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

func TestRateIsASlidingWindow(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, tw *Twin) {
		c := clientOf(t, tw)
		for range 20 {
			equal(t, "status", c.get(api+"channels.list").status, 200)
			time.Sleep(time.Second)
		}
		g := c.get(api + "channels.list")
		equal(t, "status", g.status, 429)
		failed(t, g, "ratelimited", ir.RateLimited, c.last())
		equal(t, "wait", g.header.Get("Retry-After"), "40")
		equal(t, "journal", c.last().Wait, 40*time.Second)
		equal(t, "limit", c.last().Limits[0], LimitState{Limit: "reads", Key: c.last().Limits[0].Key, Used: 20, Max: 20, Over: true})
		time.Sleep(40*time.Second - time.Millisecond)
		equal(t, "early", c.get(api+"channels.list").status, 429)
		time.Sleep(time.Millisecond)
		g = c.get(api + "channels.list")
		equal(t, "in time", g.status, 200)
		equal(t, "left", g.header.Get("X-Left"), "0")
		equal(t, "max", g.header.Get("X-Limit"), "20")
		reset, _ := strconv.ParseInt(g.header.Get("X-Reset"), 10, 64)
		equal(t, "reset", time.Until(time.Unix(reset, 0)), time.Minute)
	})
}

func TestGapByParameter(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, tw *Twin) {
		c := clientOf(t, tw)
		equal(t, "first", c.post("a").status, 200)
		equal(t, "second", c.post("b").status, 429)
		other := tw.IDs("", "channels", "")[1]
		equal(t, "other channel", c.do("POST", api+"messages.post", `{"channel":"`+other+`"}`).status, 200)
		time.Sleep(time.Second)
		equal(t, "later", c.post("c").status, 200)
		equal(t, "messages", len(tw.IDs("", "messages", c.channelID())), 27)
	})
}

func TestLimitsOfOtherShapes(t *testing.T) {
	start := time.Unix(1_700_000_000, 0)
	l := newLimiter(&ir.Connector{Limits: []*ir.Limit{
		{Name: "points", Shape: "bucket", Calls: 10, Refill: 2, By: []string{"app"}},
		{Name: "flying", Shape: "concurrency", Calls: 2, By: []string{"app"}},
		{Name: "learnt", Shape: "unknown", By: []string{"app"}},
		{Name: "plan", Shape: "rate", Calls: 100, Per: "1d", Tiers: map[string]int{"free": 1}, By: []string{"app"}},
	}})
	try := func(limit string, cost int, at time.Duration) time.Duration {
		draws, wait := l.check([]*ir.LimitUse{{Limit: limit, Cost: cost}}, "free", func(string) string { return "" }, start.Add(at))
		if wait == 0 {
			l.take(draws, start.Add(at))
		}
		return wait
	}
	equal(t, "bucket", try("points", 9, 0), 0)
	equal(t, "empty bucket", try("points", 5, 0), 2*time.Second)
	equal(t, "refilled", try("points", 5, 2*time.Second), 0)
	equal(t, "one", try("flying", 1, 0), 0)
	equal(t, "two", try("flying", 1, 0), 0)
	equal(t, "three", try("flying", 1, 0), time.Second)
	for range 100 {
		equal(t, "learnt", try("learnt", 1, 0), 0)
	}
	l.most["learnt"] = 3
	for range 3 {
		equal(t, "set", try("learnt", 1, time.Minute), 0)
	}
	equal(t, "over", try("learnt", 1, time.Minute), time.Minute)
	equal(t, "tier", try("plan", 1, 0), 0)
	equal(t, "tier is full", try("plan", 1, time.Hour), 23*time.Hour)
}

func TestLower(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, tw *Twin) {
		c := clientOf(t, tw)
		tw.Lower("reads", 1)
		equal(t, "first", c.get(api+"channels.list").status, 200)
		equal(t, "second", c.get(api+"channels.list").status, 429)
		tw.Lower("reads", -1)
		equal(t, "restored", c.get(api+"channels.list").status, 200)
	})
}

func TestLimitFaults(t *testing.T) {
	list := api + "channels.list"
	after := func(want string, wait time.Duration) func(*testing.T, *client) {
		return func(t *testing.T, c *client) {
			g := c.get(list)
			equal(t, "status", g.status, 429)
			equal(t, "wait", g.header.Get("Retry-After"), want)
			equal(t, "journal", c.last().Wait, wait)
			equal(t, "class", c.last().Class, string(ir.RateLimited))
		}
	}
	everyFault(t, GroupLimits, map[string]func(*testing.T, *client){
		"429-seconds":      after("3", 3*time.Second),
		"429-date":         after("Sat, 01 Jan 2000 00:00:03 GMT", 3*time.Second),
		"429-milliseconds": after("3000", 3*time.Second),
		"429-epoch":        after("946684803", 3*time.Second),
		"429-fraction":     after("1.5", 1500*time.Millisecond),
		"429-absurd":       after("3600000", 1000*time.Hour),
		"429-negative":     after("-5", 0),
		"429-none":         after("", 0),
		"403": func(t *testing.T, c *client) {
			equal(t, "status", c.get(list).status, 403)
			equal(t, "class", c.last().Class, string(ir.RateLimited))
		},
		"body-only": func(t *testing.T, c *client) {
			g := c.get(list)
			equal(t, "status", g.status, 200)
			failed(t, g, "ratelimited", ir.RateLimited, c.last())
		},
		"quota-spent": func(t *testing.T, c *client) {
			equal(t, "wait", c.get(list).header.Get("Retry-After"), "86400")
		},
		"tier-lowered": func(t *testing.T, c *client) {
			c.get(list)
			c.get(list)
			equal(t, "third", c.get(list).status, 429)
			equal(t, "max", c.last().Limits[0].Max, 2)
		},
		"neighbour": func(t *testing.T, c *client) {
			for range 10 {
				equal(t, "status", c.get(list).status, 200)
			}
			equal(t, "eleventh", c.get(list).status, 429)
		},
		"penalty": func(t *testing.T, c *client) {
			equal(t, "first", c.get(list).header.Get("Retry-After"), "1")
			equal(t, "hammered", c.get(list).header.Get("Retry-After"), "2")
			equal(t, "again", c.get(list).header.Get("Retry-After"), "4")
			time.Sleep(4 * time.Second)
			equal(t, "served", c.get(list).status, 200)
		},
	})
}
