package runtime

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
)

type batchItem struct {
	Ref string `json:"ref,omitzero"`
	N   int    `json:"n"`
}

type batchParams struct {
	Items []batchItem `json:"items"`
}

type batchOutcome struct {
	Ref   string `json:"ref"`
	Twice int    `json:"twice"`
}

func batchOp() *Op {
	return &Op{
		API: testAPI(), Name: "things.createMany", Method: "POST", Path: "batch", Effect: EffectCreate, Required: []string{"items"},
		Body: Body{As: BodyJSON}, Errors: []ErrorRule{{When: When{Body: []Match{bodyIs("ok", "false")}}, Class: ClassDisconnected}},
	}
}

func batchRule() *BatchRule {
	return &BatchRule{Max: 2, Results: Path{"results"}, Match: Path{"ref"}, Errors: []ErrorRule{
		{When: When{Body: []Match{{At: Path{"error"}, Op: MatchExists}}}, Class: ClassConflict, Code: &Source{Body: Path{"error", "code"}}},
	}}
}

// batchOf answers like a provider that takes items: double says what becomes of one.
func batchOf(part func(n int, items []batchItem) answer) *server {
	return &server{handle: func(n int, r *http.Request) answer {
		var p batchParams
		body, _ := r.GetBody()
		if err := json.NewDecoder(body).Decode(&p); err != nil {
			return answer{status: 400}
		}
		return part(n, p.Items)
	}}
}

// doubled does every item, the last first.
func doubled(_ int, items []batchItem) answer {
	var list []string
	for _, i := range slices.Backward(items) {
		list = append(list, fmt.Sprintf(`{"ref":%q,"twice":%d}`, i.Ref, 2*i.N))
	}
	return answer{body: `{"results":[` + strings.Join(list, ",") + `]}`}
}

func someItems(n int) (items []batchItem) {
	for i := range n {
		items = append(items, batchItem{fmt.Sprintf("r%d", i), i})
	}
	return items
}

func sendBatch(t *testing.T, s *server, op *Op, rule *BatchRule, items []batchItem, opts ...CallOption) ([]BatchResult[batchOutcome], error) {
	t.Helper()
	return Batch[batchOutcome](t.Context(), newTestClient(t, op.API, s), op, rule, items, func(part []batchItem) any { return batchParams{part} }, opts)
}

