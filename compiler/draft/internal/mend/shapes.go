package mend

// shape says what the members of an object are. A member is "text", "truth",
// "number", "texts", "any", "schema", "schema or truth", "truth or number", the
// name of a shape, a list of these ("[schema]") or an object of these by name
// ("{schema}"). One that is "unread" is left out where it would be read as
// something that it is not. Members that are not listed are left as they are.
type shape struct {
	members map[string]string
	rest    string // What members of other names are; "": left as they are.
}

// shapes are the objects of all versions of OpenAPI, as far as the drafter
// reads them. Documents mix the versions, so that one table has all.
var shapes = map[string]shape{
	"document": {members: map[string]string{
		"info": "info", "servers": "[server]", "paths": "paths", "webhooks": "{path item}", "components": "components",
		"security": "[requirement]", "tags": "[tag]", "externalDocs": "docs",
		"host": "text", "basePath": "text", "schemes": "texts", "consumes": "texts", "produces": "texts",
		"definitions": "{schema}", "parameters": "{parameter}", "responses": "{response}", "securityDefinitions": "{scheme}",
	}},
	"components": {members: map[string]string{
		"schemas": "{schema}", "responses": "{response}", "parameters": "{parameter}", "examples": "{example}",
		"requestBodies": "{request body}", "headers": "{header}", "securitySchemes": "{scheme}", "links": "{link}",
		"callbacks": "{callback}", "pathItems": "{path item}", "mediaTypes": "{media type}",
	}},
	"info": {members: map[string]string{
		"title": "text", "summary": "text", "description": "text", "version": "text", "termsOfService": "text",
		"contact": "contact", "license": "contact",
	}},
	"contact":  {members: map[string]string{"name": "text", "url": "text", "email": "text", "identifier": "text"}},
	"docs":     {members: map[string]string{"url": "text", "description": "text"}},
	"tag":      {members: map[string]string{"name": "text", "summary": "text", "description": "text", "externalDocs": "docs", "parent": "text", "kind": "text"}},
	"server":   {members: map[string]string{"url": "text", "name": "text", "description": "text", "variables": "{variable}"}},
	"variable": {members: map[string]string{"enum": "texts", "default": "text", "description": "text"}},
	"paths":    {rest: "path item"},
	"callback": {rest: "path item"},
	"path item": {members: map[string]string{
		"summary": "text", "description": "text", "parameters": "[parameter]", "servers": "[server]",
		"get": "operation", "put": "operation", "post": "operation", "delete": "operation", "options": "operation",
		"head": "operation", "patch": "operation", "trace": "operation", "query": "operation",
		"additionalOperations": "{operation}",
	}, rest: "unread"},
	"operation": {members: map[string]string{
		"tags": "texts", "summary": "text", "description": "text", "externalDocs": "docs", "operationId": "text",
		"parameters": "[parameter]", "requestBody": "request body", "responses": "responses", "callbacks": "{callback}",
		"deprecated": "truth", "security": "[requirement]", "servers": "[server]",
		"consumes": "texts", "produces": "texts", "schemes": "texts",
	}},
	"parameter": {members: parameterMembers},
	"header":    {members: parameterMembers},
	"request body": {members: map[string]string{
		"description": "text", "content": "{media type}", "required": "truth",
	}},
	"media type": {members: map[string]string{
		"schema": "schema", "itemSchema": "schema", "example": "any", "examples": "{example}", "encoding": "{encoding}",
		"itemEncoding": "encoding", "prefixEncoding": "[encoding]",
	}},
	"encoding": {members: map[string]string{
		"contentType": "text", "headers": "{header}", "style": "text", "explode": "truth", "allowReserved": "truth",
		"encoding": "{encoding}", "itemEncoding": "encoding", "prefixEncoding": "[encoding]",
	}, rest: "unread"},
	"responses": {rest: "response"},
	"response": {members: map[string]string{
		"summary": "text", "description": "text", "headers": "{header}", "content": "{media type}", "links": "{link}", "schema": "schema",
		"examples": "{any}",
	}},
	"example": {members: map[string]string{"summary": "text", "description": "text", "value": "any", "externalValue": "text"}},
	"link": {members: map[string]string{
		"operationRef": "text", "operationId": "text", "parameters": "{any}", "requestBody": "any", "description": "text", "server": "server",
	}},
	"requirement": {rest: "texts"},
	"scheme": {members: map[string]string{
		"type": "text", "description": "text", "name": "text", "in": "text", "scheme": "text", "bearerFormat": "text",
		"flows": "flows", "openIdConnectUrl": "text", "flow": "text", "authorizationUrl": "text", "tokenUrl": "text", "scopes": "{text}",
	}},
	"flows": {members: map[string]string{
		"implicit": "flow", "password": "flow", "clientCredentials": "flow", "authorizationCode": "flow",
		"device": "flow", "deviceAuthorization": "flow",
	}},
	"flow":   {members: map[string]string{"authorizationUrl": "text", "tokenUrl": "text", "refreshUrl": "text", "scopes": "{text}"}},
	"schema": {members: schemaMembers},
	"discriminator": {members: map[string]string{
		"propertyName": "text", "mapping": "{text}", "defaultMapping": "text",
	}},
	"xml": {members: map[string]string{
		"name": "text", "namespace": "text", "prefix": "text", "attribute": "truth", "wrapped": "truth", "nodeType": "text",
	}},
}

var parameterMembers = map[string]string{
	"name": "text", "in": "text", "description": "text", "required": "truth", "deprecated": "truth", "allowEmptyValue": "truth",
	"allowReserved": "truth", "style": "text", "explode": "truth", "schema": "schema", "content": "{media type}",
	"example": "any", "examples": "{example}",
	"type": "text", "format": "text", "items": "schema", "collectionFormat": "text", "default": "any", "enum": "[any]",
	"pattern": "text", "minimum": "number", "maximum": "number", "exclusiveMinimum": "truth or number",
	"exclusiveMaximum": "truth or number", "multipleOf": "number", "minLength": "number", "maxLength": "number",
	"minItems": "number", "maxItems": "number", "uniqueItems": "truth",
}

var schemaMembers = map[string]string{
	"type": "texts", "title": "text", "description": "text", "format": "text", "pattern": "text", "contentEncoding": "text",
	"contentMediaType": "text", "allOf": "[schema]", "oneOf": "[schema]", "anyOf": "[schema]", "not": "schema",
	"discriminator": "discriminator", "properties": "{schema}", "patternProperties": "{schema}", "propertyNames": "schema",
	"additionalProperties": "schema or truth", "unevaluatedProperties": "schema or truth", "items": "schema or truth",
	"unevaluatedItems": "schema or truth", "prefixItems": "[schema]", "contains": "schema", "if": "schema", "then": "schema", "else": "schema",
	"dependentSchemas": "{schema}", "$defs": "{schema}", "contentSchema": "schema", "definitions": "{schema}",
	"required": "texts", "enum": "[any]", "const": "any", "default": "any", "example": "any", "examples": "[any]",
	"nullable": "truth", "readOnly": "truth", "writeOnly": "truth", "deprecated": "truth", "uniqueItems": "truth",
	"minimum": "number", "maximum": "number", "exclusiveMinimum": "truth or number", "exclusiveMaximum": "truth or number",
	"multipleOf": "number", "minLength": "number", "maxLength": "number", "minItems": "number", "maxItems": "number",
	"minProperties": "number", "maxProperties": "number", "externalDocs": "docs", "xml": "xml",
}
