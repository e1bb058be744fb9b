// Package score holds the drafter against labels: what people read in the
// documents and in the vendors' pages, in golden/draft/labels.
package score

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/parser"
)

// Document is what is true of one API. The form is that of schema.cue beside
// the labels.
type Document struct {
	Name       string               `json:"-"` // As in INDEX.tsv.
	Held       bool                 `json:"held"`
	Blind      bool                 `json:"blind"` // Held, and labelled after the last tuning.
	Auth       Auth                 `json:"auth"`
	Errors     Envelope             `json:"errors"`
	Operations map[string]Operation `json:"operations"` // By method and path: "GET /pets/{id}".
}

// Auth is the ways to prove who calls, each a list of what it needs together.
type Auth struct {
	Methods [][]string `json:"methods"`
	Also    [][]string `json:"also"` // Right when drafted, not missed when not.
}

// Envelope is the shape of a failure.
type Envelope struct {
	At      string `json:"at"` // status or body
	Code    anyOf  `json:"code"`
	Message anyOf  `json:"message"`
}

// Operation is what is true of one operation.
type Operation struct {
	Effect anyOf  `json:"effect"`
	Page   []Page `json:"page"` // Any of them reads the whole list.
}

// Page is one right way to read a list.
type Page struct {
	Kind  string `json:"kind"`
	Items string `json:"items"`
	From  string `json:"from"`
	To    string `json:"to"`
	Field string `json:"field"`
	Start *int   `json:"start"`
	By    string `json:"by"`
	End   anyOf  `json:"end"` // What may end the list; any of them.
}

// anyOf is one string, or alternatives.
type anyOf []string

func (a *anyOf) UnmarshalJSON(data []byte) error {
	var one string
	if err := json.Unmarshal(data, &one); err == nil {
		*a = anyOf{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(a))
}

func (a anyOf) String() string { return strings.Join(a, " or ") }

// Read reads the labels of a folder, by name of the document. The error names
// the place of what the schema refuses.
func Read(dir string) ([]*Document, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.cue"))
	if err != nil {
		return nil, err
	}
	inst := build.NewContext().NewInstance(dir, nil)
	for _, name := range files {
		src, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		f, err := parser.ParseFile(filepath.Base(name), src)
		if err != nil {
			return nil, fmt.Errorf("%s", errors.Details(err, nil))
		}
		if err := checkName(f, name); err != nil {
			return nil, err
		}
		if err := inst.AddSyntax(f); err != nil {
			return nil, err
		}
	}
	v := cuecontext.New().BuildInstance(inst)
	if err := v.Validate(cue.Concrete(true)); err != nil {
		return nil, fmt.Errorf("%s", errors.Details(err, nil))
	}
	data, err := v.MarshalJSON()
	if err != nil {
		return nil, err
	}
	byName := map[string]*Document{}
	if err := json.Unmarshal(data, &byName); err != nil {
		return nil, err
	}
	var docs []*Document
	for name, d := range byName {
		d.Name = name
		docs = append(docs, d)
	}
	slices.SortFunc(docs, func(a, b *Document) int { return strings.Compare(a.Name, b.Name) })
	return docs, nil
}

// checkName holds a file against its one field: a document that is labelled
// under another name would be looked up in vain.
func checkName(f *ast.File, file string) error {
	want := strings.TrimSuffix(filepath.Base(file), ".cue")
	for _, d := range f.Decls {
		field, ok := d.(*ast.Field)
		if !ok {
			continue
		}
		name, _, err := ast.LabelName(field.Label)
		if err == nil && want != "schema" && name != want {
			return fmt.Errorf("%s: labels %q; the file and its field are named alike", file, name)
		}
	}
	return nil
}
