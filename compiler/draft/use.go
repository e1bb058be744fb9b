package draft

import (
	"strings"

	"github.com/porin-dev/porin/compiler/draft/internal/pick"
)

// Choice is an operation that was picked for a part of [Options].Use.
type Choice struct {
	Need   string `json:"need"`             // The part of the sentence: "list its invoices".
	Action string `json:"action,omitempty"` // invoices.list; empty when nothing fits.
	Call   string `json:"call,omitempty"`   // GET /v1/invoices
	Why    string `json:"why"`              // What spoke for it, or that nothing fits.
}

// picked returns the operations that a sentence needs, and keeps for each part
// of it what was chosen and why.
func (d *drafter) picked(sentence string) map[*operation]bool {
	ops := make([]pick.Operation, len(d.doc.ops))
	for i, op := range d.doc.ops {
		ops[i] = operationWords(op)
	}
	chosen := map[*operation]bool{}
	for _, need := range pick.For(sentence, ops) {
		if len(need.Found) == 0 {
			d.choices = append(d.choices, Choice{Need: need.Text, Why: "no operation fits"})
		}
		for _, m := range need.Found {
			op := d.doc.ops[m.Index]
			chosen[op] = true
			d.choices = append(d.choices, Choice{Need: need.Text, Action: op.dotted(), Call: op.method + " " + op.path, Why: m.Why()})
		}
	}
	return chosen
}

func operationWords(op *operation) pick.Operation {
	out := pick.Operation{
		Method: op.method, Action: words(op.name[len(op.name)-1]), Deprecated: op.deprecated,
		Summary: words(op.doc), Text: words(op.text), Tags: words(strings.Join(op.tags, " ")), Name: words(op.dotted()),
	}
	for s := range strings.SplitSeq(op.path, "/") {
		out.One = strings.Contains(s, "{")
		if s != "" && !out.One {
			out.Path = append(out.Path, words(s))
		}
	}
	return out
}
