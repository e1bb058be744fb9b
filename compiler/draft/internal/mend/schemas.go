package mend

import (
	"strings"

	"github.com/pb33f/go-yaml"
)

// schema repairs a schema. What is not one is any value.
func (t *Tree) schema(c cursor) mended {
	switch {
	case c.node.Kind == yaml.ScalarNode && c.node.Tag == "!!bool":
		// Of 3.1: it allows everything, or nothing.
		return mended{object(c.node), 1}
	case c.node.Kind != yaml.MappingNode:
		t.repair(Structure, c, "it is any value", "%s stands where a schema belongs", describe(c.node))
		return mended{object(c.node), 1}
	case refOf(c.node) != nil:
		return t.schemaReference(c)
	}
	return t.members(c, shapes["schema"], "schema")
}

// schemaReference makes a reference one to a definition. A schema that has no
// name is put in place of references to it, or when it is in itself, is given
// one.
func (t *Tree) schemaReference(c cursor) mended {
	t.wanted = "schema"
	if end := t.follow(c); end == nil || !t.fits(c, end, "schema") {
		return mended{object(c.node), 1}
	}
	target := t.target(c)
	name, ok := t.nameOf(*target)
	if !ok && !t.open[target.node] {
		return t.mend(*target, "schema")
	}
	if !ok {
		name = t.promote(*target, target.name)
	}
	ref := refOf(c.node)
	canonical := "#" + t.definitions() + "/" + escape(name)
	if ref.Value == canonical {
		return mended{c.node, 3}
	}
	return mended{object(c.node, text(ref, "$ref"), text(ref, canonical)), 3}
}

// reference repairs a reference to anything but a schema. One that leads to
// where OpenAPI keeps such objects stays; of others the target is put in place.
func (t *Tree) reference(c cursor, as string) mended {
	t.wanted = as
	target := t.follow(c)
	if target == nil || !t.fits(c, target, as) {
		return t.stub(c, as)
	}
	ref := refOf(c.node).Value
	stays := target.file == t.main && clean(ref) && "#"+target.pointer() == ref
	if t.open[target.node] {
		if stays {
			return mended{c.node, 3}
		}
		t.repair(RefCycle, c, "it is left out", "the reference %q leads to what it stands in", ref)
		return t.stub(c, as)
	}
	grown := t.grown
	m := t.mend(*target, as)
	switch {
	case m.node == nil:
		t.repair(BrokenRef, c, "it is left out", "the reference %q leads to nothing that can be read", ref)
		return t.stub(c, as)
	case stays:
		t.grown = grown
		return mended{c.node, 3}
	}
	return m
}

// discriminator reads the name of a member where OpenAPI 3 has an object.
func (t *Tree) discriminator(c cursor) mended {
	if t.swagger() {
		return mended{c.node, 1}
	}
	t.repair(Structure, c, "it is read as the name of the member", "the discriminator is text, as Swagger 2.0 has it")
	return mended{object(c.node, text(c.node, "propertyName"), text(c.node, c.node.Value)), 3}
}

// fits reports whether what a reference leads to can be what stands there.
func (t *Tree) fits(c cursor, target *cursor, as string) bool {
	is, known := t.roles[target.node]
	if target.file == t.main {
		switch at := target.up; {
		case at == nil:
			is, known = "document", true
		case at.up == nil || at.up.up == nil && at.name == "components":
			is, known = target.name, true
		case at.up.up == nil:
			is, known = roleIn("document", at.name, is, known)
		case at.up.up.up == nil && at.up.name == "components":
			is, known = roleIn("components", at.name, is, known)
		}
	}
	if !known || is == as || is == "header" && as == "parameter" || is == "parameter" && as == "header" {
		return true
	}
	t.repair(BrokenRef, c.below("$ref", refOf(c.node)), t.loss(), "the reference %q leads to %q, which is no %s", refOf(c.node).Value, is, as)
	return false
}

// roleIn is the role of the members of a section, where it has one.
func roleIn(shape, section, is string, known bool) (string, bool) {
	role := shapes[shape].members[section]
	if !strings.HasPrefix(role, "{") {
		return is, known
	}
	return role[1 : len(role)-1], true
}

// clean reports whether a reference is one that every reader follows.
func clean(ref string) bool {
	return !strings.ContainsAny(ref, "~%[]'\" ()") &&
		(strings.HasPrefix(ref, "#/components/") && strings.Count(ref, "/") == 3 ||
			strings.HasPrefix(ref, "#/parameters/") && strings.Count(ref, "/") == 2 ||
			strings.HasPrefix(ref, "#/responses/") && strings.Count(ref, "/") == 2)
}

// define adds a definition to the document.
func (t *Tree) define(name string, schema *yaml.Node) {
	at := t.main.root
	for _, step := range steps(t.definitions()) {
		next := child(at, step)
		if next == nil || next.Kind != yaml.MappingNode {
			next = object(at)
			at.Content = append(at.Content, text(at, step), next)
		}
		at = next
	}
	at.Content = append(at.Content, text(schema, name), schema)
}

// adjust repairs what depends on several members of an object.
func (t *Tree) adjust(c cursor, as string) {
	switch as {
	case "document":
		takeWebhooks(c.node)
	case "path item":
		t.mendMethods(c)
	case "schema":
		t.mendItems(c)
		t.mendListEnum(c)
		t.mendType(c)
	case "parameter":
		t.mendParameter(c)
	}
}

// takeWebhooks gives x-webhooks, as documents before OpenAPI 3.1 have them, the
// name of 3.1.
func takeWebhooks(n *yaml.Node) {
	if child(n, "openapi") == nil || child(n, "webhooks") != nil {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == "x-webhooks" {
			n.Content[i] = text(n.Content[i], "webhooks")
		}
	}
}

