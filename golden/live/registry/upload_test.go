package registry_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"net/url"
	"path"
	"testing"

	"github.com/porin-dev/porin/golden/live/registry"
)

// upload is a session, whose address each answer tells. A spec cannot say that a
// request goes to an address of an earlier answer, so its parts are read here.
type upload struct {
	client           *registry.Client
	name, uuid, told string // What the address was told to have as _state.
}

func start(ctx context.Context, client *registry.Client, name string) (*upload, error) {
	u := &upload{client: client, name: name}
	var resp registry.Response
	if err := client.Uploads.Start(ctx, registry.UploadsStartParams{Name: name}, registry.WithResponse(&resp)); err != nil {
		return nil, err
	}
	return u, u.follow(resp)
}

// follow takes the address that an answer tells.
func (u *upload) follow(resp registry.Response) error {
	location, err := url.Parse(resp.Header.Get("Location"))
	if err != nil {
		return err
	}
	u.uuid, u.told = path.Base(location.Path), location.Query().Get("_state")
	if u.told == "" {
		return fmt.Errorf("the answer tells no address: %v", resp.Header)
	}
	return nil
}

func (u *upload) append(ctx context.Context, part []byte) error {
	var resp registry.Response
	p := registry.UploadsAppendParams{Name: u.name, UUID: u.uuid, State: u.told, Body: part}
	if err := u.client.Uploads.Append(ctx, p, registry.WithResponse(&resp)); err != nil {
		return err
	}
	return u.follow(resp)
}

func (u *upload) finish(ctx context.Context, last []byte, digest string) error {
	return u.client.Uploads.Finish(ctx, registry.UploadsFinishParams{Name: u.name, UUID: u.uuid, State: u.told, Digest: digest, Body: last})
}

// push stores a blob in two parts.
func push(t *testing.T, client *registry.Client, name string, blob []byte) (digest string) {
	t.Helper()
	u, err := start(t.Context(), client, name)
	if err != nil {
		t.Fatal(err)
	}
	if err := u.append(t.Context(), blob[:len(blob)/2]); err != nil {
		t.Fatal(err)
	}
	digest = digestOf(blob)
	if err := u.finish(t.Context(), blob[len(blob)/2:], digest); err != nil {
		t.Fatal(err)
	}
	return digest
}

// tag stores a manifest of blobs, the first of which is the image's configuration.
func tag(t *testing.T, client *registry.Client, name, as string, blobs ...[]byte) (manifest []byte) {
	t.Helper()
	var b bytes.Buffer
	b.WriteString(`{"schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json", "config": `)
	for i, blob := range blobs {
		media, between := "application/vnd.docker.image.rootfs.diff.tar.gzip", ", "
		switch i {
		case 0:
			media, between = "application/vnd.docker.container.image.v1+json", ""
		case 1:
			between = `, "layers": [`
		}
		fmt.Fprintf(&b, `%s{"mediaType": %q, "size": %d, "digest": %q}`, between, media, len(blob), push(t, client, name, blob))
	}
	b.WriteString("]}")
	if err := client.Manifests.Put(t.Context(), registry.ManifestsPutParams{Name: name, Reference: as, Body: b.Bytes()}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func digestOf(data []byte) string { return fmt.Sprintf("sha256:%x", sha256.Sum256(data)) }
