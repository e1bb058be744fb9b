package twin

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/porin-dev/porin/compiler/ir"
)

// TestChoose sends requests of one address to the action that they are for.
func TestChoose(t *testing.T) {
	get := func(name string, params *ir.Type, places ...*ir.Place) *ir.Action {
		return &ir.Action{Name: name, Path: name, Method: "GET", Server: "api", URL: tmpl("files/{in.id}"),
			Params: objectOf(append(params.Fields, must("id", str))...), Places: append(places, &ir.Place{Field: "id", In: "path", Name: "id"}),
			Returns: objectOf(must("of", enumOf(name)))}
	}
	put := func(name, media string) *ir.Action {
		return &ir.Action{Name: name, Path: name, Method: "PUT", Server: "api", URL: tmpl("files/{in.id}"), Body: &ir.Body{As: "json", Type: media},
			Params: objectOf(must("id", str)), Places: []*ir.Place{{Field: "id", In: "path", Name: "id"}}, Returns: objectOf(must("of", enumOf(name)))}
	}
	query := func(name string) *ir.Place { return &ir.Place{Field: name, In: "query", Name: name} }
	tw := New(&ir.Connector{
		Servers: []*ir.Server{{Name: "api", URL: text("https://x.test/")}},
		Groups: []*ir.Group{{Actions: []*ir.Action{
			get("plain", objectOf()), get("same", objectOf()),
			get("link", objectOf(must("fields", str)), query("fields")),
			get("old", objectOf(must("version", enumOf("1"))), query("version")),
			get("new", objectOf(must("version", enumOf("2"))), query("version")),
			put("put", ""), put("patch", "application/merge-patch+json"),
		}}},
	}, Options{})
	for _, test := range []struct{ method, address, media, meant, want string }{
		{"GET", "files/1", "", "", "plain"},
		{"GET", "files/1", "", "same", "same"},
		{"GET", "files/1", "", "link", "plain"}, // It lacks what links need.
		{"GET", "files/1?fields=a", "", "", "link"},
		{"GET", "files/1?version=1", "", "", "old"},
		{"GET", "files/1?version=2", "", "plain", "plain"},
		{"GET", "files/1?version=2", "", "", "new"},
		{"GET", "files/1?version=3", "", "", "plain"},
		{"HEAD", "files/1?version=2", "", "", ""},
		{"PUT", "files/1", "application/json", "", "put"},
		{"PUT", "files/1", "application/merge-patch+json", "", "patch"},
	} {
		req, err := http.NewRequestWithContext(Meant(context.Background(), test.meant), test.method, "https://x.test/"+test.address, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", test.media)
		got, err := (&client{t, tw, ""}).try(req)
		if err != nil {
			t.Fatal(err)
		}
		if test.want != "" && got.at(t, "of") != test.want || got.status != http.StatusOK {
			t.Errorf("%s %s meant for %q: %d %s", test.method, test.address, test.meant, got.status, got.raw)
		}
	}
}

// TestMeantForAction describes the token endpoint as an action, too, as some documents do:
// a request that is meant for the action is answered as it declares, with a credential that
// it takes, and any other is one for a token.
func TestMeantForAction(t *testing.T) {
	c := connector()
	c.Groups[0].Actions = append(c.Groups[0].Actions, action(&ir.Action{Name: "create", Path: "tokens.create", Method: "POST", URL: text("oauth.access"), Returns: objectOf(must("of", enumOf("action")))}))
	tw := New(c, Options{})
	for meant, want := range map[string]string{"tokens.create": "tokens.create", "": "@" + RouteToken, "auth.test": "@" + RouteToken} {
		one := clientOf(t, tw)
		asked := one.request("POST", api+"oauth.access", "{}")
		got, err := one.try(asked.WithContext(Meant(context.Background(), meant)))
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "action of what is meant for "+meant, one.last().Action, want)
		equal(t, "answered as the action", got.status == http.StatusOK && got.has("of"), want == meant)
	}
}
