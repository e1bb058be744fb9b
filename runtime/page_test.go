package runtime

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
)

type listParams struct {
	Filter string      `json:"filter,omitzero"`
	Limit  Opt[int]    `json:"limit,omitzero"`
	Cursor Opt[string] `json:"cursor,omitzero"`
	Offset Opt[int]    `json:"offset,omitzero"`
	Page   Opt[int]    `json:"page,omitzero"`
}

type listBody struct {
	Items []int     `json:"items"`
	Next  string    `json:"next"`
	More  Opt[bool] `json:"more,omitzero"`
	Total Opt[int]  `json:"total,omitzero"`
	Pages Opt[int]  `json:"pages,omitzero"`
}

func readList(b *listBody) PageBody[int] {
	return PageBody[int]{Items: b.Items, Cursor: b.Next, Link: b.Next, More: b.More, Total: b.Total, Pages: b.Pages}
}

// readLast gives the last item's key, as generated code does for PageLastItem.
func readLast(b *listBody) PageBody[int] {
	p := PageBody[int]{Items: b.Items, More: b.More}
	if len(b.Items) > 0 {
		p.Cursor = strconv.Itoa(b.Items[len(b.Items)-1])
	}
	return p
}

func listOp(rule PageRule) *Op {
	op := testOp(testAPI())
	op.Path = "things"
	op.Page = &rule
	return op
}

// collect reads a list to its end.
func collect(ctx context.Context, c *Client, op *Op, in any, read func(*listBody) PageBody[int], opts ...CallOption) (items []int, err error) {
	for item, e := range All(ctx, c, op, in, opts, read) {
		if e != nil {
			return items, e
		}
		items = append(items, item)
	}
	return items, nil
}

// numbers is a provider of the items 1 to n, at most max a page.
type numbers struct {
	n, max int
	from   func(q url.Values) int                        // First item of the page, from 0.
	extra  func(from, count int, full bool) string       // Further members.
	header func(from, count int, r *http.Request) string // Headers.
}

func (p numbers) handle(_ int, r *http.Request) answer {
	size, err := strconv.Atoi(r.URL.Query().Get("limit"))
	if err != nil || size > p.max {
		size = p.max
	}
	from := p.from(r.URL.Query())
	var items []string
	for i := from; i < min(from+size, p.n); i++ {
		items = append(items, strconv.Itoa(i+1))
	}
	a := answer{body: `{"items":[` + strings.Join(items, ",") + `]`}
	if p.extra != nil {
		a.body += p.extra(from, len(items), from+len(items) < p.n)
	}
	a.body += "}"
	if p.header != nil {
		a.header = p.header(from, len(items), r)
	}
	return a
}

func number(q url.Values, name string) int {
	n, _ := strconv.Atoi(q.Get(name))
	return n
}

