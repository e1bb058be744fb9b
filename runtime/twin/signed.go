package twin

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/md5"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"maps"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/internal/keypair"
)

// signedSkew is how far the time of a signature may be from the twin's.
const signedSkew = 5 * time.Minute

// meetSigned finds the account that signed a request.
func (x *exchange) meetSigned() *grant {
	for _, m := range x.t.spec.Auth {
		if m.Sign == nil {
			continue
		}
		for _, a := range x.t.accounts {
			for _, g := range a.grants {
				if g.method == m && x.signedBy(m.Sign, x.t.credRef(g)) {
					return g
				}
			}
		}
	}
	return nil
}

// signedBy reports whether a request is signed as declared, with what the references
// stand for: for what it asks, just now, and once.
func (x *exchange) signedBy(s *ir.Sign, ref func(ir.Part) string) bool {
	switch s.Scheme {
	case "aws4":
		return x.signedAWS(s, ref)
	case "oauth1":
		return x.signedOAuth1(s, ref)
	}
	said := map[string]string{}
	refer := func(p ir.Part) string {
		if p.Scope == "now" || p.Scope == "nonce" {
			return sayAgain(said, p)
		}
		if text, ok := x.requestText(s, p); ok {
			return text
		}
		return ref(p)
	}
	for _, h := range s.Headers {
		if !listen(h.Value, x.q.header.Get(h.Name), refer, said) {
			return false
		}
	}
	for _, h := range s.Query {
		if !listen(h.Value, x.q.query.Get(h.Name), refer, said) {
			return false
		}
	}
	value, _ := x.q.slot(s.To)
	if !listen(s.Value, value, refer, said) {
		return false
	}
	signed := renderTemplate(s.Signed, refer)
	return signedText(s, renderTemplate(s.Key, refer), signed, said["signature"]) && x.fresh(said)
}

// listen reads what a client chose for a text: times, nonces and the signature. It
// returns false for a text of another form.
func listen(t ir.Template, text string, ref func(ir.Part) string, said map[string]string) bool {
	var form strings.Builder
	var names []string
	for _, p := range t.Parts {
		switch p.Scope {
		case "now", "nonce", "signature":
			form.WriteString("(.+)")
			names = append(names, strings.TrimSuffix(p.Scope+"."+p.Path.String(), "."))
		case "":
			form.WriteString(regexp.QuoteMeta(p.Text))
		default:
			form.WriteString(regexp.QuoteMeta(ref(p)))
		}
	}
	found := regexp.MustCompile("^(?s:" + form.String() + ")$").FindStringSubmatch(text) // What is quoted parses.
	if found == nil {
		return false
	}
	heard := map[string]string{}
	for i, name := range names {
		heard[name] = found[i+1]
	}
	maps.Copy(said, heard)
	return true
}

// sayAgain is a time or a nonce that the client chose, in another form if need be.
func sayAgain(said map[string]string, p ir.Part) string {
	if text, ok := said[strings.TrimSuffix(p.Scope+"."+p.Path.String(), ".")]; ok {
		return text
	}
	if p.Scope == "nonce" {
		if p.Path.String() == "base64" {
			return base64.StdEncoding.EncodeToString([]byte(said["nonce"]))
		}
		text, _ := base64.StdEncoding.DecodeString(said["nonce.base64"]) // A text that is none is nobody's.
		return string(text)
	}
	at, _ := saidTime(said)
	return formatMoment(at, p.Path.String())
}

// saidTime is the time that a client says it is.
func saidTime(said map[string]string) (time.Time, bool) {
	for name, text := range said {
		form, ok := strings.CutPrefix(name, "now.")
		if !ok {
			continue
		}
		switch form {
		case "unix", "unix_ms":
			n, err := strconv.ParseInt(text, 10, 64)
			if form == "unix_ms" {
				return time.UnixMilli(n), err == nil
			}
			return time.Unix(n, 0), err == nil
		}
		at, err := time.Parse(momentLayouts[form], text)
		return at, err == nil
	}
	return time.Time{}, false
}

// momentLayouts are the forms of a time that are no numbers.
var momentLayouts = map[string]string{"rfc3339": time.RFC3339, "http_date": "Mon, 02 Jan 2006 15:04:05 GMT", "basic": "20060102T150405Z"}

func formatMoment(at time.Time, form string) string {
	switch form {
	case "unix":
		return strconv.FormatInt(at.Unix(), 10)
	case "unix_ms":
		return strconv.FormatInt(at.UnixMilli(), 10)
	}
	return at.UTC().Format(momentLayouts[form])
}

