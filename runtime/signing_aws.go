package runtime

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// AWSSigning is AWS Signature Version 4
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
// Host, Content-Type and the headers X-Amz-* are signed.
type AWSSigning struct {
	Service      []AuthPart
	Region       []AuthPart
	KeyID        []AuthPart
	Key          []AuthPart
	Session      []AuthPart // The token of a session; empty for none.
	UnsignedBody bool       // The body is left out of the signature.
}

// unsignedPayload stands for the hash of a body that is not signed.
const unsignedPayload = "UNSIGNED-PAYLOAD"

func (a *AWSSigning) sign(req *http.Request, s *authScope) error {
	texts := make([]string, 5)
	for i, parts := range [][]AuthPart{a.Service, a.Region, a.KeyID, a.Key, a.Session} {
		text, err := s.join(parts)
		if err != nil {
			return err
		}
		texts[i] = text
	}
	service, region, id, key, session := texts[0], texts[1], texts[2], texts[3], texts[4]
	moment := formatNow(s.now, "basic")
	req.Header.Set("X-Amz-Date", moment)
	setUnlessEmptyHeader(req.Header, "X-Amz-Security-Token", session)
	sum := sha256.Sum256(s.body)
	payload := hex.EncodeToString(sum[:])
	if a.UnsignedBody {
		payload = unsignedPayload
	}
	storage := strings.HasPrefix(service, "s3")
	if storage || a.UnsignedBody {
		req.Header.Set("X-Amz-Content-Sha256", payload)
	}
	canonical, signed := awsCanonical(req, payload, storage)
	day := moment[:8]
	scope := day + "/" + region + "/" + service + "/aws4_request"
	digest := sha256.Sum256([]byte(canonical))
	text := "AWS4-HMAC-SHA256\n" + moment + "\n" + scope + "\n" + hex.EncodeToString(digest[:])
	mac := []byte("AWS4" + key)
	for _, part := range []string{day, region, service, "aws4_request", text} {
		mac = hmac256(mac, part)
	}
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+id+"/"+scope+", SignedHeaders="+signed+", Signature="+hex.EncodeToString(mac))
	return nil
}

func setUnlessEmptyHeader(h http.Header, name, value string) {
	if value != "" {
		h.Set(name, value)
	}
}

func hmac256(key []byte, text string) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(text))
	return m.Sum(nil)
}

// awsCanonical is the canonical request, and the list of the headers in it. A path is
// encoded once more than it is sent, but for storage.
func awsCanonical(req *http.Request, payload string, storage bool) (canonical, signed string) {
	headers := map[string]string{"host": hostOf(req)}
	for name, values := range req.Header {
		if lower := strings.ToLower(name); lower == "content-type" || strings.HasPrefix(lower, "x-amz-") {
			trimmed := make([]string, len(values))
			for i, v := range values {
				trimmed[i] = strings.Join(strings.Fields(v), " ")
			}
			headers[lower] = strings.Join(trimmed, ",")
		}
	}
	var names []string
	for name := range headers {
		names = append(names, name)
	}
	slices.Sort(names)
	var lines strings.Builder
	for _, name := range names {
		lines.WriteString(name + ":" + headers[name] + "\n")
	}
	path := rootedPath(req.URL.EscapedPath())
	if !storage {
		path = percentEncode(path, "/")
	}
	signed = strings.Join(names, ";")
	return strings.Join([]string{req.Method, path, sortedQuery(req.URL.RawQuery), lines.String(), signed, payload}, "\n"), signed
}

// sortedQuery is a query with its names and values encoded anew, in their order.
func sortedQuery(raw string) string {
	var pairs []string
	for _, pair := range strings.Split(raw, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		pairs = append(pairs, percentEncode(queryText(name), "")+"="+percentEncode(queryText(value), ""))
	}
	slices.SortFunc(pairs, comparePairs)
	return strings.Join(pairs, "&")
}

// comparePairs orders name=value by the name and then by the value, though there are
// characters before "=".
func comparePairs(a, b string) int {
	return strings.Compare(strings.Replace(a, "=", "\x00", 1), strings.Replace(b, "=", "\x00", 1))
}

// queryText is what a name or value of a query says.
func queryText(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}

// percentEncode encodes all but the unreserved characters (RFC 3986, 2.3) and those of keep.
func percentEncode(text, keep string) string {
	const unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
	var b strings.Builder
	for i := range len(text) {
		if c := text[i]; strings.IndexByte(unreserved, c) >= 0 || strings.IndexByte(keep, c) >= 0 {
			b.WriteByte(c)
		} else {
			b.WriteByte('%')
			b.WriteString(strings.ToUpper(hex.EncodeToString([]byte{c})))
		}
	}
	return b.String()
}
