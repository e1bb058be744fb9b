package hostile

import (
	"fmt"
	"strings"
)

// payload is the identifier that no generated file may hold outside of a
// comment or a string: every text below tries to get it out of one.
const payload = "pwned"

// texts are what the documents below put wherever a text can stand.
var texts = []string{
	"../../x", `..\..\x`, "/etc/passwd", "type", "nil", "func", "init", "main", "string", "error", "", " ", "🦀🎉", "ключ", "名前",
	strings.Repeat("long name ", 1024), strings.Repeat("x", 10<<10), `"quoted" 'name'`, "`ticks`", "*/ func init(){ pwned() } /*", "line\nfunc init() { pwned() }\n",
	"//go:generate pwned", "// comment\nfunc init() { pwned() }", "/* open", "\r\nvar _ = pwned()\r\n", "a\u2028pwned()\u2029b", "\x00\x1b[31m\x7f",
	`\(pwned)`, `"+pwned()+"`, "`+pwned()+`", `\`, `#"""#`, `"""`, "'''", "${pwned}", "{pwned}", "{{pwned}}", "}{", "%s%d%!v(MISSING)", "@secret()", "@name(pwned)",
	"_hidden", "__int", "#Def", "_#Def", "$ref", "$id", "package pwned", `import "C"`, "<!-- pwned -->", "~1~0", "a.b", "a[0]", "a'b", "a=b&c=d", "x?y#z", "0", "-1", "1e9", "true", "null",
	"windows", "linux_amd64", "test", "a_test", "internal", "vendor", "testdata", "con", "Client", "New", "Error", "Ctx", "ctx", "params", "opts", "err", "s", "Extra", "extra", "X", "All", "List",
}

// object is a JSON object of a document.
type object = map[string]any

// dialect writes the parts of a document that the versions write differently.
type dialect struct {
	version   object
	schemas   string // Where named schemas are.
	parameter func(in, name string, s object) object
	body      func(op object, media string, s object)
	response  func(text string, s object) object
	security  func(i int, text string) object
	finish    func(doc, schemas, security object)
}

var dialects = map[string]dialect{
	"swagger2": {
		version: object{"swagger": "2.0"}, schemas: "#/definitions/",
		parameter: func(in, name string, s object) object {
			p := object{"in": in, "name": name, "description": name, "required": in == "path"}
			for k, v := range s {
				p[k] = v
			}
			return p
		},
		body: func(op object, media string, s object) {
			op["consumes"] = []string{media}
			op["parameters"] = append(op["parameters"].([]any), object{"in": "body", "name": "body", "schema": s})
		},
		response: func(text string, s object) object {
			return object{"description": text, "schema": s, "headers": object{text: object{"type": "string"}}}
		},
		security: func(i int, text string) object {
			return []object{
				{"type": "apiKey", "in": "header", "name": text, "description": text}, {"type": "apiKey", "in": "query", "name": "key " + text},
				{"type": "oauth2", "flow": "accessCode", "authorizationUrl": text, "tokenUrl": text, "scopes": object{text: text}}, {"type": "basic"},
			}[i%4]
		},
		finish: func(doc, schemas, security object) {
			doc["definitions"], doc["securityDefinitions"] = schemas, security
			doc["host"], doc["basePath"], doc["schemes"] = "pwned\"/`.example", "/../\n*/ pwned() {x}", []string{"https"}
		},
	},
	"openapi30": v3("3.0.3", func(object) {}),
	"openapi31": v3("3.1.0", func(doc object) {
		hooks := object{}
		for i, text := range texts {
			hooks[text] = object{"post": object{"operationId": fmt.Sprint("hook", i, text), "responses": object{"200": object{"description": text}}}}
		}
		doc["webhooks"] = hooks
	}),
}

