package runtime

import "reflect"

// Union is a value of one of several types, kept as it came. Generated unions
// embed it: their AsX methods read it as one of their types, and their XFromY
// functions make one. The zero Union is absent.
type Union struct {
	raw  Raw
	made any // The value that [UnionOf] was given. It is written when it is sent.
}

// UnionOf returns a union that holds v.
func UnionOf(v any) Union { return Union{made: v} }

// Raw returns the value as JSON: as it was received or, for one that was made,
// as it would be written. It is nil when there is none.
func (u Union) Raw() Raw {
	if u.made == nil {
		return u.raw
	}
	raw, err := MarshalRaw(u.made)
	if err != nil {
		return nil // A string that is not UTF-8; sending it says so.
	}
	return raw
}

// IsZero reports whether the union is absent.
func (u Union) IsZero() bool { return u.raw == nil && u.made == nil }

// MarshalJSONTo writes the value, or null when there is none.
func (u Union) MarshalJSONTo(enc *jsonEncoder) error {
	switch {
	case u.made != nil:
		return marshalTo(enc, u.made)
	case u.raw != nil:
		return enc.WriteValue(u.raw)
	}
	return enc.WriteValue(Raw("null"))
}

// UnmarshalJSONFrom keeps whatever value comes.
func (u *Union) UnmarshalJSONFrom(dec *jsonDecoder) error {
	raw, err := dec.ReadValue()
	*u = Union{raw: raw.Clone()}
	return err
}

// Kind is a kind of JSON value.
type Kind uint8

// The kinds.
const (
	KindAny Kind = iota
	KindBool
	KindNumber
	KindString
	KindArray
	KindObject
)

// Variant says how one variant of a union is told from the others.
type Variant struct {
	Kind  Kind
	Tag   string   // An object's member that has the Value.
	Value string   // As JSON text.
	Has   []string // An object's members that are there.
}

// As reads the union's value into out, a pointer, when it is that variant and can
// be read as one; else out gets its zero value. It is not generic: there would be
// one for each variant of a package.
func As(u Union, v Variant, out any) bool {
	to := reflect.ValueOf(out).Elem()
	if made := reflect.ValueOf(u.made); made.IsValid() && made.Type() == to.Type() {
		to.Set(made)
		return true
	}
	raw := u.Raw()
	if v.fits(raw) && UnmarshalRaw(raw, out) == nil {
		return true
	}
	to.SetZero()
	return false
}

// fits reports whether a value is of the variant.
func (v Variant) fits(raw Raw) bool {
	switch raw.Kind() {
	case 't', 'f':
		return v.Kind == KindBool || v.Kind == KindAny
	case '0':
		return v.Kind == KindNumber || v.Kind == KindAny
	case '"':
		return v.Kind == KindString || v.Kind == KindAny
	case '[':
		return v.Kind == KindArray || v.Kind == KindAny
	case '{':
		return v.Kind == KindAny || v.Kind == KindObject && v.fitsObject(raw)
	}
	return false // Null and nothing are no variant.
}

func (v Variant) fitsObject(raw Raw) bool {
	if v.Tag == "" && len(v.Has) == 0 {
		return true
	}
	ms := map[string]Raw{}
	if UnmarshalRaw(raw, &ms) != nil {
		return false
	}
	for _, name := range v.Has {
		if _, ok := ms[name]; !ok {
			return false
		}
	}
	return v.Tag == "" || string(ms[v.Tag]) == v.Value
}
