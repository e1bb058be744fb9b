// Package registry_test uses the generated client on Debian's docker-registry.
package registry_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/porin-dev/porin/golden/live/registry"
)

func newClient(t *testing.T, auth registry.Auth, settings registry.Settings, opts ...registry.Option) *registry.Client {
	t.Helper()
	client, err := registry.New(auth, settings, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// TestPush stores blobs and a manifest, and reads them, whole and in part.
func TestPush(t *testing.T) {
	url := startServer(t, byPassword(t))
	client := newClient(t, registry.Basic(user, password), registry.Settings{URL: url})
	const name = "team/app" // A slash in one parameter.
	config, layer := []byte(`{"architecture": "amd64", "os": "linux"}`), bytes.Repeat([]byte("layer "), 10_000)
	manifest := tag(t, client, name, "v1", config, layer)

	got, err := client.Blobs.Get(t.Context(), registry.BlobsGetParams{Name: name, Digest: digestOf(layer)})
	if err != nil || !bytes.Equal(got, layer) {
		t.Errorf("%d bytes of the blob's %d: %v", len(got), len(layer), err)
	}
	got, err = client.Blobs.Get(t.Context(), registry.BlobsGetParams{Name: name, Digest: digestOf(layer), Range: registry.Some("bytes=6-10")})
	if err != nil || string(got) != "layer" {
		t.Errorf("the range is %q: %v", got, err)
	}
	var resp registry.Response
	if err := client.Blobs.Exists(t.Context(), registry.BlobsExistsParams{Name: name, Digest: digestOf(layer)}, registry.WithResponse(&resp)); err != nil || resp.Header.Get("Content-Length") != fmt.Sprint(len(layer)) {
		t.Errorf("HEAD tells %v: %v", resp.Header, err)
	}
	got, err = client.Manifests.Get(t.Context(), registry.ManifestsGetParams{Name: name, Reference: "v1"}, registry.WithResponse(&resp))
	if err != nil || !bytes.Equal(got, manifest) {
		t.Errorf("the manifest is %s: %v", got, err)
	}
	if digest := resp.Header.Get("Docker-Content-Digest"); digest != digestOf(manifest) {
		t.Errorf("the registry calls the manifest %s", digest)
	}
	if err := client.Manifests.Exists(t.Context(), registry.ManifestsExistsParams{Name: name, Reference: digestOf(manifest)}); err != nil {
		t.Error(err)
	}
	// A blob is taken over from another repository.
	if err := client.Uploads.Start(t.Context(), registry.UploadsStartParams{Name: "copy", Mount: registry.Some(digestOf(layer)), From: registry.Some(name)}, registry.WithResponse(&resp)); err != nil || resp.StatusCode != http.StatusCreated {
		t.Errorf("the mount is answered %d: %v", resp.StatusCode, err)
	}
	if err := client.Manifests.Delete(t.Context(), registry.ManifestsDeleteParams{Name: name, Digest: digestOf(manifest)}); err != nil {
		t.Error(err)
	}
	if err := client.Manifests.Exists(t.Context(), registry.ManifestsExistsParams{Name: name, Reference: "v1"}); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("after the manifest was deleted: %v", err)
	}
}

// TestLists reads lists of several pages, whose links name no host.
func TestLists(t *testing.T) {
	url := startServer(t, byPassword(t))
	client := newClient(t, registry.Basic(user, password), registry.Settings{URL: url})
	var want []string
	for n := range 11 {
		name := fmt.Sprintf("team-%02d/app", n)
		tag(t, client, name, "v1", []byte("{}"), []byte("layer"))
		want = append(want, name)
	}
	var got []string
	for name, err := range client.Repositories.All(t.Context(), registry.RepositoriesListParams{N: registry.Some(4)}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, name)
	}
	if !slices.Equal(got, want) {
		t.Errorf("repositories %q", got)
	}
	// Page by page, and from a place on.
	page, err := client.Repositories.List(t.Context(), registry.RepositoriesListParams{N: registry.Some(4)})
	if err != nil || !slices.Equal(page.Items, want[:4]) {
		t.Fatalf("page %q: %v", page.Items, err)
	}
	page, err = client.Repositories.List(t.Context(), registry.RepositoriesListParams{N: registry.Some(4)}, registry.At(page.Next))
	if err != nil || !slices.Equal(page.Items, want[4:8]) {
		t.Fatalf("page %q: %v", page.Items, err)
	}
	page, err = client.Repositories.List(t.Context(), registry.RepositoriesListParams{Last: registry.Some(want[8])})
	if err != nil || !slices.Equal(page.Items, want[9:]) || page.Next != "" {
		t.Fatalf("page %q: %v", page.Items, err)
	}
	for _, as := range []string{"v3", "v2"} {
		tag(t, client, want[0], as, []byte("{}"), []byte("layer "+as))
	}
	got = nil
	for name, err := range client.Tags.All(t.Context(), registry.TagsListParams{Name: want[0]}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, name)
	}
	slices.Sort(got)
	if !slices.Equal(got, []string{"v1", "v2", "v3"}) {
		t.Errorf("tags %q", got)
	}
}

