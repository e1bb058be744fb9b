package refresh

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	rt "github.com/porin-dev/porin/runtime"
)

// TestVariantsFail explores protocols with a bug that others shipped, or that
// ours could have. Each has to be caught, or the exploration proves nothing.
func TestVariantsFail(t *testing.T) {
	revokes, noExpiry := behaviours[2], behaviours[3]
	for _, v := range []struct {
		name string
		scenario
		want string
	}{
		{"lock of one process", scenario{behaviour: revokes, store: func(s rt.TokenStore) rt.TokenStore { return unleased{s} }}, "nothing went wrong before"},
		{"nango#1005: a lock that does not run out", scenario{behaviour: revokes, faults: 1, store: func(s rt.TokenStore) rt.TokenStore { return forever{s} }}, "being refreshed elsewhere"},
		{"x/oauth2: posts again in another style", scenario{behaviour: revokes, works: true, faults: 1, transport: func(r http.RoundTripper) http.RoundTripper { return twice{r} }}, "while the access token still works"},
		{"airbyte#83815: a missing expiry is a past one", scenario{behaviour: noExpiry, store: func(s rt.TokenStore) rt.TokenStore { return hasty{s} }}, "a fresh token is refreshed"},
		{"a lease that forgets who had it", scenario{behaviour: revokes, works: true, faults: 1, store: func(s rt.TokenStore) rt.TokenStore { return forgetful{s} }}, "is sent after it was spent"},
		{"a new token that is not stored", scenario{behaviour: revokes, store: func(s rt.TokenStore) rt.TokenStore { return unsaved{s} }}, "before it is stored"},
		{"a version that is not compared", scenario{behaviour: revokes, works: true, faults: 1, store: func(s rt.TokenStore) rt.TokenStore { return uncompared{s} }}, "is sent after it was spent"},
	} {
		t.Run(v.name, func(t *testing.T) {
			v.processes = 2
			f := explore(t, v.scenario)
			if f.wrong == "" || !strings.Contains(f.wrong, v.want) {
				t.Errorf("after %d states: %q, want %q", f.states, f.wrong, v.want)
			}
			t.Logf("%s, by %d steps:\n%s", f.wrong, len(f.trace), strings.Join(f.trace, "\n"))
		})
	}
}

// unleased gives every process the right to refresh, as a lock within one does.
type unleased struct{ rt.TokenStore }

func (unleased) Lease(context.Context, string, string, int64, string, time.Duration) (time.Duration, error) {
	return 0, nil
}

// forever gives leases that only their holder ends.
type forever struct{ rt.TokenStore }

func (f forever) Lease(ctx context.Context, account, name string, version int64, holder string, _ time.Duration) (time.Duration, error) {
	return f.TokenStore.Lease(ctx, account, name, version, holder, 1000*time.Hour)
}

// forgetful does not say that a lease ran out.
type forgetful struct{ rt.TokenStore }

func (f forgetful) Lease(ctx context.Context, account, name string, version int64, holder string, d time.Duration) (time.Duration, error) {
	_, err := f.TokenStore.Lease(ctx, account, name, version, holder, d)
	return 0, err
}

// twice sends a request that failed once more, as x/oauth2 does while it does
// not know where the client's secret belongs.
type twice struct{ http.RoundTripper }

func (t twice) RoundTrip(r *http.Request) (*http.Response, error) {
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	again := r.Clone(r.Context())
	r.Body, again.Body = io.NopCloser(bytes.NewReader(data)), io.NopCloser(bytes.NewReader(data))
	if res, err := t.RoundTripper.RoundTrip(r); err == nil && res.StatusCode == http.StatusOK {
		return res, nil
	}
	return t.RoundTripper.RoundTrip(again)
}

// hasty takes a token without an expiry for one that is expired.
type hasty struct{ rt.TokenStore }

func (h hasty) Load(ctx context.Context, account, name string) (rt.Token, int64, error) {
	t, version, err := h.TokenStore.Load(ctx, account, name)
	if t.Expiry.IsZero() {
		t.Expiry = t.Issued
	}
	return t, version, err
}

// unsaved keeps new tokens for itself.
type unsaved struct{ rt.TokenStore }

func (unsaved) Save(_ context.Context, _, _ string, _ rt.Token, ifVersion int64) (int64, error) {
	return ifVersion + 1, nil
}

// uncompared saves over whatever is stored.
type uncompared struct{ rt.TokenStore }

func (u uncompared) Save(ctx context.Context, account, name string, t rt.Token, _ int64) (int64, error) {
	_, version, err := u.TokenStore.Load(ctx, account, name)
	if err != nil {
		return 0, err
	}
	return u.TokenStore.Save(ctx, account, name, t, version)
}
