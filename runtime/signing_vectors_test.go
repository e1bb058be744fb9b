package runtime

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // HMAC-SHA1 is what RFC 5849 has.
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// literal is a text of a credential that is always the same.
func literal(text string) []AuthPart { return []AuthPart{{Text: text}} }

// signedRequest is a request with a signature, made at a time and with a nonce.
func signedRequest(t *testing.T, g *Signing, method, address, media, body string, now time.Time, nonce string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if media != "" {
		req.Header.Set("Content-Type", media)
	}
	if err := g.sign(req, &authScope{now: now, nonces: map[string]string{"": nonce}}); err != nil {
		t.Fatal(err)
	}
	return req
}

// TestAWSVectors holds signatures against AWS's own test suite (aws-sig-v4-test-suite).
func TestAWSVectors(t *testing.T) {
	suite := &Signing{AWS: &AWSSigning{
		Service: literal("service"), Region: literal("us-east-1"), KeyID: literal("AKIDEXAMPLE"), Key: literal("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
	}}
	now := time.Date(2015, 8, 30, 12, 36, 0, 0, time.UTC)
	for _, v := range []struct{ name, method, path, media, body, headers, want string }{
		{"get-vanilla", "GET", "/", "", "", "host;x-amz-date", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
		{"get-vanilla-query-order-key-case", "GET", "/?Param2=value2&Param1=value1", "", "", "host;x-amz-date", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
		{"get-unreserved", "GET", "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "", "", "host;x-amz-date", "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"},
		{"get-vanilla-utf8-query", "GET", "/?%E1%88%B4=bar", "", "", "host;x-amz-date", "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"},
		{"post-vanilla", "POST", "/", "", "", "host;x-amz-date", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
		{"post-x-www-form-urlencoded", "POST", "/", "application/x-www-form-urlencoded", "Param1=value1", "content-type;host;x-amz-date", "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
	} {
		req := signedRequest(t, suite, v.method, "https://example.amazonaws.com"+v.path, v.media, v.body, now, "")
		want := "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=" + v.headers + ", Signature=" + v.want
		if got := req.Header.Get("Authorization"); got != want {
			t.Errorf("%s: %s", v.name, got)
		}
	}

	// The examples of https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html.
	storage := &Signing{AWS: &AWSSigning{
		Service: literal("s3"), Region: literal("us-east-1"), KeyID: literal("AKIAIOSFODNN7EXAMPLE"), Key: literal("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
	}}
	for query, want := range map[string]string{
		"lifecycle":           "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
		"max-keys=2&prefix=J": "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
	} {
		req := signedRequest(t, storage, "GET", "https://examplebucket.s3.amazonaws.com/?"+query, "", "", time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC), "")
		if got := req.Header.Get("Authorization"); !strings.HasSuffix(got, "SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature="+want) {
			t.Errorf("S3 %s: %s", query, got)
		}
	}
}

// TestOAuth1Vectors holds signatures against RFC 5849, 1.2, whose example leaves
// oauth_version out, and against the example of X's documentation.
func TestOAuth1Vectors(t *testing.T) {
	req, err := http.NewRequestWithContext(t.Context(), "GET", "http://photos.example.net/photos?file=vacation.jpg&size=original", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha1.New, []byte("kd94hf93k423kf44&pfkkdhi9sl3r4s00"))
	mac.Write([]byte(oauth1Base(req, nil, [][2]string{
		{"oauth_consumer_key", "dpf43f3p2l4k3l03"}, {"oauth_token", "nnch734d00sl2jdk"}, {"oauth_signature_method", "HMAC-SHA1"},
		{"oauth_timestamp", "137131202"}, {"oauth_nonce", "chapoH"},
	})))
	if got := base64.StdEncoding.EncodeToString(mac.Sum(nil)); got != "MdpQcU8iPSUjWoN/UDMsK2sui9I=" {
		t.Errorf("RFC 5849, 1.2: %s", got)
	}

	x := &Signing{OAuth1: &OAuth1Signing{
		Method: "HMAC-SHA1", Consumer: literal("xvz1evFS4wEEPTGEFPHBog"), ConsumerSecret: literal("kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw"),
		Token: literal("370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb"), TokenSecret: literal("LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE"),
	}}
	req = signedRequest(t, x, "POST", "https://api.twitter.com/1.1/statuses/update.json?include_entities=true", "application/x-www-form-urlencoded",
		"status=Hello%20Ladies%20%2B%20Gentlemen%2C%20a%20signed%20OAuth%20request%21", time.Unix(1318622958, 0), "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg")
	if got := req.Header.Get("Authorization"); !strings.Contains(got, `oauth_signature="hCtSmYh%2BiHYCEqBWrE7C7hYmtUk%3D"`) {
		t.Errorf("X: %s", got)
	}

	// RFC 5849, 3.4.4 and 2.1: the key alone, encoded once more than in the base string.
	x = &Signing{OAuth1: &OAuth1Signing{Method: "PLAINTEXT", Consumer: literal("jd83jd92dhsh93js"), ConsumerSecret: literal("ja893SD9"), Token: literal("hdk48Djdsa"), TokenSecret: literal("xyz4992k83j47x0b")}}
	req = signedRequest(t, x, "POST", "https://photos.example.net/token", "", "", time.Unix(0, 0), "")
	if got := req.Header.Get("Authorization"); !strings.Contains(got, `oauth_signature="ja893SD9%26xyz4992k83j47x0b"`) || strings.Contains(got, "nonce") {
		t.Errorf("PLAINTEXT: %s", got)
	}
}

// TestHTTPSignatureVector: a template says what RFC 9421 signs. Its example B.2.6.
func TestHTTPSignatureVector(t *testing.T) {
	const params = `("date" "@method" "@path" "@authority" "content-type" "content-length");created=`
	now := AuthPart{From: FromNow, Text: "unix"}
	g := &Signing{
		Scheme: SchemeEd25519,
		Key:    literal("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF\n-----END PRIVATE KEY-----\n"),
		Header: []AuthMember{
			{"Date", literal("Tue, 20 Apr 2021 02:07:55 GMT")},
			{"Content-Length", literal("18")},
			{"Signature-Input", []AuthPart{{Text: "sig-b26=" + params}, now, {Text: `;keyid="test-key-ed25519"`}}},
		},
		Signed: []AuthPart{
			{Text: `"date": `}, {From: FromHeader, Text: "Date"},
			{Text: "\n\"@method\": "}, {From: FromMethod},
			{Text: "\n\"@path\": "}, {From: FromURL, Text: "path"},
			{Text: "\n\"@authority\": "}, {From: FromURL, Text: "host"},
			{Text: "\n\"content-type\": "}, {From: FromHeader, Text: "Content-Type"},
			{Text: "\n\"content-length\": "}, {From: FromHeader, Text: "Content-Length"},
			{Text: "\n\"@signature-params\": " + params}, now, {Text: `;keyid="test-key-ed25519"`},
		},
		Encoding: EncodingBase64, Name: "Signature", In: InHeader,
		Value: []AuthPart{{Text: "sig-b26=:"}, {From: FromSignature}, {Text: ":"}},
	}
	req := signedRequest(t, g, "POST", "https://example.com/foo?param=Value&Pet=dog", "application/json", `{"hello": "world"}`, time.Unix(1618884473, 0), "")
	const want = "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:"
	if got := req.Header.Get("Signature"); got != want {
		t.Errorf("Signature: %s", got)
	}
}

// TestHMACVectors: RFC 4231 test case 2 and RFC 2202 test case 2, and keys that are none.
func TestHMACVectors(t *testing.T) {
	for hash, want := range map[WebhookHash]string{
		SHA256: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
		SHA512: "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
		SHA1:   "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
	} {
		g := &Signing{Hash: hash, Key: literal("4a656665"), KeyAs: EncodingHex, Signed: []AuthPart{{From: FromBody}}, Encoding: EncodingHex, Name: "X-Signature", Value: []AuthPart{{From: FromSignature}}, In: InHeader}
		req := signedRequest(t, g, "POST", "https://x.test/", "", "what do ya want for nothing?", time.Time{}, "")
		if got := req.Header.Get("X-Signature"); got != want {
			t.Errorf("%d: %s", hash, got)
		}
	}
	for _, g := range []*Signing{
		{Key: literal("hunter2"), KeyAs: EncodingHex},
		{Scheme: SchemeRSA, Key: literal("hunter2")},
		{Key: []AuthPart{{From: FromCred, Text: "secret"}}},
	} {
		req, err := http.NewRequestWithContext(t.Context(), "GET", "https://x.test/", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		if err := g.sign(req, &authScope{}); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%v: %v", g.Scheme, err)
		}
	}
}

// TestSignsBodyReadOnce signs a body that can be read once as what it is, and leaves one
// alone that is not signed.
func TestSignsBodyReadOnce(t *testing.T) {
	sum := func(body io.Reader, signed ...AuthPart) (string, *http.Request) {
		req, err := http.NewRequest(http.MethodPost, "https://api.example.com/x", body)
		if err != nil {
			t.Fatal(err)
		}
		g := &Signing{Hash: SHA256, Key: literal("key"), Signed: signed, Encoding: EncodingHex, Name: "X-Signature", Value: []AuthPart{{From: FromSignature}}, In: InHeader}
		if err := g.sign(req, &authScope{now: time.Unix(0, 0)}); err != nil {
			t.Fatal(err)
		}
		return req.Header.Get("X-Signature"), req
	}
	again, _ := sum(strings.NewReader("hello"), AuthPart{From: FromBody})
	once, req := sum(io.LimitReader(strings.NewReader("hello"), 9), AuthPart{From: FromBody})
	if once != again {
		t.Errorf("a body that is read once is signed as %s, and as %s otherwise", once, again)
	}
	if sent, err := io.ReadAll(req.Body); string(sent) != "hello" || err != nil || req.ContentLength != 5 {
		t.Errorf("%q is sent, of length %d: %v", sent, req.ContentLength, err)
	}
	if _, req := sum(io.LimitReader(strings.NewReader("hello"), 9), AuthPart{From: FromMethod}); req.GetBody != nil {
		t.Error("a body that is not signed is kept in memory")
	}
	for method, signs := range map[string]bool{"PLAINTEXT": false, "HMAC-SHA1": true} {
		req, err := http.NewRequest(http.MethodPost, "https://api.example.com/x", io.LimitReader(strings.NewReader("a=1"), 9))
		if err != nil {
			t.Fatal(err)
		}
		g := &Signing{OAuth1: &OAuth1Signing{Method: method, Consumer: literal("c"), ConsumerSecret: literal("s")}}
		if err := g.sign(req, &authScope{now: time.Unix(0, 0)}); err != nil || (req.GetBody != nil) != signs {
			t.Errorf("%s: the body is in memory: %t, %v", method, req.GetBody != nil, err)
		}
	}
}

// TestOAuth1Method refuses a method that is none of those it has.
func TestOAuth1Method(t *testing.T) {
	req, err := http.NewRequest(http.MethodGet, "https://api.example.com/x", nil)
	if err != nil {
		t.Fatal(err)
	}
	g := &Signing{OAuth1: &OAuth1Signing{Method: "RSA-SHA1", Consumer: literal("c"), ConsumerSecret: literal("s")}}
	if err := g.sign(req, &authScope{now: time.Unix(0, 0)}); !errors.Is(err, ErrCredential) || req.Header.Get("Authorization") != "" {
		t.Errorf("signed as %q: %v", req.Header.Get("Authorization"), err)
	}
}
