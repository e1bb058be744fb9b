package draft

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// composed drafts a document with an operation that replies with the schema Last.
func composed(t *testing.T, schemas string) string {
	document := `{"openapi": "3.0.3", "info": {"title": "Deep", "version": "1"}, "servers": [{"url": "https://deep.test"}],
		"paths": {"/x": {"get": {"responses": {"200": {"description": "ok", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Last"}}}}}}}},
		"components": {"schemas": {` + schemas + `}}}`
	r, err := Draft(context.Background(), Options{Document: []byte(document), Source: "openapi.json"})
	require.NoError(t, err)
	var text strings.Builder
	for _, f := range r.Files {
		text.Write(f.Content)
	}
	return text.String()
}

// A composition of two references to one of the same kind, 60 times over, has
// 2^60 leaves; one of 500 that each extend the one before has 500 layers.
func TestCompositionsEnd(t *testing.T) {
	ref := func(prefix string, i int) string {
		return fmt.Sprintf(`{"$ref": "#/components/schemas/%s%d"}`, prefix, i)
	}
	doubled := `"D0": {"type": "object", "properties": {"leaf": {"type": "string"}}}`
	for i := range 60 {
		doubled += fmt.Sprintf(`, "D%d": {"allOf": [%s, %s]}`, i+1, ref("D", i), ref("D", i))
	}
	doubled += `, "Last": {"allOf": [` + ref("D", 60) + `, {"type": "object", "required": ["leaf"], "properties": {"own": {"type": "integer"}}}]}`
	require.Contains(t, composed(t, doubled), "leaf!: string")

	chain := `"C0": {"type": "object", "properties": {"p0": {"type": "string"}}}`
	for i := range 500 {
		chain += fmt.Sprintf(`, "C%d": {"allOf": [%s, {"type": "object", "properties": {"p%d": {"type": "string"}}}]}`, i+1, ref("C", i), i+1)
	}
	chain += `, "Last": {"allOf": [` + ref("C", 500) + `], "required": ["p0"]}`
	require.Contains(t, composed(t, chain), "p0!: string")
}
