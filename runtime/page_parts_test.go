package runtime

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestItemOfThePageBefore leaves out what the page before gave, where something
// tells items apart: positions move when an item comes to the front.
func TestItemOfThePageBefore(t *testing.T) {
	s := &server{answers: []answer{{body: `{"items":[1,2]}`}, {body: `{"items":[2,3]}`}, {body: `{"items":[3,1]}`}, {body: `{"items":[]}`}}}
	op := listOp(PageRule{Style: PageOffset, To: Param{Field: "offset"}})
	for _, tc := range []struct {
		id   func(*int) string
		want []int
	}{
		{func(i *int) string { return strconv.Itoa(*i) }, []int{1, 2, 3, 1}},
		{func(*int) string { return "" }, []int{1, 2, 2, 3, 3, 1}},
		{nil, []int{1, 2, 2, 3, 3, 1}},
	} {
		s := &server{answers: s.answers}
		items, err := collect(t.Context(), newTestClient(t, testAPI(), s), op, nil, func(b *listBody) PageBody[int] {
			return PageBody[int]{Items: b.Items, ID: tc.id}
		})
		if err != nil || !slices.Equal(items, tc.want) {
			t.Errorf("items %v, %v", items, err)
		}
	}
}

// TestListInParts reads lists of several requests: by another operation, by windows
// of time, and anew from where a cap ended them.
func TestListInParts(t *testing.T) {
	more := Op{API: testAPI(), Name: "things.more", Method: "POST", Path: "things/more", Effect: EffectRead, Body: Body{As: BodyJSON}, Required: []string{"token"}}
	more.Page = &PageRule{To: Param{Field: "token"}, ToBody: true}
	key := func(b *listBody) PageBody[int] {
		p := readList(b)
		p.Key, p.ID = strconv.Itoa(Elem(b.Items, -1)), func(i *int) string { return strconv.Itoa(*i) }
		return p
	}
	const gone = `{"error":"gone"}`
	capped := PageRule{To: Param{Field: "cursor"}, Cap: 4, Split: &PageSplit{To: Param{Field: "offset"}, Number: true}}
	for _, tc := range []struct {
		name    string
		rule    PageRule
		in      listParams
		at      string
		answers []string
		want    []string // Path and query, or the body.
		items   []int
		err     error
	}{
		{"by another operation", PageRule{Then: &more}, listParams{Filter: "f"}, "", []string{`{"items":[1],"next":"a"}`, `{"items":[2],"next":"b"}`, `{"items":[3]}`},
			[]string{"/v1/things?filter=f", `{"token":"a"}`, `{"token":"b"}`}, []int{1, 2, 3}, nil},
		{"by windows", PageRule{Style: PageWindow, To: Param{Field: "offset"}, Until: Param{Field: "limit"}, Span: time.Minute, Time: "unix"}, listParams{Offset: Some(100), Limit: Some(250)}, "", []string{`{"items":[1]}`, `{"items":[]}`, `{"items":[2]}`},
			[]string{"/v1/things?limit=160&offset=100", "/v1/things?limit=220&offset=160", "/v1/things?limit=250&offset=220"}, []int{1, 2}, nil},
		{"past a cap", PageRule{To: Param{Field: "cursor"}, Cap: 4}, listParams{}, "", []string{`{"items":[1,2],"next":"a"}`, `{"items":[3,4],"next":"b"}`},
			[]string{"/v1/things", "/v1/things?cursor=a"}, []int{1, 2, 3, 4}, ErrListCapped},
		{"whole at its cap", PageRule{To: Param{Field: "cursor"}, Cap: 4}, listParams{}, "", []string{`{"items":[1,2],"next":"a","total":4}`, `{"items":[3,4],"total":4}`},
			[]string{"/v1/things", "/v1/things?cursor=a"}, []int{1, 2, 3, 4}, nil},
		{"anew at a cap", capped, listParams{}, "", []string{`{"items":[1,2],"next":"a"}`, `{"items":[3,4],"next":"b"}`, `{"items":[4,5],"next":"c"}`, `{"items":[6]}`},
			[]string{"/v1/things", "/v1/things?cursor=a", "/v1/things?offset=4", "/v1/things?offset=4&cursor=c"}, []int{1, 2, 3, 4, 5, 6}, nil},
		{"anew without end", capped, listParams{}, "", []string{`{"items":[1,2,3,4]}`, `{"items":[4,4,4,4]}`},
			[]string{"/v1/things", "/v1/things?offset=4"}, []int{1, 2, 3, 4}, ErrListCapped},
		{"anew where a cursor expired", capped, listParams{}, "", []string{`{"items":[1,2],"next":"a"}`, gone, `{"items":[2,3],"next":"b"}`, gone, `{"items":[3,4]}`},
			[]string{"/v1/things", "/v1/things?cursor=a", "/v1/things?offset=2", "/v1/things?offset=2&cursor=b", "/v1/things?offset=3"}, []int{1, 2, 3, 4}, nil},
		{"anew behind an empty page", capped, listParams{}, "", []string{`{"items":[1,2],"next":"a"}`, `{"items":[],"next":"b"}`, gone, `{"items":[2,3]}`},
			[]string{"/v1/things", "/v1/things?cursor=a", "/v1/things?cursor=b", "/v1/things?offset=2"}, []int{1, 2, 3}, nil},
		{"expired at once", capped, listParams{}, `"4"c`, []string{gone}, []string{"/v1/things?offset=4&cursor=c"}, nil, ErrCursorExpired},
		{"expired without progress", capped, listParams{}, "", []string{`{"items":[1,2],"next":"a"}`, gone, `{"items":[2],"next":"b"}`, gone},
			[]string{"/v1/things", "/v1/things?cursor=a", "/v1/things?offset=2", "/v1/things?offset=2&cursor=b"}, []int{1, 2}, ErrCursorExpired},
		{"expired in an order that nobody declares", PageRule{To: Param{Field: "cursor"}}, listParams{}, "", []string{`{"items":[1,2],"next":"a"}`, gone},
			[]string{"/v1/things", "/v1/things?cursor=a"}, []int{1, 2}, ErrCursorExpired},
		{"on from a part", capped, listParams{}, `"4"c`, []string{`{"items":[6,7],"next":"d"}`, `{"items":[8]}`},
			[]string{"/v1/things?offset=4&cursor=c", "/v1/things?offset=4&cursor=d"}, []int{6, 7, 8}, nil},
	} {
		for _, ahead := range []int{0, 1, 3} {
			t.Run(fmt.Sprintf("%s, %d ahead", tc.name, ahead), func(t *testing.T) {
				s := &server{}
				for _, a := range tc.answers {
					s.answers = append(s.answers, answer{body: a})
				}
				opts := []CallOption{Ahead(ahead)}
				if tc.at != "" {
					opts = append(opts, At(tc.at))
				}
				op := listOp(tc.rule)
				op.Errors = append(op.Errors, ErrorRule{When: When{Body: []Match{bodyIs("error", `"gone"`)}}, Class: ClassCursorExpired})
				items, err := collect(t.Context(), newTestClient(t, testAPI(), s), op, tc.in, key, opts...)
				if !slices.Equal(items, tc.items) || !errors.Is(err, tc.err) {
					t.Errorf("items %v, %v", items, err)
				}
				var got []string
				for _, r := range s.requests() {
					if r.body != "" {
						got = append(got, r.body)
					} else {
						got = append(got, strings.TrimPrefix(r.url, "https://api.example.com"))
					}
				}
				if tc.rule.Style == PageWindow && ahead > 1 { // Several at once.
					slices.Sort(got)
				}
				if !slices.Equal(got, tc.want) {
					t.Errorf("requests\n%q\nwant\n%q", got, tc.want)
				}
			})
		}
	}
}

// TestTotalOfSmallerPages counts what came: a provider may serve smaller pages than
// it was asked for, and say nothing. It knows itself how many pages there are.
func TestTotalOfSmallerPages(t *testing.T) {
	for name, c := range map[string]struct {
		size int
		says string
	}{
		"some pages":                   {10, `,"total":25`},
		"one page would do":            {30, `,"total":25`},
		"number of pages, and a total": {30, `,"total":25,"pages":5`},
		"total that is too small":      {10, `,"total":7,"pages":5`},
	} {
		list := numbers{n: 25, max: 6, from: func(q url.Values) int { return 6 * max(0, number(q, "page")-1) }, extra: func(int, int, bool) string { return c.says }}
		s := &server{handle: list.handle}
		rule := PageRule{Style: PageNumber, Start: 1, To: Param{Field: "page"}, SizeField: "limit", Size: c.size}
		items, err := collect(t.Context(), newTestClient(t, testAPI(), s), listOp(rule), nil, readList)
		if err != nil || len(items) != 25 {
			t.Errorf("%s: %d items, %v", name, len(items), err)
		}
	}
}
