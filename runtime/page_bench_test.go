package runtime

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
)

// onAndOn answers with the same items and another cursor each time.
type onAndOn struct{ items []byte }

func (e onAndOn) RoundTrip(r *http.Request) (*http.Response, error) {
	at := number(r.URL.Query(), "cursor")
	body := fmt.Appendf(nil, `{"ok":true,"items":%s,"next":"%d"}`, e.items, at+1)
	return &http.Response{
		StatusCode: 200, ProtoMajor: 1, ProtoMinor: 1, Request: r, ContentLength: int64(len(body)),
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(body)),
	}, nil
}

// BenchmarkPage is a page of 1,000 items of 1 kB: its time, and what a walk over the list
// holds after 10 pages and after 1,000.
func BenchmarkPage(b *testing.B) {
	type item struct{ ID, Text string }
	type body struct {
		Items []item `json:"items"`
		Next  string `json:"next"`
	}
	one := fmt.Sprintf(`{"ID":"C12345678","Text":%q}`, strings.Repeat("text ", 200))
	text := []byte("[" + one + strings.Repeat(","+one, 999) + "]")
	for _, ahead := range []int{0, 1} {
		b.Run(fmt.Sprintf("%d-ahead", ahead), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			c, err := NewClient(testAPI(), Bearer(NewSecret("test-token")), WithTransport(onAndOn{text}))
			if err != nil {
				b.Fatal(err)
			}
			var held [2]uint64
			n := 0
			for _, err := range All(b.Context(), c, listOp(PageRule{To: Param{Field: "cursor"}}), nil, []CallOption{Ahead(ahead)}, func(b *body) PageBody[item] {
				return PageBody[item]{Items: b.Items, Cursor: b.Next}
			}) {
				if err != nil {
					b.Fatal(err)
				}
				if n++; n%1000 > 0 {
					continue
				}
				if page := n / 1000; page == 10 || page == 1000 {
					var m runtime.MemStats
					runtime.GC()
					runtime.ReadMemStats(&m)
					held[page/1000] = m.HeapAlloc
				}
				if !b.Loop() {
					break
				}
			}
			b.ReportMetric(float64(held[0])/1e6, "MB-after-10")
			b.ReportMetric(float64(held[1])/1e6, "MB-after-1000")
		})
	}
}
