package mend

import (
	"strings"

	"github.com/pb33f/go-yaml"
)

// sought are the members that the reader of the document looks for one level
// deeper when an object has none: in extensions and examples too, of which
// nothing is repaired.
var sought = map[string][]string{
	"operation":    {"callbacks", "responses"},
	"request body": {"content"},
	"response":     {"content", "headers", "links"},
	"parameter":    {"content", "examples"},
	"header":       {"content", "examples"},
	"media type":   {"encoding", "examples", "itemEncoding"},
	"encoding":     {"headers"},
}

// soughtObjects are those that cannot be empty.
var soughtObjects = map[string][]string{
	"document":  {"externalDocs", "info", "paths"},
	"info":      {"contact", "license"},
	"operation": {"externalDocs", "requestBody"},
	"tag":       {"externalDocs"},
	"link":      {"server"},
	"scheme":    {"flows"},
	"flows":     {"implicit", "password", "clientCredentials", "authorizationCode", "device"},
}

// shield gives an object an empty member where that of another member would be
// taken for its own. What cannot be empty is left out of extensions instead.
func shield(n *yaml.Node, as string) {
	for _, name := range sought[as] {
		if child(n, name) == nil && anyHas(n, name) {
			n.Content = append(n.Content, text(n, name), object(n))
		}
	}
	for _, name := range soughtObjects[as] {
		if child(n, name) == nil {
			hide(n, name)
		}
	}
}

func hide(n *yaml.Node, name string) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if value := n.Content[i+1]; strings.HasPrefix(n.Content[i].Value, "x-") && child(value, name) != nil {
			rest := object(value)
			for key, v := range pairs(value) {
				if key.Value != name {
					rest.Content = append(rest.Content, key, v)
				}
			}
			n.Content[i+1] = rest
		}
	}
}

func anyHas(n *yaml.Node, name string) bool {
	for _, value := range pairs(n) {
		if child(value, name) != nil {
			return true
		}
	}
	return false
}

// unread leaves out an object that the reader would take for something that it
// is not.
func (t *Tree) unread(c cursor) mended {
	if c.node.Kind != yaml.MappingNode {
		return mended{c.node, t.size(c.node)}
	}
	t.repair(Structure, c, "it is left out", "OpenAPI has no %q here", c.name)
	return mended{}
}

// methods are the members of a path that are operations.
var methods = map[string]bool{
	"get": true, "put": true, "post": true, "delete": true, "options": true, "head": true, "patch": true, "trace": true,
}

// mendMethods spells the methods of a path as OpenAPI does.
func (t *Tree) mendMethods(c cursor) {
	for key, value := range pairs(c.node) {
		if low := strings.ToLower(key.Value); low != key.Value && methods[low] && child(c.node, low) == nil {
			t.repair(Structure, c.below(key.Value, value), "it is read as "+low, "the method is written %q", key.Value)
			key.Value = low
		}
	}
}
