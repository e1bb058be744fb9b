package gauntlet

import (
	"cmp"
	"iter"
	"slices"
	"sync"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/twin"
)

// Plan picks the actions of a connector that scenarios work with. It follows
// from the spec alone: scenarios name roles, never actions. A role that the
// spec has nothing for is nil.
type Plan struct {
	Spec *ir.Connector
	Only []string // Paths of the actions that scenarios try which try every one; empty is all.

	List    *ir.Action  // A paged list, preferably one that a resource keeps state for.
	Read    *ir.Action  // Changes nothing and returns one object.
	Create  *ir.Action  // Twice makes two, at least without its idempotency key.
	Update  *ir.Action  // Changes an object that Get gives.
	Get     *ir.Action  // Of the resource that Update changes.
	Keyed   *ir.Action  // A write with an idempotency key.
	Limited *ir.Action  // A list, or else a read, under a declared limit on calls.
	Limit   *ir.Limit   // The tightest limit of Limited.
	Paced   *ir.Action  // Under a declared distance between calls.
	OAuth   *ir.Auth    // A method whose tokens are got and renewed: OAuth 2.0, or an exchange.
	Token   string      // The token of OAuth that calls use.
	Static  *ir.Auth    // A method whose credential is given, not renewed.
	Webhook *ir.Webhook // A verified webhook with events.
	Stream  *ir.Action  // Answers with items that come one by one; a read where there is one.

	PromisedList *ir.Action // A list whose items have a required member besides their id; List when its have.
	PromisedRead *ir.Action // A read whose answer has one; Read when its has.
	EnumList     *ir.Action // A list whose items have a member with a known set of values; List when its have.
	Tagged       *ir.Action // A list or a read that always answers with a variant of a union that has a tag.

	probe func() *twin.Twin // Knows which fault has an effect where.
}

// NewPlan picks the roles. The connector is only read.
func NewPlan(c *ir.Connector) *Plan {
	p := &Plan{Spec: c, probe: sync.OnceValue(func() *twin.Twin { return twin.New(c, twin.Options{}) })}
	p.List = best(c, p.rankList)
	p.Read = best(c, p.rankRead)
	p.Create = best(c, p.rankCreate)
	p.Keyed = best(c, p.rankKeyed)
	p.pickUpdate()
	p.pickLimited()
	p.Paced = best(c, p.rankPaced)
	p.Stream = best(c, p.rankStream)
	p.pickPromised()
	for _, a := range c.Auth {
		if p.OAuth == nil && renewable(a) || p.Static == nil && given(a) {
			p.pickAuth(a)
		}
	}
	for _, w := range c.Webhooks {
		if p.Webhook == nil && len(w.Events) > 0 && provable(w) {
			p.Webhook = w
		}
	}
	return p
}

// Choose makes an auth method the one that scenarios work with, in place of the
// first of its kind, and leaves out methods of other kinds.
func (p *Plan) Choose(a *ir.Auth) {
	p.OAuth, p.Token, p.Static = nil, "", nil
	p.pickAuth(a)
}

func (p *Plan) pickAuth(a *ir.Auth) {
	if renewable(a) {
		p.OAuth, p.Token = a, a.OAuth2.Tokens[0].Name
	} else if given(a) {
		p.Static = a
	}
}

// single is the method of a credential that a caller holds for itself; nil is none.
func (p *Plan) single() *ir.Auth {
	if p.Static == nil {
		return p.OAuth
	}
	return p.Static
}

// asking is the method of the connection that asks about deliveries; nil is none.
func (p *Plan) asking() *ir.Auth {
	single := p.single()
	if single == nil {
		return nil
	}
	for _, w := range p.Spec.Webhooks {
		for _, v := range w.Verify.Proofs() {
			if call := v.Call(); call != nil && p.Spec.Action(call.Action) != nil {
				return p.methodFor(p.Spec.Action(call.Action), single.Name)
			}
		}
	}
	return single
}

