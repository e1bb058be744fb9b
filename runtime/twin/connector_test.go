package twin

import (
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
)

// The connector of the tests: an invented provider that has one of everything.

func path(s string) ir.Path { return pathOf(s) }

func text(s string) ir.Template { return ir.Template{Parts: []ir.Part{{Text: s}}} }

// tmpl reads a template such as "channels/{in.id}".
func tmpl(s string) ir.Template {
	var t ir.Template
	for s != "" {
		before, rest, ok := strings.Cut(s, "{")
		if before != "" {
			t.Parts = append(t.Parts, ir.Part{Text: before})
		}
		if !ok {
			break
		}
		ref, after, _ := strings.Cut(rest, "}")
		scope, name, _ := strings.Cut(ref, ".")
		t.Parts = append(t.Parts, ir.Part{Scope: scope, Path: path(name)})
		s = after
	}
	return t
}

func ref(name string) *ir.Type               { return &ir.Type{Kind: ir.Ref, Ref: name} }
func listOf(t *ir.Type) *ir.Type             { return &ir.Type{Kind: ir.List, Elem: t} }
func objectOf(fields ...*ir.Field) *ir.Type  { return &ir.Type{Kind: ir.Object, Fields: fields} }
func must(name string, t *ir.Type) *ir.Field { return &ir.Field{Name: name, Type: t, Required: true} }
func may(name string, t *ir.Type) *ir.Field  { return &ir.Field{Name: name, Type: t} }

func named(name string, t *ir.Type) *ir.Type {
	t.Name = name
	return t
}

func enumOf(values ...any) *ir.Type { return &ir.Type{Kind: ir.Enum, Enum: values} }

var (
	str   = &ir.Type{Kind: ir.String}
	num   = &ir.Type{Kind: ir.Int}
	flag  = &ir.Type{Kind: ir.Bool}
	stamp = &ir.Type{Kind: ir.Int, Wire: ir.Wire{Time: []string{"unix"}}}
)

func eq(at string, v any) *ir.Match { return &ir.Match{At: path(at), Op: "eq", Values: []any{v}} }

func in(at string, values ...any) *ir.Match { return &ir.Match{At: path(at), Op: "in", Values: values} }

func not(at string, values ...any) *ir.Match {
	return &ir.Match{At: path(at), Op: "not", Values: values}
}

func types() []*ir.Type {
	return []*ir.Type{
		named("ChannelID", &ir.Type{Kind: ir.String, Pattern: "^C[A-Z0-9]{8,}$"}),
		named("UserID", &ir.Type{Kind: ir.String, Pattern: "^[UW][A-Z0-9]{8}$"}),
		named("Ts", &ir.Type{Kind: ir.String, Pattern: `^\d{10}\.\d{6}$`}),
		named("Channel", objectOf(
			must("id", ref("ChannelID")), must("name", str), must("created", stamp), must("members", num),
			must("kind", enumOf("public", "private")), must("labels", listOf(str)), may("creator", ref("UserID")),
			may("topic", objectOf(must("value", str), may("last_set", stamp))), may("parent", ref("Channel")),
		)),
		named("Message", objectOf(
			must("type", enumOf("message")), must("ts", ref("Ts")), must("text", str), may("user", ref("UserID")), may("thread", ref("Ts")), may("pinned", flag),
		)),
		named("User", objectOf(must("id", ref("UserID")), must("name", str), may("email", str), may("avatar_url", str))),
		named("Order", objectOf(must("id", num), must("total", &ir.Type{Kind: ir.Float}), may("placed_at", &ir.Type{Kind: ir.String, Wire: ir.Wire{Time: []string{"rfc3339"}}}))),
		named("Note", objectOf(must("id", str), must("text", str))),
		named("MessageEvent", objectOf(must("channel", ref("ChannelID")), must("ts", ref("Ts")), must("text", str))),
	}
}

