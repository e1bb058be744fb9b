package twin

import (
	"slices"
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
)

// begins is what is said of an object before it came to an end, by the end. Whatever was
// canceled was active, and may be said to be pending or new as well.
var begins = map[string]string{
	"closed": "open", "resolved": "open", "solved": "open", "merged": "open", "dismissed": "open", "deleted": "active", "removed": "active", "trashed": "active",
	"archived": "active", "canceled": "active", "ended": "active", "terminated": "active", "expired": "active", "revoked": "active", "suspended": "active",
	"disabled": "enabled", "deactivated": "active", "completed": "pending", "finished": "running", "failed": "running", "stopped": "running", "rejected": "pending", "declined": "pending", "voided": "open",
}

// begun are the states of what came to no end yet.
var begun = []string{"open", "opened", "active", "enabled", "new", "draft", "pending", "queued", "waiting", "scheduled", "running", "in_progress", "ongoing", "processing", "live", "todo", "trialing"}

// always are times that each object has, whatever is said of it beside them.
var always = []string{"created", "updated", "modified"}

// shape is what the members of an object type say together.
type shape struct {
	mail []string // Members with addresses of mail.
	ends []ending
}

// ending is a time at which something came about, and the member beside it that says
// whether it did.
type ending struct {
	at, by *ir.Field
	kind   *ir.Type // Of by, resolved.
	word   string   // closed.
	value  any      // What by says then; nil where no value is meant for it alone.
}

// shapeOf returns what the members of an object type say together.
func (x *index) shapeOf(t *ir.Type) *shape {
	if s, ok := x.shapes.Load(t); ok {
		return s.(*shape)
	}
	fields := x.fields(t)
	s := &shape{mail: mailOf(fields)}
	for _, f := range fields {
		if e, ok := x.endingOf(f, fields); ok {
			s.ends = append(s.ends, e)
		}
	}
	x.shapes.Store(t, s)
	return s
}

// mailOf returns the members of a mail that are addresses: an object with a subject, or
// with who else has a copy.
func mailOf(fields []*ir.Field) []string {
	var all []string
	mail := false
	for _, f := range fields {
		switch noun := strings.Join(nameParts(f.Name), "_"); noun {
		case "subject":
			mail = true
		case "cc", "bcc", "reply_to", "reply_tos":
			mail = true
			all = append(all, f.Name)
		case "to", "from", "sender", "recipient", "recipients":
			all = append(all, f.Name)
		}
	}
	if !mail {
		return nil
	}
	return all
}

// hint is what the value of a member is to look like: as one of its name or, in a mail, as
// an address, each of somebody else.
func (s *synth) hint(of *shape, name string) string {
	if !slices.Contains(of.mail, name) {
		return name
	}
	s.who = nil
	return "email"
}

// endingOf reads closed_at, and what is beside it: a closed that is true or false, or a
// state that may be "closed".
func (x *index) endingOf(f *ir.Field, fields []*ir.Field) (ending, bool) {
	parts := nameParts(f.Name)
	if len(parts) < 2 || !slices.Contains([]string{"at", "on", "date", "time"}, parts[len(parts)-1]) {
		return ending{}, false
	}
	word := spelling(parts[len(parts)-2])
	if slices.Contains(always, word) {
		return ending{}, false
	}
	e := ending{at: f, word: word}
	for _, by := range fields {
		kind := x.resolve(by.Type)
		if kind == nil || constant(kind) {
			continue
		}
		said := nameParts(by.Name)
		switch {
		case kind.Kind == ir.Bool && len(said) > 0 && spelling(said[len(said)-1]) == word && (len(said) == 1 || len(said) == 2 && said[0] == "is"):
			e.by, e.kind, e.value = by, kind, true
			return e, true
		case begins[word] == "" || e.by != nil || len(said) != 1 || said[0] != "state" && said[0] != "status":
		case kind.Kind == ir.Enum && !slices.ContainsFunc(kind.Enum, func(v any) bool { _, text := v.(string); return !text }):
			e.by, e.kind = by, kind
			if i := slices.IndexFunc(kind.Enum, func(v any) bool { return spelling(v.(string)) == word }); i >= 0 {
				e.value = kind.Enum[i]
			}
		case x.anyText(kind):
			e.by, e.kind, e.value = by, kind, word
		}
	}
	return e, e.by != nil
}

// says reports whether an end came about, by what an object says of itself; known is
// false where it says nothing of it.
func (e ending) says(o *object) (yes, known bool) {
	v, _ := o.get(e.by.Name)
	switch said := v.(type) {
	case bool:
		return said, true
	case string:
		said = spelling(said)
		_, over := begins[said]
		return e.value != nil && said == e.word, e.value != nil && (over || e.kind.Kind == ir.Enum) || slices.Contains(begun, said)
	}
	return false, false
}

// spelling is one way to write a word that has two.
func spelling(word string) string {
	return strings.ReplaceAll(strings.ToLower(word), "cancelled", "canceled")
}

// agree makes the times at which something ended agree with what an object says beside
// them. What is fixed stays as it is, and of what changed just now the time is told, too.
func (s *synth) agree(o *object, t *ir.Type, fixed func(name string) bool, changed bool) {
	told := map[*ir.Field]bool{} // What was changed to agree with one time.
	for _, e := range s.idx.shapeOf(t).ends {
		yes, known := e.says(o)
		at, there := o.get(e.at.Name)
		must := e.at.Required && !s.idx.nullable(e.at.Type)
		switch {
		case !known || fixed(e.at.Name):
		case yes && at == nil && (there || changed):
			s.ensure(o, t, ir.Path{{Name: e.at.Name}})
		case yes || !there || at == nil:
		case (must || s.presence == whole) && e.value != nil && !told[e.by] && !fixed(e.by.Name):
			told[e.by] = true
			o.set(e.by.Name, valueOf(e.value))
		case must:
		case s.idx.nullable(e.at.Type):
			o.set(e.at.Name, nil)
		default:
			o.drop(e.at.Name)
		}
	}
}

// stateOf makes what a member says of an end whose time is beside it: of an object that is
// new that it has not come, and of others where it is a text that has no values declared.
func (s *synth) stateOf(of *shape, f *ir.Field) (any, bool) {
	for _, e := range of.ends {
		isNew := s.presence == none
		switch {
		case e.by != f:
		case e.kind.Kind == ir.Bool && isNew:
			return false, true
		case e.kind.Kind == ir.Enum && isNew:
			if i := slices.IndexFunc(e.kind.Enum, func(v any) bool { return slices.Contains(begun, spelling(textOf(v))) }); i >= 0 {
				return e.kind.Enum[i], true
			}
		case e.kind.Kind == ir.String && !isNew && s.rng.chance(30):
			return e.word, true
		case e.kind.Kind == ir.String:
			return begins[e.word], true
		}
	}
	return nil, false
}
