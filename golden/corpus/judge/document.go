// Package judge holds recorded exchanges against the OpenAPI document that the
// client was made from. It reads the document by itself, as plain data: what
// the drafter and the compiler understood of it has no part here.
package judge

import (
	"bytes"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/pb33f/go-yaml"
)

// object is a JSON object of the document.
type object = map[string]any

// Document is an OpenAPI document as plain data.
type Document struct {
	root       object
	swagger    bool // Version 2.0.
	Operations []*Operation
	keys       map[string]bool // Names of the query parameters that carry credentials.
}

// Swagger reports whether the document is of version 2.0.
func (d *Document) Swagger() bool { return d.swagger }

// Operation is one operation of the document.
type Operation struct {
	Method, Path string
	Called       int

	op     object
	item   object
	params []object // Of the operation and of its path, references followed.
	match  *regexp.Regexp
	names  []string // Of the groups of match.
	fixed  url.Values
}

var methods = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}

// Read reads a document in JSON or YAML.
func Read(data []byte) (*Document, error) {
	root, err := read(data)
	if err != nil {
		return nil, err
	}
	d := &Document{keys: map[string]bool{}}
	var ok bool
	if d.root, ok = plain(root).(object); !ok {
		return nil, fmt.Errorf("the document is no object")
	}
	_, d.swagger = d.root["swagger"]
	for _, s := range asObject(d.at("components", "securitySchemes"), d.root["securityDefinitions"]) {
		if s := d.follow(s); s["in"] == "query" {
			d.keys[text(s["name"])] = true
		}
	}
	paths := asObject(d.root["paths"])
	for _, path := range sortedKeys(paths) {
		item := d.follow(paths[path])
		for _, method := range methods {
			if op, ok := item[method].(object); ok {
				d.Operations = append(d.Operations, d.operation(method, path, item, op))
			}
		}
	}
	return d, nil
}

// read reads JSON as JSON: the YAML reader has no escapes for characters beyond
// 16 bits.
func read(data []byte) (root any, err error) {
	if trimmed := bytes.TrimSpace(data); len(trimmed) > 0 && trimmed[0] == '{' {
		if root, err = parse(trimmed); err == nil {
			return root, nil
		}
	}
	err = yaml.Unmarshal(data, &root)
	return root, err
}

// plain turns the maps of the YAML reader into objects.
func plain(v any) any {
	switch v := v.(type) {
	case map[any]any:
		o := object{}
		for k, e := range v {
			o[fmt.Sprint(k)] = plain(e)
		}
		return o
	case object:
		for k, e := range v {
			v[k] = plain(e)
		}
	case []any:
		for i, e := range v {
			v[i] = plain(e)
		}
	}
	return v
}

// braces is a variable, or what a template leaves that nobody filled in:
// {{.Prefix}}, with the slash behind it.
var braces = regexp.MustCompile(`\{\{[^{}]*\}\}/?|\{[^{}]*\}`)

func (d *Document) operation(method, path string, item, op object) *Operation {
	o := &Operation{Method: strings.ToUpper(method), Path: path, op: op, item: item}
	for _, list := range []any{op["parameters"], item["parameters"]} {
		for _, v := range asList(list) {
			p := d.follow(v)
			if !slices.ContainsFunc(o.params, func(q object) bool { return q["name"] == p["name"] && q["in"] == p["in"] }) {
				o.params = append(o.params, p)
			}
		}
	}
	bare, _, _ := strings.Cut(path, "#")
	bare, query, _ := strings.Cut(bare, "?")
	o.fixed, _ = url.ParseQuery(query) // What does not parse is not asked for.
	var bases []string
	for _, base := range d.bases(item, op) {
		bases = append(bases, pattern(base, nil))
	}
	o.match = regexp.MustCompile("^(?:" + strings.Join(bases, "|") + ")" + pattern("/"+strings.TrimPrefix(bare, "/"), &o.names) + "$")
	return o
}

// pattern is a regular expression for a template, with a group for each
// variable when their names are asked for.
func pattern(template string, names *[]string) string {
	var b strings.Builder
	at := 0
	for _, span := range braces.FindAllStringIndex(template, -1) {
		b.WriteString(regexp.QuoteMeta(template[at:span[0]]))
		if names == nil && strings.HasPrefix(template[span[0]:], "{{") {
			b.WriteString("(?:[^/]+/)?")
		} else if names == nil {
			b.WriteString("[^/]*")
		} else {
			*names = append(*names, strings.Trim(template[span[0]:span[1]], "{}+*"))
			b.WriteString("([^/]+)")
		}
		at = span[1]
	}
	b.WriteString(regexp.QuoteMeta(template[at:]))
	return b.String()
}

// bases are the paths that the servers of an operation begin with.
func (d *Document) bases(item, op object) []string {
	if d.swagger {
		return []string{strings.TrimSuffix("/"+strings.TrimPrefix(text(d.root["basePath"]), "/"), "/")}
	}
	for _, from := range []object{op, item, d.root} {
		var all []string
		for _, s := range asList(from["servers"]) {
			all = append(all, serverPath(d.follow(s)))
		}
		if len(all) > 0 {
			return all
		}
	}
	return []string{""}
}

// serverPath is the path of a server, its variables left in.
func serverPath(server object) string {
	address := text(server["url"])
	if _, rest, ok := strings.Cut(address, "//"); ok {
		i := strings.IndexByte(rest, '/')
		if i < 0 {
			return serverVariablePath(server, rest)
		}
		address = rest[i:]
	}
	address, _, _ = strings.Cut(address, "?")
	return strings.TrimSuffix(address, "/")
}

// serverVariablePath is "" unless the whole server is one variable, of which the
// default has the path.
func serverVariablePath(server object, rest string) string {
	if !strings.HasPrefix(rest, "{") || !strings.HasSuffix(rest, "}") {
		return ""
	}
	v, _ := asObject(server["variables"])[strings.Trim(rest, "{}")].(object)
	if _, path, ok := strings.Cut(text(v["default"]), "/"); ok {
		return "/" + strings.TrimSuffix(path, "/")
	}
	return ""
}
