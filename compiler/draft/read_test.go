package draft

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// Documents too large or too odd for a text file. The others are cases of
// golden/draft.

func TestTooLarge(t *testing.T) {
	_, err := Draft(context.Background(), Options{Document: make([]byte, MaxDocument+1)})
	var e *Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, TooLarge, e.Kind)
	require.Contains(t, e.Msg, "64")
}

func TestTooManyOperations(t *testing.T) {
	document := []byte(`{"openapi":"3.1.0","info":{"title":"A","version":"1"},"paths":{`)
	for i := range MaxOperations {
		document = fmt.Appendf(document, `"/a%d":{"get":{"responses":{}},"put":{"responses":{}}},`, i)
	}
	document = append(bytes.TrimSuffix(document, []byte(",")), `}}`...)
	_, err := Draft(context.Background(), Options{Document: document})
	var e *Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, TooLarge, e.Kind)
	require.Equal(t, "the document has 100000 operations; the limit is 50000", e.Msg)
}

func TestByteOrderMark(t *testing.T) {
	document := []byte(`{"openapi": "3.0.3", "info": {"title": "A", "version": "1"}, "paths": {"/a": {"get": {"responses": {}}}}}`)
	_, err := Draft(context.Background(), Options{Document: append([]byte("\xef\xbb\xbf"), document...)})
	require.NoError(t, err)
}

func TestManyLevels(t *testing.T) {
	deep := bytes.Repeat([]byte(`{"type":"array","items":`), 5000)
	document := append([]byte(`{"openapi":"3.0.3","info":{"title":"A","version":"1"},"paths":{"/a":{"get":{"responses":{"200":{"description":"","content":{"application/json":{"schema":`), deep...)
	document = append(document, `{}`...)
	document = append(document, bytes.Repeat([]byte(`}`), 5000)...)
	document = append(document, `}}}}}}}}`...)
	_, err := Draft(context.Background(), Options{Document: document})
	if err != nil {
		var e *Error
		require.ErrorAs(t, err, &e)
	}
}

func TestCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	document := []byte(`{"openapi": "3.0.3", "info": {"title": "A", "version": "1"}, "paths": {"/a": {"get": {"responses": {}}}}}`)
	_, err := Draft(ctx, Options{Document: document})
	require.ErrorIs(t, err, context.Canceled)
}

func TestExtensions(t *testing.T) {
	documents := map[string]string{
		"swagger": `{"swagger": "2.0", "info": {"title": "A", "version": "1", "x-api": {"a": [1, "b"]}}, "x-top": true,
			"paths": {"/a": {"x-item": 1, "get": {"x-op": {"nextLinkName": "next"}, "responses": {},
				"parameters": [{"name": "p", "in": "query", "type": "string", "x-param": "p"}]}}},
			"definitions": {"T": {"type": "object", "x-type": null, "properties": {"m": {"type": "string", "x-member": 1.5}}}}}`,
		"openapi": `{"openapi": "3.1.0", "info": {"title": "A", "version": "1", "x-api": {"a": [1, "b"]}}, "x-top": true,
			"paths": {"/a": {"x-item": 1, "get": {"x-op": {"nextLinkName": "next"}, "responses": {},
				"parameters": [{"name": "p", "in": "query", "x-param": "p", "schema": {"type": "string"}}]}}},
			"components": {"schemas":
				{"T": {"type": "object", "x-type": null, "properties": {"m": {"type": "string", "x-member": 1.5}}}}}}`,
	}
	for name, text := range documents {
		t.Run(name, func(t *testing.T) {
			doc, err := read(Options{Document: []byte(text)})
			require.NoError(t, err)
			op, typ := doc.ops[0], doc.defs["T"].schema
			require.Equal(t, extensions{
				"x-top": true,
				"x-api": &ordered{names: []string{"a"}, values: map[string]any{"a": []any{int64(1), "b"}}},
			}, doc.extensions)
			require.Equal(t, extensions{
				"x-item": int64(1),
				"x-op":   &ordered{names: []string{"nextLinkName"}, values: map[string]any{"nextLinkName": "next"}},
			}, op.extensions)
			require.Equal(t, extensions{"x-param": "p"}, op.params[0].extensions)
			require.Equal(t, extensions{"x-type": nil}, typ.extensions)
			require.Equal(t, extensions{"x-member": 1.5}, typ.fields[0].schema.extensions)
		})
	}
}
