package gauntlet

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"time"

	"github.com/porin-dev/porin/runtime"
)

// clientDriver is the right client: what a generated package of the shelf
// would be, over the runtime.
type clientDriver struct{}

func (clientDriver) Name() string       { return "runtime" }
func (clientDriver) ReportsDrift() bool { return true }

func (clientDriver) App(t Target) (App, error) {
	opts := []runtime.Option{
		runtime.WithTransport(t.Transport),
		runtime.WithRandom(t.Random),
		runtime.WithTokenStore(t.Store),
		runtime.WithOAuthClient(t.ClientID, runtime.NewSecret(t.ClientSecret)),
		runtime.WithObserver(observer(t)),
	}
	if t.MaxWait > 0 {
		opts = append(opts, runtime.WithMaxWait(t.MaxWait))
	}
	for name, base := range t.Servers {
		opts = append(opts, runtime.WithServer(name, base))
	}
	app, err := runtime.NewApp(&shelfAPI, opts...)
	return &clientApp{app, t}, err
}

type clientApp struct {
	app    *runtime.App
	target Target
}

func (a *clientApp) Explain(err error) Failure { return ExplainAPIError(err) }
func (a *clientApp) Close()                    {}

func (a *clientApp) Session(acct Account) (Session, error) {
	cred := a.app.Connection(acct.ID, acct.Stored)
	if acct.Token != "" {
		cred = runtime.ForAccount(acct.ID, runtime.Bearer(runtime.NewSecret(acct.Token)))
	}
	c, err := a.app.Client(cred)
	return &clientSession{c}, err
}

func (a *clientApp) Handler(webhook string, fn func(context.Context, string, JSON) error) (http.Handler, error) {
	var secrets []runtime.Secret
	for _, s := range a.target.Secrets[webhook] {
		secrets = append(secrets, runtime.NewSecret(s))
	}
	same := func(d *runtime.Delivery) (*runtime.Delivery, error) { return d, nil }
	return runtime.Handle(&shelfEvents, secrets, same, func(ctx context.Context, d *runtime.Delivery) error {
		return fn(ctx, d.ID, d.Data)
	})
}

type clientSession struct{ c *runtime.Client }

func (s *clientSession) Call(ctx context.Context, action string, params JSON) (JSON, error) {
	switch action {
	case "books.get":
		return Call(ctx, params, s.get)
	case "books.create":
		return Call(ctx, params, s.create)
	case "books.order":
		return Call(ctx, params, s.order)
	}
	return nil, fmt.Errorf("no action %s", action)
}

func (s *clientSession) List(ctx context.Context, action string, params JSON) iter.Seq2[JSON, error] {
	switch action {
	case "books.shelved":
		return Items(ctx, params, s.shelved)
	case "books.scrolled":
		return Items(ctx, params, s.scrolled)
	case "books.added":
		return Items(ctx, params, s.added)
	}
	return Items(ctx, params, s.all)
}

func (s *clientSession) get(ctx context.Context, p getParams, opts ...runtime.CallOption) (*shelfBook, error) {
	var out shelfBook
	if err := s.c.Do(ctx, &opGet, p, &out, opts); err != nil {
		return nil, err
	}
	return &out, nil
}

func (s *clientSession) create(ctx context.Context, p createParams, opts ...runtime.CallOption) (*shelfBook, error) {
	var out shelfBook
	if err := s.c.Do(ctx, &opCreate, p, &out, opts); err != nil {
		return nil, err
	}
	return &out, nil
}

func (s *clientSession) all(ctx context.Context, p listParams, opts ...runtime.CallOption) iter.Seq2[shelfBook, error] {
	return runtime.All(ctx, s.c, &opList, p, opts, func(b *listBody) runtime.PageBody[shelfBook] {
		return runtime.PageBody[shelfBook]{Items: b.Books, Cursor: b.Next.Or(""), ID: (*shelfBook).id}
	})
}

