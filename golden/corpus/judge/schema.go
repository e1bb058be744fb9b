package judge

import (
	"encoding/json"
	"fmt"
	"slices"
)

// direction says which members do not count: those that only the other side
// sends.
type direction string

const (
	sent     direction = "readOnly"
	answered direction = "writeOnly"
)

// maxDepth ends the check of a schema that refers to itself without end.
const maxDepth = 40

// checker holds values against schemas: kinds, members, and known values. It
// leaves ranges and formats alone, which no encoding can lose.
type checker struct {
	doc *Document
	dir direction
	// loose reads text as what the schema asks for: outside JSON all is text.
	loose bool
}

// check returns the first thing that is wrong, with its place, or "".
func (c checker) check(schema any, v any, at string, depth int) string {
	s := c.doc.follow(schema)
	if len(s) == 0 || depth > maxDepth {
		return ""
	}
	if v == nil {
		return c.null(s, at, depth)
	}
	for _, all := range asList(s["allOf"]) {
		if wrong := c.check(all, v, at, depth+1); wrong != "" {
			return wrong
		}
	}
	for _, key := range []string{"oneOf", "anyOf"} {
		if wrong := c.some(asList(s[key]), v, at, depth); wrong != "" {
			return wrong
		}
	}
	if enum := asList(s["enum"]); len(enum) > 0 && !ofItems(s, enum) && !slices.ContainsFunc(enum, func(e any) bool { return same(e, v) }) {
		return fmt.Sprintf("%s: %.40q is none of the known values", at, text(v))
	}
	if want, ok := s["const"]; ok && !same(want, v) {
		return fmt.Sprintf("%s: %.40q is not the constant %.40q", at, text(v), text(want))
	}
	if wrong := c.kind(s, v, at); wrong != "" {
		return wrong
	}
	switch v := v.(type) {
	case object:
		return c.members(s, v, at, depth)
	case []any:
		if items, ok := s["items"]; ok {
			for i, e := range v {
				if wrong := c.check(items, e, fmt.Sprintf("%s[%d]", at, i), depth+1); wrong != "" {
					return wrong
				}
			}
		}
	}
	return ""
}

// null accepts null where the schema, or one that it is made of, does.
func (c checker) null(s object, at string, depth int) string {
	if truth(s["nullable"]) || truth(s["x-nullable"]) || s["type"] == "null" || s["const"] == nil && len(s) == 0 ||
		slices.ContainsFunc(asList(s["type"]), func(t any) bool { return t == "null" }) ||
		slices.ContainsFunc(asList(s["enum"]), func(e any) bool { return e == nil }) {
		return ""
	}
	parts := slices.Concat(asList(s["allOf"]), asList(s["oneOf"]), asList(s["anyOf"]))
	for _, p := range parts {
		if c.check(p, nil, at, depth+1) == "" {
			return ""
		}
	}
	if s["type"] == nil && s["properties"] == nil && len(parts) == 0 {
		return ""
	}
	return at + ": null"
}

// some accepts what one of the schemas accepts.
func (c checker) some(schemas []any, v any, at string, depth int) string {
	first := ""
	for _, s := range schemas {
		wrong := c.check(s, v, at, depth+1)
		if wrong == "" {
			return ""
		}
		if first == "" {
			first = wrong
		}
	}
	return first
}

// kind checks the JSON type.
func (c checker) kind(s object, v any, at string) string {
	types := asList(s["type"])
	if t, ok := s["type"].(string); ok {
		types = []any{t}
	}
	if len(types) == 0 {
		return ""
	}
	for _, t := range types {
		if c.isKind(text(t), v) {
			return ""
		}
	}
	return fmt.Sprintf("%s: %s instead of %s", at, kindOf(v), text(s["type"]))
}

func (c checker) isKind(want string, v any) bool {
	got := kindOf(v)
	switch {
	case want == "file" || want == got:
		return true
	case want == "number" && got == "integer":
		return true
	case got != "string":
		return !slices.Contains([]string{"string", "number", "integer", "boolean", "array", "object", "null"}, want)
	case !c.loose:
		return !slices.Contains([]string{"number", "integer", "boolean", "array", "object", "null"}, want)
	}
	var read any
	return json.Unmarshal([]byte(text(v)), &read) == nil && (kindOf(asNumber(text(v), read)) == want || want == "number" && kindOf(asNumber(text(v), read)) == "integer")
}

// asNumber keeps the text of a number.
func asNumber(text string, v any) any {
	if _, ok := v.(float64); ok {
		return json.Number(text)
	}
	return v
}

func kindOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case json.Number:
		if _, err := v.Int64(); err == nil {
			return "integer"
		}
		return "number"
	case []any:
		return "array"
	case object:
		return "object"
	}
	return fmt.Sprintf("%T", v)
}

// members checks an object.
func (c checker) members(s, v object, at string, depth int) string {
	properties := asObject(s["properties"])
	for _, r := range asList(s["required"]) {
		name := text(r)
		if _, ok := v[name]; ok {
			continue
		}
		if p, known := properties[name]; !known || truth(c.doc.follow(p)[string(c.dir)]) {
			continue // Not declared, or of the other direction.
		}
		return fmt.Sprintf("%s: no member %s", at, name)
	}
	for _, name := range sortedKeys(v) {
		if p, ok := properties[name]; ok {
			if wrong := c.check(p, v[name], at+"."+name, depth+1); wrong != "" {
				return wrong
			}
		} else if rest, ok := s["additionalProperties"]; ok && len(asObject(s["patternProperties"])) == 0 {
			if rest == false {
				return fmt.Sprintf("%s: %s is not declared", at, name)
			}
			if wrong := c.check(rest, v[name], at+"."+name, depth+1); wrong != "" {
				return wrong
			}
		}
	}
	return ""
}

// same compares a value of the document with one of an exchange.
func same(declared, v any) bool { return text(declared) == text(v) }

// ofItems reports whether the enum of a list is meant for its items: it has
// values that no list is.
func ofItems(s object, enum []any) bool {
	return s["type"] == "array" && !slices.ContainsFunc(enum, func(v any) bool { return kindOf(v) == "array" })
}
