package judge

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
	"path"
	"strings"
)

// body checks the body of a request.
func (d *Document) body(o *Operation, q *request) (wrong []string) {
	declared, required := d.declaredBody(o)
	sentType := q.header.Get("Content-Type")
	media, args, _ := mime.ParseMediaType(sentType)
	switch {
	case len(q.body) == 0 && !required:
		return nil
	case len(q.body) == 0 && media == "":
		return []string{"body: is required and was not sent"}
	case len(declared) == 0 && string(q.body) == "{}":
		return nil // As good as none.
	case len(declared) == 0:
		return []string{"body: is not declared"}
	}
	name, ok := pick(declared, media)
	if !ok {
		return []string{fmt.Sprintf("body: is %q, which is not declared", sentType)}
	}
	schema := declared[name]
	var v any
	var err error
	c := checker{doc: d, dir: sent}
	switch {
	case strings.Contains(media, "json"):
		v, err = parse(q.body)
	case media == "application/x-www-form-urlencoded":
		c.loose = true
		v, err = d.form(schema, q.body)
	case strings.HasPrefix(media, "multipart/"):
		c.loose = true
		v, err = d.multipart(schema, q.body, args["boundary"])
	default:
		return nil // Bytes and text are what they are.
	}
	if err != nil {
		return []string{"body: " + err.Error()}
	}
	if c.loose && d.isArray(schema) || c.loose && d.isText(schema) {
		return nil // A form is of named members, and such a schema names none.
	}
	if w := c.check(schema, v, "body", 0); w != "" {
		return []string{w}
	}
	return nil
}

func (d *Document) isText(schema any) bool { return d.follow(schema)["type"] == "string" }

// declaredBody is the schema of each media type that an operation takes.
func (d *Document) declaredBody(o *Operation) (map[string]any, bool) {
	all := map[string]any{}
	if !d.swagger {
		body := d.follow(o.op["requestBody"])
		for name, m := range asObject(body["content"]) {
			all[name] = asObject(m)["schema"]
		}
		return all, truth(body["required"])
	}
	var schema any
	var members, needed = object{}, []any{}
	required := false
	for _, p := range o.params {
		switch p["in"] {
		case "body":
			schema, required = p["schema"], truth(p["required"])
		case "formData":
			members[text(p["name"])] = p
			if truth(p["required"]) {
				needed, required = append(needed, p["name"]), true
			}
		}
	}
	consumes := asList(o.op["consumes"])
	if len(consumes) == 0 {
		consumes = asList(d.root["consumes"])
	}
	switch {
	case len(members) > 0:
		form := object{"type": "object", "properties": members, "required": needed}
		all["application/x-www-form-urlencoded"], all["multipart/form-data"] = form, form
	case schema != nil && len(consumes) == 0:
		all["application/json"] = schema
	case schema != nil:
		for _, name := range consumes {
			all[text(name)] = schema
		}
	}
	return all, required
}

// pick finds the declared media type that a type is of; the one without parameters
// before those with some, and a range when there is none.
func pick(declared map[string]any, media string) (string, bool) {
	ranged := ""
	for _, name := range sortedKeys(declared) {
		plain, _, _ := strings.Cut(strings.ToLower(name), ";")
		plain = strings.TrimSpace(plain)
		if plain == media {
			return name, true
		}
		if ok, err := path.Match(plain, media); plain == "*/*" || err == nil && ok {
			ranged = name
		}
	}
	return ranged, ranged != ""
}

// form reads a form as an object.
func (d *Document) form(schema any, body []byte) (object, error) {
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, err
	}
	v := object{}
	for name, list := range values {
		if i := strings.IndexByte(name, '['); i > 0 && strings.HasSuffix(name, "]") {
			put(v, append([]string{name[:i]}, strings.Split(name[i+1:len(name)-1], "][")...), list)
			continue
		}
		v[name] = d.member(schema, name, list)
	}
	lists(v)
	return v, nil
}

// lists makes lists of the objects whose members are numbered from 0, or have
// no name: what name[0][a]= and name[]= stand for.
func lists(v object) {
	for name, e := range v {
		o, ok := e.(object)
		if !ok {
			continue
		}
		lists(o)
		if bare, ok := o[""]; ok && len(o) == 1 {
			if _, several := bare.([]any); !several {
				bare = []any{bare}
			}
			v[name] = bare
			continue
		}
		var list []any
		for i := range len(o) {
			if e, ok := o[fmt.Sprint(i)]; ok {
				list = append(list, e)
			}
		}
		if len(list) == len(o) && len(list) > 0 {
			v[name] = list
		}
	}
}

// member reads the texts of one member as its schema asks.
func (d *Document) member(schema any, name string, list []string) any {
	declared := d.property(schema, name, 0)
	if d.isArray(declared) {
		if len(list) == 1 {
			if v, err := parse([]byte(list[0])); err == nil && kindOf(v) == "array" {
				return v
			}
			return texts(strings.Split(list[0], ","))
		}
		return texts(list)
	}
	if len(list) > 1 {
		return texts(list)
	}
	return d.fromText(declared, list[0])
}

// property finds a member's schema, in what an object is composed of, too.
func (d *Document) property(schema any, name string, depth int) any {
	s := d.follow(schema)
	if p, ok := asObject(s["properties"])[name]; ok {
		return d.follow(p)
	}
	for _, part := range asList(s["allOf"]) {
		if depth < maxDepth {
			if p := d.property(part, name, depth+1); p != nil {
				return p
			}
		}
	}
	return nil
}

// multipart reads the parts of a body as an object.
func (d *Document) multipart(schema any, body []byte, boundary string) (object, error) {
	r := multipart.NewReader(bytes.NewReader(body), boundary)
	values := url.Values{}
	for {
		p, err := r.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		data, err := io.ReadAll(p)
		if err != nil {
			return nil, err
		}
		values.Add(p.FormName(), string(data))
	}
	v := object{}
	for name, list := range values {
		v[name] = d.member(schema, name, list)
	}
	return v, nil
}
