package twin

import (
	"io"
	"net/http"
	"testing"
)

func benchmark(b *testing.B, o Options, address string) {
	c := connector()
	c.Limits = nil
	tw := New(c, o)
	a, _ := tw.Account("")
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			r, err := http.NewRequest(http.MethodGet, address, nil)
			if err != nil {
				b.Error(err)
				return
			}
			r.Header.Set("Authorization", "Bearer "+a.Token.Access)
			resp, err := tw.RoundTrip(r)
			if err != nil {
				b.Error(err)
				return
			}
			if _, err := io.Copy(io.Discard, resp.Body); err != nil {
				b.Error(err)
			}
			resp.Body.Close()
		}
	})
}

func BenchmarkSimpleRequest(b *testing.B) { benchmark(b, Options{}, api+"auth.test") }

func BenchmarkPageOf20(b *testing.B) { benchmark(b, Options{}, api+"channels.list?limit=20") }

func BenchmarkNew(b *testing.B) {
	c := connector()
	for b.Loop() {
		New(c, Options{})
	}
}

func BenchmarkServed(b *testing.B) {
	tw := New(connector(), Options{})
	r := serve(b, tw)
	a, _ := tw.Account("")
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	b.Cleanup(client.CloseIdleConnections)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			req, err := http.NewRequest(http.MethodGet, r.Servers["api"]+"auth.test", nil)
			if err != nil {
				b.Error(err)
				return
			}
			req.Header.Set("Authorization", "Bearer "+a.Token.Access)
			resp, err := client.Do(req)
			if err != nil {
				b.Error(err)
				return
			}
			if _, err := io.Copy(io.Discard, resp.Body); err != nil {
				b.Error(err)
			}
			resp.Body.Close()
		}
	})
}
