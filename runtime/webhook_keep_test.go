package runtime_test

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	rt "github.com/porin-dev/porin/runtime"
)

const tokenBody = `{"type":"note","id":"e1"}`

var (
	hookKey  = ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	otherKey = ed25519.NewKeyFromSeed([]byte("a key that the provider has not."))
	encode64 = base64.RawURLEncoding.EncodeToString
)

// hookToken is a token of now with the hash of tokenBody; change edits its claims.
func hookToken(key ed25519.PrivateKey, head, id string, change ...string) *http.Request {
	sum := sha256.Sum256([]byte(tokenBody))
	claims := fmt.Sprintf(`{"iss":"acme","iat":%d,"exp":%d,"sum":"%s"}`, time.Now().Unix(), time.Now().Unix()+60, hex.EncodeToString(sum[:]))
	text := encode64([]byte(strings.Replace(head, "ID", id, 1))) + "." + encode64([]byte(strings.NewReplacer(change...).Replace(claims)))
	return delivery(tokenBody, "Token", text+"."+encode64(ed25519.Sign(key, []byte(text))))
}

const tokenHead = `{"alg":"EdDSA","kid":"ID"}`

func jwkOf(id string) string {
	return `{"kid":"` + id + `","kty":"OKP","crv":"Ed25519","x":"` + encode64(hookKey.Public().(ed25519.PublicKey)) + `"}`
}

// keyProvider tells the key k1, to whoever has the time.
type keyProvider struct {
	mu    sync.Mutex
	asked []string
	delay time.Duration
	down  bool
}

func (p *keyProvider) ask(ctx context.Context, id string) error {
	p.mu.Lock()
	p.asked = append(p.asked, id)
	delay, down := p.delay, p.down
	p.mu.Unlock()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(delay):
	}
	if down {
		return errors.New("the provider is down")
	}
	return nil
}

func (p *keyProvider) call(ctx context.Context, _ *rt.Op, in, out any, _ []rt.CallOption) error {
	id := string(in.(rt.Raw))
	if err := p.ask(ctx, id); err != nil {
		return err
	}
	if id != `{"id":"k1"}` {
		return &rt.APIError{Class: rt.ClassNotFound}
	}
	*out.(*rt.Raw) = rt.Raw(jwkOf("k1"))
	return nil
}

// RoundTrip tells the key set.
func (p *keyProvider) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := p.ask(r.Context(), r.URL.String()); err != nil {
		return nil, err
	}
	rec := httptest.NewRecorder()
	_, _ = rec.WriteString(`{"keys":[` + jwkOf("k1") + `]}`)
	return rec.Result(), nil
}

func (p *keyProvider) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.asked)
}

// reader is of a webhook whose keys an action tells or, with an address, a key set.
func (p *keyProvider) reader(t *testing.T, address string) *rt.WebhookReader {
	t.Helper()
	j := &rt.WebhookJWT{Header: "Token", Issuers: []string{"acme"}, BodyHash: "sum", Within: time.Minute, Keys: address}
	if address == "" {
		j.Key = &rt.WebhookCall{Op: &rt.Op{}, With: []rt.WebhookArg{{Name: "id", Value: []rt.WebhookPart{{From: rt.PartKeyID}}}}}
	}
	r, err := rt.NewWebhookReader(&rt.Webhook{Name: "acme", Proofs: []rt.WebhookProof{{JWT: j}}}, nil,
		rt.WithWebhookCaller(p.call), rt.WithWebhookClient(&http.Client{Transport: p}))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func wantRead(t *testing.T, r *rt.WebhookReader, req *http.Request, want error) {
	t.Helper()
	if _, err := r.Read(req); !errors.Is(err, want) {
		t.Errorf("%v, want %v", err, want)
	}
}

// TestForgedKeysAreBounded floods a reader with forged names of keys: some are asked about,
// and the genuine key stays known, and is asked for again when its hour is over.
func TestForgedKeysAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &keyProvider{}
		r := p.reader(t, "")
		wantRead(t, r, hookToken(hookKey, tokenHead, "k1"), nil)
		time.Sleep(time.Minute)
		flood := func(from int) {
			for i := range 1000 {
				want := rt.ErrWebhookSignature
				if i >= 10 {
					want = rt.ErrWebhookKeys // It is delivered again.
				}
				wantRead(t, r, hookToken(otherKey, tokenHead, fmt.Sprint("forged", from+i)), want)
			}
		}
		for minute := range 20 { // More names than are kept.
			flood(1000 * minute)
			wantRead(t, r, hookToken(hookKey, tokenHead, "k1"), nil)
			wantRead(t, r, hookToken(otherKey, tokenHead, "k1"), rt.ErrWebhookSignature)
			time.Sleep(time.Minute)
		}
		if p.count() != 1+20*10 {
			t.Errorf("%d questions", p.count())
		}
		time.Sleep(time.Hour)
		flood(1e6)
		wantRead(t, r, hookToken(hookKey, tokenHead, "k1"), nil)
	})
}

