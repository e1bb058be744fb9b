package codegen

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/porin-dev/porin/codegen/internal/gofile"
	"github.com/porin-dev/porin/compiler/ir"
)

// ruleSets names each distinct list of rules that actions have before those of
// the connector, so that the actions of a group share theirs.
type ruleSets struct {
	names  map[string]string // By the rules' JSON without positions.
	order  []string
	rules  map[string][]*ir.ErrorRule
	usedBy map[string]string // The action for which a list was made.
}

func newRuleSets(g *generator) *ruleSets {
	r := &ruleSets{names: map[string]string{}, rules: map[string][]*ir.ErrorRule{}, usedBy: map[string]string{}}
	for gr, a := range g.c.AllActions() {
		own, ok := ownRules(a, g.c)
		if !ok {
			g.fail("%s: its error rules do not end with those of the connector", a.Path)
		}
		r.name(own, unexported(gr.Go+a.Go)+"Errors", a.Path)
	}
	return r
}

// ownRules are the rules of an action and of its groups: those of the connector
// come last and are left out.
func ownRules(a *ir.Action, c *ir.Connector) (own []*ir.ErrorRule, ok bool) {
	n := len(a.Errors) - len(c.Errors)
	if n < 0 || !slices.Equal(a.Errors[n:], c.Errors) && rulesKey(a.Errors[n:]) != rulesKey(c.Errors) {
		return nil, false
	}
	return a.Errors[:n], true
}

// rulesKey tells lists of rules apart. Rules are plain data, whose JSON cannot
// fail.
func rulesKey(rules []*ir.ErrorRule) string {
	if len(rules) == 0 {
		return ""
	}
	key, _ := stripped(rules)
	return string(key)
}

// name returns the variable of a list, and takes the proposed name for a list
// that is new. An empty list has no variable.
func (r *ruleSets) name(rules []*ir.ErrorRule, proposed, action string) string {
	key := rulesKey(rules)
	if name, ok := r.names[key]; ok || key == "" {
		return name
	}
	r.names[key] = proposed
	r.order = append(r.order, proposed)
	r.rules[proposed] = rules
	r.usedBy[proposed] = action
	return proposed
}

func (r *ruleSets) decls(g *generator) []decl {
	var out []decl
	if len(g.c.Errors) > 0 {
		out = append(out, g.ruleList("errorRules", "errorRules are tried in order on every response, after those of the operation; the first match decides.", g.c.Errors))
	}
	for _, name := range r.order {
		doc := fmt.Sprintf("%s are those of %s and of whatever shares them.", name, r.usedBy[name])
		out = append(out, g.ruleList(name, doc, r.rules[name]))
	}
	return out
}

// ruleList is var errorRules = []rt.ErrorRule{...}, with one rule a paragraph.
func (g *generator) ruleList(name, doc string, rules []*ir.ErrorRule) decl {
	var rows []*gofile.Code
	for _, rule := range rules {
		rows = append(rows, g.errorRule(rule))
	}
	return decl{doc, gofile.Var(name).Op("=").Add(gofile.ElemLines(gofile.Slice(gofile.RT("ErrorRule")), rows...))}
}

// errorRule is one element of a rule list, a field a line.
func (g *generator) errorRule(r *ir.ErrorRule) *gofile.Code {
	return gofile.FieldLines(nil,
		gofile.KV{Name: "When", Value: g.when(&r.When)},
		gofile.KV{Name: "Class", Value: classConst(r.Class)},
		gofile.KV{Name: "Code", Value: g.sourceRef(r.Code)},
		gofile.KV{Name: "Message", Value: g.sourceRef(r.Message)},
		gofile.KV{Name: "Request", Value: g.sourceRef(r.Request)},
		gofile.KV{Name: "Wait", Value: g.sourceRef(r.Wait)})
}

// classConst is the runtime's constant of a class, ClassRateLimited; the zero
// class is left out.
func classConst(c ir.Class) *gofile.Code {
	if c == ir.Unknown || c == "" {
		return nil
	}
	return gofile.RT("Class" + exported(string(c)))
}

func (g *generator) when(w *ir.When) *gofile.Code {
	var status []*gofile.Code
	for _, s := range w.Status {
		lo, hi, ok := statusRange(s)
		if !ok {
			g.fail("a condition on the status %q, which is neither a status nor a class such as 5xx", s)
		}
		status = append(status, gofile.Fields(nil, gofile.KV{Name: "Min", Value: gofile.Lit(lo)}, gofile.KV{Name: "Max", Value: gofile.Lit(hi)}))
	}
	return gofile.Fields(gofile.RT("When"),
		gofile.KV{Name: "Status", Value: gofile.Elems(gofile.Slice(gofile.RT("StatusRange")), status...)},
		gofile.KV{Name: "Media", Value: gofile.String(w.Media)},
		gofile.KV{Name: "Header", Value: g.matches(w.Header)},
		gofile.KV{Name: "Body", Value: g.matches(w.Body)})
}

