package codegen

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/porin-dev/porin/compiler/ir"
)

// provider is how prose calls who is at the other end: "Slack" for a connector
// with the title "Slack Web API".
func provider(c *ir.Connector) string {
	name := strings.TrimSuffix(c.Title, " API")
	name = strings.TrimSuffix(strings.TrimSuffix(name, " Web"), " REST")
	if name == "" {
		return c.Name
	}
	return name
}

// typeDoc is the doc comment of a type: the spec's own words under the type's
// name, or the fallback.
func typeDoc(t *ir.Type, fallback string) string {
	doc := strings.TrimSpace(t.Doc)
	first, _, _ := strings.Cut(doc, " ")
	switch {
	case doc == "":
		return fallback
	case first == t.Go:
		return sentence(doc)
	case first == "A" || first == "An" || first == "The":
		return sentence(t.Go + " is " + lowerFirst(doc))
	}
	return fallback + "\n\n" + sentence(doc)
}

// fieldDoc is the comment of a member. Members that have to be given say so.
func fieldDoc(f *ir.Field, s side) string {
	var parts []string
	if f.Required && s == params {
		parts = append(parts, "Required.")
	}
	if f.Doc != "" {
		parts = append(parts, sentence(f.Doc))
	}
	switch {
	case s == both && f.ReadOnly:
		parts = append(parts, "Only received.")
	case s == both && f.WriteOnly:
		parts = append(parts, "Only sent.")
	}
	if always := constant(f.Type); always != "" {
		parts = append(parts, "Always "+always+".")
	}
	if layout := layoutOf(f.Type); layout != "" {
		parts = append(parts, "Written as "+layout+".")
	}
	if f.Default != nil && s == params {
		parts = append(parts, fmt.Sprintf("The default is %v.", f.Default))
	}
	if lo, hi := f.Type.Min, f.Type.Max; s == params && (f.Type.Kind == ir.Int || f.Type.Kind == ir.Float) {
		parts = append(parts, rangeDoc(lo, hi)...)
	}
	doc := strings.Join(parts, " ")
	if f.Deprecated != "" {
		doc = strings.TrimPrefix(doc+"\n\nDeprecated: "+sentence(f.Deprecated), "\n\n")
	}
	return doc
}

// rangeDoc says the bounds of a number.
func rangeDoc(lo, hi *ir.Bound) []string {
	switch {
	case lo != nil && hi != nil && !lo.Exclusive && !hi.Exclusive:
		return []string{fmt.Sprintf("From %s to %s.", lo.Value, hi.Value)}
	case hi != nil && !hi.Exclusive:
		return []string{fmt.Sprintf("At most %s.", hi.Value)}
	case lo != nil && !lo.Exclusive:
		return []string{fmt.Sprintf("At least %s.", lo.Value)}
	}
	return nil
}

// constant is the only value of a type, quoted, or empty.
func constant(t *ir.Type) string {
	if len(t.Enum) != 1 {
		return ""
	}
	if s, ok := t.Enum[0].(string); ok {
		return fmt.Sprintf("%q", s)
	}
	return fmt.Sprint(t.Enum[0])
}

// layoutOf is the form of a time that is kept as text, or empty.
func layoutOf(t *ir.Type) string {
	if len(t.Wire.Time) == 0 {
		return ""
	}
	switch layout := t.Wire.Time[0]; layout {
	case "unix", "unix_ms", "rfc3339":
		return ""
	case "date":
		return "2006-01-02"
	default:
		return layout
	}
}

// actionDoc is the doc comment of a method.
func (g *generator) actionDoc(name string, a *ir.Action) string {
	return strings.Join(append([]string{lead(name, a)}, g.actionNotes(a)...), "\n\n")
}

// lead is the first paragraph: a sentence that begins with the method's name.
// The docs of a spec are sentences without a subject: "Lists the channels."
func lead(name string, a *ir.Action) string {
	doc := strings.TrimSpace(a.Doc)
	first, _, _ := strings.Cut(doc, " ")
	switch {
	case doc == "":
		return name + " calls " + a.Path + "."
	case first == name:
		return sentence(doc)
	case strings.HasSuffix(strings.TrimSuffix(first, "."), "s") && first != "This":
		return sentence(name + " " + lowerFirst(doc))
	}
	return name + " calls " + a.Path + ". " + sentence(doc)
}