// TestPaging reads 25 items in each style and wants each once, in order, with
// the requests that are given.
func TestPaging(t *testing.T) {
	cursor := Param{Field: "cursor"}
	next := func(from, count int, more bool) string {
		if !more {
			return `,"next":""`
		}
		return fmt.Sprintf(`,"next":"c%d"`, from+count)
	}
	byCursor := func(q url.Values) int { n, _ := strconv.Atoi(strings.TrimPrefix(q.Get("cursor"), "c")); return n }
	byOffset := func(q url.Values) int { return number(q, "offset") }
	byPage := func(start, size int) func(url.Values) int {
		return func(q url.Values) int {
			if q.Get("page") == "" {
				return 0
			}
			return (number(q, "page") - start) * size
		}
	}
	total := func(int, int, bool) string { return `,"total":25` }
	for _, tc := range []struct {
		name string
		rule PageRule
		list numbers
		in   listParams
		read func(*listBody) PageBody[int]
		want []string // Queries.
	}{
		{"cursor", PageRule{To: cursor}, numbers{from: byCursor, max: 10, extra: next}, listParams{Filter: "f"}, readList,
			[]string{"filter=f", "filter=f&cursor=c10", "filter=f&cursor=c20"}},
		{"cursor alone", PageRule{To: cursor, CursorOnly: true}, numbers{from: byCursor, max: 10, extra: next}, listParams{Filter: "f"}, readList,
			[]string{"filter=f", "cursor=c10", "cursor=c20"}},
		{"cursor with a size", PageRule{To: cursor, SizeField: "limit", Size: 12, MaxSize: 100}, numbers{from: byCursor, max: 100, extra: next}, listParams{}, readList,
			[]string{"limit=12", "limit=12&cursor=c12", "limit=12&cursor=c24"}},
		{"the caller's size", PageRule{To: cursor, SizeField: "limit", Size: 12}, numbers{from: byCursor, max: 100, extra: next}, listParams{Limit: Some(20)}, readList,
			[]string{"limit=20", "limit=20&cursor=c20"}},
		{"cursor in a header", PageRule{To: cursor, From: &Source{Header: "X-Next"}}, numbers{from: byCursor, max: 20, header: func(from, count int, _ *http.Request) string {
			if from+count >= 25 {
				return ""
			}
			return fmt.Sprintf("X-Next: c%d", from+count)
		}}, listParams{}, readList, []string{"", "cursor=c20"}},
		{"more", PageRule{To: cursor}, numbers{from: byCursor, max: 20, extra: func(from, count int, more bool) string {
			return fmt.Sprintf(`,"next":"c%d","more":%v`, from+count, more)
		}}, listParams{}, readList, []string{"", "cursor=c20"}},
		{"last item", PageRule{Style: PageLastItem, To: cursor}, numbers{from: byCursor, max: 10, extra: func(_, _ int, more bool) string {
			return fmt.Sprintf(`,"more":%v`, more)
		}}, listParams{}, readLast, []string{"", "cursor=10", "cursor=20"}},
		{"last item, ended by an empty page", PageRule{Style: PageLastItem, To: cursor}, numbers{from: byCursor, max: 10}, listParams{}, readLast,
			[]string{"", "cursor=10", "cursor=20", "cursor=25"}},
		{"offset by items, empty page", PageRule{Style: PageOffset, To: Param{Field: "offset"}, EndEmpty: true}, numbers{from: byOffset, max: 10}, listParams{}, readList,
			[]string{"", "offset=10", "offset=20", "offset=25"}},
		{"offset by items, short page", PageRule{Style: PageOffset, To: Param{Field: "offset"}, EndShort: true, SizeField: "limit", Size: 10}, numbers{from: byOffset, max: 10}, listParams{}, readList,
			[]string{"limit=10", "limit=10&offset=10", "limit=10&offset=20"}},
		{"short page of a size the provider caps", PageRule{Style: PageOffset, To: Param{Field: "offset"}, EndShort: true, SizeField: "limit", MaxSize: 10}, numbers{from: byOffset, max: 10}, listParams{Limit: Some(1000)}, readList,
			[]string{"limit=1000", "limit=1000&offset=10", "limit=1000&offset=20"}},
		{"offset by items, total", PageRule{Style: PageOffset, To: Param{Field: "offset"}}, numbers{from: byOffset, max: 10, extra: total}, listParams{Offset: Some(5)}, readList,
			[]string{"offset=5", "offset=15"}},
		{"total in a header", PageRule{Style: PageOffset, To: Param{Field: "offset"}, Total: &Source{Header: "X-Total"}}, numbers{from: byOffset, max: 20, header: func(int, int, *http.Request) string { return "X-Total: 25" }}, listParams{}, readList,
			[]string{"", "offset=20"}},
		{"offset by pages", PageRule{Style: PageOffset, ByPages: true, To: Param{Field: "offset"}, SizeField: "limit", Size: 10}, numbers{from: func(q url.Values) int { return 10 * number(q, "offset") }, max: 10, extra: total}, listParams{}, readList,
			[]string{"limit=10", "limit=10&offset=1", "limit=10&offset=2"}},
		{"number from 1, pages", PageRule{Style: PageNumber, Start: 1, To: Param{Field: "page"}}, numbers{from: byPage(1, 10), max: 10, extra: func(int, int, bool) string { return `,"pages":3` }}, listParams{}, readList,
			[]string{"", "page=2", "page=3"}},
		{"number from 0, pages", PageRule{Style: PageNumber, To: Param{Field: "page"}}, numbers{from: byPage(0, 10), max: 10, extra: func(int, int, bool) string { return `,"pages":3` }}, listParams{}, readList,
			[]string{"", "page=1", "page=2"}},
		{"number from 1, total", PageRule{Style: PageNumber, Start: 1, To: Param{Field: "page"}, SizeField: "limit", Size: 5}, numbers{from: byPage(1, 5), max: 5, extra: total}, listParams{}, readList,
			[]string{"limit=5", "limit=5&page=2", "limit=5&page=3", "limit=5&page=4", "limit=5&page=5"}},
		{"link, absolute", PageRule{Style: PageLink}, numbers{from: byOffset, max: 10, extra: func(from, count int, more bool) string {
			if !more {
				return `,"next":""`
			}
			return fmt.Sprintf(`,"next":"https://api.example.com/v1/things?offset=%d&s=x%%2Fy"`, from+count)
		}}, listParams{Filter: "f"}, readList, []string{"filter=f", "offset=10&s=x%2Fy", "offset=20&s=x%2Fy"}},
		{"link, relative", PageRule{Style: PageLink}, numbers{from: byOffset, max: 20, extra: func(_, _ int, more bool) string {
			return map[bool]string{true: `,"next":"?offset=20"`, false: ""}[more]
		}}, listParams{}, readList, []string{"", "offset=20"}},
		{"link header", PageRule{Style: PageLink, From: &Source{Link: "next"}}, numbers{from: byOffset, max: 20, header: func(from, _ int, _ *http.Request) string {
			return map[bool]string{true: `Link: </v1/things?offset=0>; rel="first", </v1/things?offset=20>; rel="next"`, false: ""}[from == 0]
		}}, listParams{}, readList, []string{"", "offset=20"}},
	} {
		tc.list.n = 25
		for _, ahead := range []int{0, 1, 4} {
			t.Run(fmt.Sprintf("%s, %d ahead", tc.name, ahead), func(t *testing.T) {
				s := &server{handle: tc.list.handle}
				items, err := collect(t.Context(), newTestClient(t, testAPI(), s), listOp(tc.rule), tc.in, tc.read, Ahead(ahead))
				if err != nil {
					t.Fatal(err)
				}
				first := tc.in.Offset.Or(0)
				for i, item := range items {
					if item != first+i+1 {
						t.Fatalf("items %v", items)
					}
				}
				if len(items) != 25-first {
					t.Errorf("%d items", len(items))
				}
				var queries []string
				for _, r := range s.requests() {
					path, query, _ := strings.Cut(r.url, "?")
					if path != "https://api.example.com/v1/things" {
						t.Errorf("a request to %s", r.url)
					}
					queries = append(queries, query)
				}
				if ahead > 1 { // Several at once come in any order, and a few behind an end that is not told.
					beyond := 0
					if tc.rule.EndEmpty || tc.rule.EndShort {
						beyond = ahead - 1
					}
					if len(queries) > len(tc.want)+beyond {
						t.Errorf("%d requests, want %d and %d more at most", len(queries), len(tc.want), beyond)
					}
					queries = slices.DeleteFunc(queries, func(q string) bool { return !slices.Contains(tc.want, q) })
					slices.SortFunc(queries, func(a, b string) int { return slices.Index(tc.want, a) - slices.Index(tc.want, b) })
				}
				if !slices.Equal(queries, tc.want) {
					t.Errorf("queries\n%q\nwant\n%q", queries, tc.want)
				}
			})
		}
	}
}

