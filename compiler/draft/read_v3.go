package draft

import (
	"iter"
	"strconv"
	"strings"

	"github.com/pb33f/libopenapi/datamodel"
	"github.com/pb33f/libopenapi/datamodel/high/base"
	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"
	"github.com/pb33f/libopenapi/orderedmap"
)

// readV3 fills the document from OpenAPI 3.0, 3.1 or 3.2.
func (d *document) readV3(info *datamodel.SpecInfo, how *datamodel.DocumentConfiguration) error {
	s, err := buildV3(info, how)
	if s == nil {
		return &Error{Kind: Structure, Msg: "the document is not built as OpenAPI says: " + oneLine(err)}
	}
	d.extensions = extensionsOf(s.Extensions)
	if s.Info != nil {
		d.title, d.version, d.doc = s.Info.Title, s.Info.Version, s.Info.Description
		d.extensions = extensionsOf(s.Extensions, s.Info.Extensions)
	}
	if s.ExternalDocs != nil {
		d.docs = s.ExternalDocs.URL
	}
	for _, x := range s.Servers {
		d.servers = append(d.servers, d.serverV3(x))
	}
	d.dropPlainServers()
	if s.Components != nil {
		d.readDefinitions(s.Components.Schemas, "/components/schemas")
		if s.Components.SecuritySchemes != nil {
			for name, x := range s.Components.SecuritySchemes.FromOldest() {
				d.schemes = append(d.schemes, schemeV3(name, x))
			}
		}
	}
	if s.Paths == nil {
		return noPaths()
	}
	for path, item := range s.Paths.PathItems.FromOldest() {
		at := place{pointer: "/paths"}.below(path)
		for method, op := range methodsV3(item) {
			d.ops = append(d.ops, d.operationV3(s, strings.ToUpper(method), path, item, op, at.below(method)))
		}
	}
	if s.Webhooks != nil {
		for name, item := range s.Webhooks.FromOldest() {
			d.deliveriesV3(name, item, place{pointer: "/webhooks"}.below(name))
		}
	}
	return nil
}

// methodsV3 yields the operations of a path item, as they are called there.
func methodsV3(item *v3.PathItem) iter.Seq2[string, *v3.Operation] {
	return func(yield func(string, *v3.Operation) bool) {
		for _, o := range []struct {
			method string
			op     *v3.Operation
		}{
			{"get", item.Get}, {"head", item.Head}, {"post", item.Post},
			{"put", item.Put}, {"patch", item.Patch}, {"delete", item.Delete}, {"options", item.Options},
			{"trace", item.Trace}, {"query", item.Query},
		} {
			if o.op != nil && !yield(o.method, o.op) {
				return
			}
		}
	}
}

// serverV3 keeps variables of the host, which are settings of a connection. The
// others, and those that another server has otherwise, have their defaults.
func (d *document) serverV3(x *v3.Server) server {
	url := x.URL
	if x.Variables != nil {
		for name, v := range x.Variables.FromOldest() {
			if !d.keepVariable(url, name, variable{preset: v.Default, values: v.Enum}) {
				url = strings.ReplaceAll(url, "{"+name+"}", v.Default)
				d.note(place{pointer: "/servers"}, "the server variable %s has its default, %q", name, v.Default)
			}
		}
	}
	return server{url: url, doc: x.Description}
}

func schemeV3(name string, x *v3.SecurityScheme) *scheme {
	out := &scheme{at: place{}.below("components", "securitySchemes", name), name: name, kind: "other", doc: x.Description}
	switch x.Type {
	case "http":
		switch strings.ToLower(x.Scheme) {
		case "basic":
			out.kind = "basic"
		case "bearer":
			out.kind = "bearer"
		}
	case "apiKey":
		out.kind, out.in, out.param = "key", x.In, x.Name
	case "openIdConnect":
		out.open = true
	case "oauth2":
		out.kind = "oauth2"
		if x.Flows == nil {
			break
		}
		if f := x.Flows.AuthorizationCode; f != nil {
			out.flow, out.authorize, out.token = "code", f.AuthorizationUrl, f.TokenUrl
		} else if f := x.Flows.ClientCredentials; f != nil {
			out.flow, out.token = "client", f.TokenUrl
		}
	}
	return out
}

