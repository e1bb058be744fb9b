package gauntlet

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime"
)

// wrongKeys are ways to be wrong with the idempotency key of a caller.
var wrongKeys = []struct{ sin, scenario, oracle, says string }{
	{"makes its own key", "status/key-after-crash", "once", "what was sent with one key of its caller's, %s the last of it, took effect %d times"},
	{"quotes the key", "status/key-after-crash", "once", "%s has a key of its caller's, and another was sent"},
	{"drops what it does not know", "status/key-after-crash", "lossless", "is gone"},
	{"takes a refusal for a result", "status/key-reused", "lost", "%s is reported as done, and nothing took effect"},
	{"takes another key", "status/key-reused", "once", "%s sent another key on its next attempt"},
	{"does not know of reused keys", "status/key-reused", "typed", "has class %s for an answer of class %s"},
}

func TestOraclesCatchWrongKeys(t *testing.T) {
	for _, w := range wrongKeys {
		t.Run(w.oracle+"/"+w.sin, func(t *testing.T) {
			t.Parallel()
			s, plan := scenarioOf(t, w.scenario), NewPlan(keyedShelf())
			if v := verdictOf(t, Try(t, plan, naive{w.sin}, s, 1), w.oracle); v.Outcome != Fail || !said(w.says, v.Why) {
				t.Errorf("of a client that is wrong, it says %s: %s", v.Outcome, v.Why)
			}
			for _, d := range []Driver{naive{}, clientDriver{}} {
				if r := Try(t, plan, d, s, 1); r.Outcome != Pass {
					t.Errorf("%s, which is right: %s: %s", d.Name(), r.Outcome, r.Text())
				}
			}
		})
	}
}

// A library that makes its keys itself is not asked for those of its caller.
func TestKeysAreOffered(t *testing.T) {
	for _, s := range keyScenarios() {
		if r := Try(t, NewPlan(keyedShelf()), makesKeys{}, s, 1); r.Outcome != NotOffered {
			t.Errorf("%s: %s: %s", s.ID, r.Outcome, r.Why)
		}
		if why := s.Impossible(NewPlan(shelf())); why == "" {
			t.Errorf("%s is possible where no write takes a key", s.ID)
		}
	}
	c := keyedShelf()
	c.Action("books.order").Params.Fields = nil
	if why := scenarioOf(t, "status/key-reused").Impossible(NewPlan(c)); !strings.Contains(why, "no other parameters") {
		t.Errorf("a write without parameters can be another one: %q", why)
	}
}

type makesKeys struct{ clientDriver }

func (makesKeys) Offers(f Feature) bool { return f != Keys }

// A key that is a parameter as well is the same in both places.
func TestKeyAmongParameters(t *testing.T) {
	a := &ir.Action{Places: []*ir.Place{{Field: "ref", In: "body", Name: "reference"}}}
	field := fieldAt(a, &ir.Slot{Body: names("reference")})
	if got := withMember(JSON(`{"title":"a","ref":"b"}`), field, "k"); string(got) != `{"ref":"k","title":"a"}` {
		t.Errorf("the parameters are %s", got)
	}
	if got := withMember(JSON(`{"ref":"b"}`), fieldAt(a, &ir.Slot{Header: "Idempotency-Key"}), "k"); string(got) != `{"ref":"b"}` {
		t.Errorf("without such a parameter they are %s", got)
	}
}

// keyedShelf is a shelf with a create that takes an idempotency key.
func keyedShelf() *ir.Connector {
	c := shelf()
	order := *c.Action("books.create")
	order.Name, order.Path, order.Go = "order", "books.order", "order"
	order.URL = ir.Template{Parts: []ir.Part{{Text: "orders"}}}
	order.Effect, order.Key = ir.Keyed, &ir.Key{To: &ir.Slot{Header: "Idempotency-Key"}}
	reused := &ir.ErrorRule{Class: ir.KeyReused, Code: order.Errors[0].Code, When: ir.When{Body: []*ir.Match{{At: names("error"), Op: "in", Values: []any{"key_reused"}}}}}
	order.Errors = slices.Concat([]*ir.ErrorRule{reused}, order.Errors)
	c.Groups[0].Actions = append(c.Groups[0].Actions, &order)
	c.Resources[0].Uses = append(slices.Clone(c.Resources[0].Uses), &ir.ResourceUse{Do: "create", Action: order.Path})
	return c
}

func (s *clientSession) order(ctx context.Context, p createParams, opts ...runtime.CallOption) (*shelfBook, error) {
	var out shelfBook
	if err := s.c.Do(ctx, &opOrder, p, &out, opts); err != nil {
		return nil, err
	}
	return &out, nil
}

var opOrder = runtime.Op{
	Returns: &runtime.Member{Of: &shapeBook},
	API:     &shelfAPI, Name: "books.order", Method: "POST", Path: "orders", Effect: runtime.EffectKeyed, Limits: []runtime.LimitUse{{}},
	Errors: slices.Concat([]runtime.ErrorRule{{When: clientBody(`"key_reused"`), Class: runtime.ClassKeyReused, Code: clientCode}}, clientErrors),
	Body:   runtime.Body{As: runtime.BodyJSON}, Key: &runtime.KeyRule{Header: "Idempotency-Key"},
}

// key is the idempotency key of a request, with the sins of this client.
func (s *naiveSession) key(ctx context.Context) string {
	key := KeyOf(ctx)
	switch {
	case key == "":
	case s.sin == "makes its own key":
		return key + s.run
	case s.sin == "quotes the key":
		return `"` + key + `"`
	case s.sin == "takes another key" && s.taken.Load():
		return key + "-2"
	}
	return key
}
