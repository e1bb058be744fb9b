package twin

import (
	"crypto/hmac"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

// signedAWS checks AWS Signature Version 4 by the headers that the request says are
// signed, among which those that matter have to be.
func (x *exchange) signedAWS(s *ir.Sign, ref func(ir.Part) string) bool {
	fields, ok := authFields(x.q.header.Get("Authorization"), "AWS4-HMAC-SHA256 ")
	if !ok {
		return false
	}
	moment := x.q.header.Get("X-Amz-Date")
	at, err := time.Parse("20060102T150405Z", moment)
	if err != nil || at.Sub(x.now).Abs() > signedSkew {
		return false
	}
	scope := strings.Join([]string{moment[:8], renderTemplate(s.Region, ref), renderTemplate(s.Service, ref), "aws4_request"}, "/")
	session := renderTemplate(s.Session, ref)
	if fields["Credential"] != renderTemplate(s.KeyID, ref)+"/"+scope || x.q.header.Get("X-Amz-Security-Token") != session {
		return false
	}
	names := strings.Split(fields["SignedHeaders"], ";")
	var lines strings.Builder
	for _, name := range names {
		value := strings.Join(x.q.header.Values(name), ",")
		if name == "host" {
			value = x.q.host
		}
		lines.WriteString(name + ":" + strings.Join(strings.Fields(value), " ") + "\n")
	}
	for name := range x.q.header {
		lower := strings.ToLower(name)
		if (lower == "content-type" || strings.HasPrefix(lower, "x-amz-")) && !slices.Contains(names, lower) {
			return false
		}
	}
	if !slices.Contains(names, "host") || !slices.IsSorted(names) {
		return false
	}
	payload := hex.EncodeToString(digestBy(hashOf("sha256"), string(x.q.body)))
	if s.UnsignedBody {
		payload = "UNSIGNED-PAYLOAD"
	}
	if said := x.q.header.Get("X-Amz-Content-Sha256"); said != "" && said != payload {
		return false
	}
	service := renderTemplate(s.Service, ref)
	canonical := strings.Join([]string{x.q.method, awsPath(x.q.url, strings.HasPrefix(service, "s3")), encodedQuery(x.q.query), lines.String(), fields["SignedHeaders"], payload}, "\n")
	key := []byte("AWS4" + renderTemplate(s.Key, ref))
	for part := range strings.SplitSeq(scope, "/") {
		key = keyed256(key, part)
	}
	sum := keyed256(key, "AWS4-HMAC-SHA256\n"+moment+"\n"+scope+"\n"+hex.EncodeToString(digestBy(hashOf("sha256"), canonical)))
	return fields["Signature"] == hex.EncodeToString(sum)
}

func keyed256(key []byte, text string) []byte {
	m := hmac.New(hashOf("sha256"), key)
	m.Write([]byte(text))
	return m.Sum(nil)
}

// awsPath is a path in a canonical request: as it is for storage, and else with each
// segment encoded again.
func awsPath(u *url.URL, storage bool) string {
	path := u.EscapedPath()
	if storage || path == "" {
		return "/" + strings.TrimPrefix(path, "/")
	}
	segments := strings.Split(path, "/")
	for i, s := range segments {
		segments[i] = strictEscape(s)
	}
	return strings.Join(segments, "/")
}

// encodedQuery is a query in order, encoded as RFC 3986 has it.
func encodedQuery(q url.Values) string {
	var pairs []string
	for _, p := range sortedPairs(q) {
		pairs = append(pairs, p[0]+"="+p[1])
	}
	return strings.Join(pairs, "&")
}

// sortedPairs are the names and values of parameters, encoded, in order.
func sortedPairs(all ...url.Values) [][2]string {
	var pairs [][2]string
	for _, values := range all {
		for name, list := range values {
			for _, v := range list {
				pairs = append(pairs, [2]string{strictEscape(name), strictEscape(v)})
			}
		}
	}
	slices.SortFunc(pairs, func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	return pairs
}

// strictEscape encodes all but the unreserved characters of RFC 3986.
func strictEscape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// authFields reads name=value behind the word of an Authorization header.
func authFields(header, word string) (map[string]string, bool) {
	rest, ok := strings.CutPrefix(header, word)
	fields := map[string]string{}
	for pair := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
		fields[name] = strings.Trim(value, `"`)
	}
	return fields, ok
}
