package twin

import (
	"crypto/hmac"
	"encoding/base64"
	"net/url"
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
)

// signedOAuth1 checks OAuth 1.0a (RFC 5849, 3.2).
func (x *exchange) signedOAuth1(s *ir.Sign, ref func(ir.Part) string) bool {
	encoded, ok := authFields(x.q.header.Get("Authorization"), "OAuth ")
	if !ok {
		return false
	}
	fields := url.Values{}
	for name, value := range encoded {
		plain, err := url.PathUnescape(value)
		if err != nil {
			return false
		}
		fields.Set(name, plain)
	}
	signature := fields.Get("oauth_signature")
	if fields.Get("realm") != renderTemplate(s.Realm, ref) || fields.Get("oauth_consumer_key") != renderTemplate(s.KeyID, ref) ||
		fields.Get("oauth_token") != renderTemplate(s.Token, ref) || fields.Get("oauth_signature_method") != s.Algorithm {
		return false
	}
	fields.Del("oauth_signature")
	fields.Del("realm")
	key := strictEscape(renderTemplate(s.Key, ref)) + "&" + strictEscape(renderTemplate(s.TokenSecret, ref))
	if s.Algorithm == "PLAINTEXT" {
		return signature == key
	}
	form := url.Values{}
	if strings.HasPrefix(x.q.header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		form = x.q.form
	}
	var params []string
	for _, p := range sortedPairs(fields, x.q.query, form) {
		params = append(params, p[0]+"="+p[1])
	}
	scheme, _, _ := strings.Cut(x.q.origin, "://")
	host := strings.TrimSuffix(x.q.host, map[string]string{"http": ":80", "https": ":443"}[scheme])
	base := strings.Join([]string{x.q.method, strictEscape(scheme + "://" + strings.ToLower(host) + x.q.url.EscapedPath()), strictEscape(strings.Join(params, "&"))}, "&")
	mac := hmac.New(hashOf(map[string]string{"HMAC-SHA1": "sha1", "HMAC-SHA256": "sha256"}[s.Algorithm]), []byte(key))
	mac.Write([]byte(base))
	return signature == base64.StdEncoding.EncodeToString(mac.Sum(nil)) &&
		x.fresh(map[string]string{"now.unix": fields.Get("oauth_timestamp"), "nonce": fields.Get("oauth_nonce")})
}
