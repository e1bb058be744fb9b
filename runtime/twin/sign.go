package twin

import (
	"bytes"
	"cmp"
	"crypto"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
)

// sign proves where a delivery comes from: by headers, or by a member of its body.
func (d *delivery) sign(h http.Header) {
	d.name(h)
	switch v := d.proof; {
	case v == nil:
	case v.Token != nil:
		h.Set(v.Token.Header, v.Token.Prefix+d.secretText(v, d.keys[0]))
	case v.Signature != nil:
		d.signText(h, v)
	case v.JWT != nil:
		d.signJWT(h, v.JWT)
	case v.Asked != nil:
		d.announce(v, func(p ir.Part, key string) string { return d.refer(h, v, p, key, 0, nil) })
	}
}

// name writes the headers that say what is delivered.
func (d *delivery) name(h http.Header) {
	if d.hook.TagHeader != "" {
		h.Set(d.hook.TagHeader, d.event)
	}
	if d.hook.IDHeader != "" {
		h.Set(d.hook.IDHeader, d.id)
	}
}

func (d *delivery) signText(h http.Header, v *ir.Verify) {
	s := v.Signature
	d.stamp(h, s)
	if s.Fetch != nil {
		d.setBody(s.Fetch.URL, d.keyAddress(s.Fetch))
	}
	if len(s.Event) > 0 {
		for i := range d.count() {
			keys := d.keys
			if d.oneForged && i == d.count()-1 {
				keys = []string{keyForged}
			}
			d.setBody(d.hook.In(i, s.Event), strings.Join(d.signatures(h, v, keys, i), s.Split))
		}
		return
	}
	parts := d.signatures(h, v, d.keys, 0)
	if s.Header == "" {
		d.setBody(s.Body, strings.Join(parts, s.Split))
		return
	}
	if s.Split != "" {
		h.Set(s.Header, strings.Join(parts, s.Split))
		return
	}
	h.Del(s.Header)
	for _, p := range parts {
		h.Add(s.Header, p)
	}
}

// signatures are what is written at the place of the signature: one for each key, with
// what stands beside them there. The text is that of the nth event, where events are
// signed by themselves.
func (d *delivery) signatures(h http.Header, v *ir.Verify, keys []string, nth int) []string {
	s := v.Signature
	// A header may list its parts as name=value beside the signature.
	var parts []string
	text := func(key string) string {
		return renderTemplate(s.Signed, func(p ir.Part) string { return d.refer(h, v, p, key, nth, &parts) })
	}
	var signatures []string
	for _, key := range keys {
		signatures = append(signatures, s.Prefix+encoded(s.Encoding, d.sum(v, key, text(key))))
	}
	later := d.scheme + encoded("hex", digest512(text(keys[0])))
	parts = slices.Compact(parts) // Each text named what stands beside the signature.
	if !d.alone {
		parts = append(parts, signatures...)
	}
	if d.scheme != "" {
		parts = append(parts, later)
	}
	return parts
}

// refer is what a part of the signed text stands for.
func (d *delivery) refer(h http.Header, v *ir.Verify, p ir.Part, key string, nth int, parts *[]string) string {
	switch p.Scope {
	case "event":
		doc, _ := parseJSON(d.body) // A body that is no JSON has no members.
		found, _ := at(doc, d.hook.In(nth, p.Path))
		return textOf(found)
	case "body":
		if len(p.Path) == 0 {
			return string(d.body)
		}
		doc, err := parseJSON(d.body)
		if err != nil {
			return ""
		}
		found, ok := at(doc, p.Path)
		if !ok { // Such as a token that is there to be signed.
			found = d.id
			d.setBody(p.Path, found)
		}
		return textOf(found)
	case "form":
		return sortedForm(d.body)
	case "method":
		return http.MethodPost
	case "url":
		return d.address
	case "secret":
		return d.secretText(v, key)
	case "signature":
		pair := p.Path.String() + "=" + formatWait(0, d.now, ageUnit(v.Signature))
		*parts = append(*parts, pair)
		return strings.TrimPrefix(pair, p.Path.String()+"=")
	case "header":
		name := p.Path[0].Name
		if h.Get(name) == "" { // Such as the id of the delivery.
			h.Set(name, d.id)
		}
		return h.Get(name)
	}
	return ""
}

