package draft

import (
	"bytes"
	"context"
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
