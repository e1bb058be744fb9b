package fake

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime"
)

// params reads the parameters of a request from wherever they stand, as the
// JSON of the generated struct. It is the reverse of what a client does.
func (s *Server) params(a *ir.Action, r *http.Request, body []byte, path map[string]string) ([]byte, error) {
	doc := tree{}
	sent, err := s.bodyMembers(a, r, body)
	if err != nil {
		return nil, err
	}
	query := r.URL.Query()
	for i, p := range a.Places {
		t := a.Params.Fields[i].Type
		raw, ok := sent[p.Name]
		switch p.In {
		case "path":
			raw, ok = s.single(t, path[p.Field]), true
		case "query":
			values := query
			if styleOf(p, t) == "spread" {
				values = without(query, a.Places, p)
			}
			raw, ok = s.styled(t, styleOf(p, t), p.Name, values)
		case "header":
			raw, ok = s.single(t, r.Header.Get(p.Name)), r.Header.Values(p.Name) != nil
		case "cookie":
			var c *http.Cookie
			if c, err = r.Cookie(p.Name); err == nil {
				raw, ok = s.single(t, c.Value), true
			}
		}
		if p.In == "body" && a.Body != nil && p.Field == a.Body.Field {
			raw, ok = s.wholeBody(a, t, body), len(body) > 0
		}
		if ok {
			doc.put(ir.Path{{Name: p.Field}}, raw)
		}
	}
	return doc.bytes(), nil
}

func styleOf(p *ir.Place, t *ir.Type) string {
	if p.Style != "" {
		return p.Style
	}
	return t.Wire.Style
}

// wholeBody is a body that is one parameter.
func (s *Server) wholeBody(a *ir.Action, t *ir.Type, body []byte) runtime.Raw {
	switch {
	case a.Body.As == "json":
		return body
	case s.kind(t) == ir.Bytes:
		return quote(base64.StdEncoding.EncodeToString(body))
	}
	return s.single(t, string(body))
}

// bodyMembers reads the members of the body by their wire names.
func (s *Server) bodyMembers(a *ir.Action, r *http.Request, body []byte) (map[string]runtime.Raw, error) {
	out := map[string]runtime.Raw{}
	if a.Body == nil || a.Body.Field != "" || len(body) == 0 {
		return out, nil
	}
	media, attrs, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return nil, fmt.Errorf("the content type: %w", err)
	}
	switch a.Body.As {
	case "json":
		if !strings.HasSuffix(media, "json") {
			return nil, fmt.Errorf("the body is %s, and JSON is expected", media)
		}
		return out, runtime.UnmarshalRaw(body, &out)
	case "form":
		values, err := url.ParseQuery(string(body))
		if err != nil {
			return nil, errors.New("the form cannot be read")
		}
		for i, p := range a.Places {
			t := a.Params.Fields[i].Type
			if raw, ok := s.styled(t, styleOf(p, t), p.Name, values); ok && p.In == "body" {
				out[p.Name] = raw
			}
		}
	case "multipart":
		return s.parts(a, multipart.NewReader(strings.NewReader(string(body)), attrs["boundary"]))
	}
	return out, nil
}

// parts reads a multipart body; files are bytes.
func (s *Server) parts(a *ir.Action, r *multipart.Reader) (map[string]runtime.Raw, error) {
	out := map[string]runtime.Raw{}
	for {
		part, err := r.NextPart()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("the parts: %w", err)
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return nil, fmt.Errorf("the part %s: %w", part.FormName(), err)
		}
		i := slices.IndexFunc(a.Places, func(p *ir.Place) bool { return p.In == "body" && p.Name == part.FormName() })
		switch {
		case part.FileName() != "":
			out[part.FormName()] = quote(base64.StdEncoding.EncodeToString(data))
		case i >= 0:
			out[part.FormName()] = s.single(a.Params.Fields[i].Type, string(data))
		}
	}
}

// kind is the kind that text of the type has in JSON.
func (s *Server) kind(t *ir.Type) ir.Kind {
	t = s.spec.Resolve(t)
	if t == nil {
		return ir.Any
	}
	if len(t.Wire.Time) > 0 && strings.HasPrefix(t.Wire.Time[0], "unix") {
		return ir.Float
	}
	if t.Kind == ir.Enum && len(t.Enum) > 0 {
		if _, ok := t.Enum[0].(string); !ok {
			return ir.Int
		}
		return ir.String
	}
	return t.Kind
}