// methodFor is the method that an action is called with: the preferred one where the
// action takes it, or else one of the plan, or else the first that it takes. It is nil
// where no method is of use, and where the connector has none.
func (p *Plan) methodFor(a *ir.Action, preferred string) *ir.Auth {
	takes := func(m *ir.Auth) bool { return (renewable(m) || given(m)) && p.Spec.Accepts(a, m) }
	for _, first := range []func(*ir.Auth) bool{
		func(m *ir.Auth) bool { return m.Name == preferred },
		func(m *ir.Auth) bool { return m == p.Static || m == p.OAuth },
		func(*ir.Auth) bool { return true },
	} {
		if i := slices.IndexFunc(p.Spec.Auth, func(m *ir.Auth) bool { return first(m) && takes(m) }); i >= 0 {
			return p.Spec.Auth[i]
		}
	}
	return nil
}

// renewable reports whether the tokens of a method are got and renewed.
func renewable(a *ir.Auth) bool { return a.OAuth2 != nil && len(a.OAuth2.Tokens) > 0 }

// given reports whether the credential of a method is given, and not renewed.
func given(a *ir.Auth) bool {
	return slices.Contains([]string{"bearer", "key", "basic", "jwt", "sign", "mtls", "none"}, a.Kind)
}

// provable reports whether deliveries of the webhook prove where they come from, in
// a way that is compiled.
func provable(w *ir.Webhook) bool {
	proofs := w.Verify.Proofs()
	return len(proofs) > 0 && !slices.ContainsFunc(proofs, func(v *ir.Verify) bool { return v.Signature == nil && v.Token == nil && v.JWT == nil && v.Asked == nil })
}

// best returns the action with the highest rank, the first of equals; nil when
// every rank is 0.
func best(c *ir.Connector, rank func(*ir.Action) int) *ir.Action {
	var top *ir.Action
	high := 0
	for _, a := range c.AllActions() {
		if r := rank(a); r > high {
			top, high = a, r
		}
	}
	return top
}

func (p *Plan) rankList(a *ir.Action) int {
	if a.Page == nil || !p.usable(a) {
		return 0
	}
	r := 1
	if res, use := p.use(a, "list"); use != nil {
		if chooses(a, use) {
			return 0
		}
		r += 8
		if res.Within == nil {
			r += 2
		}
	}
	if len(a.Limits) > 0 {
		r += 4
	}
	if from := a.Page.From; a.Page.Style == "cursor" && from != nil && len(from.Body) > 0 {
		r++
	}
	return r
}

// chooses reports whether a list cannot be asked for without choosing some of its objects,
// which may be too few for pages.
func chooses(a *ir.Action, list *ir.ResourceUse) bool {
	return a.Params != nil && slices.ContainsFunc(list.Filters, func(by *ir.Filter) bool {
		return slices.ContainsFunc(a.Params.Fields, func(f *ir.Field) bool { return f.Name == by.Param && f.Required })
	})
}

func (p *Plan) rankRead(a *ir.Action) int {
	out := p.Spec.Resolve(a.Returns)
	if a.Effect != ir.Read || a.Page != nil || out == nil || out.Kind != ir.Object || len(out.Fields) == 0 || !p.usable(a) {
		return 0
	}
	r := 1
	if res, use := p.use(a, "get"); use != nil {
		r += 4
		if res.Within == nil {
			r += 2
		}
	}
	return r
}

// adds reports whether an action posts to the address of many: not to that of one
// object, which it would change.
func adds(a *ir.Action) bool {
	n := len(a.URL.Parts)
	return a.Method == "POST" && n > 0 && a.URL.Parts[n-1].Scope == ""
}

// keyless puts every create without an idempotency key before those with one.
const keyless = 8

func (p *Plan) rankCreate(a *ir.Action) int {
	res, use := p.use(a, "create")
	if a.Effect != ir.Create && !(a.Effect == ir.Keyed && (use != nil || adds(a))) || !p.usable(a) {
		return 0
	}
	r := 1
	if use != nil {
		r += 2
		if slices.ContainsFunc(res.Uses, func(u *ir.ResourceUse) bool { return u.Do == "get" || u.Do == "list" }) {
			r += 4
		}
	}
	if a.Effect == ir.Create {
		r += keyless
	}
	return r
}

func (p *Plan) pickUpdate() {
	for _, res := range p.Spec.Resources {
		var get, update *ir.Action
		for _, u := range res.Uses {
			a := p.Spec.Action(u.Action)
			switch {
			case a == nil || !p.usable(a):
			case u.Do == "get" && get == nil:
				get = a
			case u.Do == "update" && update == nil && takesObject(p.Spec, a, res):
				update = a
			}
		}
		if get != nil && update != nil {
			p.Get, p.Update = get, update
			return
		}
	}
}