func TestCursorInTheBody(t *testing.T) {
	s := &server{answers: []answer{{body: `{"items":[1],"next":"c\"2"}`}, {body: `{"items":[2]}`}}}
	op := listOp(PageRule{To: Param{Field: "cursor"}, ToBody: true})
	op.Method, op.Body.As = "POST", BodyJSON
	items, err := collect(t.Context(), newTestClient(t, testAPI(), s), op, listParams{Filter: "f"}, readList)
	if err != nil || len(items) != 2 {
		t.Fatal(items, err)
	}
	if got := s.requests()[1].body; got != `{"filter":"f","cursor":"c\"2"}` {
		t.Errorf("body %s", got)
	}
	op.Page = &PageRule{Style: PageOffset, To: Param{Field: "offset"}, ToBody: true}
	if _, err := List(t.Context(), newTestClient(t, testAPI(), s), op, nil, []CallOption{At("7")}, readList); err != nil {
		t.Fatal(err)
	}
	if got := s.requests()[2].body; got != `{"offset":7}` {
		t.Errorf("body %s", got)
	}
}

// TestListGoesWrong gives the items and the error of lists that misbehave.
func TestListGoesWrong(t *testing.T) {
	page := func(next string, items string) answer {
		return answer{body: `{"items":[` + items + `],"next":"` + next + `"}`}
	}
	link := PageRule{Style: PageLink}
	for _, tc := range []struct {
		name    string
		rule    PageRule
		answers []answer
		items   int
		sent    int
		err     error
		at      string // APIError.Page.
	}{
		{"an empty page in the middle", PageRule{To: Param{Field: "cursor"}}, []answer{page("a", "1"), page("b", ""), page("", "2")}, 2, 3, nil, ""},
		{"an empty page that is the last", PageRule{To: Param{Field: "cursor"}, EndEmpty: true}, []answer{page("a", "1"), page("b", "")}, 1, 2, nil, ""},
		{"next is current", PageRule{To: Param{Field: "cursor"}}, []answer{page("a", "1")}, 2, 2, ErrRepeatedCursor, "a"},
		{"a circle", PageRule{To: Param{Field: "cursor"}}, []answer{page("a", "1"), page("b", "2"), page("c", "3"), page("a", "4")}, 4, 4, ErrRepeatedCursor, "a"},
		{"an error in the middle", PageRule{To: Param{Field: "cursor"}}, []answer{page("a", "1"), {status: 400}}, 1, 2, ErrInvalid, "a"},
		{"an error at the start", PageRule{To: Param{Field: "cursor"}}, []answer{{status: 400}}, 0, 1, ErrInvalid, ""},
		{"foreign link", link, []answer{page("https://evil.example/v1/things?c=1", "1")}, 1, 1, ErrForeignURL, "https://evil.example/v1/things?c=1"},
		{"link without encryption", link, []answer{page("http://api.example.com/v1/things?c=1", "1")}, 1, 1, ErrForeignURL, "http://api.example.com/v1/things?c=1"},
		{"link with a user", link, []answer{page("https://x@api.example.com/", "1")}, 1, 1, ErrForeignURL, "https://x@api.example.com/"},
		{"link that is none", link, []answer{page("https://api.example.com/%zz", "1")}, 1, 1, ErrInvalidParams, "https://api.example.com/%zz"},
		{"link to itself", link, []answer{page("/v1/things?c=1", "1")}, 2, 2, ErrRepeatedCursor, "/v1/things?c=1"},
		{"offset that says more but has nothing", PageRule{Style: PageOffset, To: Param{Field: "offset"}}, []answer{{body: `{"items":[],"more":true}`}}, 0, 2, ErrRepeatedCursor, "0"},
	} {
		for _, ahead := range []int{0, 3} { // Of none of these more than one page is read ahead.
			t.Run(fmt.Sprintf("%s, %d ahead", tc.name, ahead), func(t *testing.T) {
				s := &server{answers: tc.answers}
				items, err := collect(t.Context(), newTestClient(t, testAPI(), s), listOp(tc.rule), nil, readList, Ahead(ahead))
				if tc.err == nil && err != nil || tc.err != nil && !errors.Is(err, tc.err) || len(items) != tc.items || len(s.requests()) != tc.sent {
					t.Errorf("%d items in %d requests, error %v; want %d in %d, %v", len(items), len(s.requests()), err, tc.items, tc.sent, tc.err)
				}
				var e *APIError
				if tc.err != nil && (!errors.As(err, &e) || e.Page != tc.at) {
					t.Errorf("error %#v, want one at %q", err, tc.at)
				}
			})
		}
	}
}

