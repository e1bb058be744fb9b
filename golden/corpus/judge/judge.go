package judge

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/porin-dev/porin/golden/corpus/smoke"
)

// Exchange judges one call. It returns what is wrong with it, the nearest cause
// first, and in off what the twin answered other than the document says.
func (d *Document) Exchange(e *smoke.Exchange) (wrong, off []string) {
	if e.Sent == nil {
		return []string{"nothing was sent: " + cmp.Or(e.Error, "the method made no request")}, nil
	}
	u, err := url.Parse(e.Sent.URL)
	if err != nil {
		return []string{err.Error()}, nil
	}
	q := newRequest(u, e.Sent.Header, e.Sent.Body)
	o, wrong := d.find(e.Sent.Method, q)
	if o == nil {
		return []string{fmt.Sprintf("no operation of the document is %s %s", e.Sent.Method, u.Path)}, nil
	}
	o.Called++
	if e.Error != "" {
		return append([]string{"the call failed: " + e.Error}, wrong...), nil
	}
	if w := roundTrip(e); w != "" {
		wrong = append(wrong, w)
	}
	return wrong, d.answer(o, e.Answered)
}

// find is the operation that a request is for, with what is wrong with the
// request: of the operations that match, one of those with most literal text.
// Of several with one path it is the one that the request fits best, since
// nothing but the request says which is meant; and among those that it fits
// alike, one that was not called yet.
func (d *Document) find(method string, q *request) (best *Operation, wrong []string) {
	path := unescapeSegments(q.url.EscapedPath())
	for _, o := range d.Operations {
		if o.Method != method || !o.asks(q.query) {
			continue
		}
		groups := o.match.FindStringSubmatch(path)
		if groups == nil || best != nil && o.literal() < best.literal() {
			continue
		}
		q.path = map[string]string{}
		for i, name := range o.names {
			q.path[name] = strings.ReplaceAll(groups[i+1], "\x00", "/")
		}
		w := append(d.parameters(o, q), d.body(o, q)...)
		if best == nil || o.literal() > best.literal() || len(w) < len(wrong) || len(w) == len(wrong) && o.Called < best.Called {
			best, wrong = o, w
		}
	}
	return best, wrong
}

// asks reports whether a query has what the operation's path fixes.
func (o *Operation) asks(query url.Values) bool {
	for name, values := range o.fixed {
		got := query[name]
		if len(got) == 0 || values[0] != "" && !strings.Contains(values[0], "{") && got[0] != values[0] {
			return false
		}
	}
	return true
}

// literal is how much text a path has besides variables, queries and fragments.
func (o *Operation) literal() int {
	path, _, _ := strings.Cut(o.Path, "#")
	path, _, _ = strings.Cut(path, "?")
	return len(braces.ReplaceAllLiteralString(path, ""))
}

// unescapeSegments decodes a path, with a mark for a slash within a segment.
func unescapeSegments(escaped string) string {
	parts := strings.Split(escaped, "/")
	for i, p := range parts {
		if plain, err := url.PathUnescape(p); err == nil {
			parts[i] = strings.ReplaceAll(plain, "/", "\x00")
		}
	}
	return strings.Join(parts, "/")
}

// roundTrip compares the decoded result, encoded again, with what was answered.
func roundTrip(e *smoke.Exchange) string {
	if e.Answered == nil || len(e.Answered.Body) == 0 || e.Answered.Status == 204 || len(e.Result) == 0 {
		return "" // Nothing is decoded. Whether that is right is for the answer's schema to say.
	}
	var got any
	got, err := parse(e.Result)
	if err != nil {
		return "the result is no JSON: " + err.Error()
	}
	if e.Reply == "raw" {
		var data []byte
		if err := json.Unmarshal(e.Result, &data); err != nil || string(data) != string(e.Answered.Body) {
			return "the result is not the bytes that were answered"
		}
		return ""
	}
	if e.Reply == "text" {
		if got != string(e.Answered.Body) {
			return "the result is not the text that was answered"
		}
		return ""
	}
	var want any
	list, streams, err := items(e.Answered)
	if want = list; !streams {
		want, err = parse(e.Answered.Body)
	}
	if err != nil {
		return "the answer is no JSON: " + err.Error()
	}
	if strings.HasPrefix(e.Answered.Header.Get("Content-Type"), "text/csv") && streams {
		got = asCells(got)
	}
	if e.Paged {
		got = asObject(got)["Items"]
		for _, name := range e.Items {
			want = asObject(want)[name]
		}
	}
	if where := differs(want, got, "result"); where != "" {
		return "round trip: " + where
	}
	return ""
}

// answer checks an answer against the schema of its status, or of the first
// success that is declared.
func (d *Document) answer(o *Operation, a *smoke.Response) []string {
	if a == nil {
		return nil
	}
	responses := asObject(o.op["responses"])
	key := fmt.Sprint(a.Status)
	if _, ok := responses[key]; !ok {
		key = ""
		for _, k := range sortedKeys(responses) {
			if strings.HasPrefix(k, "2") && key == "" {
				key = k
			}
		}
		if _, ok := responses["default"]; ok && key == "" {
			key = "default"
		}
	}
	r := d.follow(responses[key])
	schema, ok := r["schema"], r["schema"] != nil
	if !d.swagger {
		content := asObject(r["content"])
		for _, name := range slices.Backward(sortedKeys(content)) { // The one without parameters comes last.
			if strings.Contains(name, "json") {
				schema, ok = asObject(content[name])["schema"], true
			}
		}
	}
	if !ok || !strings.Contains(a.Header.Get("Content-Type"), "json") {
		return nil
	}
	list, streams, err := items(a)
	if !streams {
		list = make([]any, 1)
		list[0], err = parse(a.Body)
	}
	if err != nil {
		return []string{"answer: " + err.Error()}
	}
	for _, v := range list {
		if w := (checker{doc: d, dir: answered}).check(schema, v, "answer", 0); w != "" {
			return []string{w}
		}
	}
	return nil
}
