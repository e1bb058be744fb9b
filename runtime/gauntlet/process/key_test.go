package process

import (
	"bytes"
	"context"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/gauntlet"
)

// keyedBooks has a create that takes an idempotency key.
func keyedBooks() *ir.Connector {
	c := books()
	order := *c.Action("books.create")
	order.Name, order.Path, order.Go = "order", "books.order", "order"
	order.URL = ir.Template{Parts: []ir.Part{{Text: "orders"}}}
	order.Effect, order.Key = ir.Keyed, &ir.Key{To: &ir.Slot{Header: "Idempotency-Key"}}
	order.Params = &ir.Type{Kind: ir.Object, Fields: slices.Clone(order.Params.Fields)}
	title := *order.Params.Fields[0]
	title.Required, order.Params.Fields[0] = true, &title
	c.Groups[0].Actions = append(c.Groups[0].Actions, &order)
	c.Resources[0].Uses = append(c.Resources[0].Uses, &ir.ResourceUse{Action: order.Path, Do: "create"})
	return c
}

// TestKeysOutliveTheProcess ends the driver that knows no outcome, and has another process
// send the write again. One that has keys of its own writes twice: it is another process.
func TestKeysOutliveTheProcess(t *testing.T) {
	for _, c := range []struct {
		sin, scenario string
		offers        []gauntlet.Feature
		want          gauntlet.Outcome
		says          string
	}{
		{"none", "status/key-after-crash", []gauntlet.Feature{gauntlet.Keys, gauntlet.Lossless, gauntlet.Deadlines}, gauntlet.Pass, ""},
		{"none", "status/key-reused", []gauntlet.Feature{gauntlet.Keys, gauntlet.Codes, gauntlet.Deadlines}, gauntlet.Pass, ""},
		{"has its own keys", "status/key-after-crash", []gauntlet.Feature{gauntlet.Keys, gauntlet.Deadlines}, gauntlet.Fail, "took effect 2 times"},
		{"has its own keys", "status/key-after-crash", []gauntlet.Feature{gauntlet.Deadlines}, gauntlet.NotOffered, "the library takes no idempotency key from its caller"},
		{"takes a refusal for a result", "status/key-reused", []gauntlet.Feature{gauntlet.Keys, gauntlet.Deadlines}, gauntlet.Fail, "is reported as done, and nothing took effect"},
	} {
		t.Run(c.sin+" "+c.scenario+" "+string(c.want), func(t *testing.T) {
			t.Parallel()
			d := &Driver{life: t.Context(), Library: c.sin, Offered: c.offers, args: []string{os.Args[0], c.sin}}
			r, err := gauntlet.Judge(t.Context(), keyedBooks(), d, gauntlet.Judging{Only: c.scenario, Seed: 1, Patience: 5 * time.Second})
			if err != nil {
				t.Fatal(err)
			}
			if got := r.Scenarios[0]; got.Outcome != c.want || !strings.Contains(got.Why, c.says) {
				t.Errorf("%s, want %s\n%s", got.Outcome, c.want, got.Text())
			}
		})
	}
}

// keeps is a library that tells the key that it was given.
type keeps struct{ halfway }

func (k keeps) App(gauntlet.Target) (gauntlet.App, error)          { return k, nil }
func (k keeps) Session(gauntlet.Account) (gauntlet.Session, error) { return k, nil }
func (keeps) Call(ctx context.Context, _ string, _ gauntlet.JSON) (gauntlet.JSON, error) {
	return gauntlet.JSON(`"` + gauntlet.KeyOf(ctx) + `"`), nil
}

// TestServeHandsTheKeyOn has the session of a driver in Go know the key of a line.
func TestServeHandsTheKeyOn(t *testing.T) {
	var out bytes.Buffer
	in := `{"id":1,"do":"start","servers":{"api":"http://127.0.0.1:1"}}` + "\n" + `{"id":2,"do":"write","action":"books.order","key":"k-7","timeout_ms":1000}` + "\n"
	if err := Serve(keeps{}, "v1", strings.NewReader(in), &out); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), `"result":"k-7"`) || !strings.Contains(out.String(), `"keys"`) {
		t.Errorf("said %s", out.String())
	}
}
