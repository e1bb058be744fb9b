package draft

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/parser"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/spec/quirks"
)

// fileLimit is how many lines a file may have before it is split.
const fileLimit = 1200

// restLimit is how many lines of actions share a file. Above it, the largest
// groups get files of their own.
const restLimit = 700

// print lays the spec out in files.
func (d *drafter) print() (*Result, error) {
	if err := d.unmatched(); err != nil {
		return nil, err
	}
	if len(d.doc.ops) == 0 {
		return nil, &Error{Kind: NoActions, Msg: "the document has no operations", Help: "a document of webhooks or schemas alone has no actions to draft"}
	}
	if len(d.actions) == 0 {
		return nil, &Error{
			Kind: NoActions, Msg: "no action is left to draft",
			Help: "patterns such as \"chat.*\" match names of actions, and a sentence names what the document calls its things",
		}
	}
	d.stats.Applied = len(d.applied)
	r := &Result{Name: d.name(), Notes: d.doc.notes, Choices: d.choices, Stats: d.stats}
	var err error
	taken := map[string]bool{}
	add := func(name string, parts ...[]byte) {
		name = freeName(name, taken)
		text := bytes.Join(parts, []byte("\n"))
		p := &printer{}
		p.b.WriteString(d.header() + "package " + r.Name + "\n\n")
		p.b.Write(text)
		content, e := p.file()
		if e != nil && err == nil {
			err = fmt.Errorf("%s: %w", name, e)
		}
		r.Files = append(r.Files, File{name, content})
	}
	head, types := d.headText(), d.typesText()
	actions := d.actionTexts()
	if lines(head)+lines(types)+lines(actions...) <= fileLimit {
		add("api.cue", append(append([][]byte{head}, actions...), types)...)
		return r, err
	}
	add("api.cue", head)
	own, rest := d.partition(actions)
	for _, g := range own {
		add("api_"+strings.ToLower(g.name)+".cue", g.texts...)
	}
	if len(rest) > 0 {
		add("api_actions.cue", rest...)
	}
	if len(types) > 0 {
		add("api_types.cue", types)
	}
	return r, err
}

// freeName numbers the name of a file that another has: a group may be called
// "actions" or "types", or differ from another in case only.
func freeName(name string, taken map[string]bool) string {
	free := name
	for n := 2; taken[free]; n++ {
		free = fmt.Sprintf("%s%d.cue", strings.TrimSuffix(name, ".cue"), n)
	}
	taken[free] = true
	return free
}

// header says where a file comes from.
func (d *drafter) header() string {
	version := ""
	if d.doc.version != "" {
		version = " " + d.doc.version
	}
	from := strings.Join(strings.Fields(printable(first(d.doc.title, "a document")+version)), " ")
	return fmt.Sprintf("// Drafted by porin from %s (%s).\n"+
		"// Facts carry @why with their source, guesses carry @assumed.\n", from, d.doc.format)
}

func (d *drafter) headText() []byte {
	order(d.head, "connector", "settings", "auth", "errors", "codes", "limits", "webhooks", "resources")
	for name, f := range d.pages {
		use := fragment(f.Rule.Page.Use)
		if end := use.field("end"); end != nil {
			end.attrs = append(end.attrs, d.why(f))
		} else {
			use.evidence(d.why(f), 1)
		}
		d.head.set(name, use)
	}
	var pages []*field
	d.head.fields = slices.DeleteFunc(d.head.fields, func(f *field) bool {
		if strings.HasPrefix(f.label, "_") {
			pages = append(pages, f)
			return true
		}
		return false
	})
	sortFields(pages)
	p := &printer{}
	for _, f := range append(d.head.fields, pages...) {
		f.value.tall = true
		p.fields([]*field{f}, 0)
		p.b.WriteByte('\n')
	}
	return []byte(p.b.String())
}

// actionTexts writes every action as a statement of its own.
func (d *drafter) actionTexts() [][]byte {
	var out [][]byte
	for _, a := range d.actions {
		p := &printer{}
		p.b.WriteString("actions: ")
		for _, n := range a.name {
			p.b.WriteString(labelOf(n) + ": ")
		}
		p.value(a.value, 0)
		p.b.WriteByte('\n')
		out = append(out, []byte(p.b.String()))
	}
	return out
}

