package twin

import (
	"crypto/hmac"
	"net/http"
	"net/url"

	"github.com/porin-dev/porin/compiler/ir"
)

// challenge makes a declared handshake, and the reply that it asks for. It returns
// the body; nil where there is none.
func (d *delivery) challenge(c *ir.Challenge, r *rng) any {
	a := &answer{header: http.Header{}, body: &object{}}
	satisfy(&c.When, a, nil, "", nil)
	query := url.Values{}
	for _, m := range c.Query {
		if v, ok := valueFor(m, "", nil); ok && v != nil {
			query.Set(m.At[0].Name, textOf(v))
		}
	}
	if c.Token != "" {
		query.Set(c.Token, handshakeToken)
	}
	d.open = c.Open != "" || c.Token != ""
	d.learn(c, a)
	if c.Confirm != nil {
		a.body = put(a.body, c.Confirm.URL, "https://"+fetchHost(c.Confirm)+keyPath+d.hook.Name+"/confirm")
	}
	signature := ""
	fill := func(p ir.Part) string {
		switch p.Scope {
		case "signature":
			return signature
		case "header":
			return filled(a.header.Get(p.Path[0].Name), r, func(v string) { a.header.Set(p.Path[0].Name, v) })
		case "query":
			return filled(query.Get(p.Path[0].Name), r, func(v string) { query.Set(p.Path[0].Name, v) })
		}
		v, _ := at(a.body, p.Path)
		return filled(textOf(v), r, func(v string) { a.body = put(a.body, p.Path, v) })
	}
	if s := c.Sign; s != nil {
		m := hmac.New(hashOf(s.Algorithm), []byte(d.t.idx.secrets[secretName(d.hook)]))
		m.Write([]byte(renderTemplate(s.Signed, fill)))
		signature = encoded(s.Encoding, m.Sum(nil))
	}
	d.reply(c, fill)
	d.method, d.header = c.Method, a.header
	if len(query) > 0 {
		d.query = "?" + query.Encode()
	}
	if c.Method == http.MethodGet {
		return nil
	}
	return a.body
}

// filled is a value of a handshake that its reply repeats; a new one where there is
// none yet.
func filled(v string, r *rng, set func(string)) string {
	if v == "" {
		v = "challenge-" + r.hex(16)
		set(v)
	}
	return v
}

// learn tells the secret, where the handshake does.
func (d *delivery) learn(c *ir.Challenge, a *answer) {
	if c.Learn == nil {
		return
	}
	d.open = true
	secret := d.t.idx.secrets[secretName(d.hook)]
	if c.Learn.Header != "" {
		a.header.Set(c.Learn.Header, secret)
		return
	}
	a.body = put(a.body, c.Learn.Body, secret)
}

// reply is what the handshake wants to be answered.
func (d *delivery) reply(c *ir.Challenge, fill func(ir.Part) string) {
	d.wantHeader = http.Header{}
	for _, h := range c.Headers {
		d.wantHeader.Set(h.Name, renderTemplate(h.Value, fill))
	}
	d.want = []byte{}
	if len(c.JSON) == 0 {
		d.want = append(d.want, renderTemplate(c.Text, fill)...)
		return
	}
	reply := &object{}
	for _, m := range c.JSON {
		if m.Literal != "" {
			reply.set(m.Name, literal(m.Literal))
			continue
		}
		reply.set(m.Name, renderTemplate(m.Value, fill))
	}
	d.want = appendJSON(nil, reply)
}

// literal is a number or a bool of a reply.
func literal(text string) any {
	if text == "true" || text == "false" {
		return text == "true"
	}
	return number(text)
}
