package twin

import (
	"testing"

	"github.com/porin-dev/porin/compiler/ir"
)

// TestParentByAnotherName makes a child by an action that calls the parent otherwise than
// the one that lists the children: both mean the same parent, and no other.
func TestParentByAnotherName(t *testing.T) {
	c := connector()
	c.Groups[0].Actions = append(c.Groups[0].Actions,
		action(&ir.Action{Path: "replies.create", Method: "POST", Effect: ir.Create, URL: tmpl("channels/{in.id}/replies"), Params: objectOf(must("id", str), must("text", str)), Returns: ref("Note")}),
		action(&ir.Action{Path: "replies.list", URL: tmpl("channels/{in.channel}/replies"), Params: objectOf(must("channel", str)), Returns: listOf(ref("Note"))}),
	)
	c.Resources = append(c.Resources, &ir.Resource{Name: "replies", Of: "Note", ID: path("id"), Within: &ir.Within{Resource: "channels", Key: "channel"}, Uses: []*ir.ResourceUse{
		{Do: "create", Action: "replies.create", Within: "id"}, {Do: "list", Action: "replies.list"},
	}})
	tw := New(c, Options{Volume: map[string]int{"replies": 2}})
	one, channels := clientOf(t, tw), tw.IDs("", "channels", "")
	one.do("POST", api+"channels/"+channels[0]+"/replies", `{"text":"yes"}`)
	for i, want := range []int{3, 2} {
		if got := one.get(api+"channels/"+channels[i]+"/replies").list(t, ""); len(got) != want {
			t.Errorf("channel %d has %d replies, want %d", i, len(got), want)
		}
	}
	if got := one.do("POST", api+"channels/CNOTHERE1/replies", `{"text":"no"}`); got.has("id") {
		t.Errorf("a channel that there is not: %s", got.raw)
	}
	if sent, _ := parseJSON(tw.Example("", "replies.create")); textOf(sent.(*object).members[0].value) != channels[0] {
		t.Errorf("an example is %v, want the channel %s", sent, channels[0])
	}
}