func action(a *ir.Action) *ir.Action {
	if a.Method == "" {
		a.Method = "GET"
	}
	if a.Server == "" {
		a.Server = "api"
	}
	if a.Effect == "" {
		a.Effect = ir.Read
	}
	_, a.Name, _ = strings.Cut(a.Path, ".")
	a.Errors = rules()
	if a.Params != nil && a.Places == nil {
		where := "query"
		if a.Method != "GET" {
			where = "body"
			a.Body = &ir.Body{As: "json"}
		}
		for _, f := range a.Params.Fields {
			in := where
			for _, p := range a.URL.Parts {
				if p.Scope == "in" && p.Path.String() == f.Name {
					in = "path"
				}
			}
			a.Places = append(a.Places, &ir.Place{Field: f.Name, In: in, Name: f.Name})
		}
	}
	return a
}

func rules() []*ir.ErrorRule {
	code := &ir.Source{Body: path("error")}
	wait := &ir.Source{Header: "Retry-After", As: "seconds"}
	return []*ir.ErrorRule{
		{When: ir.When{Body: []*ir.Match{eq("ok", false), in("error", "ratelimited", "rate_limited")}}, Class: ir.RateLimited, Code: code, Wait: wait},
		{When: ir.When{Status: []string{"429"}}, Class: ir.RateLimited, Wait: wait},
		{When: ir.When{Body: []*ir.Match{eq("ok", false), in("error", "token_revoked", "account_inactive")}}, Class: ir.Disconnected, Code: code},
		{When: ir.When{Body: []*ir.Match{eq("ok", false), in("error", "token_expired", "invalid_auth", "not_authed")}}, Class: ir.AuthExpired, Code: code},
		{When: ir.When{Body: []*ir.Match{eq("ok", false), eq("error", "missing_scope")}}, Class: ir.ScopeMissing, Code: code},
		{When: ir.When{Body: []*ir.Match{eq("ok", false), eq("error", "invalid_cursor")}}, Class: ir.CursorExpired, Code: code},
		{When: ir.When{Body: []*ir.Match{eq("ok", false), in("error", "internal_error", "fatal_error")}}, Class: ir.Unavailable, Code: code},
		{When: ir.When{Body: []*ir.Match{eq("ok", false)}}, Class: ir.Rejected, Code: code, Request: &ir.Source{Header: "X-Request-Id"}},
		{When: ir.When{Status: []string{"5xx"}}, Class: ir.Unavailable},
		{When: ir.When{Status: []string{"4xx"}}, Class: ir.Invalid},
		{When: ir.When{Body: []*ir.Match{not("ok", true)}}, Class: ir.Unknown, Code: code},
	}
}

func cursorPage(items string, item *ir.Type) *ir.Page {
	return &ir.Page{
		Items: path(items), Item: item, Style: "cursor", End: []string{"no_cursor"},
		From: &ir.Source{Body: path("meta.next_cursor")}, To: &ir.Slot{Query: "cursor"},
		Size: &ir.PageSize{To: &ir.Slot{Query: "limit"}, Default: 10, Max: 20},
	}
}

func pageParams(more ...*ir.Field) *ir.Type {
	return objectOf(append(more, may("limit", num), may("cursor", str))...)
}

func paged(items string, item *ir.Type) *ir.Type {
	return objectOf(must(items, listOf(item)), may("meta", objectOf(may("next_cursor", str))))
}

