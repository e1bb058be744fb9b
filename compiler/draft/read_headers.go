package draft

import (
	"slices"
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
)

// checkHeaders mends the names of headers, of parameters and of keys, that HTTP cannot
// carry: spaces around one go, and what has another sign is left out.
func (d *document) checkHeaders() {
	for _, op := range d.ops {
		op.params = slices.DeleteFunc(op.params, func(p *param) bool {
			return p.in == "header" && !d.trimHeader(&p.name, p.at)
		})
	}
	for _, s := range d.schemes {
		if s.kind == "key" && s.in == "header" && !d.trimHeader(&s.param, s.at) {
			s.kind = "other"
		}
	}
}

// trimHeader reports whether a name is that of a header, at the latest without the
// spaces around it.
func (d *document) trimHeader(name *string, at place) bool {
	trimmed := strings.TrimSpace(*name)
	switch {
	case !ir.IsHeaderName(trimmed):
		d.repair(at.below("name"), "it is left out", "%q is not the name of a header", *name)
		return false
	case trimmed != *name:
		d.repair(at.below("name"), "it is read without them", "the header %q has spaces around its name", *name)
		*name = trimmed
	}
	return true
}
