package twin

import (
	"fmt"
	"testing"

	"github.com/porin-dev/porin/compiler/ir"
)

// TestNamedByCaller makes objects whose id the caller chooses, in the path or in the
// body: there is one of each id, also of one that was there, and of one that was deleted.
func TestNamedByCaller(t *testing.T) {
	c := connector()
	key := objectOf(must("name", str), may("door", str))
	c.Types = append(c.Types, named("Key", key))
	address := tmpl("keys/{in.key}")
	c.Groups[0].Actions = append(c.Groups[0].Actions,
		action(&ir.Action{Path: "keys.put", Method: "PUT", Effect: ir.Idempotent, URL: address, Params: objectOf(must("key", str), may("door", str)), Returns: ref("Key")}),
		action(&ir.Action{Path: "keys.post", Method: "POST", Effect: ir.Create, URL: text("keys"), Params: objectOf(must("name", str), may("door", str)), Returns: ref("Key")}),
		action(&ir.Action{Path: "keys.get", URL: address, Params: objectOf(must("key", str)), Returns: ref("Key")}),
		action(&ir.Action{Path: "keys.delete", Method: "DELETE", Effect: ir.Idempotent, URL: address, Params: objectOf(must("key", str))}),
		action(&ir.Action{Path: "keys.list", URL: text("keys"), Returns: listOf(ref("Key"))}),
	)
	c.Resources = append(c.Resources, &ir.Resource{Name: "keys", Of: "Key", ID: path("name"), Uses: []*ir.ResourceUse{
		{Do: "create", Action: "keys.put", Key: "key"}, {Do: "create", Action: "keys.post"},
		{Do: "get", Action: "keys.get", Key: "key"}, {Do: "delete", Action: "keys.delete", Key: "key"}, {Do: "list", Action: "keys.list"},
	}})
	one := clientOf(t, New(c, Options{Volume: map[string]int{"keys": 2}}))
	put := func(door string) got { return one.do("PUT", api+"keys/front", `{"door":"`+door+`"}`) }
	post := func(door string) got {
		return one.do("POST", api+"keys", `{"name":"front","door":"`+door+`"}`)
	}
	holds := func(what, door string, count int) {
		t.Helper()
		if got := one.get(api + "keys/front"); !got.has("door") || fmt.Sprintf("%v %v", got.at(t, "name"), got.at(t, "door")) != "front "+door {
			t.Errorf("%s: %s, want the door %q", what, got.raw, door)
		}
		if got := one.get(api+"keys").list(t, ""); len(got) != count {
			t.Errorf("%s: %d keys, want %d", what, len(got), count)
		}
	}
	if got := one.get(api + "keys/front"); got.has("name") {
		t.Errorf("before it is made: %s", got.raw)
	}
	put("A")
	holds("put", "A", 3)
	put("B")
	holds("put again", "B", 3)
	post("C")
	holds("post", "C", 3)
	one.do("DELETE", api+"keys/front", nil)
	if got := one.get(api + "keys/front"); got.has("name") {
		t.Errorf("after it was deleted: %s", got.raw)
	}
	put("D")
	holds("put after it was deleted", "D", 3)
}
