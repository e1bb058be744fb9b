package sealed_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	rt "github.com/porin-dev/porin/runtime"
	"github.com/porin-dev/porin/runtime/filestore"
	"github.com/porin-dev/porin/runtime/sealed"
	"github.com/porin-dev/porin/runtime/storetest"
)

const secret = "canary-7f3a"

func ring(t *testing.T, active sealed.Key, old ...sealed.Key) *sealed.Ring {
	t.Helper()
	r, err := sealed.NewRing(active, old...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func token() rt.Token {
	return rt.Token{
		Access: rt.NewSecret(secret + "-access"), Refresh: rt.NewSecret(secret + "-refresh"), Also: map[string]rt.Secret{"id": rt.NewSecret(secret + "-id")},
		Scopes: []string{"a"}, Expiry: time.Unix(1, 0),
	}
}

// saved is a store with a token of account T1, and the store below it.
func saved(t *testing.T, r *sealed.Ring) (*sealed.Store, *rt.MemoryStore) {
	t.Helper()
	inner := rt.NewMemoryStore()
	s := sealed.New(inner, r, "acme")
	if _, err := s.Save(t.Context(), "T1", "bot", token(), 0); err != nil {
		t.Fatal(err)
	}
	return s, inner
}

func load(t *testing.T, s rt.TokenStore, account, name string) (rt.Token, int64) {
	t.Helper()
	got, version, err := s.Load(t.Context(), account, name)
	if err != nil {
		t.Fatal(err)
	}
	return got, version
}

func TestConformance(t *testing.T) {
	r := ring(t, sealed.NewKey("k1"))
	storetest.Run(t, func(t *testing.T) func() rt.TokenStore {
		dir := filepath.Join(t.TempDir(), "tokens")
		return func() rt.TokenStore {
			inner, err := filestore.Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			return sealed.New(inner, r, "acme")
		}
	})
}

func TestNothingIsReadable(t *testing.T) {
	s, inner := saved(t, ring(t, sealed.NewKey("k1")))
	kept, _ := load(t, inner, "T1", "bot")
	text, err := kept.Reveal()
	if err != nil || strings.Contains(string(text), secret) {
		t.Errorf("stored as %s, %v", text, err)
	}
	if len(kept.Scopes) != 1 || kept.Expiry.IsZero() {
		t.Errorf("what is no secret is gone: %+v", kept)
	}
	got, _ := load(t, s, "T1", "bot")
	if got.Access.Reveal() != secret+"-access" || got.Refresh.Reveal() != secret+"-refresh" || got.Also["id"].Reveal() != secret+"-id" {
		t.Error("loaded another token")
	}
	// Equal secrets do not show as equal.
	if _, err := s.Save(t.Context(), "T2", "bot", token(), 0); err != nil {
		t.Fatal(err)
	}
	if other, _ := load(t, inner, "T2", "bot"); other.Access.Equal(kept.Access) {
		t.Error("one text is sealed alike twice")
	}
}

// TestTampering changes what is stored in every way that who can write to the
// database has, and looks for the error that names the place.
func TestTampering(t *testing.T) {
	r := ring(t, sealed.NewKey("k1"), sealed.NewKey("k0"))
	flip := func(s rt.Secret, at int) rt.Secret {
		b := []byte(s.Reveal())
		b[at] = map[bool]byte{true: 'B', false: 'A'}[b[at] == 'A']
		return rt.NewSecret(string(b))
	}
	size := func(k *rt.Token) int { return len(k.Access.Reveal()) }
	for name, tc := range map[string]struct {
		change func(k *rt.Token)
		field  string
		want   error
	}{
		"salt":          {func(k *rt.Token) { k.Access = flip(k.Access, 12) }, "access", sealed.ErrTampered},
		"text":          {func(k *rt.Token) { k.Access = flip(k.Access, size(k)-30) }, "access", sealed.ErrTampered},
		"tag":           {func(k *rt.Token) { k.Refresh = flip(k.Refresh, len(k.Refresh.Reveal())-5) }, "refresh", sealed.ErrTampered},
		"cut":           {func(k *rt.Token) { k.Access = rt.NewSecret(k.Access.Reveal()[:size(k)-4]) }, "access", sealed.ErrTampered},
		"empty":         {func(k *rt.Token) { k.Access = rt.NewSecret("porin1.k1.") }, "access", sealed.ErrTampered},
		"no base64":     {func(k *rt.Token) { k.Access = rt.NewSecret("porin1.k1.***") }, "access", sealed.ErrTampered},
		"fields":        {func(k *rt.Token) { k.Access, k.Refresh = k.Refresh, k.Access }, "access", sealed.ErrTampered},
		"also":          {func(k *rt.Token) { k.Also["id"] = k.Access }, "also id", sealed.ErrTampered},
		"another name":  {func(k *rt.Token) { k.Also = map[string]rt.Secret{"jd": k.Also["id"]} }, "also jd", sealed.ErrTampered},
		"another key":   {func(k *rt.Token) { k.Access = rt.NewSecret(strings.Replace(k.Access.Reveal(), ".k1.", ".k0.", 1)) }, "access", sealed.ErrTampered},
		"unknown key":   {func(k *rt.Token) { k.Access = rt.NewSecret(strings.Replace(k.Access.Reveal(), ".k1.", ".k9.", 1)) }, "access", sealed.ErrUnknownKey},
		"plain":         {func(k *rt.Token) { k.Access = rt.NewSecret(secret) }, "access", sealed.ErrNotSealed},
		"another form":  {func(k *rt.Token) { k.Access = rt.NewSecret("porin2" + k.Access.Reveal()[6:]) }, "access", sealed.ErrNotSealed},
		"plain refresh": {func(k *rt.Token) { k.Refresh = rt.NewSecret("porin1.k1") }, "refresh", sealed.ErrNotSealed},
	} {
		s, inner := saved(t, r)
		kept, version := load(t, inner, "T1", "bot")
		tc.change(&kept)
		if _, err := inner.Save(t.Context(), "T1", "bot", kept, version); err != nil {
			t.Fatal(err)
		}
		wantRefused(t, s, name, "T1", tc.field, tc.want)
	}
}

// TestSwappedRecords moves whole records to another tenant, another token and
// another connector.
func TestSwappedRecords(t *testing.T) {
	r := ring(t, sealed.NewKey("k1"))
	_, inner := saved(t, r)
	kept, _ := load(t, inner, "T1", "bot")
	for _, to := range [][2]string{{"T2", "bot"}, {"T1", "user"}, {"T1b", "ot"}} {
		if _, err := inner.Save(t.Context(), to[0], to[1], kept, 0); err != nil {
			t.Fatal(err)
		}
		_, _, err := sealed.New(inner, r, "acme").Load(t.Context(), to[0], to[1])
		if !errors.Is(err, sealed.ErrTampered) {
			t.Errorf("moved to %s: %v", to, err)
		}
	}
	wantRefused(t, sealed.New(inner, r, "other"), "another connector", "T1", "access", sealed.ErrTampered)
	stranger := ring(t, sealed.NewKey("k1"))
	wantRefused(t, sealed.New(inner, stranger, "acme"), "another key of the same id", "T1", "access", sealed.ErrTampered)
}

func wantRefused(t *testing.T, s rt.TokenStore, name, account, field string, want error) {
	t.Helper()
	got, version, err := s.Load(t.Context(), account, "bot")
	var e *sealed.Error
	if !errors.Is(err, want) || !errors.As(err, &e) || e.Account != account || e.Token != "bot" || e.Field != field {
		t.Errorf("%s: %v", name, err)
	}
	if !got.Access.IsZero() || version != 0 || err != nil && strings.Contains(fmt.Sprintf("%+v %#v", err, err), secret) {
		t.Errorf("%s: gives a token of version %d with %v", name, version, err)
	}
}

func TestRotationOfKeys(t *testing.T) {
	first, second := sealed.NewKey("2026-01"), sealed.NewKey("2026-07")
	_, inner := saved(t, ring(t, first))
	s := sealed.New(inner, ring(t, second, first), "acme")
	before, version := load(t, s, "T1", "bot")
	if done, err := s.Reseal(t.Context(), "T1", "bot"); !done || err != nil {
		t.Fatalf("Reseal: %v, %v", done, err)
	}
	if done, err := s.Reseal(t.Context(), "T1", "bot"); done || err != nil {
		t.Errorf("Reseal of what is sealed with the active key: %v, %v", done, err)
	}
	after, next := load(t, sealed.New(inner, ring(t, second), "acme"), "T1", "bot") // Without the old key.
	if !after.Access.Equal(before.Access) || !after.Also["id"].Equal(before.Also["id"]) || next <= version {
		t.Errorf("version %d after %d", next, version)
	}
	wantRefused(t, sealed.New(inner, ring(t, first), "acme"), "the old key alone", "T1", "access", sealed.ErrUnknownKey)
	if _, err := s.Reseal(t.Context(), "T9", "bot"); !errors.Is(err, rt.ErrNoToken) {
		t.Errorf("Reseal of what was never saved: %v", err)
	}
}

// TestResealLeavesRefreshesAlone has a refresh under way, and one that nobody ended.
func TestResealLeavesRefreshesAlone(t *testing.T) {
	first, second := sealed.NewKey("1"), sealed.NewKey("2")
	_, inner := saved(t, ring(t, first))
	s := sealed.New(inner, ring(t, second, first), "acme")
	if _, err := inner.Lease(t.Context(), "T1", "bot", 1, "refresh", time.Hour); err != nil {
		t.Fatal(err)
	}
	if done, err := s.Reseal(t.Context(), "T1", "bot"); done || !errors.Is(err, rt.ErrLeased) {
		t.Errorf("during a refresh: %v, %v", done, err)
	}
	if err := inner.Release(t.Context(), "T1", "bot", "refresh"); err != nil {
		t.Fatal(err)
	}
	if _, err := inner.Lease(t.Context(), "T1", "bot", 1, "dead", time.Nanosecond); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Millisecond)
	if done, err := s.Reseal(t.Context(), "T1", "bot"); done || !errors.Is(err, rt.ErrLeased) {
		t.Errorf("after a refresh that nobody ended: %v, %v", done, err)
	}
	if _, version := load(t, inner, "T1", "bot"); version != 1 {
		t.Errorf("version %d", version)
	}
}

func TestRings(t *testing.T) {
	good := sealed.NewKey("a")
	for name, keys := range map[string][]sealed.Key{
		"short":      {{ID: "a", Secret: rt.NewSecret("c2hvcnQ=")}},
		"no base64":  {{ID: "a", Secret: rt.NewSecret(secret)}},
		"no id":      {sealed.NewKey("")},
		"id of dots": {sealed.NewKey("a.b")},
		"twice":      {good, sealed.NewKey("a")},
	} {
		if _, err := sealed.NewRing(keys[0], keys[1:]...); err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", name, err)
		}
	}
	k := sealed.Key{ID: "a", Secret: rt.NewSecret(strings.Repeat("c3Nz", 10) + "c3M=")} // All of it is the letter s.
	r := ring(t, k)
	for _, v := range []any{k, &k, []sealed.Key{k}, r, *r, struct{ r *sealed.Ring }{r}, struct{ k sealed.Key }{k}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
			text := fmt.Sprintf(verb, v)
			for _, part := range []string{"sss", "c3Nz", "115 115", "7373", "63334e7a", "0x73"} {
				if strings.Contains(text, part) {
					t.Errorf("%s of %T: %s", verb, v, text)
				}
			}
		}
	}
}
