package runtime

import (
	"net/http"
	"strings"
)

// requestHeader makes the headers of an attempt.
func (k *call) requestHeader() http.Header {
	h := make(http.Header, 8)
	values := [...]string{k.app.cfg.userAgent, "application/json", k.req.contentType} // One allocation for all.
	h["User-Agent"] = values[0:1:1]
	if k.op.Reply == ReplyJSON {
		h["Accept"] = values[1:2:2]
	}
	setAll(h, k.app.api.Headers)
	setAll(h, k.op.Headers)
	if k.req.hasBody {
		h["Content-Type"] = values[2:3:3]
	}
	setAll(h, k.req.header)
	if len(k.req.cookies) > 0 {
		pairs := make([]string, len(k.req.cookies))
		for i, c := range k.req.cookies {
			pairs[i] = c.Name + "=" + c.Value // http.Cookie drops characters, and logs that.
		}
		h["Cookie"] = []string{strings.Join(pairs, "; ")}
	}
	return h
}

func setAll(h http.Header, list []Header) {
	for _, f := range list {
		h.Set(f.Name, f.Value)
	}
}
