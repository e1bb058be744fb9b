package runtime

import (
	"context"
	"errors"
	"sync"
)

// Errors of a [TokenStore]. An implementation returns them, possibly wrapped.
var (
	// ErrNoToken says that the store holds no such token.
	ErrNoToken = errors.New("no token is stored")

	// ErrVersionConflict says that the stored version is not the one that was
	// to be replaced: somebody else was first.
	ErrVersionConflict = errors.New("the stored token has another version")
)

// TokenStore keeps the tokens of connections. Tokens are named by the account,
// which the application chooses, and by the token's name in the connector,
// such as "bot". A store serves one connector: the accounts of two providers
// may have the same name.
//
// A store is shared by all replicas of an application, and is safe for
// concurrent use. Each Load must see the last Save of any replica: a cache in
// front of it would hide a rotation, and a rotated refresh token that is sent
// again can cost the connection.
type TokenStore interface {
	// Load returns the token and its version, which is at least 1, or
	// [ErrNoToken]. It is called before every request.
	Load(ctx context.Context, account, name string) (t Token, version int64, err error)

	// Save replaces the token if its version is ifVersion, and returns the new
	// version, which is greater. An ifVersion of 0 means that no such token
	// may exist. It returns [ErrVersionConflict] when that does not hold. The
	// token is durable when Save returns.
	Save(ctx context.Context, account, name string, t Token, ifVersion int64) (version int64, err error)
}

// TokenLocker is a [TokenStore] that can also keep other replicas from
// refreshing the same token. Without it two replicas may send one refresh token
// at the same moment. One that is refused then waits up to two seconds for
// what the other stores; but providers that detect reuse kill the grant. Row
// leases that expire are the proven form; session-level advisory locks fail
// behind connection pools.
type TokenLocker interface {
	TokenStore

	// Lock waits until this replica alone may refresh the token, or until ctx
	// is done. The lease ends with release, or by itself when its holder
	// dies; it must outlast [RefreshTimeout].
	Lock(ctx context.Context, account, name string) (release func(), err error)
}

// MemoryStore is a [TokenStore] in memory, for tests and for programs that
// connect anew whenever they start. The zero value is empty and ready to use.
type MemoryStore struct {
	mu     sync.Mutex
	tokens map[tokenKey]storedToken
}

// tokenKey names a token of a connector.
type tokenKey struct{ account, name string }

type storedToken struct {
	token   Token
	version int64
}

// NewMemoryStore returns an empty store.
func NewMemoryStore() *MemoryStore { return &MemoryStore{} }

// Load implements [TokenStore].
func (m *MemoryStore) Load(_ context.Context, account, name string) (Token, int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.tokens[tokenKey{account, name}]
	if !ok {
		return Token{}, 0, ErrNoToken
	}
	return s.token, s.version, nil
}

// Save implements [TokenStore].
func (m *MemoryStore) Save(_ context.Context, account, name string, t Token, ifVersion int64) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := tokenKey{account, name}
	if m.tokens[key].version != ifVersion {
		return 0, ErrVersionConflict
	}
	if m.tokens == nil {
		m.tokens = map[tokenKey]storedToken{}
	}
	m.tokens[key] = storedToken{t, ifVersion + 1}
	return ifVersion + 1, nil
}
