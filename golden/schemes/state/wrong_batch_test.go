package state_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/golden/schemes/state/statetest"
	"github.com/porin-dev/porin/runtime"
	"github.com/porin-dev/porin/runtime/gauntlet"
)

// batching is the generated client with a way to send batches of its own, which sins.
func batching(sin string) gauntlet.Driver {
	return wrongly{statetest.Driver(), func(s gauntlet.Session) gauntlet.Session { return batchingSession{s, sin} }}
}

type batchingSession struct {
	gauntlet.Session
	sin string
}

// InParts implements [gauntlet.Batcher].
func (s batchingSession) InParts(ctx context.Context, action string, params gauntlet.JSON) ([]gauntlet.ItemResult, error) {
	right := s.Session.(gauntlet.Batcher)
	if action != "tasks.createMany" {
		return right.InParts(ctx, action, params)
	}
	unknown := func(r gauntlet.ItemResult) bool { return errors.Is(r.Err, runtime.ErrOutcomeUnknown) }
	failed := func(e *runtime.APIError) gauntlet.ItemResult { return gauntlet.ItemResult{Err: e} }
	switch s.sin {
	case "sends all at once":
		_, err := s.Call(ctx, action, params)
		return repeated(gauntlet.ItemResult{Err: err}, len(items(params))), err
	case "stops at the first that fails":
		results, err := right.InParts(ctx, action, with(params, items(params)[:50]))
		if err != nil {
			results = append(results, repeated(failed(&runtime.APIError{Class: runtime.ClassInvalid}), len(items(params))-50)...)
		}
		return results, err
	case "leaves the wait to its caller":
		results, err := right.InParts(ctx, action, with(params, items(params)[:50]))
		left := len(items(params)) - len(results)
		soon, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		if _, late := s.Call(soon, action, with(params, items(params)[50:100])); late != nil {
			return append(results, repeated(gauntlet.ItemResult{Err: late}, left)...), late
		}
		return results, err
	}
	results, err := right.InParts(ctx, action, params)
	for i := range results {
		e, _ := errors.AsType[*runtime.APIError](results[i].Err)
		if e == nil {
			continue
		}
		other := *e
		switch s.sin {
		case "takes a refusal for a result":
			if !unknown(results[i]) {
				results[i].Err = nil
			}
		case "takes silence for a result":
			if unknown(results[i]) {
				results[i].Err = nil
			}
		case "sends again what is unknown":
			if unknown(results[i]) {
				one, err := right.InParts(ctx, action, with(params, items(params)[i:i+1]))
				if err == nil {
					results[i] = one[0]
				}
			}
		case "forgets what is unknown":
			other.OutcomeUnknown = false
			results[i] = failed(&other)
		case "plain errors":
			results[i].Err = errors.New("no luck")
		case "loses the class":
			other.Class = runtime.ClassDecode
			results[i] = failed(&other)
		case "loses the code":
			other.Code = ""
			results[i] = failed(&other)
		case "fails the whole part":
			other.OutcomeUnknown = true
			for n := range 50 {
				results[n] = failed(&other)
			}
			return results, err
		case "takes outcomes in their order":
			copy(results[i:], results[i+1:50])
			results[49] = failed(e)
			return results, err
		}
	}
	switch s.sin {
	case "drops an item":
		results = results[1:]
	case "mixes outcomes up":
		slices.Reverse(results)
	}
	return results, err
}

func repeated(r gauntlet.ItemResult, n int) []gauntlet.ItemResult {
	return slices.Repeat([]gauntlet.ItemResult{r}, n)
}

// items are those of the params of a batch, and with are the params with others.
func items(params gauntlet.JSON) []json.RawMessage {
	var p struct{ Items []json.RawMessage }
	_ = json.Unmarshal(params, &p) // Which the twin made.
	return p.Items
}

func with(params gauntlet.JSON, items []json.RawMessage) gauntlet.JSON {
	var p map[string]any
	_ = json.Unmarshal(params, &p)
	p["items"] = items
	out, _ := json.Marshal(p)
	return out
}

// A client that sends batches as it should passes, and each that does not fails by the
// rule that it breaks.
func TestScenariosOfBatches(t *testing.T) {
	c, _, report := compiler.Load(".")
	require.False(t, report.HasErrors())
	for _, tc := range []struct{ scenario, sin, says string }{
		{"batches/in-parts", "", ""},
		{"batches/in-parts", "drops an item", "the caller was told of 124"},
		{"batches/in-parts", "mixes outcomes up", "item 1 has the outcome of another"},
		{"batches/in-parts", "sends all at once", "sent 125 items at once, and a call takes 50"},
		{"batches/item-refused", "", ""},
		{"batches/item-refused", "takes a refusal for a result", "item 2 is told as done, and nothing took effect"},
		{"batches/item-refused", "stops at the first that fails", "item 51 was not sent, and nothing that went wrong concerns it"},
		{"batches/item-refused", "fails the whole part", "item 1 has an error, and the provider says what became of it"},
		{"batches/item-refused", "plain errors", "item 2 has an error that is not of the client's type"},
		{"batches/item-refused", "loses the class", "item 2 has an error of class decode for an outcome of class invalid"},
		{"batches/item-refused", "loses the code", "item 2 has an error without the code"},
		{"batches/item-missing", "", ""},
		{"batches/item-missing", "takes silence for a result", "item 2 is told as done, and no answer says so"},
		{"batches/item-missing", "takes outcomes in their order", "item 2 is told as done, and no answer says so"},
		{"batches/item-missing", "sends again what is unknown", "item 2 took effect 2 times"},
		{"batches/part-lost", "", ""},
		{"batches/part-lost", "sends again what is unknown", "item 1 took effect 2 times"},
		{"batches/part-lost", "forgets what is unknown", "item 1 took effect, and its error does not say that the outcome is unknown"},
		{"batches/part-lost", "takes silence for a result", "item 1 is told as done, and no answer says so"},
		{"batches/rate-limited", "", ""},
		{"batches/rate-limited", "leaves the wait to its caller", "another try would have been served"},
	} {
		scenarios, err := gauntlet.Choose(tc.scenario)
		require.NoError(t, err)
		r := gauntlet.Try(t, gauntlet.NewPlan(c), batching(tc.sin), scenarios[0], 1)
		want := gauntlet.Pass
		if tc.says != "" {
			want = gauntlet.Fail
		}
		assert.Equal(t, want, r.Outcome, "%s, %s: %s", tc.scenario, tc.sin, r.Why)
		assert.Contains(t, r.Why, tc.says, "%s, %s", tc.scenario, tc.sin)
	}
}
