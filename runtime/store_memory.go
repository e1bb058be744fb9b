package runtime

import (
	"context"
	"sync"
	"time"
)

// MemoryStore is a [TokenStore] in memory, for tests and for programs that
// connect anew whenever they start. The zero value is empty and ready to use.
type MemoryStore struct {
	mu     sync.Mutex
	tokens map[tokenKey]storedToken
}

// tokenKey names a token of a connector.
type tokenKey struct{ account, name string }

// storedToken is a row of the store. One of version 0 has a lease alone.
type storedToken struct {
	token   Token
	version int64

	holder       string // Of the lease; empty: there is none.
	since, until time.Time
}

// NewMemoryStore returns an empty store.
func NewMemoryStore() *MemoryStore { return &MemoryStore{} }

// Load implements [TokenStore].
func (m *MemoryStore) Load(_ context.Context, account, name string) (Token, int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.tokens[tokenKey{account, name}]
	if s.version == 0 {
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
	m.put(key, storedToken{token: t, version: ifVersion + 1})
	return ifVersion + 1, nil
}

// Lease implements [TokenStore].
func (m *MemoryStore) Lease(_ context.Context, account, name string, version int64, holder string, d time.Duration) (time.Duration, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	key, now := tokenKey{account, name}, time.Now()
	s := m.tokens[key]
	switch {
	case s.version != version:
		return 0, ErrVersionConflict
	case s.holder == "":
		s.since = now
	case now.Before(s.until):
		return 0, ErrLeased
	}
	s.holder, s.until = holder, now.Add(d)
	m.put(key, s)
	return now.Sub(s.since), nil
}

// Release implements [TokenStore].
func (m *MemoryStore) Release(_ context.Context, account, name, holder string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := tokenKey{account, name}
	if s := m.tokens[key]; s.holder == holder {
		m.put(key, storedToken{token: s.token, version: s.version})
	}
	return nil
}

func (m *MemoryStore) put(key tokenKey, s storedToken) {
	if m.tokens == nil {
		m.tokens = map[tokenKey]storedToken{}
	}
	m.tokens[key] = s
}
