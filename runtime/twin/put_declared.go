package twin

import "github.com/porin-dev/porin/compiler/ir"

// putDeclared is [put] into the result of the action. An object on the way that is not
// there is made with the members that it always has.
func (x *exchange) putDeclared(root any, p ir.Path, v any) any {
	for i := 1; i < len(p); i++ {
		if held, ok := at(root, p[:i]); ok && held != nil {
			continue
		}
		t := x.t.idx.typeAt(x.op.result, p[:i])
		if t == nil || t.Kind != ir.Object {
			break
		}
		s := synth{idx: x.t.idx, rng: newRNG(x.t.opt.Seed, x.owner(), x.op.Path, p[:i].String()), now: epoch}
		root = put(root, p[:i], s.value(t, p[i-1].Name, 0))
	}
	return put(root, p, v)
}
