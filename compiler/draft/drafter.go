package draft

import (
	"fmt"
	"strings"

	"github.com/porin-dev/porin/spec/quirks"
)

// drafter holds a document on its way to a spec.
type drafter struct {
	o     Options
	doc   *document
	rules rules

	ops   []*operation // Drafted, in the order of the document.
	types *typeTable

	sent    map[string]bool // Definitions that are reached from what actions send.
	sending bool            // What is simplified is sent.

	pages map[string]*quirks.Fact // Page rules in use, by name.

	resources []*resource // What actions keep.

	judged map[*operation]*pageRule // How lists go on, by evidence.

	methods    map[string]string // Names of auth methods by those of the document's schemes.
	credential string            // A header that carries the credential, though no scheme says so.

	head    *value // Sections besides actions and types.
	actions []*drafted
	defs    []*field // Definitions, in the order to print.

	stats   Stats
	choices []Choice

	deliveries []*delivery     // Those that are drafted.
	eventTag   string          // The member that tells them apart.
	applied    map[string]bool // Ids of facts that left a trace.
}

// drafted is an action with its text.
type drafted struct {
	name  []string
	value *value
}

func newDrafter(doc *document, o Options) *drafter {
	return &drafter{
		o: o, doc: doc,
		pages:   map[string]*quirks.Fact{},
		head:    structure(),
		applied: map[string]bool{},
		stats:   Stats{Operations: len(doc.ops)},
	}
}

// choose keeps the operations that Only or Use name and Skip does not.
func (d *drafter) choose() {
	var picked map[*operation]bool
	if d.o.Use != "" {
		picked = d.picked(d.o.Use)
	}
	for _, op := range d.doc.ops {
		if picked[op] && !contains(d.o.Skip, op.dotted()) || d.wanted(op.name) {
			d.ops = append(d.ops, op)
		}
	}
}

func (d *drafter) note(at place, format string, args ...any) {
	d.doc.note(at, format, args...)
}

// assume counts a guess and returns the mark that says so.
func (d *drafter) assume(format string, args ...any) attr {
	d.stats.Assumed++
	return assumed(fmt.Sprintf(format, args...))
}

// why returns the mark of a rule, and counts its fact as applied. Of the
// fact's sources the first address is given.
func (d *drafter) why(f *quirks.Fact) attr {
	d.applied[f.ID] = true
	args := []string{quote(f.Rule.Why)}
	if src := strings.Fields(f.Src); len(src) > 0 {
		args = append(args, "src="+quote(src[0]))
	}
	if f.Seen != "" {
		args = append(args, "seen="+quote(f.Seen))
	}
	return attr{"why", append(args, "how="+f.How, "quirk="+quote(f.ID))}
}
