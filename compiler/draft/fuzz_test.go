package draft

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"cuelang.org/go/cue/parser"
	"github.com/pb33f/go-yaml"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"
)

// FuzzDraft drafts documents in which one node was replaced by another text.
// Whatever the document is, the result is a spec that can be parsed or an
// error about the document.
func FuzzDraft(f *testing.F) {
	files, err := filepath.Glob("../../golden/draft/*.txtar")
	require.NoError(f, err)
	require.NotEmpty(f, files)
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		require.NoError(f, err)
		for _, part := range archive.Files {
			if !strings.HasPrefix(part.Name, "openapi.") {
				continue
			}
			for i, with := range []string{"", "7", "x", "[]", "{}", "[{}]", "$ref: '#/components/schemas/A'", "$ref: '#'"} {
				f.Add(part.Data, uint16(i*7), []byte(with))
			}
		}
	}
	f.Fuzz(func(t *testing.T, document []byte, at uint16, with []byte) {
		if len(document) > 1<<16 {
			return
		}
		r, err := Draft(context.Background(), Options{Document: replaced(document, int(at), with), Descriptions: at%2 == 1})
		if err != nil {
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("not an error about the document: %v", err)
			}
			return
		}
		for _, file := range r.Files {
			if !filepath.IsLocal(file.Name) || strings.ContainsAny(file.Name, `/\`) {
				t.Fatalf("a file named %q", file.Name)
			}
			if _, err := parser.ParseFile(file.Name, file.Content, parser.ParseComments); err != nil {
				t.Fatal(err)
			}
		}
		if r.Stats.Actions != r.Stats.Operations {
			t.Fatalf("%d actions of %d operations", r.Stats.Actions, r.Stats.Operations)
		}
	})
}

// replaced puts a text in place of a node of a document that can be parsed.
func replaced(document []byte, at int, with []byte) []byte {
	var doc, other yaml.Node
	if at == 0 || yaml.Unmarshal(document, &doc) != nil || yaml.Unmarshal(with, &other) != nil || len(other.Content) == 0 {
		return document
	}
	replaceNode(&doc, &at, other.Content[0])
	var out bytes.Buffer
	if err := yaml.NewEncoder(&out).Encode(&doc); err != nil {
		return document
	}
	return out.Bytes()
}

func replaceNode(n *yaml.Node, at *int, with *yaml.Node) {
	for i, c := range n.Content {
		if *at--; *at == 0 {
			n.Content[i] = with
			return
		}
		replaceNode(c, at, with)
		if *at <= 0 {
			return
		}
	}
}
