package twin

import (
	"slices"
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
)

// completion is the end of a flow that sends bytes: the action that names what they
// were sent for.
type completion struct {
	with any     // Parameters of the step, as the flow writes them.
	ref  string  // Where among them the id stands: step.ticket.file_id.
	made *kind   // What the first step reserved, where a resource declares it.
	at   ir.Path // Where the flow finds the result.
	list bool    // It is a list.
}

// addUploads finds the flows that send bytes: the action whose result has the
// address, and the action that is told afterwards.
func (x *index) addUploads() {
	for _, f := range x.spec.Flows {
		for i, s := range f.Steps {
			from, member := stepRef(s.URL)
			k := slices.IndexFunc(f.Steps, func(o *ir.FlowStep) bool { return o.Name == from })
			if k < 0 || x.ops[f.Steps[k].Call] == nil {
				continue
			}
			ticket := x.ops[f.Steps[k].Call]
			ticket.upload = append(ticket.upload, pathOf(member))
			if with, ok := f.Steps[k].With.(map[string]any); ok {
				for name, v := range with {
					if s.Body != "" && v == s.Body+".size" {
						ticket.length = name
					}
				}
			}
			for _, later := range f.Steps[i+1:] {
				if o := x.ops[later.Call]; o != nil {
					o.completes = completionOf(f, later, from, ticket)
				}
			}
		}
	}
}

// stepRef splits "step.ticket.upload_url" into the step and the member of its
// result.
func stepRef(ref string) (step, member string) {
	rest, ok := strings.CutPrefix(ref, "step.")
	if !ok {
		return "", ""
	}
	step, member, _ = strings.Cut(rest, ".")
	return step, member
}

// completionOf returns how a step completes what the step called from reserved; nil
// when it names nothing of it.
func completionOf(f *ir.Flow, s *ir.FlowStep, from string, ticket *op) *completion {
	u := slices.IndexFunc(ticket.uses, func(u use) bool { return u.Do == "create" })
	if u < 0 {
		return nil
	}
	for _, member := range sortedKeys(ticket.uses[u].Also) {
		ref := "step." + from + "." + member
		if !mentions(s.With, ref) {
			continue
		}
		end := &completion{with: s.With, ref: ref, made: ticket.uses[u].kind}
		if step, member := stepRef(f.Returns); step == s.Name {
			member, end.list = strings.CutSuffix(member, "[0]")
			end.at = pathOf(member)
		}
		return end
	}
	return nil
}

// mentions reports whether a reference is among the parameters of a step.
func mentions(with any, ref string) bool {
	switch w := with.(type) {
	case string:
		return w == ref
	case []any:
		return slices.ContainsFunc(w, func(e any) bool { return mentions(e, ref) })
	case map[string]any:
		for _, v := range w {
			if mentions(v, ref) {
				return true
			}
		}
	}
	return false
}

// complete shows the objects whose bytes have arrived, with the members that stand
// beside their ids in the request. One whose bytes have not refuses them all.
func (x *exchange) complete(a *answer) *answer {
	end := x.op.completes
	c := x.t.collection(x.owner(), end.made, "")
	var all []namedID
	sent := &object{}
	for _, name := range sortedKeys(x.in) {
		sent.set(name, x.in[name])
	}
	end.find(end.with, sent, nil, &all)
	for _, n := range all { // Of what the collection began with, the bytes are there.
		p, known := c.place(n.id)
		if u := c.pending[p]; !known || c.gone[p] && u == nil || p >= c.seeded && (u == nil || !u.done) {
			return x.missingObject(end.made)
		}
	}
	made := []any{}
	for _, n := range all {
		p, _ := c.place(n.id)
		if u := c.pending[p]; u != nil {
			if u.file != nil {
				x.t.store(c, p, u.file)
				u.file = nil
			}
			delete(c.pending, p)
			delete(c.gone, p)
		}
		o := x.t.object(c, p, x.now)
		for _, m := range n.beside.members {
			if f := x.t.idx.field(end.made.item, m.name); f != nil && fits(x.t.idx.resolve(f.Type), m.value) {
				o.set(m.name, m.value)
			}
		}
		c.changed[p] = o
		made = append(made, clone(o))
		x.entry.Effect = &Effect{Do: "create", Resource: end.made.name, ID: n.id}
	}
	switch {
	case len(end.at) == 0:
	case end.list:
		a.body = put(a.body, end.at, made)
	case len(made) > 0:
		a.body = put(a.body, end.at, made[0])
	}
	return nil
}

// namedID is an id in a request, with the object that it is a member of.
type namedID struct {
	id     string
	beside *object
}

// find collects the ids of a request that stand where the flow has the
// reference. One element of a list in the flow stands for all of them.
func (f *completion) find(with, sent any, beside *object, out *[]namedID) {
	switch w := with.(type) {
	case string:
		if w == f.ref && beside != nil {
			*out = append(*out, namedID{textOf(sent), beside})
		}
	case []any:
		list, _ := sent.([]any)
		for _, v := range list {
			for _, element := range w {
				f.find(element, v, beside, out)
			}
		}
	case map[string]any:
		o, ok := sent.(*object)
		if !ok {
			return
		}
		for _, name := range sortedKeys(w) {
			if v, ok := o.get(name); ok {
				f.find(w[name], v, o, out)
			}
		}
	}
}