func actions() []*ir.Action {
	uses := func(names ...string) []*ir.LimitUse {
		var out []*ir.LimitUse
		for _, n := range names {
			out = append(out, &ir.LimitUse{Limit: n, Cost: 1})
		}
		return out
	}
	channel := must("channel", ref("ChannelID"))
	return []*ir.Action{
		action(&ir.Action{Path: "auth.test", URL: text("auth.test"), Returns: objectOf(must("user_id", ref("UserID")), must("team", str))}),
		action(&ir.Action{Path: "channels.list", URL: text("channels.list"), Params: pageParams(may("kind", str)), Returns: paged("channels", ref("Channel")), Page: cursorPage("channels", ref("Channel")), Limits: uses("reads"), Scopes: []string{"channels:read"}}),
		action(&ir.Action{Path: "channels.get", URL: tmpl("channels/{in.id}"), Params: objectOf(must("id", ref("ChannelID"))), Returns: ref("Channel")}),
		action(&ir.Action{Path: "channels.create", Method: "POST", URL: text("channels"), Effect: ir.Create, Params: objectOf(must("name", str), may("kind", enumOf("public", "private"))), Returns: objectOf(must("channel", ref("Channel"))), Scopes: []string{"channels:write"}}),
		action(&ir.Action{Path: "channels.createMany", Method: "POST", URL: text("channels.createMany"), Effect: ir.Create, Body: &ir.Body{As: "json"},
			Params:  objectOf(must("items", listOf(objectOf(may("ref", str), must("name", str))))),
			Returns: objectOf(must("results", listOf(objectOf(may("ref", str), may("channel", ref("Channel")), may("error", str))))),
			Batch:   &ir.Batch{Each: "items", Max: 4, Results: path("results"), Match: path("ref"), Errors: []*ir.ErrorRule{{When: ir.When{Body: []*ir.Match{{At: path("error"), Op: "exists"}}}, Class: ir.Conflict, Code: &ir.Source{Body: path("error")}}}},
		}),
		action(&ir.Action{Path: "channels.update", Method: "PUT", URL: tmpl("channels/{in.id}"), Effect: ir.Idempotent, Params: objectOf(must("id", ref("ChannelID")), may("name", str)), Returns: objectOf(must("channel", ref("Channel")))}),
		action(&ir.Action{Path: "channels.delete", Method: "DELETE", URL: tmpl("channels/{in.id}"), Effect: ir.Idempotent, Params: objectOf(must("id", ref("ChannelID")))}),
		action(&ir.Action{Path: "messages.list", URL: text("messages.list"), Params: pageParams(channel), Returns: paged("messages", ref("Message")), Page: cursorPage("messages", ref("Message"))}),
		action(&ir.Action{Path: "messages.post", Method: "POST", URL: text("messages.post"), Effect: ir.Create, Params: objectOf(channel, may("text", str)), Returns: objectOf(channel, must("ts", ref("Ts")), must("message", ref("Message"))), Limits: uses("posts"), Scopes: []string{"chat:write"}}),
		action(&ir.Action{Path: "members.list", URL: text("members.list"), Params: pageParams(channel), Returns: paged("members", ref("UserID")), Page: cursorPage("members", ref("UserID"))}),
		action(&ir.Action{Path: "users.list", URL: text("users.list"), Params: objectOf(may("offset", num), may("count", num)), Returns: objectOf(must("users", listOf(ref("User"))), must("total", num)), Page: &ir.Page{
			Items: path("users"), Item: ref("User"), Style: "offset", By: "items", End: []string{"total"}, To: &ir.Slot{Query: "offset"}, Total: &ir.Source{Body: path("total")},
			Size: &ir.PageSize{To: &ir.Slot{Query: "count"}, Default: 10, Max: 50},
		}}),
		action(&ir.Action{Path: "orders.list", URL: text("orders"), Params: objectOf(may("page", num)), Returns: objectOf(must("orders", listOf(ref("Order"))), must("more", flag), must("pages", num)), Page: &ir.Page{
			Items: path("orders"), Item: ref("Order"), Style: "number", Start: 1, End: []string{"more"}, To: &ir.Slot{Query: "page"}, More: &ir.Source{Body: path("more")}, Pages: &ir.Source{Body: path("pages")},
		}}),
		action(&ir.Action{Path: "notes.list", URL: text("notes"), Params: objectOf(may("per_page", num)), Returns: listOf(ref("Note")), Page: &ir.Page{
			Item: ref("Note"), Style: "link", End: []string{"no_cursor"}, From: &ir.Source{Link: "next"}, Size: &ir.PageSize{To: &ir.Slot{Query: "per_page"}, Default: 10},
		}}),
		action(&ir.Action{Path: "pins.list", URL: text("pins"), Params: objectOf(may("per_page", num), may("page", num)), Returns: listOf(ref("Note")), Page: &ir.Page{
			Item: ref("Note"), Style: "link", End: []string{"no_cursor"}, From: &ir.Source{Link: "next"}, Size: &ir.PageSize{To: &ir.Slot{Query: "per_page"}, Default: 10},
		}}),
		action(&ir.Action{Path: "drafts.list", URL: text("drafts"), Returns: objectOf(must("drafts", listOf(ref("Note"))), must("next", &ir.Type{Kind: ir.String, Nullable: true})), Page: &ir.Page{
			Items: path("drafts"), Item: ref("Note"), Style: "link", End: []string{"no_cursor"}, From: &ir.Source{Body: path("next")}, Size: &ir.PageSize{Default: 10},
		}}),
		action(&ir.Action{Path: "audits.list", URL: text("audits"), Params: objectOf(may("after", str)), Returns: objectOf(must("data", listOf(ref("Note"))), must("has_more", flag)), Page: &ir.Page{
			Items: path("data"), Item: ref("Note"), Style: "last_item", Field: path("id"), End: []string{"more"}, To: &ir.Slot{Query: "after"}, More: &ir.Source{Body: path("has_more")}, Size: &ir.PageSize{Default: 10},
		}}),
		action(&ir.Action{Path: "payments.create", Method: "POST", URL: text("payments"), Effect: ir.Keyed, Params: objectOf(must("amount", num)), Returns: objectOf(must("id", str), must("amount", num)), Key: &ir.Key{To: &ir.Slot{Header: "Idempotency-Key"}, TTL: "1h"}}),
		action(&ir.Action{Path: "files.ticket", URL: text("files.ticket"), Params: objectOf(must("filename", str), must("length", num)), Returns: objectOf(must("upload_url", str), must("file_id", str))}),
		action(&ir.Action{Path: "files.finish", Method: "POST", Server: "files", URL: text("finish"), Effect: ir.Create, Params: objectOf(must("file_id", str)), Returns: objectOf(must("file_id", str))}),
	}
}

