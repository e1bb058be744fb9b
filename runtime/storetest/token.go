package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/porin-dev/porin/runtime"
)

// full is a token with a value in every member.
func full() runtime.Token {
	at := time.Date(2026, 3, 4, 5, 6, 7, 89_000_000, time.UTC)
	return runtime.Token{
		Access: runtime.NewSecret("access \"'\\ \u2028 ünïcödé"), Refresh: runtime.NewSecret("refresh"),
		Issued: at, Expiry: at.Add(time.Hour), Scopes: []string{"a:b", "c"},
		Also:     map[string]runtime.Secret{"id": runtime.NewSecret("id token")},
		Settings: map[string]string{"tenant": "acme"}, Dead: "invalid_grant", Lost: at.Add(time.Minute),
	}
}

// numbered is a token whose access and refresh token have the number n.
func numbered(n int) runtime.Token {
	return runtime.Token{Access: runtime.NewSecret(fmt.Sprint("access-", n)), Refresh: runtime.NewSecret(fmt.Sprint("refresh-", n))}
}

func absent(t *testing.T, again func() runtime.TokenStore) {
	s := again()
	if _, version, err := s.Load(t.Context(), "a", "bot"); !errors.Is(err, runtime.ErrNoToken) || version != 0 {
		t.Errorf("Load of what was never saved: version %d, %v", version, err)
	}
	if _, err := s.Save(t.Context(), "a", "bot", numbered(1), 1); !errors.Is(err, runtime.ErrVersionConflict) {
		t.Errorf("Save over a version that does not exist: %v", err)
	}
	if err := s.Release(t.Context(), "a", "bot", "nobody"); err != nil {
		t.Errorf("Release of what was never leased: %v", err)
	}
	if _, _, err := s.Load(t.Context(), "a", "bot"); !errors.Is(err, runtime.ErrNoToken) {
		t.Errorf("Load after failures: %v", err)
	}
}

func keepsEverything(t *testing.T, again func() runtime.TokenStore) {
	for name, token := range map[string]runtime.Token{"full": full(), "empty": {}, "access alone": {Access: runtime.NewSecret("a")}} {
		version := mustSave(t, again(), name, token, 0)
		got, loaded, err := again().Load(t.Context(), name, "bot")
		if err != nil || loaded != version {
			t.Errorf("%s: version %d, %v; saved as %d", name, loaded, err, version)
		}
		if a, b := reveal(t, got), reveal(t, token); a != b {
			t.Errorf("%s: loaded %s, saved %s", name, a, b)
		}
		if !got.Expiry.Equal(token.Expiry) || !got.Issued.Equal(token.Issued) || !got.Lost.Equal(token.Lost) || !reflect.DeepEqual(got.Settings, token.Settings) {
			t.Errorf("%s: loaded %+v", name, got)
		}
	}
}

func versions(t *testing.T, again func() runtime.TokenStore) {
	var version int64
	for n := range 5 {
		s := again()
		next := mustSave(t, s, "a", numbered(n), version)
		if next <= version {
			t.Fatalf("version %d after %d", next, version)
		}
		for _, other := range []int64{version, next + 1, 0} {
			if _, err := s.Save(t.Context(), "a", "bot", numbered(99), other); !errors.Is(err, runtime.ErrVersionConflict) {
				t.Errorf("Save over version %d while %d is stored: %v", other, next, err)
			}
		}
		wantToken(t, again(), "a", n, next)
		version = next
	}
}

func keysAreApart(t *testing.T, again func() runtime.TokenStore) {
	keys := [][2]string{
		{"a", "bot"}, {"a", "user"}, {"A", "bot"}, {"", ""}, {"", "a"}, {"a", ""}, {"ab", "c"}, {"a", "bc"}, {"a/b", "bot"}, {"../a", "bot"}, {"a ", "bot"},
		{"a.bot", ""}, {"%", "_"}, {"'; --", "bot"}, {"ü", "bot"}, {string(make([]byte, 0, 1)) + longName, "bot"},
	}
	for n, k := range keys {
		if _, err := again().Save(t.Context(), k[0], k[1], numbered(n), 0); err != nil {
			t.Errorf("Save of account %q, token %q: %v", k[0], k[1], err)
		}
	}
	for n, k := range keys {
		got, _, err := again().Load(t.Context(), k[0], k[1])
		if err != nil || got.Access.Reveal() != numbered(n).Access.Reveal() {
			t.Errorf("Load of account %q, token %q: %v", k[0], k[1], err)
		}
	}
}

// longName is an account of a thousand characters.
var longName = fmt.Sprintf("%01000d", 7)

func mustSave(t *testing.T, s runtime.TokenStore, account string, token runtime.Token, ifVersion int64) int64 {
	t.Helper()
	version, err := s.Save(t.Context(), account, "bot", token, ifVersion)
	if err != nil {
		t.Fatalf("Save over version %d: %v", ifVersion, err)
	}
	return version
}

func wantToken(t *testing.T, s runtime.TokenStore, account string, n int, version int64) {
	t.Helper()
	got, stored, err := s.Load(context.WithoutCancel(t.Context()), account, "bot")
	if err != nil || stored != version || got.Access.Reveal() != numbered(n).Access.Reveal() {
		t.Errorf("Load: version %d, %v; want token %d of version %d", stored, err, n, version)
	}
}

func reveal(t *testing.T, token runtime.Token) string {
	t.Helper()
	data, err := token.Reveal()
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
