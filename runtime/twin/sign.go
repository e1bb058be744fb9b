package twin

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"net/http"
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
)

// secretName is the name under cred of the secret that a webhook is verified
// with; empty when there is none.
func secretName(w *ir.Webhook) string {
	switch {
	case w.Verify.HMAC != nil:
		return w.Verify.HMAC.Secret
	case w.Verify.Token != nil:
		return w.Verify.Token.Secret
	}
	return ""
}

// madeSecret makes a secret in the form that the webhook's key has.
func madeSecret(w *ir.Webhook, r rng) string {
	key := r.hex(32)
	if h := w.Verify.HMAC; h != nil && h.SecretAs == "base64" {
		return base64.StdEncoding.EncodeToString([]byte(key))
	}
	return key
}

// sign writes the headers that prove where a delivery comes from.
func (d *delivery) sign(h http.Header) {
	switch v := d.hook.Verify; {
	case v.Token != nil:
		h.Set(v.Token.Header, d.keys[0])
	case v.HMAC != nil:
		d.signHMAC(h, v.HMAC)
	}
}

func (d *delivery) signHMAC(h http.Header, v *ir.VerifyHMAC) {
	// A header may list its parts as name=value beside the signature; those are
	// referred to as header.NAME.PART.
	var parts []string
	refer := func(p ir.Part) string {
		switch p.Scope {
		case "body":
			if len(p.Path) == 0 {
				return string(d.body)
			}
			doc, err := parseJSON(d.body)
			if err != nil {
				return ""
			}
			found, _ := at(doc, p.Path)
			return textOf(found)
		case "method":
			return http.MethodPost
		case "url":
			return receiverURL
		case "conn":
			return d.t.idx.settings[p.Path.String()]
		case "header":
			return d.headerPart(h, v, p.Path, &parts)
		}
		return formatWait(0, d.now, "unix")
	}
	d.stamp(h, v)
	signed := renderTemplate(v.Signed, refer)
	for _, key := range d.keys {
		parts = append(parts, v.Prefix+encoded(v.Encoding, mac(v, key, signed)))
	}
	if d.scheme != "" {
		other := d.scheme + encoded("hex", mac(&ir.VerifyHMAC{Algorithm: "sha512"}, d.keys[0], signed))
		if d.alone {
			parts = parts[:len(parts)-len(d.keys)]
		}
		parts = append(parts, other)
	}
	if v.Split != "" {
		h.Set(v.Header, strings.Join(parts, v.Split))
		return
	}
	h.Del(v.Header)
	for _, p := range parts {
		h.Add(v.Header, p)
	}
}

// stamp writes the time of the delivery where the age is read.
func (d *delivery) stamp(h http.Header, v *ir.VerifyHMAC) {
	if v.Age == nil || v.Age.From.Header == "" || strings.EqualFold(v.Age.From.Header, v.Header) {
		return
	}
	h.Set(v.Age.From.Header, formatWait(0, d.now, v.Age.From.As))
}

// headerPart returns a header that is signed, and writes it when nothing has:
// the id of the delivery, or a part of the signature's own header.
func (d *delivery) headerPart(h http.Header, v *ir.VerifyHMAC, p ir.Path, parts *[]string) string {
	if len(p) == 0 {
		return ""
	}
	name := p[0].Name
	if len(p) > 1 && strings.EqualFold(name, v.Header) {
		value := formatWait(0, d.now, "unix")
		*parts = append(*parts, p[1].Name+"="+value)
		return value
	}
	if h.Get(name) == "" {
		h.Set(name, d.id)
	}
	return h.Get(name)
}

// mac is the keyed hash (RFC 2104).
func mac(v *ir.VerifyHMAC, key, signed string) []byte {
	hashes := map[string]func() hash.Hash{"sha1": sha1.New, "sha256": sha256.New, "sha512": sha512.New}
	make := hashes[v.Algorithm]
	if make == nil {
		make = sha256.New
	}
	m := hmac.New(make, secretBytes(v.SecretAs, key))
	m.Write([]byte(signed))
	return m.Sum(nil)
}

// secretBytes decodes a secret; one that does not decode is taken as it is.
func secretBytes(as, key string) []byte {
	var b []byte
	var err error
	switch as {
	case "hex":
		b, err = hex.DecodeString(key)
	case "base64":
		b, err = base64.StdEncoding.DecodeString(key)
	default:
		return []byte(key)
	}
	if err != nil {
		return []byte(key)
	}
	return b
}

func encoded(as string, b []byte) string {
	if as == "base64" {
		return base64.StdEncoding.EncodeToString(b)
	}
	return hex.EncodeToString(b)
}
