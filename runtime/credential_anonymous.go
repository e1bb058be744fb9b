package runtime

import (
	"context"
	"net/http"
)

// Anonymous returns a credential that puts nothing on a request, for what
// anybody may call. All such calls are of one account.
func Anonymous() Credential { return anonymous{} }

type anonymous struct{}

func (anonymous) Authorize(context.Context, *http.Request) (int64, error) { return 0, nil }
func (anonymous) Renew(context.Context, int64) (bool, error)              { return false, nil }
func (anonymous) Account() string                                         { return "anonymous" }
