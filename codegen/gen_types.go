package codegen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/porin-dev/porin/codegen/internal/gofile"
	"github.com/porin-dev/porin/compiler/ir"
)

// types writes the named types, each followed by its inline types.
func (g *generator) types() {
	var decls []decl
	for _, t := range g.c.Types {
		g.same(t, sideOf(t)) // The first of its kind may stand behind types with others of it inside.
	}
	for _, t := range g.c.Types {
		decls = append(decls, g.typeDecls(t, sideOf(t), fmt.Sprintf("%s is a type of the %s API.", t.Go, g.title))...)
	}
	g.addSplit(g.pkg, "types", decls)
}

// typeDecls declares a type and the inline types within. What the type is
// without a doc of its own, is in fallback.
func (g *generator) typeDecls(t *ir.Type, s side, fallback string) []decl {
	doc := typeDoc(t, fallback)
	if c := g.wireType(t); c != nil {
		return []decl{{doc, gofile.Type(t.Go).Op("=").Add(c)}}
	}
	switch t.Kind {
	case ir.Object:
		return g.structDecls(t, s, doc)
	case ir.Enum:
		return g.enumDecls(t, doc)
	case ir.Union:
		return g.unionDecls(t, s, doc)
	case ir.List, ir.Map:
		// type Blocks []Block
		head := decl{doc, gofile.Type(t.Go).Add(g.goType(t, s))}
		return append([]decl{head}, g.inlineDecls(t.Elem, s, "an element of ["+t.Go+"]")...)
	}
	// type ChannelID = string
	return []decl{{doc, gofile.Type(t.Go).Op("=").Add(g.goType(t, s))}}
}

// inlineDecls declares the types that are written where they are used. What
// they are there for, is in role: "the topic of a [Channel]".
func (g *generator) inlineDecls(t *ir.Type, s side, role string) []decl {
	if t == nil {
		return nil
	}
	switch t.Kind {
	case ir.List, ir.Map:
		return g.inlineDecls(t.Elem, s, role)
	case ir.Enum:
		if len(t.Enum) < 2 {
			return nil
		}
	case ir.Object, ir.Union:
	default:
		return nil
	}
	if t.Go == "" || g.emitted[t.Go] || g.wireType(t) != nil {
		return nil
	}
	g.emitted[t.Go] = true
	doc := t.Go + " is " + role + "."
	if first := g.same(t, s); first != "" {
		return g.sameDecls(t, s, typeDoc(t, doc), first)
	}
	return g.typeDecls(t, s, doc)
}

// structDecls declares an object.
func (g *generator) structDecls(t *ir.Type, s side, doc string) []decl {
	var members []member
	for _, f := range t.Fields {
		members = append(members, g.member(t, f, f.Name, s))
	}
	if s != params && (s == received || t.Out) {
		members = append(members, g.extra(t))
	}
	// type Channel struct { ... }
	out := []decl{{doc + choicesDoc(t, "It has"), gofile.Type(t.Go).Add(structType(members))}}
	for _, f := range t.Fields {
		out = append(out, g.inlineDecls(f.Type, s.of(f), fmt.Sprintf("the member %s of [%s]", f.Name, t.Go))...)
	}
	return out
}

// extra is the member that keeps what the spec does not name.
func (g *generator) extra(t *ir.Type) member {
	name := "Extra"
	for _, f := range t.Fields {
		if f.Go == name {
			name = "ExtraMembers"
		}
	}
	return member{name, g.alias("Raw"), ",embed", "Members not named above."}
}

// member is a field of a struct.
type member struct {
	name string
	typ  *gofile.Code
	tag  string
	doc  string
}

// member decides how a field of an object is written: plain, optional or by
// pointer. The wire name of a parameter may differ from the tag's.
func (g *generator) member(owner *ir.Type, f *ir.Field, tag string, s side) member {
	doc := fieldDoc(f, s)
	s = s.of(f)
	typ := g.goType(f.Type, s)
	looped, opt := g.looped(owner, f.Type), g.needsOpt(f, s)
	switch {
	case opt && g.points(f.Type, s):
		typ = gofile.Ptr(typ)
	case opt && looped:
		typ = g.opt(gofile.Ptr(typ))
	case opt:
		typ = g.opt(typ)
	case looped:
		typ = gofile.Ptr(typ)
	}
	if strings.ContainsAny(tag, unfitTag) || tag == "-" {
		g.fail("%s: the member %q cannot be one of a Go struct: its name has a comma, a quote or a backslash; write {[string]: _} for the object", f.Pos, tag)
	}
	if !f.Required || f.ReadOnly && owner.In || g.isTime(f.Type) && !g.needsOpt(f, s) {
		tag += ",omitzero" // The zero time is no time: it came as null, or nobody set it.
	}
	if s.sent() && g.quoted(f.Type) {
		tag += ",string"
	}
	return member{f.Go, typ, tag, doc}
}

// quoted reports whether a decimal is text for the provider. One that only comes keeps
// the form that it came in.
func (g *generator) quoted(t *ir.Type) bool {
	named := g.resolve(t)
	return named != nil && named.Kind == ir.String && (t.Wire.Decimal || named.Wire.Decimal)
}

// needsOpt reports whether a field has a state that its plain type cannot hold.
func (g *generator) needsOpt(f *ir.Field, s side) bool {
	if g.nullable(f.Type) && !g.holdsNull(f.Type) {
		// A list that only comes is empty when it is null.
		return s.sent() || !g.nils(f.Type) || g.resolve(f.Type).Kind == ir.Object
	}
	return s.sent() && !f.Required && (!g.nils(f.Type) || g.zeroSays(f.Type))
}

// points reports whether a pointer says that a value is not there, in place of an
// Opt: of an object, unless null and nothing have to be sent apart. An Opt of each
// object would be a set of methods of each, which a big package takes longer to
// compile than all else in it.
func (g *generator) points(t *ir.Type, s side) bool {
	named := g.resolve(t)
	return named != nil && named.Kind == ir.Object && g.wireType(t) == nil && g.wireType(named) == nil &&
		(!s.sent() || !g.nullable(t))
}

// zeroSays reports whether the zero value of an object may be meant: {enabled:
// false}. It has required members, and all are truth values or numbers.
func (g *generator) zeroSays(t *ir.Type) bool {
	o, says := g.resolve(t), false
	if o.Kind != ir.Object {
		return false
	}
	for _, f := range g.c.Fields(o) {
		switch {
		case !f.Required:
			continue
		case !slices.Contains([]ir.Kind{ir.Bool, ir.Int, ir.Float}, g.resolve(f.Type).Kind):
			return false
		}
		says = true
	}
	return says
}

// unfitTag are the characters that the name in a tag cannot have.
const unfitTag = ",'\"`\\"

// maxTrailing is the longest comment that stands behind a field; when one of a
// struct is longer, all stand above theirs.
const maxTrailing = 72

func structType(members []member) *gofile.Code {
	above := false
	for _, m := range members {
		above = above || len(m.doc) > maxTrailing || strings.Contains(m.doc, "\n")
	}
	var fields []*gofile.Code
	for i, m := range members {
		// Name Type `json:"name"` // Doc.
		field := gofile.Id(m.name).Add(m.typ).Tag(map[string]string{"json": m.tag})
		switch {
		case m.doc == "":
		case !above:
			gofile.Trailing(field, m.doc)
		default:
			if i > 0 {
				fields = append(fields, gofile.Id("").Line())
			}
			fields = append(fields, gofile.CommentLine(m.doc))
		}
		fields = append(fields, field)
	}
	return gofile.Struct(fields...)
}
