package gauntlet

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/porin-dev/porin/runtime"
	"github.com/porin-dev/porin/runtime/twin"
)

// callBesideReplica makes calls while another replica, over the same store, renews the
// token during the first of them.
func callBesideReplica(e *Env) error {
	c, err := e.Renewing(1)
	if err != nil {
		return err
	}
	e.replica(c.id, e.Plan.Token)
	for range 2 {
		c.Call(e.Plan.Read)
		c.Call(e.Plan.Read)
		time.Sleep(time.Minute) // The old token has come to its end.
	}
	return nil
}

// replica has what the twin's rotations gave in the store by the time that anybody looks
// at it, as another replica stores what it got.
func (e *Env) replica(account, name string) {
	stored := 0
	e.store.before = func(ctx context.Context) {
		e.mu.Lock()
		defer e.mu.Unlock()
		fired := 0
		for _, a := range e.armed {
			fired += a.Fired()
		}
		if fired == stored {
			return
		}
		stored = fired
		e.store.adopt(ctx, e.account(account), e.Plan.OAuth.Name, name)
	}
}

func (e *Env) account(id string) twin.Account {
	for _, a := range e.Twin.Accounts() {
		if a.ID == id {
			return a
		}
	}
	return twin.Account{}
}

// adopt saves the current token of an account, whatever the store has.
func (s *watchedStore) adopt(ctx context.Context, a twin.Account, method, name string) {
	t, ok := tokenOf(a, method, name)
	if !ok {
		return
	}
	_, version, _ := s.MemoryStore.Load(ctx, a.ID, name) // One of memory fails for no token alone, whose version is 0.
	if _, err := s.MemoryStore.Save(ctx, a.ID, name, stored(a, t), version); err == nil {
		s.give(t.Access)
	}
}

// connectRefused sends a user to the provider who refuses, hands the app what comes back,
// and asks again: this time the user agrees.
func connectRefused(e *Env) error {
	app := e.connecting()
	if app == nil {
		return ErrNotOffered
	}
	attempt, err := app.AuthCodeURL(runtime.AuthRequest{RedirectURL: callback, Settings: e.Twin.Settings()})
	if err != nil {
		return fmt.Errorf("the app names no address to send a user to: %w", err)
	}
	got, err := e.visit(attempt)
	if err != nil {
		return err
	}
	reason, account := got.Get("error"), e.Twin.Accounts()[0].ID
	_, err = app.Exchange(context.Background(), runtime.CodeGrant{
		Account: account, Code: got.Get("code"), Error: reason, Verifier: attempt.Verifier, Key: attempt.Key, State: attempt.State, RedirectURL: callback, Settings: e.Twin.Settings(),
	})
	if err == nil {
		return errors.New("the user refused, and the app says that the account is connected")
	}
	switch f := e.app.Explain(err); {
	case !f.Typed:
		return fmt.Errorf("the user refused, and the error is not of the client's type: %w", err)
	case f.Code != reason:
		return fmt.Errorf("the user refused with %s, and the error has the code %q", reason, f.Code)
	case f.OutcomeUnknown:
		return errors.New("the user refused, and the error leaves open whether the account is connected")
	}
	if e.tokenRequests() > 0 {
		return errors.New("the user refused, and a token was asked for")
	}
	for _, t := range e.Plan.OAuth.OAuth2.Tokens {
		if _, _, err := e.store.Load(context.Background(), account, t.Name); !errors.Is(err, runtime.ErrNoToken) {
			return fmt.Errorf("the user refused, and the store has a token %s", t.Name)
		}
	}
	return connect(e)
}
