package draft

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFilesOfGroupsNamedLikeFiles drafts a document that is too large for one
// file, with groups whose files would be called as others are. A corpus cannot
// hold it: it has thousands of lines.
func TestFilesOfGroupsNamedLikeFiles(t *testing.T) {
	var paths []string
	for _, group := range []string{"actions", "types", "zebras"} {
		for i := range 150 {
			paths = append(paths, fmt.Sprintf(`"/%s/thing%d": {"get": {"tags": [%q], "operationId": "%s_thing%d", "parameters": [{"name": "limit", "in": "query", "schema": {"type": "integer"}}], "responses": {"200": {"description": "OK", "content": {"application/json": {"schema": {"type": "object", "properties": {"a%d": {"type": "string"}}}}}}}}}`, group, i, group, group, i, i))
		}
	}
	document := `{"openapi": "3.0.3", "info": {"title": "Large", "version": "1"}, "servers": [{"url": "https://large.test"}],
		"components": {"schemas": {"Thing": {"type": "object", "properties": {"id": {"type": "string"}}}}},
		"paths": {"/things": {"get": {"responses": {"200": {"description": "OK", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}}}}, ` +
		strings.Join(paths, ",\n") + `}}`
	r, err := Draft(context.Background(), Options{Document: []byte(document)})
	require.NoError(t, err)
	names, actions := map[string]bool{}, 0
	for _, f := range r.Files {
		require.False(t, names[f.Name], "two files are called %s", f.Name)
		names[f.Name] = true
		actions += strings.Count(string(f.Content), "\tGET:")
	}
	require.Equal(t, 451, actions)
	require.True(t, names["api_actions2.cue"] || names["api_types2.cue"], "no file had to give way: %v", names)
}