// actionNotes are the paragraphs on scopes, limits and retry, the vendor's page
// and the advice of a deprecation.
func (g *generator) actionNotes(a *ir.Action) []string {
	var facts []string
	switch len(a.Scopes) {
	case 0:
	case 1:
		facts = append(facts, "Needs the scope "+a.Scopes[0]+".")
	default:
		facts = append(facts, "Needs the scopes "+andList(a.Scopes)+".")
	}
	for _, use := range a.Limits {
		facts = append(facts, g.limitDoc(use))
	}
	facts = append(facts, effectDoc(a))
	if a.Stream != nil {
		facts = append(facts, "Yields each item when it comes, and ends after the first error.")
	}
	if a.Docs != "" {
		facts = append(facts, "See "+a.Docs+".")
	}
	var notes []string
	if para := strings.Join(nonEmpty(facts), " "); para != "" {
		notes = append(notes, para)
	}
	notes = append(notes, noteDocs("Note: ", a.Notes)...)
	if a.Deprecated != "" {
		notes = append(notes, "Deprecated: "+sentence(a.Deprecated))
	}
	return notes
}

// noteDocs are the notes of a spec, a paragraph each with its source.
func noteDocs(lead string, notes []*ir.Note) []string {
	var paras []string
	for _, n := range notes {
		text := lead + sentence(n.Text)
		if n.Src != "" {
			text += " See " + n.Src + "."
		}
		paras = append(paras, text)
	}
	return paras
}

// effectDoc warns of what is not sent again by itself.
func effectDoc(a *ir.Action) string {
	switch a.Effect {
	case ir.Create, ir.Irreversible:
		if a.Recover != nil {
			return fmt.Sprintf("When its answer is lost, %s tells whether it took effect, and it is sent again only if not; see [ErrOutcomeUnknown].", a.Recover.Call)
		}
		return "When its answer is lost it is not sent again; see [ErrOutcomeUnknown]."
	case ir.Keyed:
		return "It carries an idempotency key and may be sent again with it."
	}
	return ""
}

// limitDoc says a limit in words: "Slack allows 20 calls a minute per workspace."
func (g *generator) limitDoc(use *ir.LimitUse) string {
	for _, l := range g.c.Limits {
		if l.Name != use.Limit {
			continue
		}
		amount := ""
		switch l.Shape {
		case "rate", "window":
			amount = fmt.Sprintf("%s %s", count(l.Calls, "call"), period(l.Per))
		case "gap":
			amount = "a call " + period(l.Per)
		case "concurrency":
			amount = count(l.Calls, "call") + " at a time"
		case "bucket":
			amount = fmt.Sprintf("%s at once, and %g a second after that,", count(l.Calls, "call"), l.Refill)
		default:
			return ""
		}
		return fmt.Sprintf("%s allows %s%s.", g.title, amount, perWhat(l.By))
	}
	return ""
}

func count(n int, noun string) string {
	if n == 1 {
		return "one " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// period is a duration as a rate has it: "a minute", "in 10s".
func period(d ir.Duration) string {
	switch d {
	case "1s":
		return "a second"
	case "1m", "60s":
		return "a minute"
	case "1h", "60m":
		return "an hour"
	case "1d", "24h":
		return "a day"
	}
	return "in " + string(d)
}

// perWhat names what shares a limit. That it is one's own application and this
// action goes without saying.
func perWhat(by []string) string {
	var words []string
	for _, b := range by {
		switch name, param := strings.CutPrefix(b, "in."); {
		case b == "app" || b == "action":
		case param:
			words = append(words, name)
		default:
			words = append(words, b)
		}
	}
	if len(words) == 0 {
		return ""
	}
	return " per " + andList(words)
}

func andList(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

func nonEmpty(list []string) []string {
	var out []string
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

// sentence ends text with a period.
func sentence(text string) string {
	text = strings.TrimSpace(text)
	if text == "" || strings.ContainsAny(text[len(text)-1:], ".!?:") {
		return text
	}
	return text + "."
}

// lowerFirst lowers the first letter, unless an initialism starts there.
func lowerFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	next, _ := utf8.DecodeRuneInString(s[n:])
	if unicode.IsUpper(next) {
		return s
	}
	return string(unicode.ToLower(r)) + s[n:]
}