func v3(version string, more func(doc object)) dialect {
	return dialect{
		version: object{"openapi": version}, schemas: "#/components/schemas/",
		parameter: func(in, name string, s object) object {
			return object{"in": in, "name": name, "description": name, "required": in == "path", "schema": s}
		},
		body: func(op object, media string, s object) {
			op["requestBody"] = object{"description": "pwned", "content": object{media: object{"schema": s}}}
		},
		response: func(text string, s object) object {
			return object{"description": text, "content": object{"application/json": object{"schema": s}}, "headers": object{text: object{"schema": object{"type": "string"}}}}
		},
		security: func(i int, text string) object {
			return []object{
				{"type": "apiKey", "in": "header", "name": text, "description": text}, {"type": "apiKey", "in": "cookie", "name": text},
				{"type": "oauth2", "flows": object{"authorizationCode": object{"authorizationUrl": text, "tokenUrl": text, "scopes": object{text: text}}}},
				{"type": "http", "scheme": text}, {"type": "http", "scheme": "bearer", "bearerFormat": text}, {"type": "openIdConnect", "openIdConnectUrl": text},
			}[i%6]
		},
		finish: func(doc, schemas, security object) {
			doc["components"] = object{"schemas": schemas, "securitySchemes": security}
			var servers []any
			for _, text := range texts {
				servers = append(servers, object{"url": text, "description": text}, object{
					"url": "https://{" + text + "}.example/" + text, "variables": object{text: object{"default": text, "enum": []string{text}}},
				})
			}
			doc["servers"] = servers
			more(doc)
		},
	}
}

// hostile is a document with every text in every place that has one.
func (d dialect) hostile() object {
	paths, security := object{}, object{}
	schemas := object{"Choice": object{"type": "string", "enum": texts}}
	for i, text := range texts {
		named := fmt.Sprintf("Named %s", text)
		schemas[named] = d.shape(i, text)
		security[text] = d.security(i, text)
		op := d.operation(i, text, object{"$ref": d.schemas + pointer.Replace(named)})
		paths[fmt.Sprintf("/p%d", i)] = object{"get": op}
		write := d.operation(i, text, d.shape(i, text))
		d.body(write, []string{"application/json", "application/x-www-form-urlencoded", "multipart/form-data", text}[i%4], d.shape(i, text))
		write["operationId"] = text
		path := "/" + text
		if !strings.ContainsAny(text, "/{}?#") && strings.TrimSpace(text) != "" {
			path += fmt.Sprintf("/{%s}", text)
			write["parameters"] = append(write["parameters"].([]any), d.parameter("path", text, object{"type": "string"}))
		}
		paths[path] = object{"post": write}
	}
	doc := object{
		"info":  object{"title": strings.Join(texts[:30], " "), "description": "*/ " + payload, "version": "//go:generate " + payload},
		"paths": paths, "tags": []any{object{"name": "*/ pwned()", "description": "`pwned`"}},
	}
	for k, v := range d.version {
		doc[k] = v
	}
	d.finish(doc, schemas, security)
	return doc
}

func (d dialect) operation(i int, text string, reply object) object {
	choice := object{"type": "string", "enum": []string{text, "other"}, "description": text, "default": text}
	return object{
		"operationId": fmt.Sprintf("%s%d", text, i), "summary": text, "description": text + "\n\n\t" + text, "tags": []string{text, "pwned"}, "deprecated": i%2 == 0,
		"externalDocs": object{"url": text}, "x-fern-sdk-group-name": text, "x-fern-sdk-method-name": []any{text, nil}[i%2],
		"parameters": []any{
			d.parameter("query", text, object{"type": "string", "pattern": text}), d.parameter("header", text, object{"type": "string", "format": text}),
			d.parameter("query", fmt.Sprintf("choice%d", i), choice),
		},
		"security": []any{object{text: []string{text}}},
		"responses": object{
			"200": d.response(text, reply),
			"400": d.response(text, object{"type": "object", "properties": object{"error": object{"type": "object", "properties": object{"code": choice, "message": object{"type": "string"}}}}}),
		},
	}
}

// shape is a type with a text for all of its names and details.
func (d dialect) shape(i int, text string) object {
	leaf := object{"type": "string", "description": text, "title": text, "format": text, "pattern": text, "default": text, "example": text}
	return object{
		"type": "object", "title": text, "description": text, "required": []string{text, "none"},
		"properties": object{
			text: leaf, text + "2": object{"type": "array", "items": object{"type": "object", "properties": object{text: leaf}}},
			"choice": object{"$ref": d.schemas + "Choice"}, "only": object{"type": "string", "enum": []string{text}, "description": []string{text, text + strings.Repeat(" "+payload, 20)}[i%2]},
			"either": object{"oneOf": []any{object{"type": "object", "title": text, "properties": object{text: leaf}}, leaf}, "discriminator": object{"propertyName": text}},
			"map":    object{"type": "object", "additionalProperties": object{"type": "object", "properties": object{text: leaf}}},
		},
	}
}

// pointer escapes a name for a JSON pointer in a reference.
var pointer = strings.NewReplacer("~", "~0", "/", "~1", "%", "%25")
