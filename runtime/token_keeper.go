package runtime

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// storeTimeout bounds the time that one token may take to be written.
const storeTimeout = 15 * time.Second

// saveAttempts is how often a new token is written before it is kept in memory.
const saveAttempts = 3

// tokenKeeper is what an [App] knows of tokens beside the store. It holds
// nothing of a connection that is well. The zero value is ready to use.
type tokenKeeper struct {
	mu      sync.Mutex
	flights map[tokenKey]*flight   // Refreshes under way.
	unsaved map[tokenKey]heldToken // New tokens that the store did not take yet.
	trouble map[tokenKey]trouble   // What a refresh is to mend, or could not.
	last    int64                  // Version of the newest unsaved token; below 0.
}

// heldToken is a token with its version: the store's or, when the store did not
// take it yet, one below 0.
type heldToken struct {
	Token
	version int64
	base    int64  // The store's version that the token belongs to, or is to replace.
	before  Secret // The access token of that version.
}

// store is where tokens are kept; the memory of the process unless the application says
// otherwise. Programs that keep none do not link it.
func (a *App) store() TokenStore {
	a.storeOnce.Do(func() {
		if a.cfg.store == nil {
			a.cfg.store = NewMemoryStore()
		}
	})
	return a.cfg.store
}

// loadToken returns the newest token. One that is not stored yet is offered to
// the store again, and used even when the store still fails.
func (a *App) loadToken(ctx context.Context, key tokenKey) (heldToken, error) {
	a.tokens.mu.Lock()
	pending, ok := a.tokens.unsaved[key]
	a.tokens.mu.Unlock()
	if ok {
		saved, err := a.saveToken(ctx, key, pending)
		if err != nil && !errors.Is(err, ErrVersionConflict) {
			return pending, nil
		}
		a.tokens.forgetUnsaved(key, pending.version)
		if err == nil {
			return saved, nil
		}
	}
	t, version, err := a.store().Load(ctx, key.account, key.name)
	if errors.Is(err, ErrNoToken) {
		return heldToken{}, a.oauthError("token", ClassDisconnected, err)
	}
	if err != nil {
		return heldToken{}, a.storeError("token", err)
	}
	return heldToken{t, version, version, t.Access}, nil
}

// saveToken writes a token over the version that it replaces. A replica that
// used the same refresh token at the same moment may have noted there that it
// is dead or its answer lost. A new token proves otherwise and overrules that;
// anything else that another replica wrote is [ErrVersionConflict].
func (a *App) saveToken(ctx context.Context, key tokenKey, t heldToken) (heldToken, error) {
	for {
		version, err := a.store().Save(ctx, key.account, key.name, t.Token, t.base)
		switch {
		case err == nil:
			return heldToken{t.Token, version, version, t.Access}, nil
		case !errors.Is(err, ErrVersionConflict) || t.Access.Equal(t.before):
			return heldToken{}, err
		}
		stored, version, loadErr := a.store().Load(ctx, key.account, key.name)
		if loadErr != nil || version <= t.base || !stored.Access.Equal(t.before) {
			return heldToken{}, err
		}
		t.base = version
	}
}

// keepToken stores t in place of old. When another replica was first, its
// token counts and ours is dropped. A store that fails does not cost the token:
// it stays in memory, and each use tries to write it again. First says that t counts.
func (a *App) keepToken(ctx context.Context, key tokenKey, t Token, old heldToken) (kept heldToken, first bool, err error) {
	held := heldToken{Token: t, base: old.base, before: old.before}
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	for n := range saveAttempts {
		saved, err := a.saveToken(ctx, key, held)
		switch {
		case err == nil:
			a.tokens.forgetUnsaved(key, 0)
			return saved, true, nil
		case errors.Is(err, ErrVersionConflict):
			a.tokens.forgetUnsaved(key, 0)
			kept, err = a.loadToken(ctx, key)
			return kept, false, err
		}
		a.observeRefresh(ctx, key, fmt.Errorf("the new token is not stored: %w", err))
		if a.cfg.clock.Sleep(ctx, 100*time.Millisecond<<n) != nil {
			break
		}
	}
	return a.tokens.addUnsaved(key, held), true, nil
}

