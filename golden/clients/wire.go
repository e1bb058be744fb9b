package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
)

// sent is a request, field by field: "method", "path", "header.accept", "param.limit",
// and "place", which is where the parameters are. A field that comes several times has
// its values with commas.
type sent map[string]string

// wire notes the requests that pass it on their way to a provider.
type wire struct {
	to http.Handler
	mu sync.Mutex
	at []sent
}

// ServeHTTP implements [http.Handler].
func (w *wire) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusBadRequest)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	w.mu.Lock()
	w.at = append(w.at, fields(r, body))
	w.mu.Unlock()
	w.to.ServeHTTP(rw, r)
}

// take returns the first request since the last time.
func (w *wire) take() sent {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := w.at
	w.at = nil
	if len(all) == 0 {
		return nil
	}
	return all[0]
}

// carried are the headers that say how bytes travel, and nothing to the provider.
var carried = []string{"Accept-Encoding", "Content-Length", "Connection"}

func fields(r *http.Request, body []byte) sent {
	s := sent{"method": r.Method, "path": r.URL.Path}
	s.values("query", r.URL.Query())
	header := r.Header.Clone()
	for _, name := range carried {
		header.Del(name)
	}
	for name, values := range header {
		s["header."+strings.ToLower(name)] = strings.Join(values, ",")
	}
	form, err := url.ParseQuery(string(body))
	var tree any
	switch {
	case len(body) == 0:
	case strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") && err == nil:
		s.values("form", form)
	case json.Unmarshal(body, &tree) == nil:
		s["place"] = "JSON"
		s.tree("param", tree)
	default:
		s["param"] = string(body)
	}
	return s
}

func (s sent) values(place string, all url.Values) {
	for name, values := range all {
		s["place"] = place
		s["param."+name] = strings.Join(values, ",")
	}
}

func (s sent) tree(at string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			s.tree(at+"."+name, member)
		}
	case []any:
		for i, item := range v {
			s.tree(at+"."+strconv.Itoa(i), item)
		}
	case string:
		s[at] = v
	default:
		if text, err := json.Marshal(v); err == nil {
			s[at] = string(text)
		}
	}
}
