package draft

import (
	"slices"
	"strconv"
	"strings"

	"github.com/pb33f/go-yaml"
	"github.com/pb33f/libopenapi/datamodel/high/base"
	"github.com/pb33f/libopenapi/orderedmap"
)

// maxDepth is how deep schemas are read that are written inside each other.
const maxDepth = 200

// readSchema reads a schema in place; a reference to a named one stays a
// reference.
func (d *document) readSchema(p *base.SchemaProxy, at place, depth int) *schema {
	if p == nil {
		return &schema{at: at}
	}
	if depth > maxDepth {
		d.repair(at, "it is any value", "the schema is more than %d levels deep", maxDepth)
		return &schema{at: at}
	}
	if p.IsReference() {
		if name, ok := definitionName(p.GetReference()); ok {
			return &schema{at: at, kind: refKind, ref: name}
		}
	}
	s := p.Schema()
	if s == nil {
		d.repair(at, "it is any value", "the schema cannot be read")
		return &schema{at: at}
	}
	return d.schemaOf(s, at, depth)
}

// definitionName returns the name that a reference to a named schema has.
func definitionName(ref string) (string, bool) {
	for _, prefix := range []string{"#/definitions/", "#/components/schemas/"} {
		if name, ok := strings.CutPrefix(ref, prefix); ok && !strings.Contains(name, "/") {
			name = strings.ReplaceAll(strings.ReplaceAll(name, "~1", "/"), "~0", "~")
			return name, true
		}
	}
	return "", false
}

func (d *document) readDefinitions(m *orderedmap.Map[string, *base.SchemaProxy], pointer string) {
	if m == nil {
		return
	}
	for name, p := range m.FromOldest() {
		at := place{pointer: pointer}.below(name)
		d.defs[name] = &definition{name: name, at: at, schema: d.readSchema(p, at, 0)}
		d.order = append(d.order, name)
	}
}

func (d *document) schemaOf(s *base.Schema, at place, depth int) *schema {
	out := d.plain(s, at, depth)
	parts := d.composed(s, at, depth)
	switch {
	case len(parts) == 0:
	case out.kind == anyKind || out.kind == mapKind && out.elem.kind == anyKind:
		whole := parts[0]
		if len(parts) > 1 {
			whole = &schema{at: at, kind: allKind, alts: parts}
		}
		out = &schema{
			at: at, kind: whole.kind, ref: whole.ref, enum: whole.enum, fields: whole.fields, elem: whole.elem,
			alts: whole.alts, needs: whole.needs, tagged: whole.tagged, tag: whole.tag, mapping: whole.mapping, open: whole.open, format: whole.format, pattern: whole.pattern,
			min: whole.min, max: whole.max, nullable: out.nullable || whole.nullable,
		}
	default:
		out = &schema{at: at, kind: allKind, alts: append([]*schema{out}, parts...), nullable: out.nullable}
	}
	out.require(requiredBy(s))
	out.doc, out.title = strings.TrimSpace(s.Description), strings.TrimSpace(s.Title)
	out.readonly = s.ReadOnly != nil && *s.ReadOnly
	out.writeonly = s.WriteOnly != nil && *s.WriteOnly
	out.deprecated = s.Deprecated != nil && *s.Deprecated
	out.secret = s.Format == "password"
	if s.Default != nil {
		out.preset = valueOf(s.Default)
	}
	out.extensions = extensionsOf(s.Extensions)
	return out
}

// requiredBy lists the members that a schema, or a part of it, says are required.
func requiredBy(s *base.Schema) []string {
	names := slices.Clone(s.Required)
	for _, p := range s.AllOf {
		if p.IsReference() {
			continue
		}
		if part := p.Schema(); part != nil {
			names = append(names, part.Required...)
		}
	}
	return names
}

// require notes required members: at once where they are at hand, and else for
// when the parts are composed.
func (s *schema) require(names []string) {
	if len(names) == 0 {
		return
	}
	switch s.kind {
	case objectKind:
		for _, m := range s.fields {
			m.required = m.required || slices.Contains(names, m.name)
		}
	case refKind:
		part := *s
		*s = schema{at: s.at, kind: allKind, alts: []*schema{&part}, needs: names, nullable: s.nullable}
	case allKind:
		s.needs = names
	}
}

