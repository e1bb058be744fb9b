package runtime

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"
)

// aheadLists are lists of 100 items in pages of 10, of which each page takes a second.
var aheadLists = map[string]struct {
	rule   PageRule
	list   numbers
	read   func(*listBody) PageBody[int]
	beyond bool // Nothing but what a page holds tells its end.
}{
	"cursor": {PageRule{To: Param{Field: "cursor"}}, numbers{from: func(q url.Values) int { return number(q, "cursor") }, extra: func(from, count int, more bool) string {
		if !more {
			return ""
		}
		return fmt.Sprintf(`,"next":"%d"`, from+count)
	}}, readList, false},
	"last item": {PageRule{Style: PageLastItem, To: Param{Field: "cursor"}}, numbers{from: func(q url.Values) int { return number(q, "cursor") }, extra: func(_, _ int, more bool) string {
		return fmt.Sprintf(`,"more":%v`, more)
	}}, readLast, false},
	"offset": {PageRule{Style: PageOffset, To: Param{Field: "offset"}, EndShort: true, SizeField: "limit", Size: 10}, numbers{from: func(q url.Values) int { return number(q, "offset") }}, readList, true},
	"number": {PageRule{Style: PageNumber, Start: 1, To: Param{Field: "page"}}, numbers{from: func(q url.Values) int { return 10 * max(0, number(q, "page")-1) }, extra: func(int, int, bool) string { return `,"total":100` }}, readList, false},
}

func slowly(list numbers) *server {
	list.n, list.max = 100, 10
	return &server{handle: func(n int, r *http.Request) answer {
		a := list.handle(n, r)
		a.after = time.Second
		return a
	}}
}

// TestAheadTakesTheTimeOfOne has a caller take as long for a page as the provider does.
func TestAheadTakesTheTimeOfOne(t *testing.T) {
	for name, tc := range aheadLists {
		for _, ahead := range []int{0, 1, 5} {
			t.Run(fmt.Sprintf("%s, %d ahead", name, ahead), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := slowly(tc.list)
					began := time.Now()
					for item, err := range All(t.Context(), newTestClient(t, testAPI(), s), listOp(tc.rule), nil, []CallOption{Ahead(ahead)}, tc.read) {
						if err != nil {
							t.Fatal(err)
						}
						if item%10 == 0 {
							time.Sleep(time.Second)
						}
					}
					want := 11 * time.Second
					if ahead == 0 {
						want = 20 * time.Second
					}
					if tc.beyond && ahead == 0 { // The empty page at the end.
						want += time.Second
					}
					if took := time.Since(began); took != want {
						t.Errorf("it took %v, want %v", took, want)
					}
				})
			})
		}
	}
}

// TestAheadAtOnce has a caller who takes no time for a list that can be counted.
func TestAheadAtOnce(t *testing.T) {
	for name, seconds := range map[string]time.Duration{"cursor": 10, "last item": 10, "offset": 4, "number": 4} { // The first alone, then four at once.
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, tc := slowly(aheadLists[name].list), aheadLists[name]
				began := time.Now()
				items, err := collect(t.Context(), newTestClient(t, testAPI(), s), listOp(tc.rule), nil, tc.read, Ahead(4))
				if took := time.Since(began); err != nil || len(items) != 100 || took != seconds*time.Second {
					t.Errorf("%d items in %v, want %d s, %v", len(items), took, seconds, err)
				}
			})
		})
	}
}

// TestAheadEndsWithItsCaller leaves a list on its third page. A goroutine that stayed
// would fail the test.
func TestAheadEndsWithItsCaller(t *testing.T) {
	for name, tc := range aheadLists {
		for _, ahead := range []int{1, 4} {
			t.Run(fmt.Sprintf("%s, %d ahead", name, ahead), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := slowly(tc.list)
					var left time.Time
					for item, err := range All(t.Context(), newTestClient(t, testAPI(), s), listOp(tc.rule), nil, []CallOption{Ahead(ahead)}, tc.read) {
						if err != nil {
							t.Fatal(err)
						}
						if item == 25 {
							left = time.Now()
							break
						}
					}
					if took := time.Since(left); took != 0 {
						t.Errorf("leaving took %v", took)
					}
					if n := len(s.requests()); n > 3+ahead {
						t.Errorf("%d requests", n)
					}
				})
			})
		}
	}
}

// TestAheadOfAPanic ends what it began, too.
func TestAheadOfAPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		defer func() {
			if recover() != "enough" {
				t.Error("the panic of the caller is lost")
			}
		}()
		tc := aheadLists["number"]
		for range All(t.Context(), newTestClient(t, testAPI(), slowly(tc.list)), listOp(tc.rule), nil, []CallOption{Ahead(4)}, tc.read) {
			panic("enough")
		}
	})
}

// TestAheadWithDeadline ends where the deadline is, at the page that failed.
func TestAheadWithDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
		defer cancel()
		tc := aheadLists["number"]
		items, err := collect(ctx, newTestClient(t, testAPI(), slowly(tc.list)), listOp(tc.rule), nil, tc.read, Ahead(4))
		var e *APIError
		if !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &e) || e.Page != "6" || len(items) != 50 {
			t.Errorf("%d items, %#v", len(items), err)
		}
	})
}