// TestRelativeLink resolves against the address with its parameters filled in.
func TestRelativeLink(t *testing.T) {
	s := &server{answers: []answer{{body: `{"items":[1],"next":"more?c=2"}`}, {body: `{"items":[2]}`}}}
	op := listOp(PageRule{Style: PageLink})
	op.Path, op.Params = "things/{filter}/parts", []Param{{Field: "filter", In: InPath}}
	if _, err := collect(t.Context(), newTestClient(t, testAPI(), s), op, listParams{Filter: "a b"}, readList); err != nil {
		t.Fatal(err)
	}
	if got := s.requests()[1].url; got != "https://api.example.com/v1/things/a%20b/more?c=2" {
		t.Errorf("the next page is asked for at %s", got)
	}
}

// TestResume goes on where a list failed.
func TestResume(t *testing.T) {
	s := &server{answers: []answer{{body: `{"items":[1],"next":"a"}`}, {status: 400}, {body: `{"items":[2]}`}}}
	c, op := newTestClient(t, testAPI(), s), listOp(PageRule{To: Param{Field: "cursor"}})
	first, err := collect(t.Context(), c, op, nil, readList)
	var e *APIError
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	rest, err := collect(t.Context(), c, op, nil, readList, At(e.Page))
	if err != nil || len(first)+len(rest) != 2 || rest[0] != 2 || !strings.Contains(s.requests()[2].url, "cursor=a") {
		t.Errorf("%v, then %v, %v", first, rest, err)
	}
}