// composed reads allOf, anyOf and oneOf. Alternatives that only say which members
// are required are objects without members, where the others are objects too.
func (d *document) composed(s *base.Schema, at place, depth int) []*schema {
	var parts []*schema
	for i, p := range s.AllOf {
		part := d.readSchema(p, at.below("allOf", strconv.Itoa(i)), depth+1)
		if part.kind != anyKind {
			parts = append(parts, part)
		}
	}
	// {type: object} restates what the other parts say.
	if says := func(p *schema) bool { return p.kind != mapKind || p.elem.kind != anyKind }; slices.ContainsFunc(parts, says) {
		parts = slices.DeleteFunc(parts, func(p *schema) bool { return !says(p) })
	}
	for _, list := range []struct {
		name string
		of   []*base.SchemaProxy
	}{{"anyOf", s.AnyOf}, {"oneOf", s.OneOf}} {
		union := &schema{at: at.below(list.name), kind: unionKind, tagged: s.Discriminator != nil}
		if s.Discriminator != nil {
			union.tag, union.mapping = s.Discriminator.PropertyName, mappingOf(s.Discriminator)
		}
		vague := false
		var required []*schema // Alternatives that say which members are required, and no more.
		for i, p := range list.of {
			alt := d.readSchema(p, at.below(list.name, strconv.Itoa(i)), depth+1)
			if constraintOnly(p, alt) {
				vague = true
				if s := p.Schema(); s != nil && len(s.Required) > 0 {
					required = append(required, &schema{at: alt.at, kind: objectKind, needs: s.Required})
				}
				continue
			}
			union.alts = append(union.alts, alt)
		}
		objects := !slices.ContainsFunc(union.alts, func(a *schema) bool { return a.kind != objectKind })
		if objects && len(required) > 0 && len(union.alts)+len(required) == len(list.of) {
			union.alts, vague = append(union.alts, required...), false
		}
		if vague && len(union.alts) > 0 {
			d.note(at, "an alternative without a type is left out")
		}
		switch len(union.alts) {
		case 0:
		case 1:
			parts = append(parts, union.alts[0])
		default:
			parts = append(parts, union)
		}
	}
	return parts
}

// mappingOf are the definitions by the value of the discriminator. A mapping
// names them by reference or by name.
func mappingOf(x *base.Discriminator) map[string]string {
	targets := map[string]string{}
	if x.Mapping == nil {
		return targets
	}
	for value, ref := range x.Mapping.FromOldest() {
		name, ok := definitionName(ref)
		if !ok {
			name = ref
		}
		targets[value] = name
	}
	return targets
}

func constraintOnly(p *base.SchemaProxy, s *schema) bool {
	return !p.IsReference() && s.kind == anyKind && !s.nullable
}

// plain reads everything but compositions.
func (d *document) plain(s *base.Schema, at place, depth int) *schema {
	types := slices.Clone(s.Type)
	nullable := s.Nullable != nil && *s.Nullable
	if x, ok := extension(s.Extensions, "x-nullable"); ok && x.Value == "true" {
		nullable = true
	}
	if i := slices.Index(types, "null"); i >= 0 && len(types) > 1 {
		types = slices.Delete(types, i, i+1)
		nullable = true
	}
	var out *schema
	switch {
	case s.Const != nil:
		out = d.enumOf([]*yaml.Node{s.Const}, types, at)
	case len(s.Enum) > 0:
		out = d.enumOf(s.Enum, types, at)
	case len(types) > 1:
		out = &schema{at: at, kind: unionKind}
		for _, t := range types {
			out.alts = append(out.alts, d.typed(s, t, at, depth))
		}
	case len(types) == 1:
		out = d.typed(s, types[0], at, depth)
	default:
		out = d.typed(s, "", at, depth)
	}
	out.nullable = out.nullable || nullable
	return out
}

