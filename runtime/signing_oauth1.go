package runtime

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // HMAC-SHA1 is what RFC 5849 has; as a keyed hash it holds.
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"hash"
	"mime"
	"net/http"
	"slices"
	"strings"
)

// OAuth1Signing signs with OAuth 1.0a (RFC 5849) in the header Authorization.
type OAuth1Signing struct {
	Method         string // HMAC-SHA1, HMAC-SHA256 or PLAINTEXT.
	Consumer       []AuthPart
	ConsumerSecret []AuthPart
	Token          []AuthPart // Empty where the application signs for itself.
	TokenSecret    []AuthPart
	Realm          []AuthPart
}

// oauth1Hashes are the hashes of the methods that have one.
var oauth1Hashes = map[string]func() hash.Hash{"HMAC-SHA1": sha1.New, "HMAC-SHA256": sha256.New}

func (o *OAuth1Signing) sign(req *http.Request, s *authScope) error {
	texts := make([]string, 5)
	for i, parts := range [][]AuthPart{o.Consumer, o.ConsumerSecret, o.Token, o.TokenSecret, o.Realm} {
		text, err := s.join(parts)
		if err != nil {
			return err
		}
		texts[i] = percentEncode(text, "")
	}
	params := [][2]string{{"oauth_consumer_key", texts[0]}, {"oauth_signature_method", o.Method}}
	if texts[2] != "" {
		params = append(params, [2]string{"oauth_token", texts[2]})
	}
	key := texts[1] + "&" + texts[3]
	signature := key
	newHash, keyed := oauth1Hashes[o.Method]
	if !keyed && o.Method != "PLAINTEXT" {
		return fmt.Errorf("%w: OAuth 1.0a has no method %s here", ErrCredential, o.Method)
	}
	if keyed {
		params = append(params, [2]string{"oauth_nonce", s.nonce("")}, [2]string{"oauth_timestamp", formatNow(s.now, "unix")})
	}
	params = append(params, [2]string{"oauth_version", "1.0"})
	if keyed {
		mac := hmac.New(newHash, []byte(key))
		mac.Write([]byte(oauth1Base(req, s.body, params)))
		signature = base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}
	params = append(params, [2]string{"oauth_signature", percentEncode(signature, "")})
	var fields []string
	if texts[4] != "" {
		fields = append(fields, `realm="`+texts[4]+`"`)
	}
	for _, p := range params {
		fields = append(fields, p[0]+`="`+p[1]+`"`)
	}
	req.Header.Set("Authorization", "OAuth "+strings.Join(fields, ", "))
	return nil
}

// oauth1Base is the text that is signed (RFC 5849, 3.4.1), with parameters that are
// encoded.
func oauth1Base(req *http.Request, body []byte, params [][2]string) string {
	pairs := make([]string, 0, len(params))
	for _, p := range params {
		pairs = append(pairs, p[0]+"="+p[1])
	}
	sources := []string{req.URL.RawQuery}
	if media, _, err := mime.ParseMediaType(req.Header.Get("Content-Type")); err == nil && media == "application/x-www-form-urlencoded" {
		sources = append(sources, string(body))
	}
	for _, raw := range sources {
		if encoded := sortedQuery(raw); encoded != "" {
			pairs = append(pairs, strings.Split(encoded, "&")...)
		}
	}
	slices.SortFunc(pairs, comparePairs)
	host := strings.ToLower(hostOf(req))
	for scheme, port := range map[string]string{"http": ":80", "https": ":443"} {
		if req.URL.Scheme == scheme {
			host = strings.TrimSuffix(host, port)
		}
	}
	address := strings.ToLower(req.URL.Scheme) + "://" + host + rootedPath(req.URL.EscapedPath())
	return strings.ToUpper(req.Method) + "&" + percentEncode(address, "") + "&" + percentEncode(strings.Join(pairs, "&"), "")
}
