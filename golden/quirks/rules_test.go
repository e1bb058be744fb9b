package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/draft"
	"github.com/porin-dev/porin/golden/openapi"
	"github.com/porin-dev/porin/spec/quirks"
)

// TestRules holds every rule of the knowledge base to having an effect: the
// connector that is drafted without the fact is another one. The documents are
// those of the API: in golden/draft/apis, in our own words, and the vendor's
// in the corpus. Both are called after the API: hubspot-crm-deals.json.
//
//	go test ./golden/quirks -run TestRules/hubspot
func TestRules(t *testing.T) {
	index, err := quirks.Load()
	require.NoError(t, err)
	sets, err := index.All()
	require.NoError(t, err)
	for _, set := range sets {
		if set.Rules() == 0 {
			continue
		}
		t.Run(set.Name, func(t *testing.T) {
			t.Parallel()
			var idle []*quirks.Fact
			for _, f := range set.Facts {
				if f.Rule != nil {
					idle = append(idle, f)
				}
			}
			var tried []string
			for _, documents := range []func(*testing.T, string) []document{own, vendors} {
				if len(idle) == 0 {
					break
				}
				for _, d := range documents(t, set.Name) {
					tried = append(tried, d.name)
					idle = effective(t, d, index, set, idle)
				}
			}
			require.NotEmpty(t, tried, "its rules are not proven by any document: add golden/draft/apis/%s.yaml", set.Name)
			for _, f := range idle {
				t.Errorf("%s: its rule changes nothing in %s", f.ID, strings.Join(tried, ", "))
			}
		})
	}
}

// effective returns the facts whose rules leave no trace in the connector
// that a document gives.
func effective(t *testing.T, d document, index *quirks.Index, set *quirks.Set, facts []*quirks.Fact) []*quirks.Fact {
	t.Helper()
	whole := compile(t, d, draft.Options{Document: d.text, Index: index})
	if !bytes.Equal(whole, compile(t, d, draft.Options{Document: d.text, Quirks: set})) {
		require.False(t, d.own, "%s is not recognised as a document of %s", d.name, set.Name)
		return facts // Another product of the vendor.
	}
	var idle []*quirks.Fact
	for _, f := range facts {
		without := &quirks.Set{API: set.API}
		for _, other := range set.Facts {
			if other != f {
				without.Facts = append(without.Facts, other)
			}
		}
		if bytes.Equal(whole, compile(t, d, draft.Options{Document: d.text, Quirks: without})) {
			idle = append(idle, f)
		}
	}
	return idle
}

// compile drafts and compiles, and returns the connector as JSON without
// places and evidence, or what is wrong with it. The draft with all facts has
// to hold; one that lacks a fact need not.
func compile(t *testing.T, d document, o draft.Options) []byte {
	t.Helper()
	result, err := draft.Draft(context.Background(), o)
	require.NoError(t, err, d.name)
	dir := t.TempDir()
	for _, f := range result.Files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, f.Name), f.Content, 0o644))
	}
	c, pkg, report := compiler.LoadUnlocked(dir)
	if c == nil {
		var b strings.Builder
		require.NoError(t, diag.Render(&b, report.Diagnostics(), pkg.Sources(), diag.RenderOptions{}))
		if o.Index != nil {
			t.Fatalf("%s: the draft does not hold:\n%s", d.name, b.String())
		}
		return []byte("does not hold")
	}
	text, err := json.Marshal(c)
	require.NoError(t, err)
	var v any
	require.NoError(t, json.Unmarshal(text, &v))
	text, err = json.Marshal(bare(v))
	require.NoError(t, err)
	return text
}

// bare takes places and evidence out of a connector.
func bare(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, x := range v {
			if name == "pos" || name == "origin" || name == "evidence" {
				delete(v, name)
				continue
			}
			v[name] = bare(x)
		}
	case []any:
		for i, x := range v {
			v[i] = bare(x)
		}
	}
	return v
}

type document struct {
	name string
	text []byte
	own  bool // In our own words, and not the vendor's.
}

// own reads our documents of an API.
func own(t *testing.T, api string) []document {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("../draft/apis", api+".*"))
	require.NoError(t, err)
	var documents []document
	for _, f := range files {
		text, err := openapi.Read(f)
		require.NoError(t, err)
		documents = append(documents, document{filepath.Base(f), text, true})
	}
	return documents
}

// vendors reads the documents of an API in the corpus.
func vendors(t *testing.T, api string) []document {
	t.Helper()
	found, err := openapi.Find("*")
	require.NoError(t, err)
	var documents []document
	for _, d := range found {
		if d.Name != api && !strings.HasPrefix(d.Name, api+"-") {
			continue
		}
		text, err := openapi.Read(d.File)
		require.NoError(t, err)
		documents = append(documents, document{d.Name, text, false})
	}
	return documents
}
