package judge

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// request is a recorded request, taken apart.
type request struct {
	url    *url.URL
	query  url.Values
	raw    map[string][]string // Query values as they stand, by name.
	header http.Header
	cookie map[string]string
	path   map[string]string
	body   []byte
}

func newRequest(u *url.URL, header http.Header, body []byte) *request {
	q := &request{url: u, query: u.Query(), header: header, body: body, cookie: map[string]string{}, raw: map[string][]string{}}
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		name, value, _ := strings.Cut(pair, "=")
		name, _ = url.QueryUnescape(name) // What does not parse stays a name that nothing declares.
		q.raw[name] = append(q.raw[name], value)
	}
	for _, c := range (&http.Request{Header: header}).Cookies() {
		q.cookie[c.Name] = c.Value
	}
	return q
}

// skipped are headers that a document must not declare as parameters (OpenAPI
// 3.0.3, 4.7.12.1), and that belong to the client.
var skipped = []string{"accept", "content-type", "authorization"}

// parameters checks every parameter outside the body.
func (d *Document) parameters(o *Operation, q *request) (wrong []string) {
	taken := map[string]bool{}
	for name := range o.fixed {
		taken[name] = true
	}
	for _, p := range o.params {
		name, in := text(p["name"]), text(p["in"])
		if in == "header" && slices.Contains(skipped, strings.ToLower(name)) || in == "body" || in == "formData" {
			continue
		}
		values, found := d.values(o, p, q, taken)
		at := in + " " + name
		if !found {
			if truth(p["required"]) && slices.Contains(o.names, name) == (in == "path") && !d.vanishes(p) {
				wrong = append(wrong, at+": is required and was not sent")
			}
			continue
		}
		if w := d.value(p, values, at); w != "" {
			wrong = append(wrong, w)
		}
	}
	for name := range q.query {
		if !taken[name] && !d.keys[name] {
			wrong = append(wrong, "query "+name+": is not declared")
		}
	}
	return wrong
}

// vanishes reports whether a parameter can be sent and not be seen: an object
// that is spread, none of whose members is required.
func (d *Document) vanishes(p object) bool {
	s := d.follow(p["schema"])
	return p["in"] == "query" && s["type"] == "object" && p["style"] != "deepObject" && p["explode"] != false && len(asList(s["required"])) == 0
}

// values finds what was sent for a parameter: one text or several, each as it
// stands on the wire; or an object.
func (d *Document) values(o *Operation, p object, q *request, taken map[string]bool) (any, bool) {
	name := text(p["name"])
	switch p["in"] {
	case "path":
		v, ok := q.path[name]
		return []string{v}, ok
	case "header":
		v := q.header.Values(name)
		return v, len(v) > 0
	case "cookie":
		v, ok := q.cookie[name]
		return []string{v}, ok
	}
	if v, ok := q.raw[name]; ok {
		taken[name] = true
		return v, true
	}
	members := object{}
	for key := range q.query {
		if inner, ok := strings.CutPrefix(key, name+"["); ok {
			taken[key] = true
			put(members, strings.Split(strings.TrimSuffix(inner, "]"), "]["), q.query[key])
		}
	}
	if len(members) > 0 {
		return members, true
	}
	return d.spread(o, p, q, taken)
}

// spread finds an object whose members are parameters of their own, which is
// what "form" with "explode" makes of one. A map has the names that no other
// parameter has.
func (d *Document) spread(o *Operation, p object, q *request, taken map[string]bool) (any, bool) {
	members := object{}
	if open := d.follow(p["schema"])["additionalProperties"]; open != nil && open != false {
		for name, v := range q.query {
			if !taken[name] && !d.keys[name] && !o.declares(name) {
				members[name] = v[0]
				taken[name] = true
			}
		}
	}
	for name := range asObject(d.follow(p["schema"])["properties"]) {
		if v, ok := q.query[name]; ok {
			members[name] = v[0]
			taken[name] = true
		}
	}
	return members, len(members) > 0
}

// declares reports whether a parameter of the query has the name.
func (o *Operation) declares(name string) bool {
	return slices.ContainsFunc(o.params, func(p object) bool { return p["in"] == "query" && p["name"] == name })
}

// put sets a member of nested objects; an empty name is a list.
func put(o object, names []string, values []string) {
	name := names[0]
	switch {
	case len(names) == 1 && len(values) == 1:
		o[name] = values[0]
	case len(names) == 1:
		o[name] = texts(values)
	case len(names) == 2 && names[1] == "":
		o[name] = texts(values)
	default:
		inner := asObject(o[name])
		o[name] = inner
		put(inner, names[1:], values)
	}
}