func (d *document) typed(s *base.Schema, t string, at place, depth int) *schema {
	out := &schema{at: at, format: s.Format, pattern: s.Pattern}
	if t == "" {
		switch {
		case s.Properties != nil && s.Properties.Len() > 0:
			t = "object"
		case s.Items != nil && s.Items.IsA():
			t = "array"
		case s.AdditionalProperties != nil && s.AdditionalProperties.IsA():
			t = "object"
		}
	}
	switch t {
	case "string":
		out.kind = stringKind
		if s.Format == "binary" || s.Format == "byte" || s.ContentEncoding == "base64" {
			out.kind = bytesKind
		}
	case "integer":
		out.kind = intKind
		out.min, out.max = bounds(s)
	case "number":
		out.kind = numberKind
		out.min, out.max = bounds(s)
	case "boolean":
		out.kind = boolKind
	case "null":
		out.kind = nullKind
	case "file":
		out.kind = bytesKind
	case "array":
		out.kind = listKind
		out.elem = &schema{at: at}
		if s.Items != nil && s.Items.IsA() {
			out.elem = d.readSchema(s.Items.A, at.below("items"), depth+1)
		}
	case "object":
		d.object(out, s, at, depth)
	}
	return out
}

// object reads members, or a map when there are none: also a schema that says
// that nothing may be in it, for such schemas are stubs.
func (d *document) object(out *schema, s *base.Schema, at place, depth int) {
	out.kind = objectKind
	extra := s.AdditionalProperties
	if name, ok := unfitMember(s); ok {
		d.note(at, "no member of a Go struct can be called %q; the object is a map of any values", name)
		out.kind, out.elem = mapKind, &schema{at: at}
		return
	}
	if s.Properties == nil || s.Properties.Len() == 0 {
		out.kind = mapKind
		out.elem = &schema{at: at}
		out.empty = extra != nil && extra.IsB() && !extra.B
		if extra != nil && extra.IsA() {
			out.elem = d.readSchema(extra.A, at.below("additionalProperties"), depth+1)
		}
		return
	}
	out.open = extra != nil && (extra.IsA() || extra.B)
	for name, p := range s.Properties.FromOldest() {
		if name == "" {
			d.repair(at, "it is left out", "a member has no name")
			continue
		}
		out.fields = append(out.fields, &member{
			name:     name,
			required: slices.Contains(s.Required, name),
			schema:   d.readSchema(p, at.below("properties", name), depth+1),
		})
	}
}

// unfitMember finds a member whose name no tag of a Go struct can hold.
func unfitMember(s *base.Schema) (string, bool) {
	if s.Properties != nil {
		for name := range s.Properties.FromOldest() {
			if strings.ContainsAny(name, ",'\"`\\") || name == "-" {
				return name, true
			}
		}
	}
	return "", false
}

func bounds(s *base.Schema) (lo, hi *bound) {
	if s.Minimum != nil {
		lo = &bound{value: decimal(*s.Minimum)}
	}
	if s.Maximum != nil {
		hi = &bound{value: decimal(*s.Maximum)}
	}
	if x := s.ExclusiveMinimum; x != nil {
		if x.IsB() {
			lo = &bound{value: decimal(x.B), exclusive: true}
		} else if lo != nil {
			lo.exclusive = x.A
		}
	}
	if x := s.ExclusiveMaximum; x != nil {
		if x.IsB() {
			hi = &bound{value: decimal(x.B), exclusive: true}
		} else if hi != nil {
			hi.exclusive = x.A
		}
	}
	return lo, hi
}

func decimal(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// extensionsOf decodes vendor extensions; of several lists the first that has
// a name wins.
func extensionsOf(lists ...*orderedmap.Map[string, *yaml.Node]) extensions {
	var out extensions
	for _, m := range lists {
		if m == nil || m.Len() == 0 {
			continue
		}
		if out == nil {
			out = extensions{}
		}
		for name, n := range m.FromOldest() {
			if _, ok := out[name]; !ok && n != nil {
				out[name] = valueOf(n)
			}
		}
	}
	return out
}

func extension(m *orderedmap.Map[string, *yaml.Node], name string) (*yaml.Node, bool) {
	if m == nil {
		return nil, false
	}
	return m.Get(name)
}
