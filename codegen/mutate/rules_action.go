package mutate

import "github.com/porin-dev/porin/compiler/ir"

func (l *list) servers() {
	for _, h := range l.c.Headers {
		l.header(h, "")
	}
}

func (l *list) header(h *ir.Header, action string) {
	set(l.at(HeaderName, h.Pos, action, "the header %s is sent as %s", h.Name, h.Name+"-X"), &h.Name, h.Name+"-X")
	set(l.at(HeaderValue, h.Pos, action, "the header %s has another value", h.Name), &h.Value, wrongTemplate(h.Value))
}

func (l *list) actions() {
	for _, a := range l.c.AllActions() {
		l.effect(a)
		for _, h := range a.Headers {
			l.header(h, a.Path)
		}
		if a.Key != nil && a.Key.To != nil {
			l.slot(KeyPlace, a.Pos, a.Path, &a.Key.To, "the idempotency key of "+a.Path)
		}
		for _, u := range a.Limits {
			if u.Cost > 1 {
				set(l.at(LimitCost, u.Pos, a.Path, "a call draws 1 from limit %s in place of %d", u.Limit, u.Cost), &u.Cost, 1)
			}
		}
	}
}

// effect makes a write look safe to repeat, and what is safe look like a write.
func (l *list) effect(a *ir.Action) {
	to := ir.Create
	if a.Effect == ir.Create || a.Effect == ir.Irreversible || a.Effect == ir.Keyed {
		to = ir.Idempotent
	}
	pos := a.Pos
	if p, ok := a.Origin["effect"]; ok {
		pos = p
	}
	set(l.at(Effect, pos, a.Path, "%s is %s in place of %s", a.Path, to, a.Effect), &a.Effect, to)
}

// slot makes something go to another name of the same part of the request.
func (l *list) slot(kind Kind, pos ir.Pos, action string, to **ir.Slot, what string) {
	set(l.at(kind, pos, action, "%s is not sent as it is declared", what), to, wrongSlot(*to))
}

func wrongSlot(s *ir.Slot) *ir.Slot {
	out := *s
	switch {
	case s.Query != "":
		out.Query = wrong(s.Query)
	case s.Header != "":
		out.Header = s.Header + "-X"
	case s.Cookie != "":
		out.Cookie = wrong(s.Cookie)
	case len(s.Body) > 0:
		out.Body = wrongPath(s.Body)
	}
	return &out
}