func (s *clientSession) shelved(ctx context.Context, p shelvedParams, opts ...runtime.CallOption) iter.Seq2[shelfBook, error] {
	return runtime.All(ctx, s.c, &opShelved, p, opts, func(b *listBody) runtime.PageBody[shelfBook] {
		return runtime.PageBody[shelfBook]{Items: b.Books, Total: b.Total, ID: (*shelfBook).id}
	})
}

func (b *shelfBook) id() string { return b.ID }

type (
	getParams struct {
		ID string `json:"id"`
	}
	createParams struct {
		Title string `json:"title"`
	}
	listParams struct {
		Limit  runtime.Opt[int]    `json:"limit,omitzero"`
		Cursor runtime.Opt[string] `json:"cursor,omitzero"`
	}
	shelvedParams struct {
		Limit  runtime.Opt[int] `json:"limit,omitzero"`
		Offset runtime.Opt[int] `json:"offset,omitzero"`
	}
	shelfBook struct {
		ID    string                        `json:"id"`
		Title string                        `json:"title"`
		Size  int64                         `json:"size"`
		State string                        `json:"state"`
		Added runtime.Opt[runtime.UnixTime] `json:"added,omitzero"`
		Cover runtime.Union                 `json:"cover"`
		Extra runtime.Raw                   `json:",embed"`
	}
	listBody struct {
		Books []shelfBook         `json:"books"`
		Next  runtime.Opt[string] `json:"next,omitzero"`
		Total runtime.Opt[int]    `json:"total,omitzero"`
		Extra runtime.Raw         `json:",embed"`
	}
)

// shelfCode is the connector's code type.
type shelfCode string

func (c shelfCode) Error() string { return "shelf: " + string(c) }

var shelfAPI = runtime.API{
	Name:    "shelf",
	Servers: []runtime.Server{{Name: "api", URL: "https://api.shelf.example/v1/"}},
	Limits:  []runtime.Limit{{Name: "calls", Calls: 60, Per: time.Minute, By: []string{"app", "workspace"}}},
	OAuth: &runtime.OAuth2{
		Authorize: "https://shelf.example/oauth/authorize",
		Token:     "https://shelf.example/oauth/token",
		Rotates:   true,
		Tokens: []runtime.OAuthToken{{
			Name: "main", Access: runtime.Path{"access_token"}, Refresh: runtime.Path{"refresh_token"},
			Expires: runtime.Path{"expires_in"}, Scope: runtime.Path{"scope"},
		}},
	},
	Code: func(code string) error { return shelfCode(code) },
}

var (
	opList = runtime.Op{
		Returns: &runtime.Member{Of: &shapeBooks},
		API:     &shelfAPI, Name: "books.list", Method: "GET", Path: "books", Effect: runtime.EffectRead, Errors: clientErrors, Limits: []runtime.LimitUse{{}},
		Params: []runtime.Param{{Field: "limit"}, {Field: "cursor"}},
		Page:   &runtime.PageRule{To: runtime.Param{Field: "cursor"}, SizeField: "limit", Size: 100, MaxSize: 200},
	}
	opShelved = runtime.Op{
		Returns: &runtime.Member{Of: &shapeBooks},
		API:     &shelfAPI, Name: "books.shelved", Method: "GET", Path: "shelved", Effect: runtime.EffectRead, Errors: clientErrors, Limits: []runtime.LimitUse{{}},
		Params: []runtime.Param{{Field: "limit"}, {Field: "offset"}},
		Page:   &runtime.PageRule{Style: runtime.PageOffset, To: runtime.Param{Field: "offset"}, EndEmpty: true, SizeField: "limit", Size: 100, MaxSize: 200},
	}
	opGet = runtime.Op{
		Returns: &runtime.Member{Of: &shapeBook},
		API:     &shelfAPI, Name: "books.get", Method: "GET", Path: "books/{id}", Effect: runtime.EffectRead, Errors: clientErrors, Limits: []runtime.LimitUse{{}},
		Params: []runtime.Param{{Field: "id", In: runtime.InPath}},
	}
	opCreate = runtime.Op{
		Returns: &runtime.Member{Of: &shapeBook},
		API:     &shelfAPI, Name: "books.create", Method: "POST", Path: "books", Errors: clientErrors, Limits: []runtime.LimitUse{{}},
		Body: runtime.Body{As: runtime.BodyJSON},
	}
)

