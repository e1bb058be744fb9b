package score

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/compiler/ir"
)

func TestOperationsAreFoundByShape(t *testing.T) {
	require.Equal(t, "GET pets/{}/toys/{}", operationKey("GET /pets/{petId}/toys/{toy-id}"))
	require.Equal(t, "POST batches/{}:cancel", operationKey("POST /batches/{id}:cancel"))
	url := ir.Template{Parts: []ir.Part{{Text: "pets/"}, {Scope: "in"}, {Text: "/toys/"}, {Scope: "in"}}}
	require.Equal(t, "pets/{}/toys/{}", url.Outline())
}

func TestCredentials(t *testing.T) {
	cases := []struct {
		want, got []string
		same      bool
	}{
		{[]string{"oauth2|bearer"}, []string{"bearer"}, true},
		{[]string{"oauth2|bearer"}, []string{"basic"}, false},
		{[]string{"key"}, []string{"key query token"}, true},
		{[]string{"key header X-Api-Key"}, []string{"key header x-api-key"}, true},
		{[]string{"key header A", "key header B"}, []string{"key header B", "key header A"}, true},
		{[]string{"key header A", "key header B"}, []string{"key header A"}, false},
		{[]string{"key header A", "key header B"}, []string{"key header A", "key header A"}, false},
	}
	for _, c := range cases {
		require.Equal(t, c.same, sameCredentials(c.want, c.got), "%v and %v", c.want, c.got)
	}
	bearer := &ir.AuthPlace{To: &ir.Slot{Header: "Authorization"}, Value: ir.Template{Parts: []ir.Part{{Text: "Bearer "}, {Scope: "cred"}}}}
	require.Equal(t, "bearer", credential(bearer))
	bot := &ir.AuthPlace{To: &ir.Slot{Header: "Authorization"}, Value: ir.Template{Parts: []ir.Part{{Text: "Bot "}, {Scope: "cred"}}}}
	require.Equal(t, "key header Authorization", credential(bot))
}

func TestRepeating(t *testing.T) {
	require.False(t, mayRepeat(anyOf{"create"}, ir.Idempotent))
	require.False(t, mayRepeat(anyOf{"keyed"}, ir.Idempotent), "without the key it is a create")
	require.False(t, mayRepeat(anyOf{"create", "irreversible"}, ir.Keyed))
	require.True(t, mayRepeat(anyOf{"keyed"}, ir.Keyed))
	require.True(t, mayRepeat(anyOf{"create", "idempotent"}, ir.Read))
	require.True(t, mayRepeat(anyOf{"read"}, ir.Create), "too careful is wrong, and does no harm")
}

func TestPageRules(t *testing.T) {
	one, zero := 1, 0
	want := Page{Kind: "number", To: "page", Items: "data", Start: &one}
	require.True(t, want.holds(Page{Kind: "number", To: "page", Items: "data", Start: &one}))
	require.False(t, want.holds(Page{Kind: "number", To: "page", Items: "data", Start: &zero}))
	require.False(t, want.holds(Page{Kind: "number", To: "page", Items: "", Start: &one}))
	open := Page{Kind: "last_item", To: "after", Items: ""}
	require.True(t, open.holds(Page{Kind: "last_item", To: "after", Field: "id", Start: &zero}))
	require.False(t, open.holds(Page{Kind: "cursor", To: "after", From: "next", Start: &zero}))
}
