package twin

import (
	"strconv"

	"github.com/porin-dev/porin/compiler/ir"
)

// idPattern is what the ids of objects look like: their own type says it, or that of
// a parameter which names one, for documents bound what is sent more than what comes.
func (k *kind) idPattern() string {
	pattern := ""
	for _, t := range append([]*ir.Type{k.form}, k.named...) {
		switch {
		case t == nil || k.form == nil:
		case t.Kind == ir.Int || t.Kind == ir.Float:
			return "^[1-9][0-9]{" + strconv.Itoa(k.digits()-1) + "}$"
		case pattern == "":
			pattern = t.Pattern
		}
	}
	return pattern
}

// digits is how many an id that is a number has: as many as every bound allows.
func (k *kind) digits() int {
	const usual = 10
	n := usual
	for _, t := range append([]*ir.Type{k.form}, k.named...) {
		if t != nil && t.Max != nil && (t.Kind == ir.Int || t.Kind == ir.Float) {
			n = min(n, len(strconv.Itoa(int(bound(t.Max, 0))))-1)
		}
	}
	return max(n, 1)
}
