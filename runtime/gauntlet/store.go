package gauntlet

import (
	"context"
	"sync"

	"github.com/porin-dev/porin/runtime"
)

// watchedStore is the token store of a run. It remembers every access token
// that was ever saved.
type watchedStore struct {
	runtime.MemoryStore

	// Before is what happens before the store is looked at; nil is nothing.
	before func(context.Context)

	mu    sync.Mutex
	saved map[string]bool
}

// Load implements [runtime.TokenStore].
func (s *watchedStore) Load(ctx context.Context, account, name string) (runtime.Token, int64, error) {
	if s.before != nil {
		s.before(ctx)
	}
	return s.MemoryStore.Load(ctx, account, name)
}

// Save implements [runtime.TokenStore].
func (s *watchedStore) Save(ctx context.Context, account, name string, t runtime.Token, ifVersion int64) (int64, error) {
	if s.before != nil {
		s.before(ctx)
	}
	version, err := s.MemoryStore.Save(ctx, account, name, t, ifVersion)
	if err == nil {
		s.give(t.Access.Reveal())
	}
	return version, err
}

// give notes a token that needs no saving any more.
func (s *watchedStore) give(access string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.saved[access] = true
}

// has reports whether an access token was ever saved.
func (s *watchedStore) has(access string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.saved[access]
}