func (d *drafter) typesText() []byte {
	sortFields(d.defs)
	p := &printer{}
	for _, f := range d.defs {
		p.fields([]*field{f}, 0)
		p.b.WriteByte('\n')
	}
	return []byte(p.b.String())
}

// group is the actions of a group at the top, as text.
type group struct {
	name  string
	texts [][]byte
}

// partition takes the largest groups out until what is left fits one file.
func (d *drafter) partition(texts [][]byte) (own []group, rest [][]byte) {
	var groups []group
	for i, a := range d.actions {
		if n := len(groups); n == 0 || groups[n-1].name != a.name[0] {
			groups = append(groups, group{name: a.name[0]})
		}
		last := &groups[len(groups)-1]
		last.texts = append(last.texts, texts[i])
	}
	bySize := slices.Clone(groups)
	slices.SortStableFunc(bySize, func(a, b group) int { return lines(b.texts...) - lines(a.texts...) })
	left := lines(texts...)
	apart := map[string]bool{}
	for _, g := range bySize {
		if left > restLimit {
			apart[g.name] = true
			left -= lines(g.texts...)
		}
	}
	for _, g := range groups {
		if apart[g.name] {
			own = append(own, g)
		} else {
			rest = append(rest, g.texts...)
		}
	}
	return own, rest
}

func lines(texts ...[]byte) int {
	n := 0
	for _, t := range texts {
		n += bytes.Count(t, []byte("\n")) + 1
	}
	return n
}

// wanted reports whether an action with the name is to be drafted.
func (d *drafter) wanted(name []string) bool {
	full := strings.Join(name, ".")
	return !contains(d.o.Skip, full) && (len(d.o.Only) == 0 && d.o.Use == "" || quirks.Match(d.o.Only, full))
}

// unmatched is the error of a pattern of Only that no action has: a name that is
// misspelt must not be left out unseen.
func (d *drafter) unmatched() error {
	names := make([]string, len(d.doc.ops))
	for i, op := range d.doc.ops {
		names[i] = op.dotted()
	}
	for _, pattern := range d.o.Only {
		if len(names) == 0 || slices.ContainsFunc(names, func(n string) bool { return quirks.Match([]string{pattern}, n) }) {
			continue
		}
		e := &Error{Kind: NoActions, Msg: fmt.Sprintf("no action matches %q", pattern), Help: "patterns such as \"chat.*\" match names of actions"}
		if near, ok := diag.Nearest(pattern, names); ok {
			e.Help = fmt.Sprintf("did you mean %q?", near)
		}
		return e
	}
	return nil
}

// Declared lists the actions and types that a file of a spec declares, and
// whether it has resources, as [Options].Skip takes them. A drafted file leaves out what a person's file
// declares. An error is one of CUE's parser, with the place.
func Declared(name string, src []byte) ([]string, error) {
	f, err := parser.ParseFile(name, src)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, decl := range f.Decls {
		field, ok := decl.(*ast.Field)
		if !ok {
			continue
		}
		label := strings.Trim(sourceOf(field.Label), `"`)
		if strings.HasPrefix(label, "#") {
			names = append(names, label)
		} else if label == "actions" {
			names = append(names, declaredActions(field.Value, nil)...)
		} else if label == "resources" {
			names = append(names, "resources:")
		}
	}
	return names, nil
}

// declaredActions finds structs that have a method.
func declaredActions(x ast.Expr, path []string) []string {
	s, ok := x.(*ast.StructLit)
	if !ok {
		return nil
	}
	var names []string
	for _, decl := range s.Elts {
		f, ok := decl.(*ast.Field)
		if !ok {
			continue
		}
		label := strings.Trim(sourceOf(f.Label), `"`)
		if contains(methods, label) {
			return []string{strings.Join(path, ".")}
		}
		names = append(names, declaredActions(f.Value, append(slices.Clone(path), label))...)
	}
	return names
}

var methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"}
