package twin

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
)

// maxBody bounds what is read of a request's body, except for uploads, which are
// counted beyond it.
const maxBody = 16 << 20

// request is a request as the core sees it: read, and free of its transport.
type request struct {
	method string
	origin string // Scheme and host that the client used.
	host   string
	url    *url.URL
	header http.Header
	body   []byte
	size   int64  // Of the body, in full.
	file   []byte // What it uploads: the body, or the files of a form.
	served bool   // Through a socket,
	plain  bool   // and one without TLS.
	mark   string
	meant  string // The action, where several take the request.
	peer   *x509.Certificate

	query url.Values
	form  url.Values // Of a form or multipart body.
	parts bool       // It was multipart.
	json  any        // Of a JSON body.
	isDoc bool       // The body was JSON.
	bad   bool       // It was to be, and is none.
}

// readRequest reads a request's body and parses what it is.
func readRequest(r *http.Request, served bool) (*request, error) {
	q := &request{method: r.Method, url: r.URL, header: r.Header, host: r.URL.Host, served: served, mark: markOf(r.Context()), meant: meantBy(r.Context()), query: r.URL.Query()}
	scheme := r.URL.Scheme
	if served {
		scheme, q.host, q.plain = "http", r.Host, r.TLS == nil
		if r.TLS != nil {
			scheme = "https"
		}
	}
	q.origin = scheme + "://" + q.host
	if r.TLS != nil && len(r.TLS.PeerCertificates) > 0 {
		q.peer = r.TLS.PeerCertificates[0]
	}
	if r.Body != nil && r.Body != http.NoBody {
		defer r.Body.Close()
		var buf bytes.Buffer
		n, err := io.Copy(&buf, io.LimitReader(r.Body, maxBody))
		if err != nil {
			return nil, err
		}
		rest, err := io.Copy(io.Discard, r.Body)
		if err != nil {
			return nil, err
		}
		q.body, q.size = buf.Bytes(), n+rest
	}
	q.parse()
	return q, nil
}

// parse reads the body by its content type. A body that does not parse is left
// alone: it is then as if it had no parameters.
func (q *request) parse() {
	media, args, _ := mime.ParseMediaType(q.header.Get("Content-Type"))
	q.file = q.body
	switch {
	case len(q.body) == 0:
	case media == "application/x-www-form-urlencoded":
		q.form, _ = url.ParseQuery(string(q.body))
	case strings.HasPrefix(media, "multipart/"):
		q.form, q.parts = url.Values{}, true
		q.file = readMultipart(q.body, args["boundary"], q.form)
		q.size = int64(len(q.file))
	default:
		v, err := parseJSON(q.body)
		q.json, q.isDoc = v, err == nil
		q.bad = err != nil && strings.HasSuffix(media, "json")
	}
}

// readMultipart collects the parts and returns the bytes of those that are files,
// or of all when none is.
func readMultipart(body []byte, boundary string, form url.Values) []byte {
	var files, all []byte
	r := multipart.NewReader(bytes.NewReader(body), boundary)
	for {
		p, err := r.NextPart()
		if err != nil {
			break
		}
		data, err := io.ReadAll(p)
		if err != nil {
			break
		}
		all = append(all, data...)
		if p.FileName() != "" {
			files = append(files, data...)
		}
		form.Add(p.FormName(), string(data))
	}
	if len(files) > 0 {
		return files
	}
	return all
}

// slot returns the text at a place of the request.
func (q *request) slot(s *ir.Slot) (string, bool) {
	switch {
	case s.Header != "":
		v := q.header.Get(s.Header)
		return v, v != ""
	case s.Query != "":
		if v, ok := firstOf(q.query, s.Query); ok {
			return v, true
		}
		return firstOf(q.form, s.Query)
	case s.Cookie != "":
		for _, c := range (&http.Request{Header: q.header}).CookiesNamed(s.Cookie) {
			return c.Value, true
		}
		return "", false
	}
	return q.bodyAt(s.Body)
}

func (q *request) bodyAt(p ir.Path) (string, bool) {
	if q.isDoc {
		v, ok := at(q.json, p)
		return textOf(v), ok && v != nil
	}
	name := p.String()
	if v, ok := firstOf(q.form, name); ok {
		return v, true
	}
	return firstOf(q.query, name)
}

// args are the parameters of an action by their JSON names, as values of the
// declared kinds.
type args map[string]any