func connector() *ir.Connector {
	c := &ir.Connector{
		Version: ir.Version, Name: "acme", Title: "Acme", Types: types(), Errors: rules(),
		Servers: []*ir.Server{{Name: "api", URL: text("https://api.acme.test/v1/")}, {Name: "files", URL: text("https://files.acme.test/v1/")}},
		Limits: []*ir.Limit{
			{Name: "reads", Shape: "rate", Calls: 20, Per: "1m", By: []string{"app", "workspace"}, Observe: &ir.Observe{
				Limit: &ir.Source{Header: "X-Limit"}, Left: &ir.Source{Header: "X-Left"}, Reset: &ir.Source{Header: "X-Reset", As: "unix"},
			}},
			{Name: "posts", Shape: "gap", Per: "1s", By: []string{"app", "workspace", "in.channel"}},
		},
		Auth: []*ir.Auth{
			{Name: "app", Kind: "oauth2", OAuth2: &ir.OAuth2{
				Grant: "code", Authorize: text("https://acme.test/oauth/authorize"), Token: text("https://api.acme.test/v1/oauth.access"), PKCE: "S256", Client: "post", ScopeSep: ",",
				Rotates: true, ExpiryOptional: true,
				Failed: &ir.When{Body: []*ir.Match{eq("ok", false)}}, Dead: &ir.When{Body: []*ir.Match{in("error", "token_revoked", "invalid_refresh_token")}},
				Tokens: []*ir.OAuthToken{
					{Name: "bot", At: path("access_token"), Refresh: path("refresh_token"), Expires: path("expires_in"), Scope: path("scope")},
					{Name: "user", At: path("authed_user.access_token"), Refresh: path("authed_user.refresh_token"), Expires: path("authed_user.expires_in"), Scope: path("authed_user.scope"), Optional: true},
				},
			}},
			{Name: "token", Kind: "bearer"},
			{Name: "login", Kind: "basic", User: tmpl("{cred.user}"), Pass: tmpl("{cred.pass}")},
			{Name: "key", Kind: "key", Place: []*ir.AuthPlace{{To: &ir.Slot{Query: "token"}, Value: tmpl("{cred.key}")}}},
		},
		Groups: []*ir.Group{{Name: "all", Path: "all", Actions: actions()}},
		Flows: []*ir.Flow{{Path: "files.upload", Steps: []*ir.FlowStep{
			{Name: "ticket", Call: "files.ticket"}, {Name: "send", Method: "POST", URL: "step.ticket.upload_url", Body: "in.content"}, {Name: "finish", Call: "files.finish"},
		}}},
	}
	c.Resources = resources()
	c.Webhooks = webhooks()
	return c
}

