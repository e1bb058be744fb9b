package codegen

import (
	"github.com/porin-dev/porin/codegen/internal/gofile"
	"github.com/porin-dev/porin/compiler/ir"
)

// bodyDecls declares what a list decodes, with the function that finds the
// items and the next position in it. Only what paging needs is decoded: the
// whole body is at hand through WithResponse.
func (g *generator) bodyDecls(gr *ir.Group, a *ir.Action) []decl {
	name := bodyType(gr, a)
	page := func() *gofile.Code { return gofile.RT("PageBody").Types(g.goType(a.Page.Item, received)) }
	r := &bodyReader{g: g, a: a, root: &bodyNode{}}
	r.items = r.read(a.Page.Items, gofile.Slice(g.goType(a.Page.Item, received)))
	fields := append([]gofile.KV{{Name: "Items", Value: r.items()}}, r.next()...)
	if id := r.id(); id != nil {
		fields = append(fields, gofile.KV{Name: "ID", Value: id})
	}
	if s := a.Page.Split; s != nil {
		// rt.KeyText(rt.Elem(b.Notes, -1).Changed)
		last := gofile.Call(gofile.RT("Elem"), r.items(), gofile.Lit(-1))
		fields = append(fields, gofile.KV{Name: "Key", Value: gofile.Call(gofile.RT("KeyText"), r.member(last, s.Field))})
	}
	// func (b *conversationsListBody) page() rt.PageBody[Channel] {
	//	return rt.PageBody[Channel]{Items: b.Channels, Cursor: b.ResponseMetadata.NextCursor}
	// }
	read := gofile.Method("b", gofile.Ptr(gofile.Id(name)), "page").Params().Add(page()).
		Block(gofile.Return(gofile.Fields(page(), fields...)))
	return []decl{
		{name + " is what [" + method(gr, a) + "] reads of a response.", gofile.Type(name).Add(r.root.typ())},
		{"", read},
	}
}

// bodyReader collects the members of a response that paging reads.
type bodyReader struct {
	g     *generator
	a     *ir.Action
	root  *bodyNode
	items func() *gofile.Code // The expression that gives the items.
}

// bodyNode is one member of the response: a leaf with a type, or an object.
type bodyNode struct {
	name string
	leaf *gofile.Code
	kids []*bodyNode
}

// typ is the node's type: struct{ NextCursor string `json:"next_cursor"` }.
func (n *bodyNode) typ() *gofile.Code {
	if n.leaf != nil {
		return n.leaf
	}
	var fields []*gofile.Code
	for _, k := range n.kids {
		fields = append(fields, gofile.Param(exported(k.name), k.typ()).Tag(map[string]string{"json": k.name}))
	}
	return gofile.Struct(fields...)
}

func (n *bodyNode) kid(name string) *bodyNode {
	for _, k := range n.kids {
		if k.name == name {
			return k
		}
	}
	k := &bodyNode{name: name}
	n.kids = append(n.kids, k)
	return k
}

// read adds the member at a path of names, and returns the expression for it.
func (r *bodyReader) read(path ir.Path, typ *gofile.Code) func() *gofile.Code {
	node := r.root
	for _, step := range path {
		if step.Name == "" || node.leaf != nil {
			r.g.fail("%s: the path %s of its page rule goes through a list other than the items", r.a.Path, path)
			return func() *gofile.Code { return gofile.Id("nil") }
		}
		node = node.kid(step.Name)
	}
	node.leaf = typ
	return func() *gofile.Code {
		if len(path) == 0 {
			return gofile.Op("*").Id("b")
		}
		expr := gofile.Id("b")
		for _, step := range path {
			expr.Dot(exported(step.Name))
		}
		return expr
	}
}

// next fills the members of rt.PageBody that stand in the body.
func (r *bodyReader) next() []gofile.KV {
	p := r.a.Page
	var out []gofile.KV
	switch {
	case p.Style == "last_item":
		last := -1
		path := append(append(append(ir.Path{}, p.Items...), ir.Step{Index: &last}), p.Field...)
		out = append(out, gofile.KV{Name: "Cursor", Value: r.text(path)})
	case p.From == nil || len(p.From.Body) == 0:
	case p.Style == "link":
		out = append(out, gofile.KV{Name: "Link", Value: r.text(p.From.Body)})
	default:
		out = append(out, gofile.KV{Name: "Cursor", Value: r.text(p.From.Body)})
	}
	for _, s := range []struct {
		name string
		from *ir.Source
		typ  string
	}{{"More", p.More, "bool"}, {"Total", p.Total, "int"}, {"Pages", p.Pages, "int"}} {
		if s.from != nil && len(s.from.Body) > 0 {
			opt := gofile.RT("Opt").Types(gofile.Id(s.typ))
			out = append(out, gofile.KV{Name: s.name, Value: r.read(s.from.Body, opt)()})
		}
	}
	return out
}

// id is what tells items apart, where a resource that the action lists declares it.
func (r *bodyReader) id() *gofile.Code {
	path := r.g.c.ListedID(r.a)
	item := r.g.resolve(r.a.Page.Item)
	if path == nil || item == nil || item.Kind != ir.Object || !r.g.textual(r.g.at(item, path)) {
		return nil
	}
	// func(item *Channel) string { return item.ID }
	return gofile.Func("").Params(gofile.Param("item", gofile.Ptr(r.g.goType(r.a.Page.Item, received)))).String().Block(
		gofile.Return(r.ofItem(gofile.Id("item"), r.a.Page.Item, path)))
}

