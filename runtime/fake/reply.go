package fake

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime"
	"github.com/porin-dev/porin/runtime/internal/streamtext"
)

func newDecoder(raw runtime.Raw) *jsontext.Decoder {
	return jsontext.NewDecoder(bytes.NewReader(raw), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// success writes a result so that no error rule takes it for a failure.
func success(a *ir.Action, result any) output {
	switch r := result.(type) {
	case []byte:
		return output{status: http.StatusOK, header: http.Header{"Content-Type": {"application/octet-stream"}}, body: r}
	case string:
		if a.Reply == "text" {
			return output{status: http.StatusOK, header: http.Header{"Content-Type": {"text/plain; charset=utf-8"}}, body: []byte(r)}
		}
	}
	raw, err := runtime.MarshalRaw(result)
	if err != nil {
		return output{status: http.StatusInternalServerError, err: err}
	}
	if a.Stream != nil {
		return streamed(a, raw)
	}
	doc := tree{raw: raw}
	doc.succeed(a)
	return output{status: http.StatusOK, body: doc.bytes()}
}

// streamed writes the items of a stream.
func streamed(a *ir.Action, list runtime.Raw) output {
	var items []runtime.Raw
	if err := runtime.UnmarshalRaw(list, &items); err != nil {
		return output{status: http.StatusInternalServerError, err: err}
	}
	texts := make([][]byte, len(items))
	for i, item := range items {
		texts[i] = item
	}
	body, media := streamtext.Write(a.Stream.As, a.Stream.End, a.Stream.Header(), texts)
	return output{status: http.StatusOK, header: http.Header{"Content-Type": {media}}, body: body}
}

// succeed adds what tells success from failure in the body: where a rule takes
// false for a failure, or anything but true, true is written.
func (t *tree) succeed(a *ir.Action) {
	if t.raw != nil && t.raw.Kind() != '{' || t.list {
		return
	}
	for _, r := range a.Errors {
		for _, m := range r.When.Body {
			if raw := opposite(m); raw != nil {
				t.put(m.At, raw)
			}
		}
	}
}

// opposite is the value of a success where a condition of failures is that a
// member is a flag, or is not one of some values; nil when it is another.
func opposite(m *ir.Match) runtime.Raw {
	if len(m.Values) == 0 {
		return nil
	}
	v := m.Values[0]
	if flag, ok := v.(bool); ok && m.Op == "eq" {
		v = !flag
	} else if m.Op != "not" {
		return nil
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	return raw
}

// failure writes a failure with a provider code: by the rule that names the
// code or, without one, by a rule that reads a code and leaves it open. Of those
// it takes the first of the class that the code is known to have, or the last:
// rules are tried in order, so the last is the most general. One of class
// unknown is about answers that say too little, so it is taken for want of another.
func failure(a *ir.Action, code string, class ir.Class) output {
	var open *ir.ErrorRule
	for _, r := range a.Errors {
		if at, ok := namedPlace(r, code); ok {
			return fail(r, at, code)
		}
		if leavesOpen(r) && (open == nil || open.Class != class && r.Class != ir.Unknown) {
			open = r
		}
	}
	if open == nil {
		return output{status: http.StatusInternalServerError, err: fmt.Errorf("no error rule gives a response the code %q", code)}
	}
	return fail(open, open.Code.Body, code)
}

// namedPlace is where a rule has the code that it names, in a list or by a
// pattern.
func namedPlace(r *ir.ErrorRule, code string) (ir.Path, bool) {
	for _, m := range r.When.Body {
		isCode := r.Code != nil && r.Code.Body.String() == m.At.String()
		lists := m.Op == "in" || m.Op == "eq"
		if lists && (isCode || r.Code == nil) && contains(m.Values, code) || isCode && m.Op == "re" && accepts(m, code) {
			return m.At, true
		}
	}
	return nil, false
}

// leavesOpen reports whether a rule reads a code and asks for none.
func leavesOpen(r *ir.ErrorRule) bool {
	if r.Code == nil || len(r.Code.Body) == 0 && r.Code.Header == "" {
		return false
	}
	return !slices.ContainsFunc(r.When.Body, func(m *ir.Match) bool {
		return r.Code.Body.String() == m.At.String() && m.Op != "exists" && m.Op != "not"
	})
}

// accepts reports whether a text matches a pattern of the spec.
func accepts(m *ir.Match, text string) bool {
	for _, v := range m.Values {
		if pattern, ok := v.(string); ok {
			if re, err := regexp.Compile(pattern); err == nil && re.MatchString(text) {
				return true
			}
		}
	}
	return false
}

func contains(values []any, code string) bool {
	for _, v := range values {
		if s, ok := v.(string); ok && s == code {
			return true
		}
	}
	return false
}

// fail writes a response that a rule matches.
func fail(r *ir.ErrorRule, at ir.Path, code string) output {
	when := r.When
	when.Body = slices.DeleteFunc(slices.Clone(when.Body), func(m *ir.Match) bool { return m.At.String() == at.String() })
	doc, header, err := satisfy(&when)
	if len(at) > 0 {
		doc.put(at, quote(code))
	}
	if r.Code != nil && r.Code.Header != "" {
		header.Set(r.Code.Header, code)
	}
	return output{statusOf(&r.When, http.StatusOK), header, doc.bytes(), err}
}

// rateLimit writes a refusal by the rule of that class; a provider without one
// answers as RFC 6585 says.
func rateLimit(a *ir.Action, seconds int) output {
	for _, r := range a.Errors {
		if r.Class != ir.RateLimited {
			continue
		}
		doc, header, err := satisfy(&r.When)
		if r.Wait == nil {
			header.Set("Retry-After", strconv.Itoa(seconds))
		} else {
			err = errors.Join(err, writeWait(r.Wait, seconds, doc, header))
		}
		return output{statusOf(&r.When, http.StatusTooManyRequests), header, doc.bytes(), err}
	}
	header := http.Header{"Retry-After": {strconv.Itoa(seconds)}}
	return output{status: http.StatusTooManyRequests, header: header, body: []byte("{}")}
}

// satisfy makes the body and the headers that a condition asks for.
func satisfy(w *ir.When) (*tree, http.Header, error) {
	doc, header := &tree{}, http.Header{}
	var err error
	for _, m := range w.Body {
		raw, e := satisfying(m)
		err = errors.Join(err, e)
		if raw != nil {
			doc.put(m.At, raw)
		}
	}
	for _, m := range w.Header {
		raw, e := satisfying(m)
		err = errors.Join(err, e)
		if raw != nil && len(m.At) > 0 {
			header.Set(m.At[0].Name, unquote(raw))
		}
	}
	if w.Media != "" {
		header.Set("Content-Type", w.Media)
	}
	return doc, header, err
}

// satisfying is a value that a condition accepts; nil leaves the member out.
func satisfying(m *ir.Match) (runtime.Raw, error) {
	switch m.Op {
	case "eq", "in":
		if len(m.Values) > 0 {
			return json.Marshal(m.Values[0])
		}
	case "exists":
		if len(m.Values) == 1 && m.Values[0] == false {
			return nil, nil
		}
		return runtime.Raw(`"x"`), nil
	case "not":
		return json.Marshal(m.Unlike())
	case "gt", "lt":
		if n, ok := m.Values[0].(float64); ok {
			if m.Op == "gt" {
				return json.Marshal(n + 1)
			}
			return json.Marshal(n - 1)
		}
	case "re":
		return nil, fmt.Errorf("a response that matches %v at %s is yours to write: use Status", m.Values, m.At)
	}
	return nil, nil
}

// statusOf is a status that a condition accepts.
func statusOf(w *ir.When, usual int) int {
	if len(w.Status) == 0 {
		return usual
	}
	text := strings.ReplaceAll(w.Status[0], "xx", "00")
	if n, err := strconv.Atoi(text); err == nil {
		return n
	}
	return usual
}
