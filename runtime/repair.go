package runtime

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// repair makes the values at one place fit the type they are read into. The
// place is general: every element of a list and every entry of a map on the way
// counts, so that ten thousand records with one fault are one repair.
//
// A number becomes a string and a string a number where the other is wanted,
// keeping every digit; true and false likewise; a single value becomes a list;
// a time that departs from RFC 3339 in its form is read, without a zone as UTC.
// What fits no other way, the empty string among it, is left out as if it had
// been absent; [Response.Body] still has it.
type repair struct {
	steps   []repairStep
	kind    jsonKind     // Of the values that are at fault.
	want    reflect.Type // What they are read into.
	changed bool
}

// repairStep is a member, or any element of a list or map.
type repairStep struct {
	name string
	any  bool
}

// newRepair returns the repair of what a decoder stumbled over while it read
// into a value of type root.
func newRepair(m *jsonMismatch, root reflect.Type) *repair {
	r := &repair{kind: m.JSONKind, want: m.GoType}
	t := root
	for name := range m.JSONPointer.Tokens() {
		var repeats bool
		t, repeats = stepInto(t, name)
		r.steps = append(r.steps, repairStep{name, repeats})
	}
	return r
}

// Error says what does not fit where. A repair that changed nothing is an error.
func (r *repair) Error() string {
	return fmt.Sprintf("%s: %s", generalPath(r.steps), r.kindOfFault())
}

// kindOfFault is what was found and what was wanted.
func (r *repair) kindOfFault() string {
	return kindName(r.kind) + " instead of " + typeName(r.want)
}

// apply returns the text with the repair made.
func (r *repair) apply(data []byte) []byte {
	if r.want == nil {
		return data
	}
	v, keep := r.rewrite(data, r.steps)
	if !keep { // The whole text does not fit.
		r.changed = false
		return data
	}
	return v
}

// rewrite returns a value with the repair made below it, or keep false when it
// must go.
func (r *repair) rewrite(v Raw, steps []repairStep) (out Raw, keep bool) {
	if len(steps) == 0 {
		return r.fix(v)
	}
	switch v.Kind() {
	case '{':
		ms, err := members(v)
		if err != nil {
			return v, true
		}
		kept := ms[:0]
		for _, m := range ms {
			keep := true
			if steps[0].any || m.name == steps[0].name {
				m.value, keep = r.rewrite(m.value, steps[1:])
			}
			if keep {
				kept = append(kept, m)
			}
		}
		return joinMembers(kept), true
	case '[':
		b := []byte{'['}
		for _, e := range elements(v) {
			e, keep := r.rewrite(e, steps[1:])
			if !keep {
				continue
			}
			if len(b) > 1 {
				b = append(b, ',')
			}
			b = append(b, e...)
		}
		return append(b, ']'), true
	}
	return v, true
}

// fix returns the value in the first form that fits.
func (r *repair) fix(v Raw) (Raw, bool) {
	if r.kind != 0 && v.Kind() != r.kind || r.fits(v) { // A type that reads itself does not say which kind it met.
		return v, true
	}
	r.kind, r.changed = v.Kind(), true
	for _, form := range forms(v) {
		if r.fits(form) {
			return form, true
		}
	}
	return nil, false
}

// fits reports whether a value can be read.
func (r *repair) fits(v Raw) bool {
	return unmarshal(v, reflect.New(r.want).Interface(), lenient) == nil
}

// forms lists other ways to write a value.
func forms(v Raw) []Raw {
	list := Raw("[" + string(v) + "]")
	switch v.Kind() {
	case '"':
		text := unquote(v)
		if text == "" {
			return nil
		}
		plain := Raw(text)
		if kind := plain.Kind(); (kind == '0' || kind == 't' || kind == 'f') && plain.IsValid() {
			return append(append([]Raw{plain}, forms(plain)...), list)
		}
		if at, ok := looseTime(text); ok {
			return []Raw{Raw(`"` + at.Format(time.RFC3339Nano) + `"`), list}
		}
	case '0', 't', 'f':
		forms := []Raw{Raw(`"` + string(v) + `"`), list}
		if n, err := strconv.ParseFloat(string(v), 64); err == nil {
			if whole := strconv.FormatFloat(n, 'f', -1, 64); !strings.Contains(whole, ".") && -1<<53 < n && n < 1<<53 {
				forms = append(forms, Raw(whole)) // 1.0 and 1e3 are integers.
			}
			if n == 0 || n == 1 {
				forms = append(forms, Raw(strconv.FormatBool(n == 1)))
			}
		}
		return forms
	case 'n', '[':
		return nil
	}
	return []Raw{list}
}

// looseTimes are forms of time that providers call RFC 3339.
var looseTimes = [...]string{
	"2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02T15:04",
	"2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 Z07:00", "2006-01-02 15:04:05 Z0700", "2006-01-02 15:04:05 MST", "2006-01-02 15:04:05",
	"2006-01-02", time.RFC1123Z, time.RFC1123,
}

// looseTime reads a time in one of these forms. Where a zone has but a name, only
// that of UTC is known.
func looseTime(text string) (time.Time, bool) {
	for _, form := range looseTimes {
		at, err := time.Parse(form, text)
		if name, offset := at.Zone(); err == nil && (offset != 0 || name == "" || name == "UTC" || name == "GMT") {
			return at, true
		}
	}
	return time.Time{}, false
}

// opener is an [Opt], whose value's type is asked for.
type opener interface{ inner() reflect.Type }

// stepInto returns the type of a member of t, nil where that is not known, and
// whether t has any number of members of that type.
func stepInto(t reflect.Type, name string) (member reflect.Type, repeats bool) {
	if t == nil {
		return nil, false
	}
	if o, ok := reflect.Zero(t).Interface().(opener); ok {
		return stepInto(o.inner(), name)
	}
	switch t.Kind() {
	case reflect.Pointer:
		return stepInto(t.Elem(), name)
	case reflect.Slice, reflect.Array, reflect.Map:
		return t.Elem(), true
	case reflect.Struct:
		for _, f := range reflect.VisibleFields(t) {
			if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); tag == name || tag == "" && f.Name == name {
				return f.Type, false
			}
		}
	}
	return nil, false
}

// generalPath writes a place as "channels[*].created".
func generalPath(steps []repairStep) string {
	var b strings.Builder
	for _, s := range steps {
		switch _, err := strconv.Atoi(s.name); {
		case s.any || err == nil:
			b.WriteString("[*]")
			continue
		case b.Len() > 0:
			b.WriteByte('.')
		}
		b.WriteString(s.name)
	}
	return b.String()
}

func kindName(kind jsonKind) string {
	switch kind {
	case '"':
		return "string"
	case '0':
		return "number"
	case '{':
		return "object"
	case '[':
		return "list"
	case 't', 'f':
		return "boolean"
	}
	return "null"
}

// typeName is the name of a Go type's form in JSON.
func typeName(t reflect.Type) string {
	if t == nil {
		return "what is declared"
	}
	switch t.Kind() {
	case reflect.Pointer:
		return typeName(t.Elem())
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	case reflect.Slice, reflect.Array:
		return "list"
	case reflect.Map:
		return "object"
	case reflect.Struct, reflect.Interface:
		if t.PkgPath() == "time" || t.Kind() == reflect.Struct && t.NumField() == 1 && t.Field(0).Type.PkgPath() == "time" {
			return "time"
		}
		return "object"
	case reflect.Float32, reflect.Float64:
		return "number"
	}
	return "integer"
}
