package draft

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"

	"github.com/pb33f/go-yaml"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/golden/openapi"
)

// TestCorpusWhole drafts every document of the corpus and counts the
// operations another way: those of the text, by path and method. Not one may
// be dropped.
func TestCorpusWhole(t *testing.T) {
	documents, err := openapi.Find("*")
	require.NoError(t, err)
	var operations, repairs int
	for _, d := range documents {
		t.Run(d.Name, func(t *testing.T) {
			text, err := openapi.Read(d.File)
			require.NoError(t, err)
			want := countOperations(t, text)
			r, err := Draft(context.Background(), Options{Document: text})
			require.NoError(t, err)
			require.Equal(t, want, r.Stats.Operations, "operations that were read")
			require.Equal(t, want, r.Stats.Actions, "actions that were drafted")
			operations += want
			for _, n := range r.Notes {
				if n.Kind != "" {
					repairs++
				}
			}
		})
	}
	t.Logf("%d documents, %d operations, %d repairs", len(documents), operations, repairs)
}

// countOperations counts what is a method below a path, in another way than
// the drafter: on decoded maps, with no types.
func countOperations(t *testing.T, text []byte) int {
	t.Helper()
	var doc struct {
		Paths map[string]map[string]any `json:"paths" yaml:"paths"`
	}
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		require.NoError(t, json.Unmarshal(text, &doc))
	} else {
		require.NoError(t, yaml.Unmarshal(text, &doc))
	}
	count := 0
	for _, item := range doc.Paths {
		for name, op := range item {
			switch name {
			case "get", "put", "post", "delete", "options", "head", "patch", "trace", "query":
				if _, ok := op.(map[string]any); ok {
					count++
				}
			}
		}
	}
	return count
}