// TestBreak stops a list without another request.
func TestBreak(t *testing.T) {
	s := &server{answers: []answer{{body: `{"items":[1,2],"next":"a"}`}}}
	for range All(t.Context(), newTestClient(t, testAPI(), s), listOp(PageRule{To: Param{Field: "cursor"}}), nil, nil, readList) {
		break
	}
	if len(s.requests()) != 1 {
		t.Errorf("%d requests", len(s.requests()))
	}
}

func TestTooManyPages(t *testing.T) {
	s := &server{handle: func(n int, _ *http.Request) answer { return answer{body: fmt.Sprintf(`{"items":[1],"next":"%d"}`, n)} }}
	items, err := collect(t.Context(), newTestClient(t, testAPI(), s), listOp(PageRule{To: Param{Field: "cursor"}}), nil, readList)
	if !errors.Is(err, ErrTooManyPages) || len(items) != MaxPages {
		t.Errorf("%d items, error %v", len(items), err)
	}
}

func TestLinkTarget(t *testing.T) {
	for _, tc := range []struct {
		links []string
		want  string
	}{
		{[]string{`<u>; rel="next"`}, "u"},
		{[]string{`<a>; rel=prev, <b>; rel=next`}, "b"},
		{[]string{`<a>; rel=prev`, `<b>; REL=NEXT`}, "b"},
		{[]string{`<a,b;c>; rel="next"`}, "a,b;c"},
		{[]string{`<a>; title="x, <y>; rel=\"next\""; rel="last", <b>; rel="prev next"`}, "b"},
		{[]string{`<a>; rel="nextish"`}, ""},
		{[]string{`<a>; rel=last; rel=next`}, ""}, // The first counts (RFC 8288, 3.3).
		{[]string{`a; rel=next`, `<`, `<a`, ``, `<a>`}, ""},
		{[]string{`< a >;rel=next`}, "a"},
	} {
		if got := linkTarget(http.Header{"Link": tc.links}, "next"); got != tc.want {
			t.Errorf("%q gives %q, want %q", tc.links, got, tc.want)
		}
	}
}
