// Package sealed encrypts the secrets of tokens before a store gets them, with
// AES-256-GCM and keys of the application's own. Who reads the database then
// has no token, and who writes to it cannot move one to another account:
// account, token and field are bound to each text.
//
// Expiry, scopes and what is noted of a token stay readable, so that the
// database can be asked which connections are dead. What is not noticed is an
// older state of the same token that somebody puts back.
package sealed

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/porin-dev/porin/runtime"
)

// Why a text could not be opened. Errors of a [Store] match one of them.
var (
	// ErrTampered says that a text was changed, or belongs to another connector,
	// account, token or field.
	ErrTampered = errors.New("it was changed, or moved from another place")

	// ErrUnknownKey says that the ring has no key of the text's id.
	ErrUnknownKey = errors.New("its key is not on the ring")

	// ErrNotSealed says that a text is not encrypted at all. It is not used, since
	// whoever can write to the store could have put it there.
	ErrNotSealed = errors.New("it is not sealed")
)

// Error is a secret of a stored token that could not be opened. It holds
// nothing of the secret.
type Error struct {
	Account, Token string
	Field          string // "access", "refresh", or "also NAME" of a further secret.
	Key            string // The id of the key that it names; empty when it names none.

	cause error
}

// Error says which secret it is and why.
func (e *Error) Error() string {
	text := fmt.Sprintf("sealed: the %s secret of token %q of account %q cannot be opened: %v", e.Field, e.Token, e.Account, e.cause)
	if e.Key != "" {
		text += fmt.Sprintf(" (key %q)", e.Key)
	}
	return text
}

// Unwrap is [ErrTampered], [ErrUnknownKey] or [ErrNotSealed].
func (e *Error) Unwrap() error { return e.cause }

// Store is a [runtime.TokenStore] that keeps what another store cannot read. It
// is made by [New], and as safe for concurrent use as the other.
type Store struct {
	inner runtime.TokenStore
	ring  *Ring
	scope string
}

// New returns a store that seals what inner keeps. The scope names what the
// store is for, such as the connector: texts of one scope do not open in another.
func New(inner runtime.TokenStore, ring *Ring, scope string) *Store {
	return &Store{inner, ring, scope}
}

// Load implements [runtime.TokenStore].
func (s *Store) Load(ctx context.Context, account, name string) (runtime.Token, int64, error) {
	t, version, err := s.inner.Load(ctx, account, name)
	if err != nil {
		return runtime.Token{}, 0, err
	}
	t, _, err = s.open(account, name, t)
	if err != nil {
		return runtime.Token{}, 0, err
	}
	return t, version, nil
}

// Save implements [runtime.TokenStore]. It seals with the active key.
func (s *Store) Save(ctx context.Context, account, name string, t runtime.Token, ifVersion int64) (int64, error) {
	shut, err := s.each(account, name, t, func(text, place string) (string, error) { return s.ring.seal(text, place) })
	if err != nil {
		return 0, err
	}
	return s.inner.Save(ctx, account, name, shut, ifVersion)
}

// Lease implements [runtime.TokenStore].
func (s *Store) Lease(ctx context.Context, account, name string, version int64, holder string, d time.Duration) (time.Duration, error) {
	return s.inner.Lease(ctx, account, name, version, holder, d)
}

// Release implements [runtime.TokenStore].
func (s *Store) Release(ctx context.Context, account, name, holder string) error {
	return s.inner.Release(ctx, account, name, holder)
}

// resealTime is how long a lease to seal a token anew is.
const resealTime = 10 * time.Second

// Reseal seals a token with the active key if another one sealed it, and
// reports whether it did. While the token is being refreshed it returns
// [runtime.ErrLeased]; the refresh seals it. When it was replaced meanwhile,
// that did, too.
func (s *Store) Reseal(ctx context.Context, account, name string) (bool, error) {
	old, version, err := s.inner.Load(ctx, account, name)
	if err != nil {
		return false, err
	}
	t, current, err := s.open(account, name, old)
	if err != nil || current {
		return false, err
	}
	// Without the lease, a refresh under way would lose its own.
	holder := rand.Text()
	stale, err := s.inner.Lease(ctx, account, name, version, holder, resealTime)
	switch {
	case errors.Is(err, runtime.ErrVersionConflict):
		return false, nil
	case err != nil:
		return false, err
	case stale > 0:
		// Somebody began a refresh and did not end it, which a Save would hide
		// from the next who wants to refresh: this lease is left to run out, too.
		return false, runtime.ErrLeased
	}
	_, err = s.Save(ctx, account, name, t, version)
	if errors.Is(err, runtime.ErrVersionConflict) {
		return false, nil
	}
	if err != nil {
		_ = s.inner.Release(context.WithoutCancel(ctx), account, name, holder)
	}
	return err == nil, err
}

// open opens the secrets of a stored token, and reports whether the active key
// sealed all of them.
func (s *Store) open(account, name string, t runtime.Token) (runtime.Token, bool, error) {
	current := true
	t, err := s.each(account, name, t, func(text, place string) (string, error) {
		plain, id, err := s.ring.open(text, place)
		current = current && id == s.ring.active
		if err != nil {
			return "", &Error{Key: id, cause: err}
		}
		return plain, nil
	})
	return t, current, err
}

// each changes every secret of a token. An absent one stays absent.
func (s *Store) each(account, name string, t runtime.Token, f func(text, place string) (string, error)) (runtime.Token, error) {
	change := func(secret runtime.Secret, field string) (runtime.Secret, error) {
		if secret.IsZero() {
			return secret, nil
		}
		text, err := f(secret.Reveal(), s.place(account, name, field))
		if e, ok := errors.AsType[*Error](err); ok {
			e.Account, e.Token, e.Field = account, name, field
		}
		return runtime.NewSecret(text), err
	}
	var err error
	if t.Access, err = change(t.Access, "access"); err != nil {
		return runtime.Token{}, err
	}
	if t.Refresh, err = change(t.Refresh, "refresh"); err != nil {
		return runtime.Token{}, err
	}
	t.Also = maps.Clone(t.Also)
	for field, secret := range t.Also {
		if t.Also[field], err = change(secret, "also "+field); err != nil {
			return runtime.Token{}, err
		}
	}
	return t, nil
}

// place is what a text is bound to. The lengths keep its parts apart.
func (s *Store) place(account, name, field string) string {
	return fmt.Sprintf("%s token %d %d %d %s%s%s%s", mark, len(s.scope), len(account), len(name), s.scope, account, name, field)
}
