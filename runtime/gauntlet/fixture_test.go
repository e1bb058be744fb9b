package gauntlet

import "github.com/porin-dev/porin/compiler/ir"

// shelf is a connector made by hand: a list by cursor and one by
// offset, a read and a create over one resource, a limit, rotating tokens and a signed webhook.
func shelf() *ir.Connector {
	str := func() *ir.Type { return &ir.Type{Kind: ir.String} }
	field := func(name string, t *ir.Type, required bool) *ir.Field {
		return &ir.Field{Name: name, Go: name, Type: t, Required: required}
	}
	object := func(fields ...*ir.Field) *ir.Type { return &ir.Type{Kind: ir.Object, Fields: fields} }
	book := &ir.Type{Kind: ir.Object, Name: "Book", Go: "Book", In: true, Out: true, Fields: []*ir.Field{
		field("id", str(), true),
		field("title", str(), true),
		field("size", &ir.Type{Kind: ir.Int}, true),
		field("state", &ir.Type{Kind: ir.Enum, Enum: []any{"new", "read", "lost"}}, true),
		field("added", &ir.Type{Kind: ir.Int, Wire: ir.Wire{Time: []string{"unix"}}}, false),
		field("cover", &ir.Type{Kind: ir.Union, Variants: []*ir.Type{
			object(field("kind", &ir.Type{Kind: ir.Enum, Enum: []any{"plain"}}, true), field("color", str(), true)),
			object(field("kind", &ir.Type{Kind: ir.Enum, Enum: []any{"photo"}}, true), field("url", str(), true)),
		}}, true),
	}}
	lent := &ir.Type{Kind: ir.Object, Name: "Lent", Go: "Lent", Out: true, Fields: []*ir.Field{field("book", str(), true)}}
	aBook := func() *ir.Type { return &ir.Type{Kind: ir.Ref, Ref: "Book"} }
	errors := shelfErrors()
	limits := []*ir.LimitUse{{Limit: "calls", Cost: 1}}
	action := func(name, method string, effect ir.Effect, path ...ir.Part) *ir.Action {
		return &ir.Action{
			Name: name, Path: "books." + name, Go: name, Method: method, Server: "api", Effect: effect,
			URL: ir.Template{Parts: path}, Errors: errors, Limits: limits, Reply: "json",
		}
	}
	list := action("list", "GET", ir.Read, ir.Part{Text: "books"})
	list.Params = object(field("limit", &ir.Type{Kind: ir.Int}, false), field("cursor", str(), false))
	list.Places = []*ir.Place{{Field: "limit", In: "query", Name: "limit"}, {Field: "cursor", In: "query", Name: "cursor"}}
	list.Returns = object(field("books", &ir.Type{Kind: ir.List, Elem: aBook()}, true), field("next", str(), false))
	list.Page = &ir.Page{
		Items: names("books"), Item: aBook(), Style: "cursor", From: &ir.Source{Body: names("next")}, To: &ir.Slot{Query: "cursor"},
		End: []string{"no_cursor"}, Size: &ir.PageSize{To: &ir.Slot{Query: "limit"}, Default: 100, Max: 200},
	}
	shelved := action("shelved", "GET", ir.Read, ir.Part{Text: "shelved"})
	shelved.Params = object(field("limit", &ir.Type{Kind: ir.Int}, false), field("offset", &ir.Type{Kind: ir.Int}, false))
	shelved.Places = []*ir.Place{{Field: "limit", In: "query", Name: "limit"}, {Field: "offset", In: "query", Name: "offset"}}
	shelved.Returns = object(field("books", &ir.Type{Kind: ir.List, Elem: aBook()}, true), field("total", &ir.Type{Kind: ir.Int}, true))
	shelved.Page = &ir.Page{
		Items: names("books"), Item: aBook(), Style: "offset", By: "items", To: &ir.Slot{Query: "offset"}, Total: &ir.Source{Body: names("total")},
		End: []string{"empty"}, Size: &ir.PageSize{To: &ir.Slot{Query: "limit"}, Default: 100, Max: 200},
	}
	get := action("get", "GET", ir.Read, ir.Part{Text: "books/"}, ir.Part{Scope: "in", Path: names("id")})
	get.Params, get.Places, get.Returns = object(field("id", str(), true)), []*ir.Place{{Field: "id", In: "path", Name: "id"}}, aBook()
	create := action("create", "POST", ir.Create, ir.Part{Text: "books"})
	create.Params, create.Places, create.Returns = object(field("title", str(), true)), []*ir.Place{{Field: "title", In: "body", Name: "title"}}, aBook()
	create.Body = &ir.Body{As: "json"}
	return &ir.Connector{
		Version: ir.Version, Name: "shelf", Title: "Shelf",
		Servers: []*ir.Server{{Name: "api", URL: ir.Template{Parts: []ir.Part{{Text: "https://api.shelf.example/v1/"}}}}},
		Auth: []*ir.Auth{
			{Name: "app", Kind: "oauth2", OAuth2: &ir.OAuth2{
				Grant: "code", Client: "post", ScopeSep: " ", PKCE: "S256", Rotates: true,
				Authorize: ir.Template{Parts: []ir.Part{{Text: "https://shelf.example/oauth/authorize"}}},
				Token:     ir.Template{Parts: []ir.Part{{Text: "https://shelf.example/oauth/token"}}},
				Tokens: []*ir.OAuthToken{{
					Name: "main", At: names("access_token"), Refresh: names("refresh_token"), Expires: names("expires_in"), Scope: names("scope"),
				}},
			}},
			{Name: "token", Kind: "bearer"},
		},
		Limits: []*ir.Limit{{Name: "calls", Shape: "rate", Calls: 60, Per: "1m", By: []string{"app", "workspace"}}},
		Errors: errors,
		Types:  []*ir.Type{book, lent},
		Groups: []*ir.Group{{Name: "books", Path: "books", Field: "Books", Go: "Books", Actions: []*ir.Action{list, get, create, shelved}}},
		Resources: []*ir.Resource{{Name: "book", Of: "Book", ID: names("id"), Missing: "no_such_book", Uses: []*ir.ResourceUse{
			{Do: "list", Action: "books.list", At: names("books")},
			{Do: "list", Action: "books.shelved", At: names("books")},
			{Do: "get", Action: "books.get", Key: "id"},
			{Do: "create", Action: "books.create"},
		}}},
		Webhooks: []*ir.Webhook{shelfWebhook()},
	}
}

