package draft

import (
	"strconv"
	"strings"

	"github.com/pb33f/libopenapi/datamodel"
	"github.com/pb33f/libopenapi/datamodel/high/base"
	v2 "github.com/pb33f/libopenapi/datamodel/high/v2"
)

// readV2 fills the document from Swagger 2.0.
func (d *document) readV2(info *datamodel.SpecInfo, how *datamodel.DocumentConfiguration) error {
	s, err := buildV2(info, how)
	if s == nil {
		return &Error{Kind: Structure, Msg: "the document is not built as Swagger says: " + oneLine(err)}
	}
	d.extensions = extensionsOf(s.Extensions)
	if s.Info != nil {
		d.title, d.version, d.doc = s.Info.Title, s.Info.Version, s.Info.Description
		d.extensions = extensionsOf(s.Extensions, s.Info.Extensions)
	}
	if s.ExternalDocs != nil {
		d.docs = s.ExternalDocs.URL
	}
	d.servers = serversV2(s)
	if s.Definitions != nil {
		d.readDefinitions(s.Definitions.Definitions, "/definitions")
	}
	if s.SecurityDefinitions != nil {
		// The reader has them in the order in which its goroutines end.
		for _, name := range d.tree.Names("/securityDefinitions") {
			if x := s.SecurityDefinitions.Definitions.GetOrZero(name); x != nil {
				d.schemes = append(d.schemes, schemeV2(name, x))
			}
		}
	}
	if s.Paths == nil {
		return noPaths()
	}
	for path, item := range s.Paths.PathItems.FromOldest() {
		at := place{pointer: "/paths"}.below(path)
		for _, o := range []struct {
			method string
			op     *v2.Operation
		}{
			{"GET", item.Get}, {"HEAD", item.Head}, {"POST", item.Post},
			{"PUT", item.Put}, {"PATCH", item.Patch}, {"DELETE", item.Delete}, {"OPTIONS", item.Options},
		} {
			if o.op != nil {
				d.ops = append(d.ops, d.operationV2(s, o.method, path, item, o.op, at.below(strings.ToLower(o.method))))
			}
		}
	}
	return nil
}

func serversV2(s *v2.Swagger) []server {
	if s.Host == "" {
		return []server{{url: "/" + strings.TrimPrefix(s.BasePath, "/")}}
	}
	scheme := "https"
	if len(s.Schemes) > 0 && !contains(s.Schemes, "https") {
		scheme = s.Schemes[0]
	}
	return []server{{url: scheme + "://" + s.Host + s.BasePath}}
}

func schemeV2(name string, x *v2.SecurityScheme) *scheme {
	out := &scheme{at: place{}.below("securityDefinitions", name), name: name, kind: "other", doc: x.Description}
	switch x.Type {
	case "basic":
		out.kind = "basic"
	case "apiKey":
		out.kind, out.in, out.param = "key", x.In, x.Name
	case "oauth2":
		out.kind, out.authorize, out.token = "oauth2", x.AuthorizationUrl, x.TokenUrl
		out.flow = map[string]string{"accessCode": "code", "application": "client"}[x.Flow]
	}
	return out
}

func (d *document) operationV2(
	s *v2.Swagger, method, path string, item *v2.PathItem, op *v2.Operation, at place,
) *operation {
	out := &operation{
		at: at, method: method, path: path, id: op.OperationId, tags: op.Tags,
		doc: first(op.Summary, op.Description), text: op.Description, deprecated: op.Deprecated,
		scopes: scopesOf(op.Security, s.Security), security: securityOf(op.Security, s.Security), extensions: extensionsOf(op.Extensions, item.Extensions),
	}
	if op.ExternalDocs != nil {
		out.docs = op.ExternalDocs.URL
	}
	for i, p := range append(append([]*v2.Parameter{}, item.Parameters...), op.Parameters...) {
		d.parameterV2(out, p, either(op.Consumes, s.Consumes), at.below("parameters", strconv.Itoa(i)))
	}
	d.answersV2(out, op.Responses, either(op.Produces, s.Produces))
	return out
}

// either returns the list of the operation or, without one, that of the document.
func either(own, shared []string) []string {
	if len(own) > 0 {
		return own
	}
	return shared
}

func (d *document) parameterV2(out *operation, p *v2.Parameter, consumes []string, at place) {
	if p.In == "body" {
		s := d.readSchema(p.Schema, at.below("schema"), 0)
		out.body = &body{media: firstMedia(consumes, s), schema: s, at: at}
		return
	}
	in := p.In
	if in == "formData" {
		in = "form"
		if out.body == nil {
			out.body = &body{media: "application/x-www-form-urlencoded", at: at}
		}
		if p.Type == "file" || !contains(consumes, "application/x-www-form-urlencoded") && contains(consumes, "multipart/form-data") {
			out.body.media = "multipart/form-data"
		}
	}
	q := &param{
		name: p.Name, in: in, at: at, doc: p.Description,
		required: p.Required != nil && *p.Required,
		style:    styleV2(p),
		schema:   d.simpleV2(p, at), extensions: extensionsOf(p.Extensions),
	}
	if p.CollectionFormat == "tsv" && q.schema.kind == listKind {
		d.note(at, "the elements of %s are separated by tabs; it is text that the caller joins", p.Name)
		q.schema = &schema{at: at, kind: stringKind}
	}
	out.setParam(q)
}

// simpleV2 reads the type that Swagger 2.0 writes beside the parameter's name.
func (d *document) simpleV2(p *v2.Parameter, at place) *schema {
	if len(p.Enum) > 0 {
		return d.enumOf(p.Enum, []string{p.Type}, at)
	}
	s := &base.Schema{Format: p.Format, Pattern: p.Pattern}
	if p.Minimum != nil {
		f := float64(*p.Minimum)
		s.Minimum = &f
	}
	if p.Maximum != nil {
		f := float64(*p.Maximum)
		s.Maximum = &f
	}
	out := d.typed(s, p.Type, at, 0)
	if p.Default != nil {
		out.preset = valueOf(p.Default)
	}
	for list, it := out, p.Items; list.kind == listKind && it != nil; list, it = list.elem, it.Items {
		list.elem = d.typed(&base.Schema{Format: it.Format, Pattern: it.Pattern}, it.Type, at.below("items"), 0)
		if len(it.Enum) > 0 {
			list.elem = d.enumOf(it.Enum, []string{it.Type}, at.below("items"))
		}
	}
	return out
}

// setParam adds the parameter, or replaces one that the path shares.
func (o *operation) setParam(p *param) {
	for i, other := range o.params {
		if other.name == p.name && other.in == p.in {
			o.params[i] = p
			return
		}
	}
	o.params = append(o.params, p)
}
