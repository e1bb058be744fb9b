package draft

import (
	"slices"
	"strings"
)

// reference is a parameter in a path. The signs before and behind a name are
// those of RFC 6570, which some documents use.
var reference = pattern(`\{[+#./;?&]?([^{}]+?)\*?\}`)

// fitPaths makes paths and their parameters agree: documents forget
// parameters, declare them elsewhere, and keep those of other paths.
func (d *drafter) fitPaths() {
	for _, op := range d.ops {
		var names []string
		for _, m := range reference().FindAllStringSubmatch(op.path, -1) {
			if !contains(names, m[1]) {
				names = append(names, m[1])
			}
		}
		for _, name := range names {
			d.declareInPath(op, name)
		}
		op.params = slices.DeleteFunc(op.params, func(p *param) bool {
			unused := p.in == "path" && !contains(names, p.name)
			if unused {
				d.doc.repair(op.at, "it is left out", "the path does not have the parameter %q", p.name)
			}
			return unused
		})
	}
}

func (d *drafter) declareInPath(op *operation, name string) {
	for _, p := range op.params {
		if p.in == "path" && strings.TrimSuffix(strings.TrimLeft(p.name, "+#./;?&"), "*") == name {
			p.name = name
			return
		}
	}
	if p := op.query(name); p != nil {
		d.doc.repair(op.at, "it is taken as one of the path", "the parameter %q is in the path, and is declared as one of the query", name)
		p.in = "path"
		return
	}
	d.doc.repair(op.at, "it is text", "the parameter %q of the path is not declared", name)
	op.params = append(op.params, &param{name: name, in: "path", required: true, schema: &schema{at: op.at, kind: stringKind}})
}

// url writes the path below the server with references to parameters.
func (d *drafter) url(op *operation) string {
	path := strings.TrimPrefix(op.path, "/")
	if strings.HasPrefix(path, "//") || strings.Contains(path, "://") {
		path = strings.ReplaceAll(strings.TrimLeft(path, "/"), "://", ":%2F/") // It would name a host.
	}
	literal := strings.NewReplacer("{", "{{", "}", "}}")
	var b strings.Builder
	at := 0
	for _, m := range reference().FindAllStringSubmatchIndex(path, -1) {
		b.WriteString(literal.Replace(path[at:m[0]]))
		b.WriteString(op.pathPrefix(path[m[2]:m[3]]))
		b.WriteString(inTemplate("in", path[m[2]:m[3]]))
		at = m[1]
	}
	b.WriteString(literal.Replace(path[at:]))
	return b.String()
}

// inTemplate writes a reference to a name of a scope.
func inTemplate(scope, name string) string {
	return "{" + scope + "." + pathOf(name) + "}"
}