// fresh reports whether the time that a client says is about now, and its nonce new.
func (x *exchange) fresh(said map[string]string) bool {
	for name, text := range said {
		switch scope, _, _ := strings.Cut(name, "."); scope {
		case "now":
			if at, ok := saidTime(map[string]string{name: text}); !ok || at.Sub(x.now).Abs() > signedSkew {
				return false
			}
		case "nonce":
			if !x.unused(text) {
				return false
			}
		}
	}
	return true
}

// unused reports whether a nonce was not seen with another request.
func (x *exchange) unused(nonce string) bool {
	if _, ok := x.t.nonces[nonce]; ok {
		return x.nonce == nonce
	}
	if len(x.t.nonces) > 10_000 { // Older ones are refused for their time.
		maps.DeleteFunc(x.t.nonces, func(_ string, at time.Time) bool { return x.now.Sub(at) > 2*signedSkew })
	}
	x.t.nonces[nonce], x.nonce = x.now, nonce
	return true
}

// requestText is a part of the request as it was when it was signed.
func (x *exchange) requestText(s *ir.Sign, p ir.Part) (string, bool) {
	path := x.q.url.EscapedPath()
	query := x.q.url.RawQuery
	if s.To != nil && s.To.Query != "" {
		query = withoutParam(query, s.To.Query)
	}
	switch name := p.Path.String(); p.Scope {
	case "method":
		return x.q.method, true
	case "body":
		return string(x.q.body), true
	case "header":
		if strings.EqualFold(p.Path[0].Name, "Host") {
			return x.q.host, true
		}
		return x.q.header.Get(p.Path[0].Name), true
	case "digest":
		algorithm, as, _ := strings.Cut(name, ".")
		if algorithm == "md5" {
			sum := md5.Sum(x.q.body)
			return encoded(as, sum[:]), true
		}
		return encoded(as, digestBy(hashOf(algorithm), string(x.q.body))), true
	case "url":
		switch name {
		case "host":
			return x.q.host, true
		case "path":
			return path, true
		case "query":
			return query, true
		}
		if query != "" {
			query = "?" + query
		}
		return x.q.origin + path + query, true
	}
	return "", false
}

// withoutParam is a query without a parameter.
func withoutParam(query, name string) string {
	var kept []string
	for _, pair := range strings.Split(query, "&") {
		if n, _, _ := strings.Cut(pair, "="); n != name {
			kept = append(kept, pair)
		}
	}
	return strings.Join(kept, "&")
}

// signedText checks the signature of a text.
func signedText(s *ir.Sign, key, text, signature string) bool {
	if s.SignedAs == "base64" {
		text = base64.StdEncoding.EncodeToString([]byte(text))
	}
	switch s.Scheme {
	case "hash":
		return signature == encoded(s.Encoding, digestBy(hashOf(s.Algorithm), text))
	case "hmac":
		m := hmac.New(hashOf(s.Algorithm), secretBytes(&ir.VerifySignature{KeyAs: s.KeyAs}, key))
		m.Write([]byte(text))
		return signature == encoded(s.Encoding, m.Sum(nil))
	}
	raw, err := hex.DecodeString(signature)
	if s.Encoding == "base64" {
		raw, err = base64.StdEncoding.DecodeString(signature)
	}
	block, _ := pem.Decode([]byte(key))
	if err != nil || block == nil {
		return false
	}
	private, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return false
	}
	kind := map[string]crypto.Hash{"sha1": crypto.SHA1, "sha256": crypto.SHA256, "sha512": crypto.SHA512}[s.Algorithm]
	digest := digestBy(hashOf(s.Algorithm), text)
	switch k := private.(type) {
	case *rsa.PrivateKey:
		return rsa.VerifyPKCS1v15(&k.PublicKey, kind, digest, raw) == nil
	case *ecdsa.PrivateKey:
		return ecdsa.VerifyASN1(&k.PublicKey, digest, raw)
	case ed25519.PrivateKey:
		return ed25519.Verify(k.Public().(ed25519.PublicKey), []byte(text), raw)
	}
	return false
}

// signKey is a key for a signature, in the form that a client is given it.
func signKey(s *ir.Sign, seed string) string {
	switch s.Scheme {
	case "rsa", "ecdsa", "ed25519":
		return keypair.New(s.Scheme, "twin "+seed).PrivatePEM()
	}
	sum := digestBy(hashOf("sha256"), seed)
	if s.KeyAs != "" {
		return encoded(s.KeyAs, sum)
	}
	return "cred-" + hex.EncodeToString(sum[:16])
}