// told is what became of each item, in a word.
func told(results []BatchResult[batchOutcome]) string {
	var words []string
	for _, r := range results {
		word := fmt.Sprint(r.Value.Twice)
		switch {
		case errors.Is(r.Err, ErrNotSent) && !errors.Is(r.Err, ErrOutcomeUnknown):
			word = "unsent"
		case errors.Is(r.Err, ErrTogether):
			word = "together"
		case errors.Is(r.Err, ErrOutcomeUnknown):
			word = "unknown"
		case r.Err != nil:
			word = r.Err.(*APIError).Class.String()
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

func TestBatch(t *testing.T) {
	type part = func(n int, items []batchItem) answer
	on := func(call int, a answer, then part) part {
		return func(n int, items []batchItem) answer {
			if n == call {
				return a
			}
			return then(n, items)
		}
	}
	inOrder := func(r *BatchRule, _ *Op) { r.Match = nil }
	apart := func(r *BatchRule, _ *Op) { r.Failures = Path{"errors"} }
	atomic := func(r *BatchRule, _ *Op) { r.Failures, r.Atomic, r.Match, r.Max = Path{"errors"}, true, nil, 3 }
	says := func(body string) part { return func(int, []batchItem) answer { return answer{body: body} } }
	for _, tc := range []struct {
		name  string
		items int
		part  part
		set   func(*BatchRule, *Op)
		want  string
		calls int
	}{
		{"none", 0, doubled, nil, "", 0},
		{"in parts", 5, doubled, nil, "0 2 4 6 8", 3},
		{"all at once", 5, doubled, func(r *BatchRule, _ *Op) { r.Max = 0 }, "0 2 4 6 8", 1},
		{"one fails", 4, on(1, answer{body: `{"results":[{"ref":"r1","error":{"code":"taken"}},{"ref":"r0","twice":0}]}`}, doubled), nil, "0 conflict 4 6", 2},
		{"a lost answer", 6, on(2, answer{err: errors.New("cut")}, doubled), nil, "0 2 unknown unknown 8 10", 3},
		{"an answer that is cut", 6, on(2, answer{body: `{"results":[{"ref":"r2","tw`}, doubled), nil, "0 2 unknown unknown 8 10", 3},
		{"two lost answers", 8, func(n int, items []batchItem) answer {
			if n > 1 {
				return answer{status: 502}
			}
			return doubled(n, items)
		}, nil, "0 2 unknown unknown unknown unknown unsent unsent", 3},
		{"a refusal between two lost answers", 8, func(n int, items []batchItem) answer {
			switch n {
			case 2:
				return answer{status: 400}
			case 4:
				return doubled(n, items)
			}
			return answer{status: 502}
		}, nil, "unknown unknown invalid invalid unknown unknown 12 14", 4},
		{"too large between two lost answers", 6, func(n int, items []batchItem) answer {
			switch n {
			case 1, 3:
				return answer{status: 502}
			case 2:
				return answer{status: 413}
			}
			return doubled(n, items)
		}, nil, "unknown unknown unknown 6 8 10", 5},
		{"disconnected", 6, on(2, answer{body: `{"ok":false}`}, doubled), nil, "0 2 disconnected disconnected unsent unsent", 2},
		{"a part that is refused", 6, on(2, answer{status: 400}, doubled), nil, "0 2 invalid invalid 8 10", 3},
		{"an outcome is missing", 2, says(`{"results":[{"ref":"r1","twice":2}]}`), nil, "unknown 2", 1},
		{"an outcome of another", 2, says(`{"results":[{"ref":"r1","twice":2},{"ref":"r9","twice":9}]}`), nil, "unknown 2", 1},
		{"no outcomes", 2, says(`{}`), nil, "unknown unknown", 1},
		{"in order", 2, says(`{"results":[{"twice":0},{"error":{}}]}`), inOrder, "0 conflict", 1},
		{"in order, one short", 2, says(`{"results":[{"twice":0}]}`), inOrder, "unknown unknown", 1},
		{"failures apart", 2, says(`{"results":[{"ref":"r1","twice":2}],"errors":[{"ref":"r0","error":1}]}`), apart, "conflict 2", 1},
		{"a failure that no rule knows", 2, says(`{"results":[{"ref":"r1","twice":2}],"errors":[{"ref":"r0"}]}`), apart, "rejected 2", 1},
		{"failures apart, in order", 2, says(`{"results":[{"twice":2}],"errors":[{}]}`), func(r *BatchRule, o *Op) { apart(r, o); inOrder(r, o) }, "unknown unknown", 1},
		{"all or none", 3, says(`{"results":[],"errors":[{"error":1}]}`), atomic, "together together together", 1},
		{"all of it", 3, says(`{"results":[{"twice":1},{"twice":2},{"twice":3}]}`), atomic, "1 2 3", 1},
		{"too large", 5, func(n int, items []batchItem) answer {
			if len(items) > 1 && items[0].N < 3 || items[0].N == 2 {
				return answer{status: 413}
			}
			return doubled(n, items)
		}, func(r *BatchRule, _ *Op) { r.Max = 4 }, "0 2 too_large 6 8", 6},
		{"an outcome of another form", 2, says(`{"results":[{"ref":"r0","twice":"4"},{"ref":"r1","twice":5}]}`), nil, "4 5", 1},
		{"an outcome that is none", 2, says(`{"results":["r0",{"twice":5}]}`), inOrder, "unknown 5", 1},
		{"a rule that is broken", 1, doubled, func(r *BatchRule, _ *Op) { r.Errors[0].When.Body[0].Op = MatchIn }, "invalid", 0},
		{"parameters that are broken", 3, doubled, func(_ *BatchRule, o *Op) { o.Required = []string{"project"} }, "invalid invalid invalid", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, op, rule := batchOf(tc.part), batchOp(), batchRule()
				if tc.set != nil {
					tc.set(rule, op)
				}
				results, err := sendBatch(t, s, op, rule, someItems(tc.items))
				if got := told(results); got != tc.want {
					t.Errorf("got %s\nwant %s", got, tc.want)
				}
				if got := len(s.requests()); got != tc.calls {
					t.Errorf("%d requests, want %d", got, tc.calls)
				}
				failed := 0
				for _, r := range results {
					if r.Err != nil {
						failed++
						if !errors.Is(err, r.Err) {
							t.Errorf("%v is not in %v", r.Err, err)
						}
					}
				}
				whole, ok := errors.AsType[*BatchError](err)
				if ok != (failed > 0) || ok && (whole.Failed != failed || whole.Items != tc.items) {
					t.Errorf("%d items failed, and the error is %v", failed, err)
				}
			})
		})
	}
}