// TestRefusals reads the envelope of errors.
func TestRefusals(t *testing.T) {
	url := startServer(t, byPassword(t))
	client := newClient(t, registry.Basic(user, password), registry.Settings{URL: url})
	u, err := start(t.Context(), client, "team/app")
	if err != nil {
		t.Fatal(err)
	}
	stranger := newClient(t, registry.Basic(user, "wrong"), registry.Settings{URL: url})
	_, noTags := client.Tags.List(t.Context(), registry.TagsListParams{Name: "nobody/knows"})
	_, noBlob := client.Blobs.Get(t.Context(), registry.BlobsGetParams{Name: "team/app", Digest: digestOf(nil)})
	_, noManifest := client.Manifests.Get(t.Context(), registry.ManifestsGetParams{Name: "team/app", Reference: "v9"})
	for name, c := range map[string]struct {
		err  error
		want []error
	}{
		"repository":  {noTags, []error{registry.ErrNotFound, registry.ErrNameUnknown}},
		"blob":        {noBlob, []error{registry.ErrNotFound, registry.ErrBlobUnknown}},
		"manifest":    {noManifest, []error{registry.ErrNotFound, registry.ErrManifestUnknown}},
		"digest":      {u.finish(t.Context(), []byte("hello"), digestOf([]byte("other"))), []error{registry.ErrInvalid, registry.ErrDigestInvalid}},
		"body":        {client.Manifests.Put(t.Context(), registry.ManifestsPutParams{Name: "team/app", Reference: "v1", Body: []byte("{")}), []error{registry.ErrInvalid, registry.ErrManifestInvalid}},
		"password":    {stranger.Check(t.Context()), []error{registry.ErrDisconnected, registry.ErrUnauthorizedCode}},
		"without any": {client.Blobs.Exists(t.Context(), registry.BlobsExistsParams{Name: "team/app", Digest: digestOf(nil)}), []error{registry.ErrNotFound}}, // HEAD has no body.
	} {
		for _, want := range c.want {
			if !errors.Is(c.err, want) {
				t.Errorf("%s: %v is not %v", name, c.err, want)
			}
		}
	}
}

// TestTokens gets the tokens that the registry asks for, renews one that does not count
// any more, and tells when one is for something else.
func TestTokens(t *testing.T) {
	r := newRealm(t)
	url := startServer(t, r.config(t))
	settings := registry.Settings{URL: url, Realm: r.URL + "/token", Service: service, Scope: "registry:catalog:* repository:team/app:pull,push"}
	client := newClient(t, registry.Token(user, password), settings)
	r.stale.Store(1)
	push(t, client, "team/app", []byte("hello"))
	page, err := client.Repositories.List(t.Context(), registry.RepositoriesListParams{})
	if err != nil || !slices.Equal(page.Items, []string{"team/app"}) {
		t.Errorf("%q: %v", page.Items, err)
	}
	if n := r.given.Load(); n != 2 {
		t.Errorf("%d tokens were asked for, want the one that had expired and one more", n)
	}
	_, err = start(t.Context(), client, "team/other")
	if !errors.Is(err, registry.ErrScopeMissing) {
		t.Errorf("a repository that the token is not for: %v", err)
	}
	if n := r.given.Load(); n != 2 {
		t.Errorf("%d tokens were asked for where none would do", n)
	}
	wrong := newClient(t, registry.Token(user, "wrong"), settings)
	if err := wrong.Check(t.Context()); !errors.Is(err, registry.ErrDisconnected) {
		t.Errorf("with a wrong password: %v", err)
	}
}

// TestLostAnswer loses the answer to the last request of an upload. The client does not
// send it again, and a look shows that the blob is there.
func TestLostAnswer(t *testing.T) {
	url := startServer(t, byPassword(t))
	lossy := &losesPut{}
	client := newClient(t, registry.Basic(user, password), registry.Settings{URL: url}, registry.WithTransport(lossy))
	u, err := start(t.Context(), client, "team/app")
	if err != nil {
		t.Fatal(err)
	}
	blob := []byte("hello")
	if err := u.finish(t.Context(), blob, digestOf(blob)); !errors.Is(err, registry.ErrOutcomeUnknown) {
		t.Errorf("the answer is lost: %v", err)
	}
	if n := lossy.puts.Load(); n != 1 {
		t.Errorf("it was sent %d times", n)
	}
	if err := client.Blobs.Exists(t.Context(), registry.BlobsExistsParams{Name: "team/app", Digest: digestOf(blob)}); err != nil {
		t.Error(err)
	}
	if err := u.finish(t.Context(), blob, digestOf(blob)); !errors.Is(err, registry.ErrBlobUploadUnknown) {
		t.Errorf("a second time it would be: %v", err)
	}
}

// losesPut loses the answer to the first PUT.
type losesPut struct{ puts atomic.Int32 }

func (l *losesPut) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err == nil && req.Method == http.MethodPut && l.puts.Add(1) == 1 {
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		return nil, errors.New("the connection was reset")
	}
	return resp, err
}

// TestUnchanged asks for a manifest only if it has changed. A spec cannot say what an
// answer without a body means then: it is told as a failure with its status.
func TestUnchanged(t *testing.T) {
	url := startServer(t, byPassword(t))
	client := newClient(t, registry.Basic(user, password), registry.Settings{URL: url})
	manifest := tag(t, client, "team/app", "v1", []byte("{}"), []byte("layer"))
	p := registry.ManifestsGetParams{Name: "team/app", Reference: "v1", IfNoneMatch: registry.Some(`"` + digestOf(manifest) + `"`)}
	_, err := client.Manifests.Get(t.Context(), p)
	if failed, ok := errors.AsType[*registry.Error](err); !ok || failed.StatusCode != http.StatusNotModified {
		t.Errorf("unchanged: %v", err)
	}
	p.IfNoneMatch = registry.Some(`"` + digestOf(nil) + `"`)
	if got, err := client.Manifests.Get(t.Context(), p); err != nil || !bytes.Equal(got, manifest) {
		t.Errorf("changed: %s: %v", got, err)
	}
}
