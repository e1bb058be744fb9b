// Package bodies_test holds the requests of the client against bytes that were written
// by hand, and against what the twin reads out of them.
package bodies_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/golden/schemes/bodies"
	"github.com/porin-dev/porin/golden/schemes/bodies/bodiestest"
	"github.com/porin-dev/porin/runtime/twin"
)

// wire writes down what a client sends to the twin.
type wire struct {
	sim *twin.Twin
	t   *testing.T

	line   string // Method and address.
	header http.Header
	body   string
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.line, w.header, w.body = r.Method+" "+r.URL.String(), r.Header, ""
	if r.Body != nil {
		data, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		w.body = string(data)
		r.Body = io.NopCloser(strings.NewReader(w.body))
	}
	return w.sim.RoundTrip(r)
}

// provider is a twin behind a wire, and a client of it.
func provider(t *testing.T) (*wire, *bodies.Client) {
	t.Helper()
	sim := bodiestest.Twin(t)
	w := &wire{sim: sim.Twin, t: t}
	return w, sim.Client(bodies.WithTransport(w))
}

// request is one call, and what has to be seen of it.
type request struct {
	name string
	call func(c *bodies.Client) (*bodies.Kept, error)
	line string // Method and address below the server.
	as   string // Content-Type; "" is none.
	body string
	kept string // What the twin read, as JSON, and keeps.
}

func (r *request) check(t *testing.T) {
	w, c := provider(t)
	kept, err := r.call(c)
	require.NoError(t, err)
	method, path, _ := strings.Cut(r.line, " ")
	assert.Equal(t, method+" https://api.bodies.test/v1/"+path, w.line)
	assert.Equal(t, r.as, w.header.Get("Content-Type"))
	assert.Equal(t, r.body, w.body)
	assert.Equal(t, values(t, r.kept), w.keeps(kept.ID))
}

// keeps is what the twin has of a request, without what it made up.
func (w *wire) keeps(id string) map[string]any {
	data, ok := w.sim.Object("", "kept", "", id)
	require.True(w.t, ok)
	members := values(w.t, string(data))
	delete(members, "id")
	delete(members, "made_at")
	return members
}

// values reads an object with each number as it is written.
func values(t require.TestingT, text string) map[string]any {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var members map[string]any
	require.NoError(t, d.Decode(&members), text)
	return members
}

func run(t *testing.T, all []request) {
	for _, r := range all {
		t.Run(r.name, r.check)
	}
}
