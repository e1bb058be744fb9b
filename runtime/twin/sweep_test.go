package twin

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"
)

// routes are requests to every part of the twin.
func routes(c *client) []*http.Request {
	a, _ := c.tw.Account("")
	return []*http.Request{
		c.request("GET", api+"auth.test", nil),
		c.request("GET", api+"channels.list?limit=3", nil),
		c.request("GET", api+"notes?page_token=x", nil),
		c.request("GET", api+"drafts", nil),
		c.request("GET", api+"orders?page=2", nil),
		c.request("GET", api+"messages.list", nil),
		c.request("POST", api+"channels", url.Values{"name": {"x"}}),
		c.request("POST", api+"channels.createMany", `{"items":[{"ref":"a","name":"x"},{"name":"y"},{}]}`),
		c.request("POST", api+"channels.createMany", `{"items":[]}`),
		c.request("DELETE", api+"channels/"+c.channelID(), nil),
		c.request("PATCH", api+"auth.test", nil),
		c.request("GET", api+"no/such/thing", nil),
		c.request("GET", "https://elsewhere.test/", nil),
		c.request("GET", "https://acme.test/oauth/authorize?client_id=twin-client&redirect_uri=https://a.test/", nil),
		c.request("GET", "https://acme.test/oauth/authorize", nil),
		c.request("POST", tokenURL, url.Values{"grant_type": {"refresh_token"}, "client_id": {"twin-client"}, "client_secret": {"twin-secret"}, "refresh_token": {a.Token.Refresh}}),
		c.request("POST", tokenURL, "{"),
		c.request("PUT", "https://api.acme.test/_porin/upload/none", []byte("x")),
	}
}

// TestEveryFaultOnEveryRoute looks for combinations that break the twin itself.
func TestEveryFaultOnEveryRoute(t *testing.T) {
	for _, k := range Catalogue() {
		if k.ID == "transport/gzip-bomb" || k.ID == "data/huge-body" || k.Group == GroupWebhooks {
			continue // Slow, and no different on another route.
		}
		inBubble(t, Options{}, func(t *testing.T, tw *Twin) {
			c := clientOf(t, tw)
			arm(t, tw, Fault{ID: k.ID, Scope: Scope{Action: "*"}})
			requests := routes(c)
			for i, r := range requests {
				c.try(r) //nolint:errcheck // Whether it fails is the fault's business.
				equal(t, k.ID+" entries", len(tw.Journal().Entries()), i+1)
			}
		})
	}
}

func TestConcurrentUse(t *testing.T) {
	tw := New(connector(), Options{Accounts: 3, JournalCap: 50})
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			a := tw.Accounts()[i%3]
			c := &client{t, tw, a.Token.Access}
			for n := range 30 {
				armed, err := tw.Arm(Fault{ID: "data/missing", Times: 1})
				if err != nil {
					t.Error(err)
					return
				}
				for _, r := range []*http.Request{c.request("GET", api+"users.list", nil), c.request("POST", api+"channels", url.Values{"name": {strconv.Itoa(n)}})} {
					resp, err := tw.RoundTrip(r.WithContext(ctx))
					if err != nil {
						t.Error(err)
						return
					}
					if _, err := io.Copy(io.Discard, resp.Body); err != nil {
						t.Error(err)
					}
					resp.Body.Close()
				}
				armed.Fired()
				armed.Disarm()
				tw.State()
				tw.Journal().Entries()
			}
			if _, err := tw.Deliver(ctx, ToHandler(http.NotFoundHandler()), Delivery{}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	made := 0
	for _, a := range tw.Accounts() {
		made += len(tw.IDs(a.ID, "channels", "")) - 25
	}
	equal(t, "made", made, 240)
}