// TestForgedAddressesAreBounded floods a reader whose deliveries name the address of the key.
func TestForgedAddressesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &keyProvider{}
		w := &rt.Webhook{Name: "acme", Proofs: signature(rt.WebhookSignature{
			Scheme: rt.SchemeEd25519, Header: "Signature", Signed: []rt.WebhookPart{wholeBody}, Encoding: rt.EncodingHex,
			Key: rt.WebhookKey{As: rt.EncodingBase64, Fetch: &rt.WebhookFetch{URL: rt.Path{"key"}, Hosts: []string{"keys.test"}}},
		})}
		r, err := rt.NewWebhookReader(w, nil, rt.WithWebhookClient(&http.Client{Transport: p}))
		if err != nil {
			t.Fatal(err)
		}
		wantRead(t, r, delivery(`{"key":"https://keys.test/1"}`), rt.ErrWebhookSignature)
		wantRead(t, r, delivery(`{"key":"https://keys.test/`+strings.Repeat("x", 1e5)+`"}`, "Signature", "00"), rt.ErrWebhookSignature)
		if p.count() != 0 {
			t.Errorf("%d questions for what cannot be genuine", p.count())
		}
		for i := range 100 {
			wantRead(t, r, delivery(fmt.Sprintf(`{"key":"https://keys.test/%d"}`, i), "Signature", "00"), rt.ErrWebhookKeys)
		}
		if p.count() != 10 {
			t.Errorf("%d questions", p.count())
		}
	})
}

// TestAbandonedQuestion lets a forger hang up while the provider is asked: those who wait
// get the answer, which is asked for once.
func TestAbandonedQuestion(t *testing.T) {
	for _, address := range []string{"", "https://keys.test/set"} {
		synctest.Test(t, func(t *testing.T) {
			p := &keyProvider{delay: time.Second}
			r := p.reader(t, address)
			ctx, hangUp := context.WithCancel(t.Context())
			var all sync.WaitGroup
			all.Go(func() { _, _ = r.Read(hookToken(otherKey, tokenHead, "k1").WithContext(ctx)) })
			synctest.Wait()
			for range 20 {
				all.Go(func() { wantRead(t, r, hookToken(hookKey, tokenHead, "k1"), nil) })
			}
			all.Go(func() { wantRead(t, r, hookToken(hookKey, tokenHead, "k1").WithContext(ctx), rt.ErrWebhookKeys) })
			synctest.Wait()
			hangUp()
			all.Wait()
			wantRead(t, r, hookToken(hookKey, tokenHead, "k1"), nil)
			if p.count() != 1 {
				t.Errorf("%q: %d questions", address, p.count())
			}
		})
	}
}

// TestSlowProvider: an answer that does not come is an error for some seconds, not for the deliveries after.
func TestSlowProvider(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &keyProvider{delay: time.Minute}
		r := p.reader(t, "")
		for range 3 {
			wantRead(t, r, hookToken(hookKey, tokenHead, "k1"), rt.ErrWebhookKeys)
		}
		if p.count() != 1 || time.Since(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)) > 6*time.Second {
			t.Errorf("%d questions until %v", p.count(), time.Now())
		}
		p.delay = 0
		time.Sleep(10 * time.Second)
		wantRead(t, r, hookToken(hookKey, tokenHead, "k1"), nil)
	})
}

// TestForgedKeyLeavesTheSet: that a forged name makes the set be asked for in vain costs no genuine delivery.
func TestForgedKeyLeavesTheSet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &keyProvider{}
		r := p.reader(t, "https://keys.test/set")
		wantRead(t, r, hookToken(hookKey, tokenHead, "k1"), nil)
		time.Sleep(2 * time.Minute)
		p.down = true
		wantRead(t, r, hookToken(otherKey, tokenHead, "k2"), rt.ErrWebhookKeys)
		wantRead(t, r, hookToken(hookKey, tokenHead, "k1"), nil)
		if p.count() != 2 {
			t.Errorf("%d questions", p.count())
		}
	})
}

// TestNobodyIsAskedInVain: a token that does not count whatever its key is costs no question.
func TestNobodyIsAskedInVain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &keyProvider{}
		r := p.reader(t, "")
		now := time.Now().Unix()
		for _, c := range []struct {
			head, id, old, new string
			want               error
		}{
			{tokenHead, "k1", `"acme"`, `"other"`, rt.ErrWebhookSignature},
			{tokenHead, "k1", `"sum":"`, `"sum":"00`, rt.ErrWebhookSignature},
			{tokenHead, "k1", fmt.Sprintf(`"iat":%d`, now), fmt.Sprintf(`"iat":%d`, now-120), rt.ErrWebhookStale},
			{tokenHead, "k1", fmt.Sprintf(`"exp":%d`, now+60), fmt.Sprintf(`"exp":%d`, now-120), rt.ErrWebhookStale},
			{`{"alg":"none","kid":"ID"}`, "k1", "", "", rt.ErrWebhookSignature},
			{`{"alg":"HS256","kid":"ID"}`, "k1", "", "", rt.ErrWebhookSignature},
			{tokenHead, "", "", "", rt.ErrWebhookSignature},
			{tokenHead, "a b", "", "", rt.ErrWebhookSignature},
			{tokenHead, `a\n`, "", "", rt.ErrWebhookSignature},
			{tokenHead, "é", "", "", rt.ErrWebhookSignature},
			{tokenHead, strings.Repeat("k", 257), "", "", rt.ErrWebhookSignature},
		} {
			change := []string{c.old, c.new}
			if c.old == "" {
				change = nil
			}
			wantRead(t, r, hookToken(hookKey, c.head, c.id, change...), c.want)
		}
		if p.count() != 0 {
			t.Errorf("asked about %v", p.asked)
		}
	})
}