func texts(values []string) []any {
	list := make([]any, len(values))
	for i, v := range values {
		list[i] = v
	}
	return list
}

// value checks the text of a parameter against its schema, read in its style.
func (d *Document) value(p object, values any, at string) string {
	c := checker{doc: d, dir: sent, loose: true}
	schema := any(p)
	if !d.swagger {
		if media := asObject(p["content"]); len(media) > 0 {
			return c.embedded(media, values, at)
		}
		schema = p["schema"]
	}
	list, ok := values.([]string)
	if !ok {
		return d.deep(p, schema, values, at)
	}
	if !d.isArray(schema) {
		if len(list) != 1 {
			return fmt.Sprintf("%s: was sent %d times", at, len(list))
		}
		v, err := unescape(p, list[0])
		if err != nil {
			return at + ": " + err.Error()
		}
		return c.check(schema, d.fromText(schema, v), at, 0)
	}
	items, err := d.split(p, list)
	if err != nil {
		return at + ": " + err.Error()
	}
	return c.check(schema, items, at, 0)
}

func unescape(p object, v string) (string, error) {
	if p["in"] == "query" {
		return url.QueryUnescape(v)
	}
	return v, nil
}

// deep checks a parameter that was sent as name[member].
func (d *Document) deep(p object, schema, values any, at string) string {
	c := checker{doc: d, dir: sent, loose: true}
	if d.isArray(schema) {
		if list, ok := asObject(values)[""]; ok { // name[]=a, a widespread reading of an array.
			if one, ok := list.(string); ok {
				list = []any{one}
			}
			return c.check(schema, list, at, 0)
		}
		return ""
	}
	if style := text(p["style"]); style != "deepObject" && style != "" && style != "form" {
		return fmt.Sprintf("%s: was sent with brackets, and its style is %s", at, style)
	}
	return c.check(schema, values, at, 0)
}

// embedded checks a parameter that is JSON.
func (c checker) embedded(media object, values any, at string) string {
	list, ok := values.([]string)
	if !ok || len(list) != 1 {
		return at + ": was not sent as one text"
	}
	for name, m := range media {
		if !strings.Contains(name, "json") {
			return ""
		}
		one, err := url.QueryUnescape(list[0])
		if err != nil {
			return at + ": " + err.Error()
		}
		v, err := parse([]byte(one))
		if err != nil {
			return at + ": is no JSON: " + err.Error()
		}
		return checker{doc: c.doc, dir: sent}.check(asObject(m)["schema"], v, at, 0)
	}
	return ""
}

// separators of the styles, by style and by Swagger's collectionFormat.
var separators = map[string]string{"spaceDelimited": "%20", "pipeDelimited": "|", "ssv": " ", "tsv": "\t", "pipes": "|"}

// split takes the texts of an array apart.
func (d *Document) split(p object, values []string) ([]any, error) {
	style := text(p["style"])
	explode := p["in"] == "query" && style != "spaceDelimited" && style != "pipeDelimited"
	if e, ok := p["explode"].(bool); ok {
		explode = e && p["in"] == "query"
	}
	if d.swagger {
		style = text(p["collectionFormat"])
		explode = style == "multi"
	}
	if !explode && len(values) > 1 {
		return nil, fmt.Errorf("was sent %d times, and is to be sent once", len(values))
	}
	items := []any{}
	for _, v := range values {
		parts := []string{v}
		if !explode {
			separator := ","
			if s, ok := separators[style]; ok {
				separator = s
			}
			parts = strings.Split(v, separator)
		}
		for _, part := range parts {
			one, err := unescape(p, part)
			if err != nil {
				return nil, err
			}
			items = append(items, one)
		}
	}
	return items, nil
}

// isArray reports whether a schema is of an array, and of nothing else.
func (d *Document) isArray(schema any) bool {
	s := d.follow(schema)
	if t := s["type"]; t != nil {
		return t == "array"
	}
	all := asList(s["allOf"])
	return len(all) > 0 && d.isArray(all[0])
}

// fromText reads JSON where a schema asks for an object.
func (d *Document) fromText(schema any, v string) any {
	if t := d.follow(schema)["type"]; t == "object" || t == nil {
		if read, err := parse([]byte(v)); err == nil && kindOf(read) == "object" {
			return read
		}
	}
	return v
}

// parse reads one JSON value, numbers as text.
func parse(data []byte) (any, error) {
	dec := json.NewDecoder(strings.NewReader(string(data)))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	return v, nil
}
