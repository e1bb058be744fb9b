package quirks

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func ids(hits []Hit) []string {
	var out []string
	for _, h := range hits {
		out = append(out, h.API+" "+h.ID)
	}
	return out
}

// TestSearch asks what a person would, and wants the fact that answers it
// among the first three.
func TestSearch(t *testing.T) {
	all, err := index(t).All()
	require.NoError(t, err)
	for query, want := range map[string]string{
		"slack empty cursor ends":               "slack cursor-empty-string-is-end",
		"slack tier of common methods":          "slack tier-map-common-methods",
		"twice the same refresh token in slack": "slack concurrent-refresh-yields-dead-token",
		"google refresh token offline":          "google refresh-token-needs-offline-consent",
		"hubspot oauth v1 sunset":               "hubspot oauth-v1-endpoints-end-2027-02-16",
	} {
		hits := Search(all, Query{Text: query})
		require.Contains(t, ids(hits[:min(3, len(hits))]), want, query)
		require.Equal(t, ids(hits), ids(Search(all, Query{Text: query})), "the order is the same each time")
	}
}

func TestSearchKeepsToTheArea(t *testing.T) {
	s := []*Set{slack(t)}
	require.Len(t, Search(s, Query{}), len(s[0].Facts))
	for _, h := range Search(s, Query{Text: "token", Area: "webhook"}) {
		require.Equal(t, "webhook", h.Area)
	}
	require.Empty(t, Search(s, Query{Text: "xyzzy"}))
	require.Len(t, Search(s, Query{Text: "the"}), len(s[0].Facts), "words that say nothing are not asked for")
}

func TestStem(t *testing.T) {
	for _, same := range [][]string{
		{"expire", "expires", "expired", "expiring"},
		{"limit", "limits", "limited"},
		{"retry", "retries", "retries"},
		{"paginate", "pagination"},
		{"access"},
		{"cancel", "cancelled"},
	} {
		for _, w := range same {
			require.Equal(t, stem(same[0]), stem(w), w)
		}
	}
}

// BenchmarkSearchOne is all that `porin quirks slack "rate limit"` does after
// the process has started: nothing is kept from one round to the next.
func BenchmarkSearchOne(b *testing.B) {
	for b.Loop() {
		s, err := index(b).Named("slack")
		require.NoError(b, err)
		require.NotEmpty(b, Search([]*Set{s}, Query{Text: "rate limit"}))
	}
}

// BenchmarkSearchAll is the same for `porin quirks --all "cursor expires"`.
func BenchmarkSearchAll(b *testing.B) {
	for b.Loop() {
		sets, err := index(b).All()
		require.NoError(b, err)
		require.NotEmpty(b, Search(sets, Query{Text: "cursor expires"}))
	}
}

// BenchmarkLoad is what the knowledge base adds to the start of a draft whose
// API is not known.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		set, err := index(b).For("api.nobody.example", "Nobody")
		require.NoError(b, err)
		require.Nil(b, set)
	}
}
