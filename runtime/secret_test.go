package runtime_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	rt "github.com/porin-dev/porin/runtime"
)

const canary = "canary-7f3a"

// secretHolder has secrets where fmt cannot ask for their methods.
type secretHolder struct {
	inner  rt.Secret
	list   []rt.Secret
	byName map[string]rt.Secret
	Public rt.Secret
	token  rt.Token
}

func TestSecretIsNeverPrinted(t *testing.T) {
	s := rt.NewSecret(canary)
	token := rt.Token{Access: s, Refresh: s, Expiry: time.Unix(0, 0)}
	values := map[string]any{
		"secret":     s,
		"pointer":    &s,
		"token":      token,
		"struct":     secretHolder{s, []rt.Secret{s}, map[string]rt.Secret{"a": s}, s, token},
		"credential": rt.Bearer(s),
		"error":      fmt.Errorf("with %v: %w", s, errors.New("cause")),
		"attempt":    rt.AuthAttempt{Verifier: s},
		"grant":      rt.CodeGrant{Verifier: s},
	}
	for name, v := range values {
		var out bytes.Buffer
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%08b", "%T", "%p", "%e", "%c", "%U", "%t"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		fmt.Fprintln(&out, v)
		slog.New(slog.NewTextHandler(&out, nil)).Info("x", "v", v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "v", v)
		if b, err := json.Marshal(v); err == nil {
			out.Write(b)
		}
		if b, err := xml.Marshal(v); err == nil {
			out.Write(b)
		}
		if hex := fmt.Sprintf("%x", canary); strings.Contains(out.String(), canary) || strings.Contains(strings.ToLower(out.String()), hex) {
			t.Errorf("%s: the secret is in\n%s", name, out.String())
		}
	}
}

func TestSecret(t *testing.T) {
	var zero rt.Secret
	if !zero.IsZero() || zero.Reveal() != "" || !rt.NewSecret("").IsZero() {
		t.Error("the zero value is not empty")
	}
	if got := fmt.Sprint(zero); got != fmt.Sprint(rt.NewSecret("x")) {
		t.Errorf("printing tells an empty secret from another: %s", got)
	}
	a, b := rt.NewSecret("x"), rt.NewSecret("x")
	if !a.Equal(b) || a.Equal(zero) || a.Equal(rt.NewSecret("y")) {
		t.Error("Equal does not compare the texts")
	}
	var read struct{ S, N rt.Secret }
	if err := json.Unmarshal([]byte(`{"S":"`+canary+`","N":null}`), &read); err != nil {
		t.Fatal(err)
	}
	if err := rt.UnmarshalRaw(rt.Raw(`{"S":"`+canary+`","N":null}`), &read); err != nil {
		t.Fatal(err)
	}
	if read.S.Reveal() != canary || !read.N.IsZero() {
		t.Errorf("read %q and %q", read.S.Reveal(), read.N.Reveal())
	}
}

// TestRedactedSecretIsNotReadBack has a store that writes a token as it is
// printed.
func TestRedactedSecretIsNotReadBack(t *testing.T) {
	data, err := json.Marshal(rt.Token{Access: rt.NewSecret(canary), Refresh: rt.NewSecret(canary)})
	if err != nil {
		t.Fatal(err)
	}
	var read rt.Token
	if err := json.Unmarshal(data, &read); err == nil || !strings.Contains(err.Error(), "Reveal") {
		t.Errorf("read %s as a token: %v", data, err)
	}
}

func TestTokenRoundTrip(t *testing.T) {
	want := rt.Token{
		Access: rt.NewSecret("a"), Refresh: rt.NewSecret("r"),
		Issued: time.Unix(1, 0).UTC(), Expiry: time.Unix(2, 0).UTC(), Lost: time.Unix(3, 0).UTC(),
		Scopes: []string{"x"}, Settings: map[string]string{"k": "v"}, Dead: "token_revoked",
	}
	data, err := want.Reveal()
	if err != nil {
		t.Fatal(err)
	}
	got, err := rt.ParseToken(data)
	if err != nil {
		t.Fatal(err)
	}
	if got.Access.Reveal() != "a" || got.Refresh.Reveal() != "r" {
		t.Errorf("secrets are lost in %s", data)
	}
	again, _ := got.Reveal()
	if !bytes.Equal(data, again) {
		t.Errorf("%s became %s", data, again)
	}
	for _, bad := range []string{"", "x", `{"access":"` + canary + `","expiry":"` + canary + `"}`, `{"access":{"` + canary + `":1}}`} {
		if _, err := rt.ParseToken([]byte(bad)); err == nil || strings.Contains(err.Error(), canary) {
			t.Errorf("ParseToken(%q): %v", bad, err)
		}
	}
}
