package runtime

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/hmac"
	"crypto/md5" //nolint:gosec // Content-MD5 (RFC 1864), which some providers have signed.
	"crypto/rsa"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
)

// Signing is how requests are signed. Generated packages hold one per method; it is
// never changed. AWS or OAuth1 is set, or the rest: a signature over a text.
type Signing struct {
	Scheme   SignatureScheme
	Hash     WebhookHash
	Key      []AuthPart      // The secret, or a private key in PEM. Empty for a plain hash.
	KeyAs    WebhookEncoding // How a text encodes the secret of an HMAC.
	Header   []AuthMember    // Set before.
	Query    []AuthMember    // Set before.
	Signed   []AuthPart      // Joined without a separator.
	Wrapped  bool            // The text is encoded in Base64 before it is hashed.
	Encoding WebhookEncoding // Of the signature; not text.
	In       In              // InHeader, InQuery or InCookie: where Value goes.
	Name     string
	Value    []AuthPart // With FromSignature in it.

	AWS    *AWSSigning
	OAuth1 *OAuth1Signing
}

// sign puts the signature on a request that is complete besides. Its errors name
// what is missing, and no value.
func (g *Signing) sign(req *http.Request, s *authScope) error {
	s.req = req
	if g.readsBody() {
		body, err := bodyOf(req)
		if err != nil {
			return err
		}
		s.body = body
	}
	switch {
	case g.AWS != nil:
		return g.AWS.sign(req, s)
	case g.OAuth1 != nil:
		return g.OAuth1.sign(req, s)
	}
	for _, list := range []struct {
		in      In
		members []AuthMember
	}{{InQuery, g.Query}, {InHeader, g.Header}} {
		for _, m := range list.members {
			if err := s.place(Place{In: list.in, Name: m.Name}, m.Value); err != nil {
				return err
			}
		}
	}
	text, err := s.join(g.Signed)
	if err != nil {
		return err
	}
	if s.signature, err = g.sum(text, s); err != nil {
		return err
	}
	return s.place(Place{In: g.In, Name: g.Name}, g.Value)
}

// place writes a text on the request that is signed.
func (s *authScope) place(p Place, value []AuthPart) error {
	text, err := s.join(value)
	if err != nil {
		return err
	}
	if hasControl(text) {
		return fmt.Errorf("%w: %s would have a control character", ErrCredential, p.Name)
	}
	p.put(s.req, text)
	return nil
}

// sum is the signature of a text.
func (g *Signing) sum(text string, s *authScope) (string, error) {
	if g.Wrapped {
		text = base64.StdEncoding.EncodeToString([]byte(text))
	}
	if g.Scheme == SchemeDigest {
		h := g.Hash.new()()
		h.Write([]byte(text))
		return g.Encoding.encode(h.Sum(nil)), nil
	}
	key, err := s.join(g.Key)
	if err != nil {
		return "", err
	}
	if g.Scheme == SchemeHMAC {
		secret, err := decodeKey(key, g.KeyAs)
		if err != nil {
			return "", fmt.Errorf("%w: the key %w", ErrCredential, err)
		}
		mac := hmac.New(g.Hash.new(), secret)
		mac.Write([]byte(text))
		return g.Encoding.encode(mac.Sum(nil)), nil
	}
	private, err := signingKey(key)
	if err != nil {
		return "", fmt.Errorf("%w: the key %w", ErrCredential, err)
	}
	if schemeOf(private) != g.Scheme {
		return "", fmt.Errorf("%w: the key is not of the kind that the provider takes", ErrCredential)
	}
	return g.Encoding.encode(privateSigner{private, g.Hash.crypto()}.sum([]byte(text))), nil
}

// schemeOf is what a private key signs by.
func schemeOf(key crypto.Signer) SignatureScheme {
	switch key.(type) {
	case *rsa.PrivateKey:
		return SchemeRSA
	case *ecdsa.PrivateKey:
		return SchemeECDSA
	}
	return SchemeEd25519
}

// readsBody reports whether the body is a part of what is signed.
func (g *Signing) readsBody() bool {
	if g.AWS != nil {
		return !g.AWS.UnsignedBody
	}
	if g.OAuth1 != nil {
		return g.OAuth1.Method != "PLAINTEXT"
	}
	texts := [][]AuthPart{g.Signed, g.Value}
	for _, m := range slices.Concat(g.Header, g.Query) {
		texts = append(texts, m.Value)
	}
	return slices.ContainsFunc(texts, func(text []AuthPart) bool {
		return slices.ContainsFunc(text, func(p AuthPart) bool { return p.From == FromBody || p.From == FromDigest })
	})
}

// bodyOf is the body of a request, which is left to be sent. One that can be read once
// is kept in memory.
func bodyOf(req *http.Request) ([]byte, error) {
	if req.Body == nil || req.Body == http.NoBody {
		return nil, nil
	}
	if req.GetBody == nil {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		_ = req.Body.Close()
		req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
		return body, nil
	}
	r, err := req.GetBody()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

// requestPart is a part of the request that is signed.
func (s *authScope) requestPart(p AuthPart) string {
	switch p.From {
	case FromMethod:
		return s.req.Method
	case FromURL:
		return urlPart(s.req, p.Text)
	case FromHeader:
		if strings.EqualFold(p.Text, "Host") {
			return hostOf(s.req)
		}
		return s.req.Header.Get(p.Text)
	case FromBody:
		return string(s.body)
	case FromDigest:
		return digestText(s.body, p.Text)
	}
	return s.signature
}

// hostOf is the host as the header Host has it.
func hostOf(req *http.Request) string {
	if req.Host != "" {
		return req.Host
	}
	return req.URL.Host
}

func urlPart(req *http.Request, name string) string {
	switch name {
	case "host":
		return hostOf(req)
	case "path":
		return rootedPath(req.URL.EscapedPath())
	case "query":
		return req.URL.RawQuery
	}
	return req.URL.String()
}

// rootedPath is a path as it is sent.
func rootedPath(p string) string {
	if p == "" {
		return "/"
	}
	return p
}

// digestText is a digest such as "sha256.hex".
func digestText(body []byte, form string) string {
	name, encoding, _ := strings.Cut(form, ".")
	var sum []byte
	switch name {
	case "md5":
		digest := md5.Sum(body)
		sum = digest[:]
	default:
		h := map[string]WebhookHash{"sha1": SHA1, "sha512": SHA512}[name].new()()
		h.Write(body)
		sum = h.Sum(nil)
	}
	if encoding == "base64" {
		return base64.StdEncoding.EncodeToString(sum)
	}
	return hex.EncodeToString(sum)
}
