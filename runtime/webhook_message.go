package runtime

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// message is what a signature can cover.
type message struct {
	method string
	url    *url.URL // nil when it is not known.
	header http.Header
	body   []byte
}

// requestMessage is the message of a request that was received. Providers
// deliver to https addresses, and what terminates TLS hides that; so the
// address is the request's host and target under https. Middleware that knows
// better sets r.URL to the absolute address.
func requestMessage(r *http.Request, body []byte) *message {
	u := *r.URL
	if !u.IsAbs() {
		u.Scheme, u.Host = "https", r.Host
	}
	return &message{r.Method, &u, r.Header, body}
}

// join fills a template. What it refers to must be there.
func (m *message) join(parts []WebhookPart) ([]byte, error) {
	var b bytes.Buffer
	for _, p := range parts {
		switch p.From {
		case PartText:
			b.WriteString(p.Text)
		case PartMethod:
			b.WriteString(m.method)
		case PartBody:
			if err := m.writeBody(&b, p.Path); err != nil {
				return nil, err
			}
		case PartHeader:
			value := pairValue(m.header.Get(p.Text), p.Key, "")
			if value == "" {
				return nil, fmt.Errorf("header %s is missing", p.Text)
			}
			b.WriteString(value)
		case PartURL, PartTarget:
			if m.url == nil {
				return nil, errors.New("the address is not known")
			}
			if p.From == PartURL {
				b.WriteString(m.url.Scheme + "://" + m.url.Host)
			}
			b.WriteString(m.url.RequestURI())
		}
	}
	return b.Bytes(), nil
}

func (m *message) writeBody(b *bytes.Buffer, path Path) error {
	if len(path) == 0 {
		b.Write(m.body)
		return nil
	}
	v := lookup(m.body, path)
	if v == nil {
		return fmt.Errorf("the body has no %s", strings.Join(path, "."))
	}
	b.WriteString(rawText(v))
	return nil
}

// pairValue is the value of key in a list such as t=1,v1=a, or the whole text
// without a key.
func pairValue(text, key, split string) string {
	if key == "" {
		return text
	}
	if split == "" {
		split = ","
	}
	for pair := range strings.SplitSeq(text, split) {
		if name, value, ok := strings.Cut(strings.TrimSpace(pair), "="); ok && name == key {
			return value
		}
	}
	return ""
}