func (d *document) operationV3(
	s *v3.Document, method, path string, item *v3.PathItem, op *v3.Operation, at place,
) *operation {
	out := &operation{
		at: at, method: method, path: path, id: op.OperationId, tags: op.Tags,
		doc: first(op.Summary, op.Description), text: op.Description, deprecated: op.Deprecated != nil && *op.Deprecated,
		scopes: scopesOf(op.Security, s.Security), security: securityOf(op.Security, s.Security), extensions: extensionsOf(op.Extensions, item.Extensions),
	}
	if op.ExternalDocs != nil {
		out.docs = op.ExternalDocs.URL
	}
	own := op.Servers
	if len(own) == 0 {
		own = item.Servers
	}
	for _, x := range own {
		out.servers = append(out.servers, d.serverV3(x))
	}
	for i, p := range append(append([]*v3.Parameter{}, item.Parameters...), op.Parameters...) {
		d.parameterV3(out, p, at.below("parameters", strconv.Itoa(i)))
	}
	if op.RequestBody != nil {
		d.bodyV3(out, op.RequestBody, at.below("requestBody"))
	}
	d.answersV3(out, op.Responses)
	if op.Callbacks != nil {
		for name, callback := range op.Callbacks.FromOldest() {
			for address, item := range callback.Expression.FromOldest() {
				d.deliveriesV3(name, item, at.below("callbacks", name, address))
			}
		}
	}
	return out
}

func (d *document) parameterV3(out *operation, p *v3.Parameter, at place) {
	if p == nil || p.Name == "" {
		return
	}
	q := &param{
		name: p.Name, in: p.In, at: at, doc: p.Description, style: styleV3(p),
		required: p.Required != nil && *p.Required, deprecated: p.Deprecated,
		schema: &schema{at: at, kind: stringKind}, extensions: extensionsOf(p.Extensions),
	}
	if p.Schema != nil {
		q.schema = d.readSchema(p.Schema, at.below("schema"), 0)
	} else if p.Content != nil {
		d.contentParam(q, p, at)
	}
	out.setParam(q)
}

// contentParam reads a parameter that is a document of its own. One of JSON is
// written by the client; any other is text.
func (d *document) contentParam(q *param, p *v3.Parameter, at place) {
	media, x := choose(p.Content)
	if x == nil || x.Schema == nil || !isJSON(media) {
		d.note(at, "the parameter %s is a document of its own; it is text that the caller encodes", p.Name)
		return
	}
	q.schema, q.style = d.readSchema(x.Schema, at.below("content", media, "schema"), 0), "json"
}

func (d *document) bodyV3(out *operation, b *v3.RequestBody, at place) {
	media, x := choose(b.Content)
	if x == nil {
		return
	}
	if n := b.Content.Len(); n > 1 {
		d.note(at, "of %d encodings of the body, %s is taken", n, media)
	}
	s := &schema{at: at}
	if x.Schema != nil {
		s = d.readSchema(x.Schema, at.below("content", media, "schema"), 0)
	}
	out.body = &body{media: media, schema: s, styles: stylesOf(x), at: at}
}

func exampleV3(x *v3.MediaType) any {
	if x.Example != nil {
		return valueOf(x.Example)
	}
	if x.Examples != nil {
		for _, e := range x.Examples.FromOldest() {
			if e.Value != nil {
				return valueOf(e.Value)
			}
		}
	}
	return nil
}

// choose returns the best of several encodings. JSON by any name is best.
func choose(content *orderedmap.Map[string, *v3.MediaType]) (string, *v3.MediaType) {
	if content == nil {
		return "", nil
	}
	var name string
	var best *v3.MediaType
	for media, x := range content.FromOldest() {
		if best == nil || rank(media) < rank(name) {
			name, best = media, x
		}
	}
	return name, best
}

// bare is a media type without parameters.
func bare(media string) string {
	media, _, _ = strings.Cut(media, ";")
	return strings.ToLower(strings.TrimSpace(media))
}

// scopesOf lists the scopes that an operation needs. Alternatives are joined:
// a spec lists what a caller may have to ask for.
func scopesOf(own, shared []*base.SecurityRequirement) []string {
	if own == nil {
		own = shared
	}
	var list []string
	for _, alt := range own {
		if alt.Requirements == nil {
			continue
		}
		for _, scopes := range alt.Requirements.FromOldest() {
			for _, s := range scopes {
				if !contains(list, s) {
					list = append(list, s)
				}
			}
		}
	}
	return list
}

// securityOf lists the alternatives of an operation, each of schemes that are
// needed together. Where nothing is needed, the alternative is empty.
func securityOf(own, shared []*base.SecurityRequirement) [][]string {
	if own == nil {
		own = shared
	}
	if own == nil {
		return nil
	}
	list := [][]string{}
	for _, alt := range own {
		names := []string{}
		if alt.Requirements != nil {
			for name := range alt.Requirements.FromOldest() {
				names = append(names, name)
			}
		}
		list = append(list, names)
	}
	return list
}

// headersOf lists the names of headers.
func headersOf[H any](m *orderedmap.Map[string, H]) []string {
	var names []string
	if m != nil {
		for name := range m.FromOldest() {
			names = append(names, name)
		}
	}
	return names
}

func noPaths() error {
	return &Error{
		Kind: Structure, Line: 1, Col: 1,
		Msg:  "the document has no paths",
		Help: "a document of webhooks or schemas alone has no actions to draft",
	}
}
