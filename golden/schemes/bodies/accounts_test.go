package bodies_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/golden/schemes/bodies"
)

// TestOneWay: members of answers alone are neither parameters nor sent, also inside of a
// type that goes both ways, and members of requests alone are in no answer.
func TestOneWay(t *testing.T) {
	w, c := provider(t)
	made, err := c.Accounts.Make(t.Context(), bodies.AccountsMakeParams{
		Name: "Ann", Secret: bodies.Some("s3cret"), Owner: bodies.Owner{Mail: "ann@x.test", Pin: "1234"},
	})
	require.NoError(t, err)
	assert.Equal(t, `{"name":"Ann","secret":"s3cret","owner":{"mail":"ann@x.test","pin":"1234"}}`, w.body)
	assert.NotEmpty(t, made.ID)
	assert.NotEmpty(t, made.Owner.ID, "what the provider decides of an object that was sent")
	assert.Equal(t, "ann@x.test", made.Owner.Mail)
	assert.Empty(t, made.Owner.Pin)
	kept, ok := w.sim.Object("", "accounts", "", made.ID)
	require.True(t, ok)
	for _, told := range []string{"s3cret", "1234", "secret", "pin"} {
		assert.NotContains(t, string(kept), told)
	}

	owner := made.Owner // Written back as it was read.
	owner.Phone = bodies.Some("5")
	owner.Age = 99
	changed, err := c.Accounts.Change(t.Context(), bodies.AccountsChangeParams{ID: made.ID, Owner: owner, Note: bodies.Some(7)})
	require.NoError(t, err)
	assert.Equal(t, made.Owner.ID, changed.Owner.ID)
	assert.NotEqual(t, 99, changed.Owner.Age)
	assert.Equal(t, "5", changed.Owner.Phone.Or(""))
	assert.Equal(t, "Ann", changed.Name)
}

// TestReadOnlySent: a provider ignores what only answers have, whatever it is (OpenAPI
// 3.0, readOnly), holds a member against the type of the request, and takes null for
// nothing where a member may be absent and is never null.
func TestReadOnlySent(t *testing.T) {
	w, client := provider(t)
	made, err := client.Accounts.Make(t.Context(), bodies.AccountsMakeParams{Name: "Ann", Note: bodies.Some("n"), Owner: bodies.Owner{Mail: "m", Pin: "1", Phone: bodies.Some("5")}})
	require.NoError(t, err)
	for body, status := range map[string]int{
		`{"id":"another","made_at":7,"name":"Ann","owner":{"id":[1],"age":"old","mail":"m","pin":"1"}}`: 200,
		`{"owner":{"phone":null,"mail":"m","pin":"1"},"name":null}`:                                     200,
		`{"note":null}`:                200,
		`{"note":"n"}`:                 400, // As it is read.
		`{"note":7}`:                   200,
		`{"owner":{"mail":null}}`:      400,
		`{"owner":null,"note":8}`:      200,
		`{"secret":null,"name":"Ann"}`: 200,
	} {
		req, err := http.NewRequestWithContext(t.Context(), "PUT", "https://api.bodies.test/v1/accounts/"+made.ID, strings.NewReader(body))
		require.NoError(t, err)
		req.Header.Set("Content-Type", asJSON)
		req.Header.Set("Authorization", w.header.Get("Authorization"))
		resp, err := w.sim.RoundTrip(req)
		require.NoError(t, err)
		data, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		assert.Equal(t, status, resp.StatusCode, "%s: %s", body, data)
		got, err := client.Accounts.Get(t.Context(), bodies.AccountsGetParams{ID: made.ID})
		require.NoError(t, err)
		assert.Equal(t, made, got, body)
	}
}