func resources() []*ir.Resource {
	return []*ir.Resource{
		{Name: "channels", Of: "Channel", ID: path("id"), Missing: "channel_not_found", Uses: []*ir.ResourceUse{
			{Do: "list", Action: "channels.list", At: path("channels")},
			{Do: "get", Action: "channels.get", Key: "id"},
			{Do: "create", Action: "channels.create", At: path("channel")},
			{Do: "create", Action: "channels.createMany", At: path("channel")},
			{Do: "update", Action: "channels.update", Key: "id", At: path("channel")},
			{Do: "delete", Action: "channels.delete", Key: "id"},
		}},
		{Name: "messages", Of: "Message", ID: path("ts"), Within: &ir.Within{Resource: "channels", Key: "channel"}, Uses: []*ir.ResourceUse{
			{Do: "list", Action: "messages.list", At: path("messages")},
			{Do: "create", Action: "messages.post", At: path("message"), Set: map[string]string{"user": "token.user", "text": "in.text", "pinned": "true"}, Also: map[string]string{"ts": "ts"}},
		}},
		{Name: "users", Of: "User", ID: path("id"), Uses: []*ir.ResourceUse{{Do: "list", Action: "users.list", At: path("users")}}},
	}
}

func webhooks() []*ir.Webhook {
	return []*ir.Webhook{
		{Name: "events", Tag: path("event.type"), ID: path("event_id"), Data: path("event"), Events: []*ir.Event{{Tag: "message", Type: "MessageEvent"}},
			Challenge: []*ir.Challenge{{When: ir.When{Body: []*ir.Match{eq("type", "url_verification")}}, Status: 200, Text: tmpl("{body.challenge}")}},
			Verify: ir.Verify{Kind: "hmac", Signature: &ir.VerifySignature{
				Scheme: "hmac", Algorithm: "sha256", Secret: "signing_secret", Header: "X-Acme-Signature", Prefix: "v0=", Encoding: "hex",
				Signed: ir.Template{Parts: []ir.Part{{Text: "v0:"}, {Scope: "header", Path: ir.Path{{Name: "X-Acme-Time"}}}, {Text: ":"}, {Scope: "body"}}},
				Age:    &ir.Age{From: ir.Source{Header: "X-Acme-Time", As: "unix"}, Within: "5m"},
			}}},
		{Name: "listed", Tag: path("type"), ID: path("id"), Data: path("data"), Events: []*ir.Event{{Tag: "paid", Type: "Order"}},
			Verify: ir.Verify{Kind: "hmac", Signature: &ir.VerifySignature{
				Scheme: "hmac", Algorithm: "sha256", Secret: "listed_secret", Header: "Acme-Signature", Prefix: "v1=", Split: ",", Encoding: "hex",
				Signed: ir.Template{Parts: []ir.Part{{Scope: "signature", Path: ir.Path{{Name: "t"}}}, {Text: "."}, {Scope: "body"}}},
			}}},
		{Name: "shared", Tag: path("type"), Events: []*ir.Event{{Tag: "paid", Type: "Order"}}, Verify: ir.Verify{Kind: "token", Token: &ir.VerifyToken{Header: "X-Shared", Secret: "shared_secret"}}},
	}
}