var statusForm = regexp.MustCompile(`^([1-5])(xx|[0-9]{2})(?:-([1-5][0-9]{2}))?$`)

// statusRange reads "429", "5xx" and "500-599".
func statusRange(s string) (lo, hi int, ok bool) {
	m := statusForm.FindStringSubmatch(s)
	if m == nil {
		return 0, 0, false
	}
	first, _ := strconv.Atoi(m[1])
	if m[2] == "xx" {
		return first * 100, first*100 + 99, m[3] == ""
	}
	lo, _ = strconv.Atoi(m[1] + m[2])
	hi = lo
	if m[3] != "" {
		hi, _ = strconv.Atoi(m[3])
	}
	return lo, hi, lo <= hi
}

func (g *generator) matches(list []*ir.Match) *gofile.Code {
	var out []*gofile.Code
	for _, m := range list {
		op, values := g.matchOp(m)
		out = append(out, gofile.Fields(nil,
			gofile.KV{Name: "At", Value: g.path(m.At)},
			gofile.KV{Name: "Op", Value: op},
			gofile.KV{Name: "Values", Value: values},
			gofile.KV{Name: "RE", Value: compiler(m)}))
	}
	return gofile.Elems(gofile.Slice(gofile.RT("Match")), out...)
}

// matchOp is the comparison and its values: JSON text where values are
// compared by it, the text itself for a regular expression and for headers.
func (g *generator) matchOp(m *ir.Match) (op, values *gofile.Code) {
	quote := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			g.fail("%s: %w", m.Pos, err)
		}
		return string(b)
	}
	switch m.Op {
	case "exists":
		if len(m.Values) == 1 && m.Values[0] == false {
			return gofile.RT("MatchAbsent"), nil
		}
		return gofile.RT("MatchExists"), nil
	case "not":
		op = gofile.RT("MatchNot")
	case "re":
		op, quote = gofile.RT("MatchRE"), func(v any) string { return fmt.Sprint(v) }
	case "gt":
		op = gofile.RT("MatchGT")
	case "lt":
		op = gofile.RT("MatchLT")
	}
	var list []*gofile.Code
	for _, v := range m.Values {
		list = append(list, gofile.Raw(quote(v)))
	}
	return op, gofile.Elems(gofile.Slice(gofile.Id("string")), list...)
}

// compiler is what the runtime compiles a pattern with, or nil when the pattern
// is literal text and needs none.
func compiler(m *ir.Match) *gofile.Code {
	if m.Op != "re" || len(m.Values) == 0 {
		return nil
	}
	text := fmt.Sprint(m.Values[0])
	literal := strings.TrimSuffix(strings.TrimPrefix(text, "^"), "$")
	if literal == regexp.QuoteMeta(literal) {
		return nil
	}
	return gofile.RT("Regexp")
}

// path is a place in a document as the runtime has it.
func (g *generator) path(p ir.Path) *gofile.Code { return gofile.Elems(gofile.RT("Path"), steps(p)...) }

func steps(p ir.Path) []*gofile.Code {
	var steps []*gofile.Code
	for _, s := range p {
		if s.Name == "" && s.Index != nil {
			steps = append(steps, gofile.Lit(strconv.Itoa(*s.Index)))
			continue
		}
		steps = append(steps, gofile.Lit(s.Name))
	}
	return steps
}

// sourceRef is &rt.Source{...}, or nil.
func (g *generator) sourceRef(s *ir.Source) *gofile.Code {
	if s == nil {
		return nil
	}
	return gofile.Op("&").Add(g.source(s))
}

func (g *generator) source(s *ir.Source) *gofile.Code {
	if s == nil {
		return nil
	}
	return gofile.Fields(gofile.RT("Source"),
		gofile.KV{Name: "Header", Value: gofile.String(s.Header)},
		gofile.KV{Name: "Link", Value: gofile.String(s.Link)},
		gofile.KV{Name: "Body", Value: g.path(s.Body)},
		gofile.KV{Name: "As", Value: g.unit(s.As)})
}

// units are the runtime's constants for how a time or a wait is written.
var units = map[string]string{
	"seconds": "UnitSeconds", "ms": "UnitMillis", "unix": "UnitUnix", "unix_ms": "UnitUnixMillis",
	"http_date": "UnitHTTPDate", "duration": "UnitDuration", "rfc3339": "UnitRFC3339",
}

func (g *generator) unit(as string) *gofile.Code {
	if as == "" {
		return nil
	}
	name, ok := units[as]
	if !ok {
		g.fail("the unit %q is unknown", as)
		return nil
	}
	return gofile.RT(name)
}
