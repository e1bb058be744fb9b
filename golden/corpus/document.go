package main

import (
	"strings"
	"unicode"

	"github.com/porin-dev/porin/golden/openapi"
)

// document is one file of the corpus.
type document struct{ openapi.Document }

// folder is the name of the document's package folder, and the connector's.
func (d document) folder() string {
	var b strings.Builder
	for _, r := range strings.ToLower(d.Name) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}
