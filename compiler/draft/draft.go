// Package draft writes a spec from an OpenAPI document and what the knowledge
// base says about the API. The result is text in memory: ordinary CUE files
// for a person to read, complete and own.
//
// The package depends on the spec language, not on the compiler: nothing here
// checks a spec.
package draft

import (
	"context"
	"fmt"

	"github.com/porin-dev/porin/spec/quirks"
)

// MaxDocument is the largest document that is read, in bytes.
const MaxDocument = 64 << 20

// MaxOperations is how many operations a document can have: some times those of
// the largest that are known.
const MaxOperations = 50_000

// Options say what to draft.
type Options struct {
	// Document is an OpenAPI document in JSON or YAML: Swagger 2.0, or OpenAPI
	// 3.0, 3.1 or 3.2.
	Document []byte
	// Source is what references of the document call it: its file's name or its
	// address.
	Source string
	// Open returns a file that a reference names, relative to the document, or
	// an address. Nil: no other file is read. What is not read is any value.
	Open func(name string) ([]byte, error)
	// Strict makes every repair an error.
	Strict bool
	// Name is the connector's, which is its CUE package. Empty: derived from
	// the title.
	Name string
	// Only limits the actions to those that match one of the patterns, with
	// "*" for any text. Empty is all.
	Only []string
	// Use limits the actions to those that a sentence asks for ("create a
	// customer, charge it, and list its invoices"), besides those of Only. What
	// was chosen is in [Result].Choices. Empty is all.
	Use string
	// Skip leaves out what is declared elsewhere: actions by name
	// ("chat.postMessage") and types with their "#" ("#Message"). "resources:"
	// says that there are resources. See [Declared].
	Skip []string
	// Quirks is what is known about the API. Nil: looked up in Index by the
	// hosts and the title of the document.
	Quirks *quirks.Set
	// Index is the knowledge base; nil knows nothing.
	Index *quirks.Index
	// Descriptions takes the vendor's descriptions over.
	Descriptions bool
}

// Result is a drafted spec.
type Result struct {
	Name  string // Of the connector.
	Files []File // In the order to read them.
	Notes []Note // In the order of the document.
	// Choices is what Options.Use chose, in the order of the sentence.
	Choices []Choice
	Stats   Stats
}

// File is one file of the spec.
type File struct {
	Name    string // api.cue
	Content []byte // Formatted as by `cue fmt`.
}

// Note says what was done with something that a spec cannot say, or that the
// document leaves open.
type Note struct {
	Kind Kind   `json:"kind,omitempty"` // The defect that was repaired; "" for what is no defect.
	At   string `json:"at"`             // Place in the document, as a JSON pointer.
	Line int    `json:"line,omitempty"`
	Col  int    `json:"col,omitempty"`
	Text string `json:"text"`
	Done string `json:"done,omitempty"` // What was done about the defect.
	Help string `json:"help,omitempty"` // A way to mend the document.
}

// Stats counts what a document held and what became of it.
type Stats struct {
	Operations int `json:"operations"` // In the document.
	Actions    int `json:"actions"`    // Drafted.
	Types      int `json:"types"`      // Drafted, with a name.
	Pages      int `json:"pages"`      // Actions with a page rule.
	Resources  int `json:"resources"`  // Collections that actions keep.
	Assumed    int `json:"assumed"`    // Guesses, each marked @assumed.
	Applied    int `json:"applied"`    // Facts of the knowledge base that left a trace.
	Advice     int `json:"advice"`     // Facts that stand in the spec as notes.
}

// Draft writes the spec of the document. The result depends on the options
// alone, with what Open returns. An error about the document is an *[Error], or
// with Strict several of them, joined.
func Draft(ctx context.Context, o Options) (*Result, error) {
	doc, err := read(o)
	if err != nil {
		return nil, err
	}
	if o.Quirks == nil && o.Index != nil {
		if o.Quirks, err = known(o.Index, doc); err != nil {
			return nil, err
		}
	}
	d := newDrafter(doc, o)
	for _, step := range []func(){
		d.takeRules,        // what the knowledge base says, by what it is about
		d.cutQueries,       // queries that are no part of a path, and of no name
		d.nameActions,      // a group and a name for every operation
		d.judgePages,       // how lists go on, by evidence
		d.choose,           // Only and Skip
		d.cutPaths,         // fragments and the other queries
		d.fitPaths,         // parameters that paths have, and no others
		d.tagVariants,      // constants that tell alternatives apart
		d.takeDeliveries,   // what the provider sends, by the member that tells it apart
		d.shapeReplies,     // envelopes off, shapes simplified, examples read
		d.showAlternatives, // first of several kinds what an example shows
		d.settleStyles,     // objects that are spread over a query, styles of forms
		d.nameTypes,        // which shapes have a name, and which
		d.endTypes,         // no type requires itself
		d.writeSections,    // connector, auth, errors, limits, webhooks
		d.writeActions,     // one struct an action
		d.writeResources,   // what actions keep
		d.writeAdvice,      // facts that no rule expresses, at what they are about
		d.writeTypes,       // definitions that are referred to
	} {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("draft: %w", err)
		}
		step()
	}
	if o.Strict {
		if err := doc.strict(); err != nil {
			return nil, err
		}
	}
	return d.print()
}

// known returns what the knowledge base says about the API of a document, or
// nil.
func known(x *quirks.Index, doc *document) (*quirks.Set, error) {
	for _, s := range doc.servers {
		if set, err := x.For(doc.hostOf(s), doc.title); set != nil || err != nil {
			return set, err
		}
	}
	return x.For("", doc.title)
}
