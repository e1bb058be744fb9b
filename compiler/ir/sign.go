package ir

// Sign is how requests are signed.
type Sign struct {
	Pos       Pos       `json:"pos,omitzero"`
	Scheme    string    `json:"scheme"`              // hmac, hash, rsa, ecdsa, ed25519, aws4 or oauth1
	Algorithm string    `json:"algorithm,omitempty"` // sha1, sha256 or sha512; oauth1: HMAC-SHA1, HMAC-SHA256 or PLAINTEXT
	Key       Template  `json:"key,omitzero"`        // The secret, or a private key in PEM.
	KeyAs     string    `json:"key_as,omitempty"`    // hex or base64
	Signed    Template  `json:"signed,omitzero"`
	SignedAs  string    `json:"signed_as,omitempty"` // base64: encoded before it is hashed.
	Encoding  string    `json:"encoding,omitempty"`  // hex or base64
	Headers   []*Header `json:"headers,omitempty"`   // Set before.
	Query     []*Header `json:"query,omitempty"`
	To        *Slot     `json:"to,omitempty"`
	Value     Template  `json:"value,omitzero"` // With {signature} in it.

	Service      Template `json:"service,omitzero"` // aws4
	Region       Template `json:"region,omitzero"`
	KeyID        Template `json:"key_id,omitzero"`
	Session      Template `json:"session,omitzero"`
	UnsignedBody bool     `json:"unsigned_body,omitempty"`

	Token       Template `json:"token,omitzero"`        // oauth1, as KeyID is the consumer and Key its secret.
	TokenSecret Template `json:"token_secret,omitzero"` // oauth1
	Realm       Template `json:"realm,omitzero"`
}

// Templates are all texts of a signature, in order; those of its key come last.
func (s *Sign) Templates() []Template {
	all := []Template{s.Signed, s.Value, s.Service, s.Region, s.KeyID, s.Session, s.Token, s.Realm}
	for _, list := range [][]*Header{s.Headers, s.Query} {
		for _, h := range list {
			all = append(all, h.Value)
		}
	}
	return append(all, s.Key, s.TokenSecret)
}

// Signs are the ways in which the client of a method signs requests.
func (a *Auth) Signs() []*Sign {
	var all []*Sign
	if a.Sign != nil {
		all = append(all, a.Sign)
	}
	if o := a.OAuth2; o != nil {
		for _, s := range append(append([]*TokenStep(nil), o.Steps...), o.Renew...) {
			if s.Sign != nil {
				all = append(all, s.Sign)
			}
		}
	}
	return all
}
