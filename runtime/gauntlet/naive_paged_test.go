package gauntlet

import (
	"context"
	"iter"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime"
)

// wrongPages are ways to be wrong at such lists.
var wrongPages = []struct{ sin, list, oracle, says string }{
	{"forgets to go on", "books.scrolled", "complete", "ended without an error after %d of %d items"},
	{"forgets the scroll id", "books.scrolled", "recovers", "%s failed, and another try would have been served"},
	{"begins again", "books.scrolled", "ends", "%s asked for one page %d times"},
	{"overlaps windows", "books.added", "complete", "gave item %s twice"},
	{"asks for a window until none is left of the time", "books.added", "ends", "%s asked for one page %d times"},
	{"leaves gaps between windows", "books.added", "complete", "ended without an error after %d of %d items"},
	{"stops one window early", "books.added", "complete", "ended without an error after %d of %d items"},
}

// TestListOraclesCatchWrongPages is TestOraclesCatchWrongClients for the lists
// whose pages another action serves, and for those that are cut by time.
func TestListOraclesCatchWrongPages(t *testing.T) {
	for _, w := range wrongPages {
		t.Run(w.oracle+"/"+w.sin, func(t *testing.T) {
			t.Parallel()
			s := scenarioOf(t, "paging/whole-list")
			plan := NewPlan(pagedShelf())
			plan.List = plan.Spec.Action(w.list)
			if v := verdictOf(t, Try(t, plan, naive{w.sin}, s, 1), w.oracle); v.Outcome != Fail || !said(w.says, v.Why) {
				t.Errorf("of a client that is wrong, it says %s: %s", v.Outcome, v.Why)
			}
			for _, d := range []Driver{naive{}, clientDriver{}} {
				for _, o := range []string{"complete", "recovers", "ends"} {
					if v := verdictOf(t, Try(t, plan, d, s, 1), o); v.Outcome != Pass {
						t.Errorf("%s, which is right, fails %s: %s %s", d.Name(), o, v.Outcome, v.Why)
					}
				}
			}
		})
	}
}

// windowSpan is how long a window of books.added is.
const windowSpan = time.Hour

// pagedShelf is a shelf with a list that another action continues, and one that is
// read by windows of time.
func pagedShelf() *ir.Connector {
	c := shelf()
	books := c.Groups[0]
	list := c.Action("books.list")
	number := func(name string) *ir.Field { return &ir.Field{Name: name, Go: name, Type: &ir.Type{Kind: ir.Int}} }
	text := func(name string) *ir.Field { return &ir.Field{Name: name, Go: name, Type: &ir.Type{Kind: ir.String}} }
	action := func(name, path string, params ...*ir.Field) *ir.Action {
		a := *list
		a.Name, a.Go, a.Path, a.URL = name, name, "books."+name, ir.Template{Parts: []ir.Part{{Text: path}}}
		a.Params, a.Places, a.Page = &ir.Type{Kind: ir.Object, Fields: params}, nil, nil
		for _, p := range params {
			a.Places = append(a.Places, &ir.Place{Field: p.Name, In: "query", Name: p.Name})
		}
		books.Actions = append(books.Actions, &a)
		return &a
	}
	scrolled := action("scrolled", "scrolled", number("limit"))
	scrolled.Page = &ir.Page{
		Items: names("books"), Item: list.Page.Item, Style: "scroll", From: &ir.Source{Body: names("next")}, To: &ir.Slot{Query: "token"},
		Call: "books.scrolled_on", End: []string{"no_cursor"}, Size: list.Page.Size,
	}
	on := text("token")
	on.Required = true
	action("scrolled_on", "scrolled/on", on)
	since, until := number("since"), number("until")
	since.Required = true
	for _, f := range []*ir.Field{since, until} {
		f.Type.Wire = ir.Wire{Time: []string{"unix"}}
	}
	added := action("added", "added", since, until)
	added.Page = &ir.Page{
		Items: names("books"), Item: list.Page.Item, Style: "window", Field: names("added"), To: &ir.Slot{Query: "since"}, Until: &ir.Slot{Query: "until"},
		Span: ir.Duration(windowSpan.String()),
	}
	for _, name := range []string{"books.scrolled", "books.added"} {
		c.Resources[0].Uses = append(c.Resources[0].Uses, &ir.ResourceUse{Do: "list", Action: name, At: names("books")})
	}
	for _, f := range c.Type("Book").Fields {
		f.Required = f.Required || f.Name == "added"
	}
	return c
}