// takesObject reports whether an update takes the whole object, so that what
// was read can be written back.
func takesObject(c *ir.Connector, a *ir.Action, res *ir.Resource) bool {
	return a.Body != nil && a.Body.Field != "" && a.Params != nil && slices.ContainsFunc(a.Params.Fields, func(f *ir.Field) bool {
		return f.Name == a.Body.Field && f.Type.Kind == ir.Ref && f.Type.Ref == res.Of
	})
}

func (p *Plan) pickLimited() {
	for a := range p.candidates() {
		if l := p.tightest(a); l != nil {
			p.Limited, p.Limit = a, l
			return
		}
	}
}

// rankPaced prefers a write: those are what providers pace.
func (p *Plan) rankPaced(a *ir.Action) int {
	paced := slices.ContainsFunc(a.Limits, func(u *ir.LimitUse) bool {
		l := limitOf(p.Spec, u.Limit)
		return l != nil && l.Shape == "gap"
	})
	switch {
	case !paced || a.Page != nil || !p.usable(a):
		return 0
	case a == p.Create:
		return 2
	}
	return 1
}

// candidates yields the actions a limit may be tried with, the best first.
func (p *Plan) candidates() iter.Seq[*ir.Action] {
	return func(yield func(*ir.Action) bool) {
		for _, a := range []*ir.Action{p.List, p.Read} {
			if a != nil && !yield(a) {
				return
			}
		}
		for _, a := range p.Spec.AllActions() {
			if a.Effect == ir.Read && p.usable(a) && !yield(a) {
				return
			}
		}
	}
}

// tightest returns the limit of an action that allows the fewest calls.
func (p *Plan) tightest(a *ir.Action) *ir.Limit {
	var found []*ir.Limit
	for _, u := range a.Limits {
		for _, l := range p.Spec.Limits {
			if l.Name == u.Limit && l.Calls > 0 && slices.Contains([]string{"rate", "window", "bucket", "concurrency"}, l.Shape) {
				found = append(found, l)
			}
		}
	}
	if len(found) == 0 {
		return nil
	}
	return slices.MinFunc(found, func(a, b *ir.Limit) int { return cmp.Compare(a.Calls, b.Calls) })
}

// use returns the resource that an action does something to.
func (p *Plan) use(a *ir.Action, do string) (*ir.Resource, *ir.ResourceUse) {
	for _, res := range p.Spec.Resources {
		for _, u := range res.Uses {
			if u.Action == a.Path && (do == "" || u.Do == do) {
				return res, u
			}
		}
	}
	return nil, nil
}

// rankStream prefers streams that say when they end, and reads, which are sent again.
func (p *Plan) rankStream(a *ir.Action) int {
	if a.Stream == nil || !p.callable(a) {
		return 0
	}
	rank := 1
	if a.Effect == ir.Read {
		rank += 2
	}
	if a.Stream.As == "array" || a.Stream.End != "" {
		rank++
	}
	return rank
}

// usable reports whether the action can stand for others: a call of it can be made up,
// its answer is one document, and nothing of it is a file, which not every library takes alike.
func (p *Plan) usable(a *ir.Action) bool {
	if !p.callable(a) || a.Stream != nil || a.Body != nil && (a.Body.As == "multipart" || a.Body.As == "raw") {
		return false
	}
	return a.Params == nil || !slices.ContainsFunc(a.Params.Fields, func(f *ir.Field) bool {
		t := p.Spec.Resolve(f.Type)
		return f.Required && t.Kind == ir.Bytes
	})
}

// callable reports whether a call of the action can be made up, and its answer read: its
// deprecation has not come.
func (p *Plan) callable(a *ir.Action) bool {
	if p.Spec.Scrolled(a) != nil { // It needs the token of a list that was begun.
		return false
	}
	if a.Deprecated != "" || a.Reply != "" && a.Reply != "json" {
		return false
	}
	return a.Params == nil || !slices.ContainsFunc(a.Params.Fields, func(f *ir.Field) bool {
		return f.Required && p.Spec.Resolve(f.Type) == nil
	})
}