var (
	shapeBooks = runtime.Shapes{{
		{Name: "books", Required: true, Each: "[", Of: &shapeBook},
	}}
	shapeBook = runtime.Shapes{{
		{Name: "cover", Required: true},
		{Name: "id", Required: true},
		{Name: "size", Required: true},
		{Name: "state", Required: true, Values: []string{"new", "read", "lost"}},
		{Name: "title", Required: true},
	}}
)

var clientErrors = []runtime.ErrorRule{
	{
		When: runtime.When{Status: []runtime.StatusRange{{Min: 429, Max: 429}}}, Class: runtime.ClassRateLimited,
		Code: clientCode, Request: clientRequest, Wait: &runtime.Source{Header: "Retry-After", As: runtime.UnitSeconds},
	},
	{When: clientBody(`"token_expired"`), Class: runtime.ClassAuthExpired, Code: clientCode, Request: clientRequest},
	{When: clientBody(`"token_revoked"`), Class: runtime.ClassDisconnected, Code: clientCode, Request: clientRequest},
	{When: clientBody(`"no_such_book"`), Class: runtime.ClassNotFound, Code: clientCode, Request: clientRequest},
	{When: runtime.When{Status: []runtime.StatusRange{{Min: 500, Max: 599}}}, Class: runtime.ClassUnavailable, Code: clientCode, Request: clientRequest},
	{When: runtime.When{Status: []runtime.StatusRange{{Min: 400, Max: 499}}}, Class: runtime.ClassRejected, Code: clientCode, Request: clientRequest},
	{When: runtime.When{Body: []runtime.Match{{At: runtime.Path{"error"}, Op: runtime.MatchExists}}}, Class: runtime.ClassRejected, Code: clientCode, Request: clientRequest},
	{When: runtime.When{Body: []runtime.Match{{At: runtime.Path{"ok"}, Op: runtime.MatchNot, Values: []string{"true"}}}}, Code: clientCode, Request: clientRequest},
}

var (
	clientCode    = &runtime.Source{Body: runtime.Path{"error"}}
	clientRequest = &runtime.Source{Header: "X-Request-Id"}
)

func clientBody(values ...string) runtime.When {
	return runtime.When{Body: []runtime.Match{{At: runtime.Path{"error"}, Op: runtime.MatchIn, Values: values}}}
}

var shelfEvents = runtime.Webhook{
	Name: "shelf events",
	Proofs: []runtime.WebhookProof{{Signature: &runtime.WebhookSignature{
		Hash: runtime.SHA256, Header: "X-Shelf-Signature", Prefix: "v1=", Encoding: runtime.EncodingHex,
		Signed: []runtime.WebhookPart{
			{Text: "v1:"}, {From: runtime.PartHeader, Text: "X-Shelf-Timestamp"}, {Text: ":"}, {From: runtime.PartBody},
		},
		Age: &runtime.WebhookAge{From: runtime.Source{Header: "X-Shelf-Timestamp", As: runtime.UnitUnix}, Within: 5 * time.Minute},
	}}},
	Challenges: []runtime.Challenge{{
		When: runtime.When{Body: []runtime.Match{{At: runtime.Path{"type"}, Values: []string{`"hello"`}}}},
		Text: []runtime.WebhookPart{{From: runtime.PartBody, Path: runtime.Path{"challenge"}}},
	}},
	Tag:  runtime.Path{"event", "type"},
	ID:   runtime.Path{"event_id"},
	Data: runtime.Path{"event"},
}
