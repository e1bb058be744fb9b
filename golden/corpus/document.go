package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode"
)

// document is one file of the corpus.
type document struct {
	name string // stripe
	file string
}

// find lists the documents of the folder PORIN_CORPUS, which is ../shared/openapi
// beside the checkout unless it is set. No documents are an error.
func find(match string) ([]document, error) {
	dir := os.Getenv("PORIN_CORPUS")
	if dir == "" {
		top, err := root()
		if err != nil {
			return nil, err
		}
		dir = filepath.Join(top, "..", "shared", "openapi")
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("%w; set PORIN_CORPUS to a folder of OpenAPI documents", err)
	}
	var all []document
	for _, e := range entries {
		plain := strings.TrimSuffix(e.Name(), ".gz")
		name, ext := strings.TrimSuffix(plain, filepath.Ext(plain)), filepath.Ext(plain)
		if ext != ".json" && ext != ".yaml" && ext != ".yml" {
			continue
		}
		if ok, err := filepath.Match(match, name); err != nil {
			return nil, err
		} else if ok {
			all = append(all, document{name, filepath.Join(dir, e.Name())})
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s has no document that matches %q", dir, match)
	}
	return all, nil
}

// folder is the name of the document's package folder, and the connector's.
func (d document) folder() string {
	var b strings.Builder
	for _, r := range strings.ToLower(d.name) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// load reads a document, unpacked.
func load(file string) ([]byte, error) {
	data, err := os.ReadFile(file)
	if err != nil || filepath.Ext(file) != ".gz" {
		return data, err
	}
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}