// single reads one text as a value of the type.
func (s *Server) single(t *ir.Type, text string) runtime.Raw {
	switch s.kind(t) {
	case ir.String, ir.Bytes:
		return quote(text)
	case ir.Int, ir.Float, ir.Bool:
		if raw := runtime.Raw(text); raw.IsValid() {
			return raw
		}
	case ir.List:
		return s.list(t, strings.Split(text, ","))
	default:
		if raw := runtime.Raw(text); raw.IsValid() && (raw.Kind() == '{' || raw.Kind() == '[') {
			return raw
		}
	}
	return quote(text)
}

func (s *Server) list(t *ir.Type, texts []string) runtime.Raw {
	doc := tree{list: true}
	elem := &ir.Type{Kind: ir.Any}
	if r := s.spec.Resolve(t); r != nil && r.Elem != nil {
		elem = r.Elem
	}
	for _, text := range texts {
		doc.kids = append(doc.kids, &tree{raw: s.single(elem, text)})
	}
	return doc.bytes()
}

// styled reads a member of a query or a form in its style.
func (s *Server) styled(t *ir.Type, style, name string, values url.Values) (raw runtime.Raw, ok bool) {
	switch style {
	case "brackets", "deep":
		if raw, ok := s.brackets(t, name, values); ok {
			return raw, true
		}
	case "spread":
		if r := s.spec.Resolve(t); r != nil && r.Kind != ir.List {
			return s.spread(r, values)
		}
	}
	texts, ok := values[name]
	switch {
	case !ok || len(texts) == 0:
		return nil, false
	case s.kind(t) != ir.List:
		return s.single(t, texts[0]), true
	case runtime.Raw(texts[0]).Kind() == '[':
		return runtime.Raw(texts[0]), true
	case separators[style] != "":
		return s.list(t, strings.Split(texts[0], separators[style])), true
	}
	return s.list(t, texts), true
}

// separators are what stands between the elements of a list, by style.
var separators = map[string]string{"comma": ",", "space": " ", "pipe": "|"}

// without returns the values of names that are no other parameter's: those that
// a map which is spread may hold.
func without(values url.Values, places []*ir.Place, own *ir.Place) url.Values {
	out := url.Values{}
	for name, texts := range values {
		if !slices.ContainsFunc(places, func(p *ir.Place) bool { return p != own && p.In == own.In && p.Name == name }) {
			out[name] = texts
		}
	}
	return out
}

// spread reads the members of an object, each a parameter.
func (s *Server) spread(t *ir.Type, values url.Values) (runtime.Raw, bool) {
	var doc tree
	found := false
	for _, key := range sortedKeys(values) {
		elem := t.Elem
		for _, f := range t.Fields {
			if f.Name == key {
				elem = f.Type
			}
		}
		if elem != nil {
			found = true
			s.nest(&doc, t, []string{key}, values[key])
		}
	}
	return doc.bytes(), found
}

// brackets reads a[]=1 and a[b][c]=1.
func (s *Server) brackets(t *ir.Type, name string, values url.Values) (runtime.Raw, bool) {
	var doc tree
	found := false
	for _, key := range sortedKeys(values) {
		rest, ok := strings.CutPrefix(key, name+"[")
		if !ok {
			continue
		}
		found = true
		steps := strings.Split(strings.TrimSuffix(rest, "]"), "][")
		s.nest(&doc, t, steps, values[key])
	}
	return doc.bytes(), found
}

// nest puts values at a path of bracketed names, numbers and nothings.
func (s *Server) nest(doc *tree, t *ir.Type, steps, texts []string) {
	r := s.spec.Resolve(t)
	if r == nil {
		r = &ir.Type{Kind: ir.Any}
	}
	switch {
	case len(steps) == 0 && r.Kind == ir.List:
		*doc = tree{raw: s.list(t, texts)}
		return
	case len(steps) == 0:
		doc.put(nil, s.single(t, texts[0]))
		return
	case steps[0] == "":
		*doc = tree{raw: s.list(t, texts)}
		return
	}
	step, elem := ir.Step{Name: steps[0]}, r.Elem
	if i, err := strconv.Atoi(steps[0]); err == nil && r.Kind == ir.List {
		step = ir.Step{Index: &i}
	}
	for _, f := range r.Fields {
		if f.Name == steps[0] {
			elem = f.Type
		}
	}
	s.nest(doc.kid(step), elem, steps[1:], texts)
}

func sortedKeys(v url.Values) []string {
	keys := make([]string, 0, len(v))
	for k := range v {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