// scrolled reads the list that another action continues.
func (s *naiveSession) scrolled(ctx context.Context, params JSON) iter.Seq2[JSON, error] {
	return func(yield func(JSON, error) bool) {
		in, _ := parse(params).(map[string]any)
		begin := "scrolled?limit=" + plain(in["limit"])
		for path := begin; ; {
			answer, err := s.do(ctx, path, nil)
			if err != nil {
				yield(nil, err)
				return
			}
			page, _ := parse(answer).(map[string]any)
			items, _ := page["books"].([]any)
			if s.give(items, nil, yield) == nil {
				return
			}
			token := plain(page["next"])
			if token == "" || s.sin == "forgets to go on" {
				return
			}
			switch path = "scrolled/on?token=" + url.QueryEscape(token); s.sin {
			case "forgets the scroll id":
				path = "scrolled/on"
			case "begins again":
				path = begin
			}
		}
	}
}

// windowed reads the list that is cut into windows of time.
func (s *naiveSession) windowed(ctx context.Context, params JSON) iter.Seq2[JSON, error] {
	return func(yield func(JSON, error) bool) {
		in, _ := parse(params).(map[string]any)
		from, _ := strconv.Atoi(plain(in["since"]))
		end, _ := strconv.Atoi(plain(in["until"]))
		span := int(windowSpan.Seconds())
		for from < end {
			until := min(from+span, end)
			if until == end && s.sin == "stops one window early" {
				return
			}
			answer, err := s.do(ctx, "added?since="+strconv.Itoa(from)+"&until="+strconv.Itoa(until), nil)
			if err != nil {
				yield(nil, err)
				return
			}
			page, _ := parse(answer).(map[string]any)
			items, _ := page["books"].([]any)
			if s.give(items, nil, yield) == nil {
				return
			}
			switch from = until; s.sin {
			case "overlaps windows":
				if until < end {
					from -= span / 2
				}
			case "leaves gaps between windows":
				from += span / 2
			case "asks for a window until none is left of the time":
				from = until - span
			}
		}
	}
}

func (s *clientSession) scrolled(ctx context.Context, p listParams, opts ...runtime.CallOption) iter.Seq2[shelfBook, error] {
	return runtime.All(ctx, s.c, &opScrolled, p, opts, func(b *listBody) runtime.PageBody[shelfBook] {
		return runtime.PageBody[shelfBook]{Items: b.Books, Cursor: b.Next.Or(""), ID: (*shelfBook).id}
	})
}

func (s *clientSession) added(ctx context.Context, p addedParams, opts ...runtime.CallOption) iter.Seq2[shelfBook, error] {
	return runtime.All(ctx, s.c, &opAdded, p, opts, func(b *listBody) runtime.PageBody[shelfBook] {
		return runtime.PageBody[shelfBook]{Items: b.Books, ID: (*shelfBook).id}
	})
}

type addedParams struct {
	Since int64              `json:"since"`
	Until runtime.Opt[int64] `json:"until,omitzero"`
}

var (
	opScrolled = runtime.Op{
		Returns: &runtime.Member{Of: &shapeBooks},
		API:     &shelfAPI, Name: "books.scrolled", Method: "GET", Path: "scrolled", Effect: runtime.EffectRead, Errors: clientErrors, Limits: []runtime.LimitUse{{}},
		Params: []runtime.Param{{Field: "limit"}},
		Page:   &runtime.PageRule{To: runtime.Param{Field: "token"}, Then: &opScrolledOn, SizeField: "limit", Size: 100, MaxSize: 200},
	}
	opScrolledOn = runtime.Op{
		Returns: &runtime.Member{Of: &shapeBooks},
		API:     &shelfAPI, Name: "books.scrolled_on", Method: "GET", Path: "scrolled/on", Effect: runtime.EffectRead, Errors: clientErrors, Limits: []runtime.LimitUse{{}},
		Params: []runtime.Param{{Field: "token"}},
		Page:   &runtime.PageRule{To: runtime.Param{Field: "token"}},
	}
	opAdded = runtime.Op{
		Returns: &runtime.Member{Of: &shapeBooks},
		API:     &shelfAPI, Name: "books.added", Method: "GET", Path: "added", Effect: runtime.EffectRead, Errors: clientErrors, Limits: []runtime.LimitUse{{}},
		Params: []runtime.Param{{Field: "since"}, {Field: "until"}},
		Page: &runtime.PageRule{
			Style: runtime.PageWindow, To: runtime.Param{Field: "since"}, Until: runtime.Param{Field: "until"}, Span: windowSpan, Time: "unix",
		},
	}
)
