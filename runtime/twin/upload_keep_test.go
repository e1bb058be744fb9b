package twin

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/porin-dev/porin/compiler/ir"
)

// storage is a connector that keeps files: sent at once, or to an address that is given out
// with their length.
func storage() *ir.Connector {
	c := connector()
	c.Types = append(c.Types, named("File", objectOf(must("id", str), must("name", str))))
	raw := &ir.Type{Kind: ir.Bytes}
	c.Groups[0].Actions = append(c.Groups[0].Actions,
		action(&ir.Action{Path: "files.attach", Method: "POST", URL: text("files/attach"), Effect: ir.Create, Params: objectOf(may("name", str), must("content", raw)), Returns: ref("File"),
			Body: &ir.Body{As: "raw", Field: "content"}, Places: []*ir.Place{{Field: "name", In: "query", Name: "name"}, {Field: "content", In: "body", Name: "content"}}}),
		action(&ir.Action{Path: "files.content", URL: tmpl("files/{in.id}/content"), Params: objectOf(must("id", str)), Reply: "raw"}),
	)
	c.Resources = append(c.Resources, &ir.Resource{Name: "files", Of: "File", ID: path("id"), Uses: []*ir.ResourceUse{
		{Do: "create", Action: "files.attach"}, {Do: "get", Action: "files.content", Key: "id"},
		{Do: "create", Action: "files.ticket", Also: map[string]string{"file_id": "id"}},
	}})
	c.Flows[0].Steps[0].With = map[string]any{"filename": "in.filename", "length": "in.content.size"}
	c.Flows[0].Steps[2].With = map[string]any{"file_id": "step.ticket.file_id"}
	return c
}

// TestUploadsAreKept reads files back that were sent, whole and in part, by every way there
// is, and one that is too large to keep.
func TestUploadsAreKept(t *testing.T) {
	tw := New(storage(), Options{})
	c := clientOf(t, tw)
	content := func(id string) got { return c.get(api + "files/" + id + "/content") }
	id := textOf(c.do("POST", api+"files/attach?name=a", []byte("some notes")).at(t, "id"))
	equal(t, "attached", content(id).raw, "some notes")
	r := c.request("GET", api+"files/"+id+"/content", nil)
	r.Header.Set("Range", "bytes=5-")
	part, err := c.try(r)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "a part", part.raw, "notes")
	equal(t, "ETag", part.header.Get("ETag"), content(id).header.Get("ETag"))

	ticket := c.get(api + "files.ticket?filename=b&length=5")
	address := textOf(ticket.at(t, "upload_url"))
	short := c.do("PUT", address, []byte("abc"))
	equal(t, "short", short.status, http.StatusBadRequest)
	equal(t, "why", c.last().Why, "3 bytes came, and 5 were announced")
	id = textOf(ticket.at(t, "file_id"))
	equal(t, "finished before", c.do("POST", files+"finish", `{"file_id":"`+id+`"}`).at(t, "ok"), any(false))
	for i, sent := range []string{"ab", "cde", "cde"} { // The last part comes twice.
		r := c.request("PUT", address, []byte(sent))
		r.Header.Set("Content-Range", []string{"bytes 0-1/5", "bytes 2-4/5", "bytes 2-4/5"}[i])
		if _, err := c.try(r); err != nil {
			t.Fatal(err)
		}
	}
	c.do("POST", files+"finish", `{"file_id":"`+id+`"}`)
	equal(t, "sent in parts", content(id).raw, "abcde")

	id = textOf(c.do("POST", api+"files/attach?name=c", bytes.Repeat([]byte("x"), keptFile+1)).at(t, "id"))
	equal(t, "too large", strings.HasPrefix(content(id).raw, "1048577 bytes, too many for the twin to keep"), true)
	equal(t, "kept", tw.kept, 15)
}
