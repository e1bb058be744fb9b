package codegen

import (
	"fmt"

	"github.com/porin-dev/porin/codegen/internal/gofile"
	"github.com/porin-dev/porin/compiler/ir"
)

// downloadDecl declares the method that reads a file as it arrives.
func (g *generator) downloadDecl(gr *ir.Group, a *ir.Action) decl {
	// func (s FilesService) OpenContent(ctx context.Context, p FilesContentParams, opts ...CallOption) (*Download, error) {
	//	return rt.Open(ctx, s.rt, &opFilesContent, p, opts)
	// }
	open := g.signature(gr, a, a.Open).Params(gofile.Ptr(g.alias("Download")), gofile.Id("error")).Block(
		gofile.Return(gofile.Call(gofile.RT("Open"), gofile.Id("ctx"), gofile.Id("s").Dot("rt"),
			gofile.Op("&").Id(opVar(gr, a)), g.in(a), gofile.Id("opts"))))
	doc := fmt.Sprintf("%s is [%s] for a file of any size, which is read as it arrives. The caller has to close it; ctx ends it.", a.Open, method(gr, a))
	return decl{doc, open}
}

// firstDownload explains downloads by the first method that begins one.
func (g *generator) firstDownload() string {
	for gr, a := range g.c.AllActions() {
		if a.Open != "" {
			return fmt.Sprintf("A file is read into memory, or as it arrives: [%s.%s] returns an [io.ReadCloser] that goes on where a connection broke, as long as the file is the same.",
				service(gr), a.Open)
		}
	}
	return ""
}