// mendItems turns a list of schemas under "items", which no version of OpenAPI
// allows, into the alternatives that it stands for: of the value, or when the
// schema says it is an array, of its elements.
func (t *Tree) mendItems(c cursor) {
	n := c.node
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Value != "items" || value.Kind != yaml.SequenceNode || !objects(value) {
			continue
		}
		t.repair(Structure, c.below("items", value), "they are read as alternatives", "items is a list of schemas")
		if kind := child(n, "type"); kind == nil || kind.Value != "array" {
			n.Content[i] = text(key, "anyOf")
		} else {
			n.Content[i+1] = object(value, text(key, "anyOf"), value)
		}
	}
}

// mendListEnum moves an enum of scalars from a list, which can be none of them, to
// its items.
func (t *Tree) mendListEnum(c cursor) {
	n := c.node
	kind, enum, items := child(n, "type"), child(n, "enum"), child(n, "items")
	if kind == nil || kind.Value != "array" || enum == nil || enum.Kind != yaml.SequenceNode || len(enum.Content) == 0 ||
		items == nil || items.Kind != yaml.MappingNode || child(items, "$ref") != nil || child(items, "enum") != nil {
		return
	}
	for _, v := range enum.Content {
		if v.Kind != yaml.ScalarNode {
			return
		}
	}
	t.repair(Structure, c.below("enum", enum), "it is that of the items", "the enum of a list has values that are no lists")
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == "enum" {
			items.Content = append(items.Content, n.Content[i], enum)
			n.Content = append(n.Content[:i:i], n.Content[i+2:]...)
			return
		}
	}
}

func objects(list *yaml.Node) bool {
	for _, c := range list.Content {
		if c.Kind != yaml.MappingNode {
			return false
		}
	}
	return len(list.Content) > 0
}

// types are names that documents give to the types of JSON Schema.
var types = map[string]string{
	"string": "string", "number": "number", "integer": "integer", "boolean": "boolean", "array": "array", "object": "object",
	"null": "null", "file": "file",
	"int": "integer", "int32": "integer", "int64": "integer", "long": "integer", "float": "number", "double": "number",
	"decimal": "number", "bool": "boolean", "str": "string", "text": "string", "date": "string", "datetime": "string",
	"date-time": "string", "timestamp": "string", "uuid": "string", "uri": "string", "url": "string", "email": "string",
	"list": "array", "map": "object", "dict": "object", "dictionary": "object", "hash": "object", "struct": "object",
}

// mendType repairs names of types that no version of OpenAPI has.
func (t *Tree) mendType(c cursor) {
	for i := 0; i+1 < len(c.node.Content); i += 2 {
		value := c.node.Content[i+1]
		if c.node.Content[i].Value != "type" || value.Kind != yaml.ScalarNode || value.Tag != "!!str" {
			continue
		}
		kind, known := types[strings.ToLower(value.Value)]
		switch at := c.below("type", value); {
		case kind == value.Value:
		case known:
			t.repair(Structure, at, "it is read as "+kind, "there is no type %q", value.Value)
			c.node.Content[i+1] = text(value, kind)
		default:
			t.repair(Structure, at, "it is any value", "there is no type %q", value.Value)
			c.node.Content[i+1] = scalar(value, "!!null", "null")
		}
		return
	}
}

// inlineKeys are the members of a parameter that describe its value.
var inlineKeys = map[string]bool{
	"type": true, "format": true, "items": true, "enum": true, "default": true, "pattern": true, "minimum": true, "maximum": true,
	"exclusiveMinimum": true, "exclusiveMaximum": true, "multipleOf": true, "minLength": true, "maxLength": true,
	"minItems": true, "maxItems": true, "uniqueItems": true,
}

// mendParameter moves the type of a parameter to where the version of the
// document has it. One without a type is text.
func (t *Tree) mendParameter(c cursor) {
	n, schema := c.node, child(c.node, "schema")
	in := child(n, "in")
	switch {
	case t.swagger() && in != nil && in.Value == "body":
		if schema == nil {
			t.repair(Structure, c, "it is any value", "the body has no schema")
			n.Content = append(n.Content, text(n, "schema"), object(n))
		}
	case t.swagger() && child(n, "type") == nil:
		if schema == nil || schema.Kind != yaml.MappingNode || child(schema, "type") == nil {
			t.repair(Structure, c, "it is text", "the parameter has no type")
			n.Content = append(n.Content, text(n, "type"), text(n, "string"))
			return
		}
		t.repair(Structure, c, "it is read as the type of the parameter", "the parameter has a schema, as only bodies have")
		for key, value := range pairs(schema) {
			if inlineKeys[key.Value] && child(n, key.Value) == nil {
				n.Content = append(n.Content, key, value)
			}
		}
	case !t.swagger() && schema == nil && child(n, "content") == nil && child(n, "name") != nil:
		own := object(n)
		for key, value := range pairs(n) {
			if inlineKeys[key.Value] {
				own.Content = append(own.Content, key, value)
			}
		}
		if child(own, "type") == nil && child(own, "enum") == nil && child(own, "items") == nil {
			t.repair(Structure, c, "it is text", "the parameter has no schema")
			own.Content = append(own.Content, text(n, "type"), text(n, "string"))
		} else {
			t.repair(Structure, c, "it is read as its schema", "the parameter has a type beside its name, as Swagger 2.0 has it")
		}
		n.Content = append(n.Content, text(n, "schema"), own)
	}
}
