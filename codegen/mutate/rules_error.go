package mutate

import (
	"slices"

	"github.com/porin-dev/porin/compiler/ir"
)

func (l *list) errors() {
	for _, r := range l.c.Errors {
		l.errorRule(r, "")
	}
	for _, a := range l.c.AllActions() {
		for _, r := range a.Errors[:max(len(a.Errors)-len(l.c.Errors), 0)] {
			l.errorRule(r, a.Path)
		}
	}
}

// errorRule is met once by each action that has the rule; actions may hold the
// same rule or copies of it.
func (l *list) errorRule(r *ir.ErrorRule, action string) {
	class := another(r.Class, ir.Invalid, ir.Conflict)
	if r.Class == ir.Unknown {
		class = ir.Rejected
	}
	set(l.at(ErrorClass, r.Pos, action, "a failure is %s in place of %s", class, r.Class), &r.Class, class)
	l.when(&r.When, r.Pos, action)
	l.source(CodePath, &r.Code, r.Pos, action, "the code")
	l.source(RequestPath, &r.Request, r.Pos, action, "the id of the request")
	if r.Wait == nil || r.Wait.Header != "Retry-After" { // Which every client looks for (RFC 9110, 10.2.3).
		l.source(WaitPath, &r.Wait, r.Pos, action, "the wait")
	}
	if w := r.Wait; w != nil && w.As != "" {
		other := *w
		other.As = another(w.As, "ms", "seconds")
		set(l.at(Unit, r.Pos, action, "a wait is in %s in place of %s", other.As, w.As), &r.Wait, &other)
	}
}

// when makes a condition hold for nothing that comes.
func (l *list) when(w *ir.When, pos ir.Pos, action string) {
	if len(w.Status) > 0 {
		set(l.at(ErrorWhen, pos, action, "the status %s is not known", w.Status[0]), &w.Status, []string{"299"})
	}
	for _, m := range slices.Concat(w.Header, w.Body) {
		set(l.at(ErrorWhen, pos, action, "a condition looks at %s in place of %s", wrongPath(m.At), m.At), &m.At, wrongPath(m.At))
		if len(m.Values) > 1 { // Of many, each is a rule; the last stands for them.
			set(l.at(ErrorWhen, pos, action, "%v is not among the values of %s", m.Values[len(m.Values)-1], m.At), &m.Values, m.Values[:len(m.Values)-1])
		}
	}
}

// source makes something be looked for where it is not.
func (l *list) source(kind Kind, s **ir.Source, pos ir.Pos, action, what string) {
	was := *s
	if was == nil {
		return
	}
	other := *was
	switch {
	case was.Header != "":
		other.Header = was.Header + "-X"
	case len(was.Body) > 0:
		other.Body = wrongPath(was.Body)
	default:
		return
	}
	set(l.at(kind, pos, action, "%s is not read where it is declared", what), s, &other)
}