// TestAheadWithinLimits reads lists whose limit lets one call go in 20 seconds, with a
// client that waits 30 seconds at most.
func TestAheadWithinLimits(t *testing.T) {
	for name, tc := range aheadLists {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				api := testAPI()
				api.Limits = []Limit{{Name: "slow", Shape: LimitGap, Per: 20 * time.Second, By: []string{"app"}}}
				op := listOp(tc.rule)
				op.API, op.Limits = api, []LimitUse{{Limit: 0}}
				s := slowly(tc.list)
				items, err := collect(t.Context(), newTestClient(t, api, s, WithMaxWait(30*time.Second)), op, nil, tc.read, Ahead(4))
				if err != nil || len(items) != 100 {
					t.Errorf("%d items, %v", len(items), err)
				}
				at := s.times()
				for i := range at[1:] {
					if at[i+1]-at[i] < 20*time.Second {
						t.Errorf("requests at %v", at)
						break
					}
				}
			})
		})
	}
}

// TestResponseOfThePage gives the response of the page that the caller is at.
func TestResponseOfThePage(t *testing.T) {
	for _, ahead := range []int{0, 1, 4} {
		list := aheadLists["number"].list
		list.n, list.max = 100, 10
		list.header = func(from, _ int, _ *http.Request) string { return "X-From: " + strconv.Itoa(from) }
		s := &server{handle: list.handle}
		var resp Response
		opts := []CallOption{Ahead(ahead), WithResponse(&resp)}
		for item, err := range All(t.Context(), newTestClient(t, testAPI(), s), listOp(aheadLists["number"].rule), nil, opts, readList) {
			if from := strconv.Itoa((item - 1) / 10 * 10); err != nil || resp.Header.Get("X-From") != from {
				t.Fatalf("%d ahead: item %d has the response of %v, %v", ahead, item, resp.Header, err)
			}
		}
	}
}

// TestAheadIsTheSame reads lists that nobody would expect, in every way: what a page has
// is by chance, but by its position alone.
func TestAheadIsTheSame(t *testing.T) {
	rules := []PageRule{
		{Style: PageOffset, To: Param{Field: "offset"}},
		{Style: PageOffset, To: Param{Field: "offset"}, EndShort: true, SizeField: "limit", Size: 4},
		{Style: PageOffset, To: Param{Field: "offset"}, ByPages: true, Start: 1},
		{Style: PageNumber, To: Param{Field: "page"}, Start: 1, EndEmpty: true},
		{Style: PageNumber, To: Param{Field: "page"}, SizeField: "limit", Size: 4},
		{Style: PageNumber, To: Param{Field: "page"}, Cap: 20},
		{Style: PageNumber, To: Param{Field: "page"}, Cap: 8, Split: &PageSplit{To: Param{Field: "filter"}}},
		{Style: PageOffset, To: Param{Field: "offset"}, Cap: 8, Split: &PageSplit{To: Param{Field: "filter"}}},
		{To: Param{Field: "cursor"}},
		{Style: PageWindow, To: Param{Field: "offset"}, Until: Param{Field: "limit"}, Span: time.Minute, Time: "unix"},
	}
	type outcome struct {
		items []int
		err   string
		at    string
	}
	for seed := range uint64(400) {
		rule := rules[seed%uint64(len(rules))]
		page := func(_ int, r *http.Request) answer {
			q := r.URL.Query()
			at := number(q, "offset") + 7*number(q, "page") + 31*number(q, "cursor") + 101*number(q, "filter")
			rng := rand.New(rand.NewPCG(seed, uint64(at)))
			body := `{"items":[`
			for i := range 4 - max(0, rng.IntN(8)-5)*rng.IntN(4) {
				if i > 0 {
					body += ","
				}
				body += strconv.Itoa(at + i)
			}
			body += "]"
			if rng.IntN(3) == 0 {
				body += `,"total":` + strconv.Itoa(30+rng.IntN(3))
			}
			if rng.IntN(20) == 0 {
				body += `,"more":false`
			}
			if rng.IntN(6) == 0 {
				body += `,"pages":` + strconv.Itoa(5+rng.IntN(9))
			}
			if rng.IntN(12) > 0 {
				body += `,"next":"` + strconv.Itoa(1+rng.IntN(30)) + `"`
			}
			if rng.IntN(60) == 0 {
				return answer{status: 400}
			}
			return answer{body: body + "}"}
		}
		read := func(b *listBody) PageBody[int] {
			p := readList(b)
			p.Key = strconv.Itoa(Elem(b.Items, -1))
			if seed%3 == 0 {
				p.ID = func(i *int) string { return strconv.Itoa(*i) }
			}
			return p
		}
		var in any
		if rule.Style == PageWindow {
			in = listParams{Offset: Some(100), Limit: Some(100 + int(seed))}
		}
		run := func(opts ...CallOption) (o outcome) {
			s := &server{handle: page}
			items, err := collect(t.Context(), newTestClient(t, testAPI(), s), listOp(rule), in, read, opts...)
			o.items = items
			if e, ok := errors.AsType[*APIError](err); ok {
				o.err, o.at = e.Error(), e.Page
			}
			return o
		}
		want := run()
		for _, n := range []int{1, 2, 7} {
			if got := run(Ahead(n)); !slices.Equal(got.items, want.items) || got.err != want.err || got.at != want.at {
				t.Errorf("seed %d, %d ahead: %v, want %v", seed, n, got, want)
			}
		}
	}
}
