package twin

import (
	"slices"
	"testing"

	"github.com/porin-dev/porin/compiler/ir"
)

// TestMembersNameObjects makes values whose members name objects in many ways: each is one
// that is there.
func TestMembersNameObjects(t *testing.T) {
	c := connector()
	people := listOf(str)
	c.Types = append(c.Types,
		named("Account", objectOf(must("id", num), must("user", str))),
		named("Box", objectOf(must("id", str), must("owner", str))),
		named("Case", objectOf(
			must("user", str), must("user_id", str), must("userId", str), must("parent_user_id", str), must("user_ids", people), must("reply_users", people), must("creator", str), must("opened_by", str),
			must("keeper", str), must("account_id", num), must("accountIds", listOf(num)), must("account_ref", &ir.Type{Kind: ir.String}), must("boxes", listOf(ref("Box"))), must("channelId", ref("ChannelID")),
			must("account", str), must("users_count", num), must("user_name", str), must("short_user_id", between(ir.Type{Kind: ir.String}, "1", "3")), must("note", str),
		)),
	)
	c.Groups[0].Actions = append(c.Groups[0].Actions,
		action(&ir.Action{Path: "cases.get", URL: text("case"), Returns: ref("Case")}),
		action(&ir.Action{Path: "accounts.list", URL: text("accounts"), Returns: listOf(ref("Account"))}),
		action(&ir.Action{Path: "boxes.create", Method: "POST", URL: text("boxes"), Effect: ir.Create, Params: objectOf(may("size", num)), Returns: ref("Box")}),
	)
	c.Resources = append(c.Resources,
		&ir.Resource{Name: "accounts", Of: "Account", ID: path("id"), Uses: []*ir.ResourceUse{{Do: "list", Action: "accounts.list"}}},
		&ir.Resource{Name: "boxes", Of: "Box", ID: path("id"), Uses: []*ir.ResourceUse{{Do: "create", Action: "boxes.create", Set: map[string]string{"keeper": "token.user"}}}},
		&ir.Resource{Name: "notes", Of: "Note", ID: path("id")},
	)
	tw := New(c, Options{Whole: true})
	g := clientOf(t, tw).get(api + "case")
	ids := map[string][]string{"": nil}
	for _, name := range []string{"users", "accounts", "boxes", "channels", "notes"} {
		ids[name] = tw.IDs("", name, "")
	}
	for p, of := range map[string]string{
		"user": "users", "user_id": "users", "userId": "users", "parent_user_id": "users", "user_ids.0": "users", "reply_users.0": "users", "creator": "users", "opened_by": "users", "keeper": "users",
		"account_id": "accounts", "accountIds.0": "accounts", "boxes.0.id": "boxes", "boxes.0.owner": "users", "channelId": "channels",
	} {
		if id := textOf(g.at(t, p)); !slices.Contains(ids[of], id) {
			t.Errorf("%s: %s is none of the %s", p, id, of)
		}
	}
	for _, p := range []string{"account", "user_name", "note", "short_user_id"} { // A number is no word, and a note says something.
		for of, all := range ids {
			if slices.Contains(all, textOf(g.at(t, p))) {
				t.Errorf("%s is one of the %s", p, of)
			}
		}
	}
}

// TestListsOfIDs reads a list of plain ids: they are those of users, as the lists of users
// are called that the list is called as, and one that is deleted is in it no longer.
func TestListsOfIDs(t *testing.T) {
	c := connector()
	users := c.Resources[2]
	users.Uses = append(users.Uses, &ir.ResourceUse{Do: "delete", Action: "users.delete", Key: "user"})
	c.Groups[0].Actions = append(c.Groups[0].Actions,
		action(&ir.Action{Path: "people.list", URL: text("people"), Params: pageParams(), Returns: paged("members", ref("User")), Page: cursorPage("members", ref("User"))}),
		action(&ir.Action{Path: "rooms.members", URL: text("rooms/members"), Params: pageParams(), Returns: paged("members", str), Page: cursorPage("members", str)}),
		action(&ir.Action{Path: "users.delete", Method: "DELETE", URL: tmpl("users/{in.user}"), Effect: ir.Idempotent, Params: objectOf(must("user", str))}),
	)
	tw := New(c, Options{Volume: map[string]int{"rooms.members": 45}})
	one := clientOf(t, tw)
	members := func() (all []string) {
		for next := ""; ; {
			g := one.get(api + "rooms/members?limit=20&cursor=" + next)
			for _, id := range g.list(t, "members") {
				all = append(all, textOf(id))
			}
			if !g.has("meta.next_cursor") || textOf(g.at(t, "meta.next_cursor")) == "" {
				return all
			}
			next = textOf(g.at(t, "meta.next_cursor"))
		}
	}
	all := members()
	equal(t, "members", len(all), 45)
	equal(t, "users", slices.Equal(all, tw.IDs("", "users", "")), true)
	one.do("DELETE", api+"users/"+all[3], nil)
	equal(t, "without one", slices.Equal(members(), slices.Delete(slices.Clone(all), 3, 4)), true)
	equal(t, "told", slices.Contains(tw.IDs("", "rooms.members", ""), all[3]), false)
}
