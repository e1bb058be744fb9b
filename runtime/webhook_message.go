package runtime

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// message is what a signature can cover.
type message struct {
	method string
	url    *url.URL // nil when it is not known.
	header http.Header
	body   []byte
	signed string // The signature of a challenge's reply.
	event  Raw    // That is signed by itself.
	keyID  string // Of a token.
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
	return &message{method: r.Method, url: &u, header: r.Header, body: body}
}

// deliveredTo sets the address that the provider was told, whatever proxies made
// of it. Its own query counts where it has one.
func (m *message) deliveredTo(address *url.URL) {
	u := *address
	if u.RawQuery == "" && m.url != nil {
		u.RawQuery = m.url.RawQuery
	}
	m.url = &u
}

// query returns a parameter of the address.
func (m *message) query(name string) string {
	if m.url == nil {
		return ""
	}
	return m.url.Query().Get(name)
}

// parameters are those of the address, as if they were headers.
func (m *message) parameters() http.Header {
	h := http.Header{}
	if m.url != nil {
		for name, values := range m.url.Query() {
			h.Set(name, values[0])
		}
	}
	return h
}

// join fills a template. What it refers to must be there.
func (m *message) join(parts []WebhookPart) ([]byte, error) { return m.joinWith(parts, "") }

// joinWith is join for a template that the secret is a part of.
func (m *message) joinWith(parts []WebhookPart, secret string) ([]byte, error) {
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
			value := pairValue(m.header.Get(p.Text), p.Key, p.Split)
			if value == "" {
				return nil, fmt.Errorf("header %s is missing", p.Text)
			}
			b.WriteString(value)
		case PartForm:
			if err := m.writeForm(&b); err != nil {
				return nil, err
			}
		case PartQuery:
			b.WriteString(m.query(p.Text))
		case PartSecret:
			b.WriteString(secret)
		case PartSigned:
			b.WriteString(m.signed)
		case PartEvent:
			b.WriteString(textAt(m.event, p.Path))
		case PartKeyID:
			b.WriteString(m.keyID)
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

// writeForm writes the names and values of a form, sorted by name. Values of one
// name are sorted, and written once each.
func (m *message) writeForm(b *bytes.Buffer) error {
	form, err := url.ParseQuery(string(m.body))
	if err != nil {
		return errors.New("the body is no form")
	}
	for _, name := range slices.Sorted(maps.Keys(form)) {
		slices.Sort(form[name])
		for _, value := range slices.Compact(form[name]) {
			b.WriteString(name + value)
		}
	}
	return nil
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