// text reads a position. One that is a number in the spec, or of which it does
// not say, is read in either form.
func (r *bodyReader) text(path ir.Path) *gofile.Code {
	if i, ok := itemPath(path, r.a.Page.Items); ok {
		// rt.Elem(b.Channels, -1).ID
		elem := gofile.Call(gofile.RT("Elem"), r.items(), gofile.Lit(i))
		return r.ofItem(elem, r.a.Page.Item, path[len(r.a.Page.Items)+1:])
	}
	t := r.g.resolve(r.g.at(r.a.Returns, path))
	if t != nil && t.Kind == ir.String && r.g.wireType(t) == nil {
		return r.read(path, gofile.Id("string"))()
	}
	return r.read(path, gofile.RT("ID"))().Dot("String").Call()
}

// itemPath reports whether a path goes on in one of the items, and in which.
func itemPath(path, items ir.Path) (index int, ok bool) {
	if len(path) <= len(items) || path[len(items)].Index == nil {
		return 0, false
	}
	for i, step := range items {
		if path[i].Name != step.Name {
			return 0, false
		}
	}
	return *path[len(items)].Index, true
}

// ofItem reads text inside an item by the names of its Go type.
func (r *bodyReader) ofItem(expr *gofile.Code, t *ir.Type, path ir.Path) *gofile.Code {
	for i, step := range path {
		owner := r.g.resolve(t)
		if owner != nil && owner.Kind == ir.Union {
			// rt.Elem(b.Data, -1).Text("id")
			return expr.Dot("Text").Call(gofile.List(nameList(path[i:])...)...)
		}
		f := fieldOf(owner, step.Name)
		if f == nil {
			r.g.fail("%s: the list goes on at %s, which no item has", r.a.Path, path)
			return expr
		}
		expr = expr.Dot(f.Go)
		switch s, looped := sideOf(owner).of(f), r.g.looped(owner, f.Type); {
		case r.g.needsOpt(f, s) && looped && s.sent():
			expr = gofile.Call(gofile.RT("Value"), expr.Dot("Or").Call(gofile.Id("nil")))
		case looped, r.g.needsOpt(f, s) && r.g.points(f.Type, s):
			expr = gofile.Call(gofile.RT("Value"), expr)
		case r.g.needsOpt(f, s):
			expr = expr.Dot("Or").Call(r.zero(f.Type))
		}
		t = f.Type
	}
	return r.asText(expr, t)
}

// member reads a member of an item that every item has.
func (r *bodyReader) member(expr *gofile.Code, path ir.Path) *gofile.Code {
	t := r.a.Page.Item
	for _, step := range path {
		f := fieldOf(r.g.resolve(t), step.Name)
		if f == nil {
			r.g.fail("%s: the list goes on at %s, which no item has", r.a.Path, path)
			return expr
		}
		expr, t = expr.Dot(f.Go), f.Type
	}
	return expr
}

func nameList(path ir.Path) []*gofile.Code {
	var names []*gofile.Code
	for _, step := range path {
		names = append(names, gofile.Lit(step.Name))
	}
	return names
}

// zero is the zero value of a member: what an absent one is read as.
func (r *bodyReader) zero(t *ir.Type) *gofile.Code {
	named := r.g.resolve(t)
	switch {
	case r.g.wireType(t) != nil, named.Kind == ir.Object:
		return gofile.Fields(r.g.goType(t, received))
	case named.Kind == ir.String, named.Kind == ir.Enum:
		return gofile.Lit("")
	}
	return gofile.Lit(0)
}

func (r *bodyReader) asText(expr *gofile.Code, t *ir.Type) *gofile.Code {
	named := r.g.resolve(t)
	switch {
	case t.Wire.ID || t.Wire.Decimal:
		return expr.Dot("String").Call()
	case r.g.wireType(t) != nil || named == nil:
	case named.Kind == ir.String:
		return expr
	case named.Kind == ir.Enum && enumKind(named) == "string":
		return gofile.Call(gofile.Id("string"), expr)
	case named.Kind == ir.Int && beyondInt64(named):
		return gofile.Call(gofile.Qual("strconv", "FormatUint"), expr, gofile.Lit(10))
	case named.Kind == ir.Int:
		return gofile.Call(gofile.Qual("strconv", "FormatInt"), expr, gofile.Lit(10))
	}
	r.g.fail("%s: the list goes on after a key that is neither text nor a number", r.a.Path)
	return expr
}

// textual reports whether asText can read a value of the type.
func (g *generator) textual(t *ir.Type) bool {
	named := g.resolve(t)
	switch {
	case named == nil:
		return false
	case t.Wire.ID || t.Wire.Decimal:
		return true
	case g.wireType(t) != nil:
		return false
	}
	return named.Kind == ir.String || named.Kind == ir.Int || named.Kind == ir.Enum && enumKind(named) == "string"
}

// at is the type at a path inside a type, or nil.
func (g *generator) at(t *ir.Type, path ir.Path) *ir.Type {
	for _, step := range path {
		t = g.resolve(t)
		switch {
		case t == nil:
			return nil
		case step.Name == "" || t.Kind == ir.Map:
			t = t.Elem
		default:
			f := fieldOf(t, step.Name)
			if f == nil {
				return nil
			}
			t = f.Type
		}
	}
	return t
}

func fieldOf(t *ir.Type, name string) *ir.Field {
	if t == nil {
		return nil
	}
	for _, f := range t.Fields {
		if f.Name == name {
			return f
		}
	}
	return nil
}