// What a provider says once of an item that was read twice is said of both; of a write it
// is not known which of them it is about.
func TestBatchOfOneItemTwice(t *testing.T) {
	for _, tc := range []struct {
		name, body, want string
		effect           Effect
		items            []batchItem
	}{
		{"a write", `{"ref":"a","twice":2}`, "unknown unknown", EffectCreate, []batchItem{{"a", 1}, {"a", 1}}},
		{"a read", `{"ref":"b","twice":4},{"ref":"a","twice":2}`, "2 4 2", EffectRead, []batchItem{{"a", 1}, {"b", 2}, {"a", 1}}},
		{"a read, told twice", `{"ref":"a","twice":2},{"ref":"a","twice":3}`, "2 3", EffectRead, []batchItem{{"a", 1}, {"a", 1}}},
		{"a read, refused", `{"ref":"a","error":{}}`, "conflict conflict", EffectRead, []batchItem{{"a", 1}, {"a", 1}}},
		{"a read, not told", `{"ref":"b","twice":2}`, "decode decode", EffectRead, []batchItem{{"a", 1}, {"a", 1}}},
		{"reads that nothing tells apart", `{"twice":2}`, "decode decode", EffectRead, []batchItem{{"", 1}, {"", 2}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			op, rule := batchOp(), batchRule()
			op.Effect, rule.Max = tc.effect, 0
			results, _ := sendBatch(t, batchOf(func(int, []batchItem) answer { return answer{body: `{"results":[` + tc.body + `]}`} }), op, rule, tc.items)
			if got := told(results); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

// The error says how many items failed and why, and leads to their codes.
func TestBatchError(t *testing.T) {
	s := batchOf(func(int, []batchItem) answer {
		return answer{body: `{"results":[{"ref":"r0","error":{"code":"taken"}},{"ref":"r1","twice":2}]}`, header: "X-Request-Id: q1"}
	})
	results, err := sendBatch(t, s, batchOp(), batchRule(), someItems(2))
	if !errors.Is(err, testCode("taken")) || !errors.Is(err, ErrConflict) || errors.Is(err, ErrOutcomeUnknown) {
		t.Errorf("%v", err)
	}
	if want := "test things.createMany: 1 of 2 items failed, the first: taken: conflict (status 200, request q1)"; err.Error() != want {
		t.Errorf("got %s\nwant %s", err, want)
	}
	e := results[0].Err.(*APIError)
	if e.RequestID != "q1" || string(e.Body) != `{"ref":"r0","error":{"code":"taken"}}` {
		t.Errorf("%+v", e)
	}
}

// A context that ends between two parts leaves the results of those before.
func TestBatchStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		op := batchOp()
		params := func(part []batchItem) any {
			if part[0].N == 4 {
				cancel()
			}
			return batchParams{part}
		}
		results, err := Batch[batchOutcome](ctx, newTestClient(t, op.API, batchOf(doubled)), op, batchRule(), someItems(6), params, nil)
		if got := told(results); got != "0 2 4 6 unsent unsent" || !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", got, err)
		}
	})
}

// Each part has a key of its own, and the same one when the batch is sent again.
func TestBatchKeys(t *testing.T) {
	op := batchOp()
	op.Effect, op.Key = EffectKeyed, &KeyRule{Header: "Idempotency-Key"}
	for items, want := range map[int][]string{2: {"k"}, 5: {"k-0-2", "k-2-4", "k-4-5"}} {
		s := batchOf(doubled)
		if _, err := sendBatch(t, s, op, batchRule(), someItems(items), WithIdempotencyKey("k")); err != nil {
			t.Fatal(err)
		}
		var keys []string
		for _, r := range s.requests() {
			keys = append(keys, r.header.Get("Idempotency-Key"))
		}
		if !slices.Equal(keys, want) {
			t.Errorf("got %q, want %q", keys, want)
		}
	}

	// The caller may give it among the parameters.
	op.Key = &KeyRule{Body: "key"}
	s := batchOf(doubled)
	params := func(part []batchItem) any {
		return struct {
			Items []batchItem `json:"items"`
			Key   string      `json:"key"`
		}{part, "mine"}
	}
	if _, err := Batch[batchOutcome](t.Context(), newTestClient(t, op.API, s), op, batchRule(), someItems(3), params, nil); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{`"key":"mine-0-2"`, `"key":"mine-2-3"`} {
		if body := s.requests()[i].body; !strings.Contains(body, want) {
			t.Errorf("%s does not have %s", body, want)
		}
	}
}
