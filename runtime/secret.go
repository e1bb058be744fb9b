package runtime

import (
	"crypto/subtle"
	"errors"
	"fmt"
)

// redacted stands for a secret wherever one is printed.
const redacted = "[secret]"

// Secret is text that must not be printed: a token, a key, a signing secret.
// Every way of formatting it gives the same fixed word, whether it holds
// anything or not; only [Secret.Reveal] gives the text. The zero value is
// empty. Secrets are immutable and safe for concurrent use.
//
// Compare with [Secret.Equal]: the operator == compares identities.
type Secret struct {
	// A pointer, because fmt reads the unexported fields of a struct without
	// asking the methods of their types, and prints a pointer as an address.
	text *string
}

// NewSecret returns a secret that holds text.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{&text}
}

// Reveal returns the text. It is for the place that sends or stores it.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsZero reports whether the secret is empty.
func (s Secret) IsZero() bool { return s.text == nil }

// Equal reports whether two secrets hold the same text, in a time that depends
// on their lengths alone.
func (s Secret) Equal(t Secret) bool {
	return subtle.ConstantTimeCompare([]byte(s.Reveal()), []byte(t.Reveal())) == 1
}

// String returns a fixed word instead of the text.
func (s Secret) String() string { return redacted }

// GoString returns a fixed word instead of the text.
func (s Secret) GoString() string { return redacted }

// Format writes a fixed word instead of the text, for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// MarshalText returns a fixed word instead of the text. It covers the encoders
// that ask for text, such as those of XML, YAML and log/slog.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalJSON returns a fixed word instead of the text.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// errRedacted says that a secret was stored the way it is printed.
var errRedacted = errors.New("the secret was not stored: what was written is the word that stands for it; write what Reveal returns")

// UnmarshalText reads a secret, so that one can stand in a configuration file
// or in an answer of a provider. It refuses the word that a secret is printed
// as: sent to a provider as a token, that could cost the connection.
func (s *Secret) UnmarshalText(text []byte) error {
	if string(text) == redacted {
		return errRedacted
	}
	*s = NewSecret(string(text))
	return nil
}
