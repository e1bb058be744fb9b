package draft

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/pb33f/go-yaml"
	"github.com/stretchr/testify/require"
)

// TestCorpusWhole drafts every document of the corpus and counts the
// operations another way: those of the text, by path and method. Not one may
// be dropped.
func TestCorpusWhole(t *testing.T) {
	dir := os.Getenv("PORIN_CORPUS")
	if dir == "" {
		dir = "../../../shared/openapi"
	}
	var documents, operations, repairs int
	for _, pattern := range []string{"*.json", "*.yaml", "*.json.gz", "*.yaml.gz"} {
		files, err := filepath.Glob(filepath.Join(dir, pattern))
		require.NoError(t, err)
		for _, file := range files {
			t.Run(filepath.Base(file), func(t *testing.T) {
				text := corpus(t, filepath.Base(file))
				want := countOperations(t, text)
				r, err := Draft(context.Background(), Options{Document: text})
				require.NoError(t, err)
				require.Equal(t, want, r.Stats.Operations, "operations that were read")
				require.Equal(t, want, r.Stats.Actions, "actions that were drafted")
				documents++
				operations += want
				for _, n := range r.Notes {
					if n.Kind != "" {
						repairs++
					}
				}
			})
		}
	}
	require.Positive(t, documents, "set PORIN_CORPUS to the folder of OpenAPI documents")
	t.Logf("%d documents, %d operations, %d repairs", documents, operations, repairs)
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
