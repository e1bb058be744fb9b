package compiler

import (
	"regexp"
	"slices"
	"strings"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

// AttributeForm is an attribute of the language with what its arguments have
// to be. A form without words and without free text takes no argument but
// those with a key.
type AttributeForm struct {
	Name     string
	Args     string    // As the reference shows them.
	On       []ir.Kind // Kinds of types it says something about; empty is any field.
	Means    string    // What it does, in a sentence.
	words    []string  // Allowed values of arguments without a key.
	free     bool      // Any text is allowed, and a text is needed.
	optional bool      // No argument is needed.
	inside   bool      // It stands in a struct, between the members, and not behind a field.
	keys     []string  // Allowed keys.
}

// AttributeForms lists the attributes of the language.
func AttributeForms() []AttributeForm { return slices.Clone(attributeForms) }

var attributeForms = []AttributeForm{
	{Name: "time", Args: "unix | unix_ms | rfc3339 | date | \"layout\"", On: []ir.Kind{ir.String, ir.Int, ir.Float},
		Means: "The value is a time. The first form is written, all that are listed are read. A layout is one of Go's, such as \"2006-01-02 15:04\".",
		words: []string{"unix", "unix_ms", "rfc3339", "date"}, free: true},
	{Name: "style", Args: "comma | repeat | brackets | deep | json | space | pipe | spread", On: []ir.Kind{ir.List, ir.Object, ir.Map},
		Means: "How a list or object is written in a query, form or header; spread makes a parameter of each member.",
		words: []string{"comma", "repeat", "brackets", "deep", "json", "space", "pipe", "spread"}},
	{Name: "decimal", On: []ir.Kind{ir.String, ir.Int, ir.Float}, Means: "A number that is kept as text, so that no digit is lost."},
	{Name: "id", On: []ir.Kind{ir.String, ir.Int}, Means: "An identifier that is a string or a number on the wire; read as text."},
	{Name: "lenient", Args: "what, ...", Means: "Forms that the provider sends instead of the declared type, such as an empty string for no object.", free: true},
	{Name: "stream", Args: "sized | chunked", On: []ir.Kind{ir.Bytes}, Means: "Sent from a reader instead of memory, with or without a length known before.",
		words: []string{"sized", "chunked"}},
	{Name: "secret", On: []ir.Kind{ir.String, ir.Bytes}, Means: "Never written to logs, errors and journals."},
	{Name: "pii", Args: "kind", Means: "Personal data of the kind, such as email; left out of logs.", free: true},
	{Name: "anyof", Args: "name, name+name, ...", On: []ir.Kind{ir.Object}, free: true, inside: true,
		Means: "Stands between the members of a struct: at least one of them has to be there, or of members joined with `+` all. A client does not send what lacks them."},
	{Name: "readonly", Means: "Received, and never sent: no parameter of a request. In `path` it says nothing."},
	{Name: "writeonly", Means: "Sent, and never received: no member of a result."},
	{Name: "createonly", Means: "Sent when the object is created, and not when it is changed."},
	{Name: "deprecated", Args: "[\"advice\"]", Means: "Callers are told to use something else.", free: true, optional: true},
	{Name: "name", Args: "GoName", Means: "The Go name, where the one derived from the wire is taken or hard to read.", free: true},
	{Name: "why", Args: "\"reason\", src=, seen=, how=, quirk=, test=",
		Means: "Evidence for a fact: the reason, the address of the source, the date it was seen, `documented` (the default) or `observed`. A warning about the field goes away.",
		free:  true, keys: []string{"src", "seen", "how", "quirk", "test"}},
	{Name: "assumed", Args: "\"reason\", src=, seen=, quirk=, test=",
		Means: "A guess. `porin vet --assumptions` lists them; `porin vet --strict` refuses those that lose data or money when they are wrong.",
		free:  true, keys: []string{"src", "seen", "quirk", "test"}},
}

func attributeForm(name string) *AttributeForm {
	for i := range attributeForms {
		if attributeForms[i].Name == name {
			return &attributeForms[i]
		}
	}
	return nil
}

// checkAttributes holds every attribute of the package against its form.
func (c *compilation) checkAttributes() {
	var names []string
	for _, form := range attributeForms {
		names = append(names, form.Name)
	}
	for _, a := range c.attributes() {
		form := attributeForm(a.name)
		if form == nil {
			d := c.report.Errorf(diag.UnknownAttribute, a.at, "the language has no attribute `@%s`", a.name).Label("unknown attribute")
			if near, ok := diag.Nearest(a.name, names); ok {
				d.Help("did you mean `@%s`?", near)
			}
			continue
		}
		if a.inside != form.inside {
			c.misplaced(a, form)
			continue
		}
		c.checkArguments(a, form)
	}
}

// misplaced reports an attribute that stands in a struct and belongs behind a
// field, or the other way round.
func (c *compilation) misplaced(a attribute, form *AttributeForm) {
	if form.inside {
		c.report.Errorf(diag.MisplacedAttribute, a.at, "`@%s` is about the members of a struct, and stands between them", a.name).
			Help("write {@%s(%s), name?: string}", a.name, form.Args)
		return
	}
	c.report.Errorf(diag.MisplacedAttribute, a.at, "`@%s` is about a field, and stands behind it", a.name).
		Help("write name?: string @%s(%s)", a.name, form.Args)
}

func (c *compilation) checkArguments(a attribute, form *AttributeForm) {
	needs := (form.free || len(form.words) > 0) && !form.optional
	switch {
	case needs && a.first() == "":
		c.report.Errorf(diag.BadAttribute, a.at, "`@%s` needs an argument", a.name).Help("write @%s(%s)", a.name, form.Args)
		return
	case !form.free && len(form.words) == 0 && len(a.args) > 0:
		c.report.Errorf(diag.BadAttribute, a.at, "`@%s` takes no argument", a.name).Help("write @%s()", a.name)
		return
	}
	for _, x := range a.args {
		if x.key != "" {
			c.checkKey(a, x, form.keys)
		} else {
			c.checkWord(a, x.value, form)
		}
	}
}

var dateRE = regexp.MustCompile(`^20[0-9]{2}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$`)

func (c *compilation) checkKey(a attribute, x argument, keys []string) {
	switch {
	case !slices.Contains(keys, x.key):
		c.report.Errorf(diag.BadAttribute, a.at, "`@%s` has no argument `%s`", a.name, x.key).
			DidYouMean(x.key, keys)
	case x.key == "how" && x.value != "documented" && x.value != "observed":
		c.report.Errorf(diag.BadAttribute, a.at, "`how` is `documented` or `observed`").Help("mark a guess with @assumed(\"why\")")
	case x.key == "seen" && !dateRE.MatchString(x.value):
		c.report.Errorf(diag.BadAttribute, a.at, "`%s` is not a date", x.value).Help("write a year, month or day: 2026, 2026-08 or 2026-08-15")
	}
}

func (c *compilation) checkWord(a attribute, word string, form *AttributeForm) {
	switch {
	case a.name == "time":
		for _, layout := range strings.Split(word, "|") {
			if !slices.Contains(form.words, layout) && !strings.ContainsAny(layout, "0123456789") {
				c.report.Errorf(diag.BadAttribute, a.at, "`%s` is not a form of time", layout).
					Help("write unix, unix_ms, rfc3339, date, or a Go layout in quotes")
			}
		}
	case !form.free && !slices.Contains(form.words, word):
		c.report.Errorf(diag.BadAttribute, a.at, "`%s` is not an argument of `@%s`", word, a.name).
			DidYouMean(word, form.words)
	}
}
