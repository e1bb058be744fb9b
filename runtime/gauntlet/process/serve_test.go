package process

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"net/http"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/porin-dev/porin/runtime/gauntlet"
)

// halfway is a library whose calls give a value besides an error, as many do.
type halfway struct{}

func (halfway) Name() string                                         { return "halfway" }
func (halfway) ReportsDrift() bool                                   { return false }
func (h halfway) App(gauntlet.Target) (gauntlet.App, error)          { return h, nil }
func (h halfway) Session(gauntlet.Account) (gauntlet.Session, error) { return h, nil }
func (halfway) Explain(err error) gauntlet.Failure                   { return gauntlet.Failure{Text: err.Error()} }
func (halfway) Close()                                               {}
func (halfway) Call(context.Context, string, gauntlet.JSON) (gauntlet.JSON, error) {
	return gauntlet.JSON(`{"id":""}`), errors.New("refused")
}
func (halfway) List(context.Context, string, gauntlet.JSON) iter.Seq2[gauntlet.JSON, error] {
	return func(func(gauntlet.JSON, error) bool) {}
}
func (halfway) Handler(string, func(context.Context, string, gauntlet.JSON) error) (http.Handler, error) {
	return nil, errors.New("none")
}

// TestServeAnswersOneThing wants no result beside an error: who reads the line would
// take it for a breach of the protocol.
func TestServeAnswersOneThing(t *testing.T) {
	var out bytes.Buffer
	in := `{"id":1,"do":"start","servers":{"api":"http://127.0.0.1:1"}}` + "\n" + `{"id":2,"do":"call","action":"books.get","timeout_ms":1000}` + "\n"
	if err := Serve(halfway{}, "v1", strings.NewReader(in), &out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 2 || !strings.Contains(lines[1], `"refused"`) || strings.Contains(lines[1], `"result"`) {
		t.Errorf("said %s", out.String())
	}
}

// TestOneThingALine takes a result of null for none beside an error: members that are
// not set are null in many languages.
func TestOneThingALine(t *testing.T) {
	for result, several := range map[string]bool{"": false, "null": false, "{}": true, `""`: true} {
		a := answer{Result: []byte(result), Error: &failure{}}
		if a.several() != several {
			t.Errorf("result %q beside an error: %v", result, a.several())
		}
	}
}

// TestOutcomesOfABatch holds a line about a batch to a result or an error of each item.
func TestOutcomesOfABatch(t *testing.T) {
	for line, fits := range map[string]bool{
		`{"outcomes":[{"result":{}},{"error":{"text":"taken"}}]}`: true,
		`{"outcomes":[{"result":null}]}`:                          true,
		`{"outcomes":[{"result":null,"error":{"text":"taken"}}]}`: true,
		`{"outcomes":[{"result":{},"error":{"text":"taken"}}]}`:   false,
		`{"outcomes":[{"result":{}},{}]}`:                         false,
		`{"outcomes":[]}`:                                         false,
		`{"result":{}}`:                                           false,
	} {
		var a answer
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatal(err)
		}
		if why := a.misfit(doBatch); (why == "") != fits {
			t.Errorf("%s: %s", line, why)
		}
	}
}
