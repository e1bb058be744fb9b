package gofile

import "github.com/dave/jennifer/jen"

// KV is a field of a composite literal. A nil Value leaves the field out, so
// that callers state every field in order and zero ones vanish.
type KV struct {
	Name  string
	Value *Code
}

// Fields is T{Name: value, ...} on one line.
func Fields(typ *Code, fields ...KV) *Code {
	return jen.Add(typ).Custom(jen.Options{Open: "{", Close: "}", Separator: ","}, keyed(fields)...)
}

// FieldLines is T{Name: value, ...} with one field a line.
func FieldLines(typ *Code, fields ...KV) *Code {
	return jen.Add(typ).Custom(jen.Options{Open: "{", Close: "}", Separator: ",", Multi: true}, keyed(fields)...)
}

// Elems is T{a, b} on one line, or nil without elements.
func Elems(typ *Code, elems ...*Code) *Code {
	if len(elems) == 0 {
		return nil
	}
	return jen.Add(typ).Values(codes(elems)...)
}

// ElemLines is T{a, b} with one element a line, or nil without elements.
func ElemLines(typ *Code, elems ...*Code) *Code {
	if len(elems) == 0 {
		return nil
	}
	return jen.Add(typ).Custom(jen.Options{Open: "{", Close: "}", Separator: ",", Multi: true}, codes(elems)...)
}

// Strings is []string{...} on one line, or nil when there are none.
func Strings(list []string) *Code { return Elems(Slice(Id("string")), lits(list)...) }

// String is a literal, or nil for the empty string.
func String(s string) *Code {
	if s == "" {
		return nil
	}
	return Lit(s)
}

// Int is a literal, or nil for zero.
func Int(n int) *Code {
	if n == 0 {
		return nil
	}
	return Lit(n)
}

// True is the literal true, or nil for false.
func True(b bool) *Code {
	if !b {
		return nil
	}
	return jen.True()
}

func lits(list []string) []*Code {
	out := make([]*Code, len(list))
	for i, s := range list {
		out[i] = Lit(s)
	}
	return out
}

func keyed(fields []KV) []jen.Code {
	var out []jen.Code
	for _, f := range fields {
		if f.Value != nil {
			out = append(out, jen.Id(f.Name).Op(":").Add(f.Value))
		}
	}
	return out
}