func shelfErrors() []*ir.ErrorRule {
	code, request := &ir.Source{Body: names("error")}, &ir.Source{Header: "X-Request-Id"}
	body := func(values ...any) ir.When {
		return ir.When{Body: []*ir.Match{{At: names("error"), Op: "in", Values: values}}}
	}
	return []*ir.ErrorRule{
		{When: ir.When{Status: []string{"429"}}, Class: ir.RateLimited, Code: code, Request: request, Wait: &ir.Source{Header: "Retry-After", As: "seconds"}},
		{When: body("token_expired"), Class: ir.AuthExpired, Code: code, Request: request},
		{When: body("token_revoked"), Class: ir.Disconnected, Code: code, Request: request},
		{When: body("no_such_book"), Class: ir.NotFound, Code: code, Request: request},
		{When: ir.When{Status: []string{"5xx"}}, Class: ir.Unavailable, Code: code, Request: request},
		{When: ir.When{Status: []string{"4xx"}}, Class: ir.Rejected, Code: code, Request: request},
		{When: ir.When{Body: []*ir.Match{{At: names("error"), Op: "exists"}}}, Class: ir.Rejected, Code: code, Request: request},
		{When: ir.When{Body: []*ir.Match{{At: names("ok"), Op: "not", Values: []any{true}}}}, Class: ir.Unknown, Code: code, Request: request},
	}
}

func shelfWebhook() *ir.Webhook {
	return &ir.Webhook{
		Name: "events",
		Verify: ir.Verify{Kind: "hmac", Signature: &ir.VerifySignature{
			Scheme: "hmac", Algorithm: "sha256", Secret: "signing_secret", Header: "X-Shelf-Signature", Prefix: "v1=", Encoding: "hex",
			Signed: ir.Template{Parts: []ir.Part{
				{Text: "v1:"}, {Scope: "header", Path: names("X-Shelf-Timestamp")}, {Text: ":"}, {Scope: "body"},
			}},
			Age: &ir.Age{From: ir.Source{Header: "X-Shelf-Timestamp", As: "unix"}, Within: "5m"},
		}},
		Challenge: []*ir.Challenge{{
			When: ir.When{Body: []*ir.Match{{At: names("type"), Op: "eq", Values: []any{"hello"}}}}, Status: 200,
			Text: ir.Template{Parts: []ir.Part{{Scope: "body", Path: names("challenge")}}},
		}},
		Tag: names("event", "type"), ID: names("event_id"), Data: names("event"),
		Events:    []*ir.Event{{Tag: "lent", Go: "Lent", Type: "Lent"}},
		AckWithin: "3s",
	}
}

func names(all ...string) ir.Path {
	var p ir.Path
	for _, n := range all {
		p = append(p, ir.Step{Name: n})
	}
	return p
}