// flaws are what is wrong with the parameters of a request.
type flaws struct {
	missing []string // Names of required ones that were not sent.
	wrong   []string // Of each that does not fit: "points: wants an integer".
	unfit   []string // Their names.
}

// String names them; "" is none.
func (f flaws) String() string {
	said := f.wrong
	if len(f.missing) > 0 {
		said = append([]string{"without " + strings.Join(f.missing, ", ")}, f.wrong...)
	}
	return strings.Join(said, "; ")
}

// collect gathers an action's parameters from wherever the client put them: the
// provider's own SDKs use forms where the document says JSON, and a query where
// it says form.
func (x *index) collect(q *request, to target) (args, flaws) {
	in, bad := args{}, flaws{}
	o := to.op
	fields, unsaid, patch := x.fields(x.resolve(o.Params)), x.unsaid(o), o.patches()
	for i, f := range fields {
		place := &ir.Place{Field: f.Name, Name: f.Name, In: "body"}
		if i < len(o.Places) && o.Places[i].Field == f.Name {
			place = o.Places[i]
		} else if k := slices.IndexFunc(o.Places, func(p *ir.Place) bool { return p.Field == f.Name }); k >= 0 {
			place = o.Places[k]
		}
		v, text, ok := x.lookup(q, to, o, place, f)
		if !ok {
			continue
		}
		v = x.strip(f.Type, v, unsaid)
		in[f.Name] = v
		if patch {
			v = x.strip(f.Type, clone(v), removed)
		}
		if m := x.fit(o.ofParameter(f, place), v, text); m != nil {
			bad.wrong, bad.unfit = append(bad.wrong, f.Name+m.at+": "+m.says), append(bad.unfit, f.Name)
		}
	}
	switch _, ok := q.json.(*object); {
	case o.Body == nil || o.Body.As == "raw" || o.Body.As == "text":
	case q.bad:
		return in, flaws{wrong: []string{"the body: wants JSON"}}
	case q.json != nil && !ok && o.Body.Field == "":
		return in, flaws{wrong: []string{"the body: wants an object"}}
	}
	for _, f := range fields {
		if _, ok := in[f.Name]; f.Required && !ok && !x.mayBeNull(q, f) {
			bad.missing = append(bad.missing, f.Name)
		}
	}
	if t := x.resolve(o.Params); t != nil {
		bad.missing = append(bad.missing, x.open(q, t, in)...)
	}
	return in, bad
}

// ofParameter is the type that a parameter as a whole has to be of. The items of a batch
// are looked at one by one, where each can fail by itself; a place in a list is whatever
// the provider gave out for it, and told by the page.
func (o *op) ofParameter(f *ir.Field, p *ir.Place) *ir.Type {
	switch {
	case o.Batch != nil && o.Batch.Each == f.Name && slices.ContainsFunc(o.uses, func(u use) bool { return u.Do != "get" }):
		return &ir.Type{Kind: ir.List}
	case o.Page != nil && o.Page.To != nil && slices.Contains([]string{"cursor", "scroll", "last_item"}, o.Page.Style) && strings.EqualFold(slotKey(o.Page.To), p.In+" "+p.Name):
		return &ir.Type{Kind: ir.Any}
	}
	return f.Type
}

// open lists what the first set of each choice lacks of which no set was sent
// whole.
func (x *index) open(q *request, t *ir.Type, in args) (lacking []string) {
	sent := func(name string) bool {
		_, ok := in[name]
		f := x.field(t, name)
		return ok || f != nil && x.mayBeNull(q, f)
	}
	for _, c := range t.Choices {
		if c.Met(sent) {
			continue
		}
		for _, name := range c.Sets[0] {
			if !sent(name) {
				lacking = append(lacking, name)
			}
		}
	}
	return lacking
}

// mayBeNull reports whether a member of the body is null, and may be.
func (x *index) mayBeNull(q *request, f *ir.Field) bool {
	return q.sentNull(f.Name) && x.nullable(f.Type)
}

// sentNull reports whether a member of the body is null.
func (q *request) sentNull(name string) bool {
	doc, _ := q.json.(*object)
	v, ok := doc.getFrom(name)
	return ok && v == nil
}

