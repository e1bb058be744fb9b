// Package openapi finds and reads the corpus of real OpenAPI documents, which
// stands outside of the repository.
package openapi

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
)

// Document is one file of the corpus.
type Document struct {
	Name string // Without extensions: stripe
	File string // stripe.json.gz, with its folder.
}

// Package is the name of the document's package: its own in small letters and
// digits.
func (d Document) Package() string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, d.Name)
}

// Dir is the folder of the corpus, whether it is there or not: PORIN_CORPUS, or
// ../shared/openapi beside the checkout that the program runs in.
func Dir() (string, error) {
	if dir := os.Getenv("PORIN_CORPUS"); dir != "" {
		return dir, nil
	}
	top, err := Root()
	if err != nil {
		return "", err
	}
	return filepath.Join(top, "..", "shared", "openapi"), nil
}

// Find lists the documents whose name matches a pattern of [filepath.Match],
// by name, in the folder of the corpus. It is an error when none matches: what is then
// concluded would rest on nothing.
func Find(pattern string) ([]Document, error) {
	dir, err := Dir()
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("%w; set PORIN_CORPUS to a folder of OpenAPI documents", err)
	}
	var all []Document
	for _, e := range entries {
		plain := strings.TrimSuffix(e.Name(), ".gz")
		ext := filepath.Ext(plain)
		name := strings.TrimSuffix(plain, ext)
		if !slices.Contains([]string{".json", ".yaml", ".yml"}, ext) {
			continue
		}
		match, err := filepath.Match(pattern, name)
		if err != nil {
			return nil, err
		}
		if match {
			all = append(all, Document{name, filepath.Join(dir, e.Name())})
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s has no document that matches %q", dir, pattern)
	}
	return all, nil
}

// Text finds the one document with a name and reads it.
func Text(name string) ([]byte, error) {
	found, err := Find(name)
	if err != nil {
		return nil, err
	}
	return Read(found[0].File)
}

// Read reads a document, which may be packed with gzip.
func Read(file string) ([]byte, error) {
	data, err := os.ReadFile(file)
	if err != nil || filepath.Ext(file) != ".gz" {
		return data, err
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// Root is the folder of the checkout that the program runs in.
func Root() (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		if _, e := os.Stat(filepath.Join(dir, "golden", "openapi")); e == nil {
			return dir, nil
		}
		if filepath.Dir(dir) == dir {
			return "", fmt.Errorf("run it within a checkout of porin")
		}
		dir = filepath.Dir(dir)
	}
	return "", err
}
