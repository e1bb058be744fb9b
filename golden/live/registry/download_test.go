package registry_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/porin-dev/porin/golden/live/registry"
)

// breaking is a transport whose connections break in the middle of large answers.
type breaking struct {
	after int64 // Bytes of each answer.
	asked []string
}

func (b *breaking) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil || !strings.Contains(r.URL.Path, "/blobs/") || resp.ContentLength <= b.after {
		return resp, err
	}
	b.asked = append(b.asked, r.Header.Get("Range"))
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(io.LimitReader(resp.Body, b.after), broken{}), resp.Body}
	return resp, nil
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("connection reset by peer") }

// TestDownload reads a blob over connections that break, all of it and a part.
func TestDownload(t *testing.T) {
	url := startServer(t, byPassword(t))
	const name = "team/app"
	layer := make([]byte, 1_000_000)
	for i := range layer {
		layer[i] = byte(i ^ i>>8 ^ i>>16)
	}
	push(t, newClient(t, registry.Basic(user, password), registry.Settings{URL: url}), name, layer)

	breaks := &breaking{after: 150_000}
	client := newClient(t, registry.Basic(user, password), registry.Settings{URL: url}, registry.WithTransport(breaks))
	for _, tc := range []struct {
		part registry.Opt[string]
		want []byte
		asks string
	}{
		{want: layer, asks: " bytes=150000- bytes=300000- bytes=450000- bytes=600000- bytes=750000-"},
		{registry.Some("bytes=100000-499999"), layer[100_000:500_000], "bytes=100000-499999 bytes=250000-499999"},
	} {
		breaks.asked = nil
		file, err := client.Blobs.Open(t.Context(), registry.BlobsGetParams{Name: name, Digest: digestOf(layer), Range: tc.part})
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(file)
		if err != nil || !bytes.Equal(got, tc.want) || file.Size != int64(len(tc.want)) {
			t.Errorf("%d bytes of %d, which are said to be %d: %v", len(got), len(tc.want), file.Size, err)
		}
		if err := file.Close(); err != nil {
			t.Error(err)
		}
		if asked := strings.Join(breaks.asked, " "); asked != tc.asks {
			t.Errorf("asked for %q, not %q", asked, tc.asks)
		}
	}
	if _, err := client.Blobs.Open(t.Context(), registry.BlobsGetParams{Name: name, Digest: digestOf(layer[:10])}); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("a blob that is not there: %v", err)
	}
}
