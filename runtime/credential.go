package runtime

import (
	"context"
	"net/http"
)

// Credential proves to the provider who calls. The package's own credentials
// are made by [Bearer] and by [App.Connection]; all are safe for concurrent use.
type Credential interface {
	// Authorize puts the credential on a request. It may wait for a refresh.
	// The version names what was used, for Renew.
	Authorize(ctx context.Context, req *http.Request) (version int64, err error)

	// Renew is told that the provider called the credential expired when it
	// was used at version. It reports whether another try has a chance: true
	// when a newer version is at hand. The client calls it at most once a call.
	Renew(ctx context.Context, version int64) (bool, error)

	// Account names the connection that the credential belongs to. Calls of
	// one account share its limits.
	Account() string
}

// resigner is a [Credential] that says whether it proves the request itself, so that
// it has to be put on each one anew.
type resigner interface {
	signs() bool
}

// disconnecter is a [Credential] that is also told when the provider called its
// grant gone when it was used at version, so that it can refuse from then on.
type disconnecter interface {
	Disconnected(ctx context.Context, version int64, code string)
}