// keepDead stores that a grant is gone, as [App.keepToken] does. Whoever was first
// tells the observer.
func (a *App) keepDead(ctx context.Context, key tokenKey, dead Token, old heldToken) (heldToken, error) {
	held, first, err := a.keepToken(ctx, key, dead, old)
	if w := a.cfg.watch; w != nil && first {
		w.disconnect(ctx, a, key, dead.Dead)
	}
	return held, err
}

// putToken stores the token of a new grant in place of whatever there is.
func (a *App) putToken(ctx context.Context, key tokenKey, t Token) error {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	var err error
	for n := range saveAttempts {
		var version int64
		_, version, err = a.store().Load(ctx, key.account, key.name)
		if err == nil || errors.Is(err, ErrNoToken) {
			if _, err = a.store().Save(ctx, key.account, key.name, t, version); err == nil {
				a.tokens.forget(key)
				return nil
			}
		}
		if a.cfg.clock.Sleep(ctx, 100*time.Millisecond<<n) != nil {
			break
		}
	}
	return err
}

func (a *App) storeError(op string, err error) *APIError {
	return a.oauthError(op, ClassUnavailable, fmt.Errorf("token store: %w", err))
}

func (a *App) observeRefresh(ctx context.Context, key tokenKey, err error) {
	if w := a.cfg.watch; w != nil {
		w.refresh(ctx, a, key, err)
	}
}

func (k *tokenKeeper) addUnsaved(key tokenKey, held heldToken) heldToken {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.unsaved == nil {
		k.unsaved = map[tokenKey]heldToken{}
	}
	k.last--
	held.version = k.last
	k.unsaved[key] = held
	return held
}

// forgetUnsaved drops the unsaved token of that version; 0 is any.
func (k *tokenKeeper) forgetUnsaved(key tokenKey, version int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if version == 0 || k.unsaved[key].version == version {
		delete(k.unsaved, key)
	}
}

// holdsUnsaved reports whether something about a token is not stored yet.
func (k *tokenKeeper) holdsUnsaved(key tokenKey) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	_, ok := k.unsaved[key]
	return ok
}

// forget drops everything about a token that a new grant replaced.
func (k *tokenKeeper) forget(key tokenKey) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.unsaved, key)
	delete(k.trouble, key)
}

// trouble is what is wrong with a token.
type trouble struct {
	noted   time.Time
	refused int64     // The version that the provider called expired.
	err     *APIError // Why the last refresh failed.
	soft    time.Time // Until then a token that still works is used as it is.
	hard    time.Time // Until then the provider asked not to be called.
}

// troubleKept is how long trouble is remembered of a token that nobody uses.
const troubleKept = time.Hour

// softPause is how long a token that still works is used after a refresh failed.
const softPause = 5 * time.Second

// refuse notes that the provider called a version expired.
func (k *tokenKeeper) refuse(key tokenKey, version int64, now time.Time) {
	k.change(key, now, func(t *trouble) { t.refused = version })
}

// fail notes that a refresh failed.
func (k *tokenKeeper) fail(key tokenKey, err *APIError, now time.Time) {
	k.change(key, now, func(t *trouble) { t.err, t.soft, t.hard = err, now.Add(softPause), err.RetryAt })
}

// rest notes that somebody else is refreshing a token.
func (k *tokenKeeper) rest(key tokenKey, now time.Time) {
	k.change(key, now, func(t *trouble) { t.soft = now.Add(leasePoll) })
}

// works reports whether a token can still be used.
func (k *tokenKeeper) works(key tokenKey, t heldToken, now time.Time) bool {
	return t.version != 0 && !t.expired(now) && k.troubleOf(key).refused != t.version
}

// recover notes that all is well, or beyond help.
func (k *tokenKeeper) recover(key tokenKey) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.trouble, key)
}

func (k *tokenKeeper) change(key tokenKey, now time.Time, f func(*trouble)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.trouble == nil {
		k.trouble = map[tokenKey]trouble{}
	}
	t := k.trouble[key]
	f(&t)
	t.noted = now
	looks := 4
	for other, t := range k.trouble { // Some of them, in no order, so that nobody waits.
		if now.Sub(t.noted) > troubleKept && now.After(t.hard) {
			delete(k.trouble, other)
		}
		if looks--; looks == 0 {
			break
		}
	}
	k.trouble[key] = t
}

func (k *tokenKeeper) troubleOf(key tokenKey) trouble {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.trouble[key]
}
