package runtime

import (
	"context"
	"errors"
	"time"
)

// Errors of a [TokenStore]. An implementation returns them, possibly wrapped.
var (
	// ErrNoToken says that the store holds no such token.
	ErrNoToken = errors.New("no token is stored")

	// ErrVersionConflict says that the stored version is not the one that was
	// meant: somebody else was first.
	ErrVersionConflict = errors.New("the stored token has another version")

	// ErrLeased says that somebody else is refreshing the token.
	ErrLeased = errors.New("the token is being refreshed elsewhere")
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
//
// [MemoryStore] is one; those that last are in the packages filestore and
// sqlstore, and sealed encrypts what any of them keeps. The package storetest
// tells whether an implementation of one's own is right.
type TokenStore interface {
	// Load returns the token and its version, which is at least 1, or
	// [ErrNoToken]. It is called before every request.
	Load(ctx context.Context, account, name string) (t Token, version int64, err error)

	// Save replaces the token if its version is ifVersion, and returns the new
	// version, which is greater. An ifVersion of 0 means that no such token
	// may exist. It returns [ErrVersionConflict] when that does not hold. The
	// token is durable when Save returns, and a lease on the version before is
	// over.
	Save(ctx context.Context, account, name string, t Token, ifVersion int64) (version int64, err error)

	// Lease gives holder, which is random and never used again, the sole right to
	// refresh the token of that version, for d by the store's own clock. A version of 0 is that of a token
	// which is not stored yet. It does not wait: it returns [ErrLeased] while
	// another holder has that right, and [ErrVersionConflict] when the token
	// has another version.
	//
	// A lease ends with Save, with Release, or when its time is over. Then its
	// holder may have died after it sent the refresh token, so whoever takes
	// over is told: stale is how long ago the first lease on this version began
	// that nobody ended, and 0 if there is none. It is more than 0 after the shortest lease.
	Lease(ctx context.Context, account, name string, version int64, holder string, d time.Duration) (stale time.Duration, err error)

	// Release ends the lease if holder still has it, and does nothing else.
	// Nothing was sent that could have changed the grant.
	Release(ctx context.Context, account, name, holder string) error
}
