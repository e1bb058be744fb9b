package codegen

import (
	"math/big"
	"slices"
	"strings"

	"github.com/porin-dev/porin/codegen/internal/gofile"
	"github.com/porin-dev/porin/compiler/ir"
)

// side says which way values of a type travel. It decides between plain and
// optional members: a program fills what is sent and only reads what comes.
type side uint8

const (
	received side = iota // Only read.
	both                 // A named type that is sent as well.
	params               // The parameters of one action.
)

func (s side) sent() bool { return s != received }

// of is the side of a member: one that is never sent only comes.
func (s side) of(f *ir.Field) side {
	if f.ReadOnly {
		return received
	}
	return s
}

// sideOf is the side of a named type.
func sideOf(t *ir.Type) side {
	if t.In {
		return both
	}
	return received
}

// own is a name of the client package, qualified where that is needed.
func (g *generator) own(name string) *gofile.Code { return gofile.Qual(g.pkg.Path, name) }

// alias is a name of the runtime as the client package passes it on. A type of
// the spec with the same name wins; the runtime's is then written in full.
func (g *generator) alias(name string) *gofile.Code {
	if g.taken[name] {
		return gofile.RT(name)
	}
	return g.own(name)
}

// called is how prose calls a name that alias gives.
func (g *generator) called(name string) string {
	if g.taken[name] {
		return "rt." + name
	}
	return name
}

func (g *generator) opt(elem *gofile.Code) *gofile.Code { return g.alias("Opt").Types(elem) }

// resolve follows references between named types.
func (g *generator) resolve(t *ir.Type) *ir.Type {
	for range len(g.named) + 1 {
		if t == nil || t.Kind != ir.Ref {
			return t
		}
		t = g.named[t.Ref]
	}
	return nil
}

// goType is the Go type of a value that is there: null and absence are the
// business of the member that holds it.
func (g *generator) goType(t *ir.Type, s side) *gofile.Code {
	if c := g.wireType(t); c != nil {
		return c
	}
	switch t.Kind {
	case ir.Bool:
		return gofile.Id("bool")
	case ir.Int:
		if beyondInt64(t) {
			return gofile.Id("uint64")
		}
		// Counts are ints, so that slack.Some(200) says what it means; what
		// comes may be an id of 64 bits.
		if s == params {
			return gofile.Id("int")
		}
		return gofile.Id("int64")
	case ir.Float:
		return gofile.Id("float64")
	case ir.String:
		return gofile.Id("string")
	case ir.Bytes:
		return gofile.Slice(gofile.Id("byte"))
	case ir.List:
		return gofile.Slice(g.elemType(t.Elem, s))
	case ir.Map:
		return gofile.Map(g.elemType(t.Elem, s))
	case ir.Ref:
		return g.refType(t)
	case ir.Enum:
		return g.enumType(t)
	case ir.Object, ir.Union:
		if t.Go == "" {
			g.fail("%s: an inline %s without a Go name", t.Pos, t.Kind)
		}
		return g.own(t.Go)
	}
	return g.alias("Raw")
}

// beyondInt64 reports whether the bounds of an integer ask for a uint64.
func beyondInt64(t *ir.Type) bool {
	if t.Max == nil || t.Min == nil || strings.HasPrefix(t.Min.Value, "-") {
		return false
	}
	limit, ok := new(big.Int).SetString(t.Max.Value, 10)
	return ok && limit.BitLen() > 63
}

// wireType is the type of a value whose attributes say more than its kind, or nil.
func (g *generator) wireType(t *ir.Type) *gofile.Code {
	switch {
	case t.Wire.Secret:
		return g.alias("Secret")
	case t.Wire.ID:
		return g.alias("ID")
	case t.Wire.Decimal:
		return g.alias("Decimal")
	case len(t.Wire.Time) == 0:
		return nil
	}
	if name := unixType(t); name != "" {
		return g.alias(name)
	}
	if t.Wire.Time[0] == "rfc3339" {
		return gofile.Qual("time", "Time")
	}
	return nil // A date or a layout of its own stays the text that it is.
}

// unixType is the runtime's type of a time that is counted since 1970, or "".
func unixType(t *ir.Type) string {
	if len(t.Wire.Time) == 0 {
		return ""
	}
	text := t.Kind == ir.String
	switch form := t.Wire.Time[0]; {
	case form == "unix" && text:
		return "UnixText"
	case form == "unix":
		return "UnixTime"
	case form == "unix_ms" && text:
		return "UnixMilliText"
	case form == "unix_ms":
		return "UnixMilliTime"
	}
	return ""
}

// isTime reports whether the Go type of t is one of time.
func (g *generator) isTime(t *ir.Type) bool {
	for _, wire := range [...]ir.Wire{t.Wire, g.resolve(t).Wire} {
		if len(wire.Time) > 0 && slices.Contains([]string{"unix", "unix_ms", "rfc3339"}, wire.Time[0]) {
			return true
		}
	}
	return false
}

// elemType is the type of an element of a list or a map.
func (g *generator) elemType(t *ir.Type, s side) *gofile.Code {
	c := g.goType(t, s)
	switch {
	case !g.nullable(t) || g.holdsNull(t):
		return c
	case g.points(t, s):
		return gofile.Ptr(c)
	}
	return g.opt(c)
}

func (g *generator) refType(t *ir.Type) *gofile.Code {
	named := g.named[t.Ref]
	if named == nil {
		g.fail("%s: a reference to %q, which is no type of the connector", t.Pos, t.Ref)
		return g.alias("Raw")
	}
	return g.own(named.Go)
}

// enumType is the enum's own type, or the plain kind for a constant.
func (g *generator) enumType(t *ir.Type) *gofile.Code {
	if t.Go != "" && len(t.Enum) > 1 {
		return g.own(t.Go)
	}
	return gofile.Id(enumKind(t))
}

// enumKind is the kind of an enum's members in Go.
func enumKind(t *ir.Type) string {
	for _, v := range t.Enum {
		if _, ok := v.(string); ok {
			return "string"
		}
	}
	return "int64"
}

// nullable reports whether null is a value of the type.
func (g *generator) nullable(t *ir.Type) bool {
	named := g.resolve(t)
	return t.Nullable || named != nil && named.Nullable
}

// holdsNull reports whether the Go type keeps null by itself.
func (g *generator) holdsNull(t *ir.Type) bool {
	named := g.resolve(t)
	return named == nil || g.wireType(named) == nil && (named.Kind == ir.Any || named.Kind == ir.Union)
}

// nils reports whether the zero value of the Go type means that there is
// nothing, so that it needs no Opt to be absent.
func (g *generator) nils(t *ir.Type) bool {
	named := g.resolve(t)
	if named == nil {
		return true
	}
	if g.wireType(t) != nil || g.wireType(named) != nil {
		return false
	}
	switch named.Kind {
	case ir.Any, ir.Bytes, ir.Object, ir.List, ir.Map, ir.Union:
		return true
	case ir.Enum: // A constant is its plain kind, which has a zero like any other.
		return named.Go != "" && len(named.Enum) > 1 && enumKind(named) == "string" && !slices.Contains(named.Enum, any(""))
	}
	return false
}
