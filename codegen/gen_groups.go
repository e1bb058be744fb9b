package codegen

import (
	"fmt"
	"maps"
	"strings"

	"github.com/porin-dev/porin/codegen/internal/gofile"
	"github.com/porin-dev/porin/compiler/ir"
)

// groups writes a file for each top-level group. One that would be too long is
// split by its subgroups, and what is too long still, by size.
func (g *generator) groups() {
	for _, gr := range g.c.Groups {
		g.groupFiles(gr)
	}
}

func (g *generator) groupFiles(gr *ir.Group) {
	own := g.groupDecls(gr)
	emitted := maps.Clone(g.emitted)
	below := g.belowDecls(gr)
	if len(gr.Groups) == 0 || g.lines(append(own[:len(own):len(own)], below...)) <= maxLines {
		g.addSplit(g.pkg, groupFile(gr), append(own, below...))
		return
	}
	g.addSplit(g.pkg, groupFile(gr), own)
	g.emitted = emitted // What is below was declared to be counted.
	for _, sub := range gr.Groups {
		g.groupFiles(sub)
	}
}

// belowDecls is everything in the subgroups of a group.
func (g *generator) belowDecls(gr *ir.Group) []decl {
	var out []decl
	for _, sub := range gr.Groups {
		out = append(out, g.groupDecls(sub)...)
		out = append(out, g.belowDecls(sub)...)
	}
	return out
}

// groupDecls is a group's own service with its actions: for each the
// parameters, the result, the operation and the methods.
func (g *generator) groupDecls(gr *ir.Group) []decl {
	var out []decl
	if !isRoot(gr) {
		out = append(out, g.serviceDecl(gr))
	}
	for _, a := range gr.Actions {
		out = append(out, g.paramsDecls(gr, a)...)
		out = append(out, g.resultDecls(gr, a)...)
		out = append(out, g.opDecl(gr, a))
		out = append(out, g.methodDecls(gr, a)...)
	}
	return out
}

func (g *generator) serviceDecl(gr *ir.Group) decl {
	doc := fmt.Sprintf("%s holds the %s methods.", service(gr), gr.Path)
	if gr.Doc != "" {
		doc = fmt.Sprintf("%s holds the %s methods. %s", service(gr), gr.Path, sentence(gr.Doc))
	}
	doc = strings.Join(append([]string{doc}, noteDocs("Note: ", gr.Notes)...), "\n\n")
	client := gofile.Param("rt", gofile.Ptr(gofile.RT("Client")))
	if len(gr.Groups) == 0 {
		// type ChatService struct{ rt *rt.Client }
		return decl{doc, gofile.Type(service(gr)).Struct(client)}
	}
	fields := []*gofile.Code{client}
	for _, sub := range gr.Groups {
		fields = append(fields, gofile.Param(sub.Field, gofile.Id(service(sub))))
	}
	return decl{doc, gofile.Type(service(gr)).Add(gofile.Struct(fields...))}
}

// walkType calls visit for a type and everything written inside it.
func walkType(t *ir.Type, visit func(*ir.Type)) {
	if t == nil {
		return
	}
	visit(t)
	for _, f := range t.Fields {
		walkType(f.Type, visit)
	}
	for _, v := range t.Variants {
		walkType(v, visit)
	}
	walkType(t.Elem, visit)
}
