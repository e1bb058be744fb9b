package sealed

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/porin-dev/porin/runtime"
)

// keySize is the length of a key in bytes: AES-256.
const keySize = 32

// Key is a key of a [Ring]. Its ID is stored with what it seals: letters,
// digits, dashes and underscores. The secret is 32 random bytes in base64, as
// openssl rand -base64 32 writes them, from a place where the database is not.
type Key struct {
	ID     string
	Secret runtime.Secret
}

// NewKey returns a key of random bytes.
func NewKey(id string) Key {
	secret := make([]byte, keySize)
	_, _ = rand.Read(secret) // Never fails.
	return Key{id, runtime.NewSecret(base64.StdEncoding.EncodeToString(secret))}
}

// Ring is the keys of an application: the active one seals, and all of them
// open. It is made by [NewRing] and safe for concurrent use.
type Ring struct {
	active string
	keys   map[string]runtime.Secret // Raw bytes.
}

// NewRing returns a ring. A key is replaced in three steps, each everywhere
// before the next: add the new one among the old, make it the active one, and
// drop the old one when [Store.Reseal] has been over every token.
func NewRing(active Key, old ...Key) (*Ring, error) {
	r := &Ring{active.ID, map[string]runtime.Secret{}}
	for _, k := range append([]Key{active}, old...) {
		secret, err := base64.StdEncoding.DecodeString(k.Secret.Reveal())
		switch {
		case err != nil || len(secret) != keySize: // The error would quote it.
			return nil, fmt.Errorf("sealed: the secret of key %q is not %d bytes in base64", k.ID, keySize)
		case k.ID == "" || strings.ContainsFunc(k.ID, notOfID):
			return nil, fmt.Errorf("sealed: the id %q of a key is not of letters, digits, dashes and underscores", k.ID)
		case !r.keys[k.ID].IsZero():
			return nil, fmt.Errorf("sealed: two keys have the id %q", k.ID)
		}
		r.keys[k.ID] = runtime.NewSecret(string(secret))
	}
	return r, nil
}

// Format writes a fixed word.
func (Ring) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("[keys]")) }

func notOfID(c rune) bool {
	return !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_')
}

const (
	mark     = "porin1" // The form of a sealed text: MARK.KEY.BASE64 of salt and ciphertext.
	saltSize = 32
)

// seal encrypts a text that belongs to a place. Each text has a key of its own,
// derived from the ring's and a random salt, so that no number of texts wears
// out a key: random nonces alone allow 2^32 of them.
func (r *Ring) seal(text, place string) (string, error) {
	salt := make([]byte, saltSize, saltSize+len(text)+16)
	_, _ = rand.Read(salt) // Never fails.
	aead, err := r.aead(r.active, salt)
	if err != nil {
		return "", err
	}
	out := aead.Seal(salt, make([]byte, aead.NonceSize()), []byte(text), []byte(place))
	return strings.Join([]string{mark, r.active, base64.RawURLEncoding.EncodeToString(out)}, "."), nil
}

// open decrypts a text of a place, and says the id of its key.
func (r *Ring) open(text, place string) (plain, id string, err error) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 || parts[0] != mark {
		return "", "", ErrNotSealed
	}
	data, err := base64.RawURLEncoding.Strict().DecodeString(parts[2])
	if err != nil || len(data) < saltSize {
		return "", parts[1], ErrTampered
	}
	aead, err := r.aead(parts[1], data[:saltSize])
	if err != nil {
		return "", parts[1], err
	}
	out, err := aead.Open(nil, make([]byte, aead.NonceSize()), data[saltSize:], []byte(place))
	if err != nil {
		return "", parts[1], ErrTampered
	}
	return string(out), parts[1], nil
}

// aead is AES-256-GCM with the key that is derived for one text.
func (r *Ring) aead(id string, salt []byte) (cipher.AEAD, error) {
	master, ok := r.keys[id]
	if !ok {
		return nil, ErrUnknownKey
	}
	key, err := hkdf.Key(sha256.New, []byte(master.Reveal()), salt, mark+" token "+id, keySize)
	if err != nil {
		return nil, errors.New("no key can be derived")
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, errors.New("no cipher can be made")
	}
	return cipher.NewGCM(block)
}