// lookup finds a parameter, and says whether it came as text, which says nothing of
// the kind of its value.
func (x *index) lookup(q *request, to target, o *op, p *ir.Place, f *ir.Field) (v any, text, ok bool) {
	t := x.resolve(f.Type)
	one := &formReader{index: x}
	if v, ok := to.path[p.Field]; ok {
		return one.text(t, v, p.Style), true, true
	}
	switch p.In {
	case "path":
		v, ok := to.path[p.Name]
		return one.text(t, v, p.Style), true, ok
	case "header":
		v := q.header.Get(p.Name)
		return one.text(t, v, p.Style), true, v != ""
	case "cookie":
		v, ok := q.slot(&ir.Slot{Cookie: p.Name})
		return one.text(t, v, p.Style), true, ok
	}
	if p.In == "body" && o.Body != nil && o.Body.Field == p.Field {
		if q.isDoc && o.Body.As != "raw" && o.Body.As != "text" {
			return q.json, false, true
		}
		if q.form != nil && t != nil && (t.Kind == ir.Object || t.Kind == ir.Map || t.Kind == ir.Union) {
			v, ok := (&formReader{x, q.form, q.parts}).spread(t, p, o.Places)
			return v, true, ok
		}
		// A form without members has no bytes.
		return x.octets(t, string(q.body)), true, len(q.body) > 0 || o.Body.As == "form" && q.header.Get("Content-Type") != ""
	}
	query, form := &formReader{x, q.query, false}, &formReader{x, q.form, q.parts}
	if p.In == "query" { // The body may have a member of the same name.
		if v, ok := query.parameter(t, p, o.Places); ok {
			return v, true, true
		}
	}
	if doc, ok := q.json.(*object); ok {
		if v, ok := doc.get(p.Name); ok {
			return v, false, v != nil
		}
	}
	if v, ok := form.parameter(t, p, o.Places); ok {
		return v, true, true
	}
	v, ok = query.parameter(t, p, o.Places)
	return v, true, ok
}

// parameter reads a parameter in its style.
func (f *formReader) parameter(t *ir.Type, p *ir.Place, places []*ir.Place) (any, bool) {
	if p.Style == "spread" && t != nil && t.Kind != ir.List {
		return f.spread(t, p, places)
	}
	return f.read(t, p.Name, p.Style)
}

// typed turns text into a value of the declared kind, or leaves it text.
func typed(t *ir.Type, s string) any {
	if t == nil {
		return s
	}
	switch t.Kind {
	case ir.Bool:
		if b, err := strconv.ParseBool(s); err == nil {
			return b
		}
	case ir.Int, ir.Float:
		if _, err := strconv.ParseFloat(s, 64); err == nil {
			return number(s)
		}
	case ir.Enum:
		if _, err := strconv.ParseInt(s, 10, 64); err == nil && len(t.Enum) > 0 && !isString(t.Enum[0]) {
			return number(s)
		}
	case ir.List:
		if v, err := parseJSON([]byte(s)); err == nil {
			switch v := v.(type) {
			case []any:
				return v
			case *object: // Its commas stand between members.
				return []any{v}
			}
		}
		texts := strings.Split(s, ",")
		list := make([]any, len(texts))
		for i, text := range texts {
			list[i] = typed(t.Elem, text)
		}
		return list
	case ir.Object, ir.Map, ir.Union, ir.Any, ir.Ref:
		if len(s) > 0 && strings.ContainsRune(`{["`, rune(s[0])) {
			if v, err := parseJSON([]byte(s)); err == nil {
				return v
			}
		}
	}
	return s
}

// octets are bytes as JSON has them, where a type is of bytes that came as they are.
func (x *index) octets(t *ir.Type, s string) any {
	if t != nil && t.Kind == ir.Bytes {
		return base64.StdEncoding.EncodeToString([]byte(s))
	}
	return typed(t, s)
}

// digest names the parameters whatever their order and encoding, leaving out
// the named ones.
func (in args) digest(without ...string) string {
	names := make([]string, 0, len(in))
	for name := range in {
		if !slices.Contains(without, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	h := uint64(0)
	for _, name := range names {
		h = digest(h, name, string(appendJSON(nil, in[name])))
	}
	return hexOf(h)
}

// hexOf writes a digest.
func hexOf(h uint64) string {
	const digits = 16
	b := make([]byte, digits)
	for i := digits - 1; i >= 0; i-- {
		b[i] = hexDigits[h&15]
		h >>= 4
	}
	return string(b)
}