func ageUnit(s *ir.VerifySignature) string {
	if s.Age == nil {
		return "unix"
	}
	return s.Age.From.As
}

// stamp writes the time of the delivery where the age is read.
func (d *delivery) stamp(h http.Header, s *ir.VerifySignature) {
	switch {
	case s.Age == nil || s.Age.Member != "":
	case s.Age.From.Header != "":
		h.Set(s.Age.From.Header, formatWait(0, d.now, s.Age.From.As))
	default:
		d.setBody(s.Age.From.Body, d.moment(s.Age.From.Body, formatWait(0, d.now, s.Age.From.As), s.Age.From.As))
	}
}

// moment is a point in time as a member of the body: text where the type of the event
// says so.
func (d *delivery) moment(path ir.Path, text, unit string) any {
	doc, _ := parseJSON(d.body) // A body that is no JSON has no members.
	if declared, ok := at(doc, path); ok {
		if _, isText := declared.(string); isText {
			return text
		}
	}
	return momentValue(text, unit)
}

// momentValue is a point in time as a member of a body: a number where it is one.
func momentValue(text, unit string) any {
	if unit == "rfc3339" || unit == "http_date" {
		return text
	}
	return number(text)
}

// setBody sets a member of the body, unless the body is none that has members.
func (d *delivery) setBody(path ir.Path, v any) {
	if d.hook.Form {
		form, _ := url.ParseQuery(string(d.body)) // It was made as one.
		form.Set(path[0].Name, textOf(v))
		d.body = []byte(form.Encode())
		return
	}
	doc, err := parseJSON(d.body)
	_, object := doc.(*object)
	_, list := doc.([]any)
	if err != nil || !object && !list {
		return
	}
	behind := d.body[len(bytes.TrimRight(d.body, " ")):]
	d.body = append(appendJSON(nil, put(doc, path, v)), behind...)
}

// sortedForm is a form as Twilio signs it: names and values, sorted by name.
func sortedForm(body []byte) string {
	form, _ := url.ParseQuery(string(body)) // What does not parse is left out.
	var b strings.Builder
	for _, name := range sortedKeys(form) {
		b.WriteString(name + form.Get(name))
	}
	return b.String()
}

// sum is the signature of a text, by the scheme.
func (d *delivery) sum(v *ir.Verify, key, text string) []byte {
	s := v.Signature
	switch s.Scheme {
	case "hmac":
		secret := secretBytes(s, d.secretText(v, key))
		m := hmac.New(hashOf(s.Algorithm), secret)
		m.Write([]byte(text))
		return m.Sum(nil)
	case "hash":
		return digestBy(hashOf(s.Algorithm), text)
	}
	signer := pairOf(s.Scheme, key)
	if s.Scheme == "ed25519" {
		signature, _ := signer.Sign(nil, []byte(text), crypto.Hash(0)) // A key that was made does not fail.
		return signature
	}
	kind := map[string]crypto.Hash{"sha1": crypto.SHA1, "sha512": crypto.SHA512}[s.Algorithm]
	signature, _ := signer.Sign(nil, digestBy(hashOf(s.Algorithm), text), cmp.Or(kind, crypto.SHA256))
	return signature
}

func hashOf(algorithm string) func() hash.Hash {
	switch algorithm {
	case "sha1":
		return sha1.New
	case "sha512":
		return sha512.New
	}
	return sha256.New
}

func digestBy(make func() hash.Hash, text string) []byte {
	h := make()
	h.Write([]byte(text))
	return h.Sum(nil)
}

func digest512(text string) []byte { return digestBy(sha512.New, text) }

// secretBytes is the key that a secret's text stands for; one that does not decode
// is taken as it is.
func secretBytes(s *ir.VerifySignature, text string) []byte {
	text = strings.TrimPrefix(text, s.KeyPrefix)
	key, err := []byte(text), error(nil)
	switch s.KeyAs {
	case "hex":
		key, err = hex.DecodeString(text)
	case "base64":
		key, err = base64.StdEncoding.DecodeString(text)
	}
	if err != nil {
		key = []byte(text)
	}
	if s.KeyHash != "" {
		key = digestBy(hashOf(s.KeyHash), string(key))
	}
	return key
}

func encoded(as string, b []byte) string {
	if as == "base64" {
		return base64.StdEncoding.EncodeToString(b)
	}
	return hex.EncodeToString(b)
}
