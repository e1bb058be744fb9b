package compiler

import (
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

// scope holds the Go names of one name space with the place each came from.
type scope struct {
	c     *compilation
	taken map[string]ir.Pos
}

func (c *compilation) newScope() *scope { return &scope{c: c, taken: map[string]ir.Pos{}} }

// take gives a declared name; two declarations that end as one Go name are a
// mistake that only the author can settle.
func (s *scope) take(own, wire string, at ir.Pos, noun string) string {
	name := own
	if name == "" {
		name = goName(wire)
	} else if !token.IsIdentifier(name) || !token.IsExported(name) {
		s.c.report.Errorf(diag.BadGoName, at, "`%s` is not an exported Go name", name).
			Help("write a capital letter first, then letters and digits")
	}
	if prev, ok := s.taken[name]; ok {
		s.c.report.Errorf(diag.DuplicateGoName, at, "%s `%s` has the Go name %s, which is taken", noun, wire, name).
			Also(prev, "taken here").
			Help("give one of them another name, with `go: \"...\"` or @name(...)")
	}
	s.taken[name] = at
	return name
}

// fresh gives a name to something without one of its own, such as an inline
// type; a name that is taken is numbered.
func (s *scope) fresh(name string, at ir.Pos) string {
	numbered := name
	for i := 2; ; i++ {
		if _, ok := s.taken[numbered]; !ok {
			s.taken[numbered] = at
			return numbered
		}
		numbered = name + strconv.Itoa(i)
	}
}

// nameAll gives Go names to everything that is exported.
func (c *compilation) nameAll() {
	pkg := c.newScope()
	for _, name := range []string{"Client", "New", "App", "NewApp", "AppConfig", "Auth", "Error", "ErrorCode", "Opt", "Some", "Null", "Page", "Raw", "Response", "Option", "CallOption", "Settings", "Event"} {
		pkg.taken[name] = c.out.Pos
	}
	for _, t := range c.out.Types {
		t.Go = pkg.take(t.Go, t.Name, t.Pos, "the type")
	}
	for _, t := range c.out.Types {
		c.nameInner(t, t.Go, pkg)
	}
	client := c.newScope()
	c.nameGroups(c.out.Groups, "", client, pkg)
	for _, a := range c.out.Auth {
		c.nameAuth(a, pkg)
	}
	for _, w := range c.out.Webhooks {
		w.Go = goName(w.Name)
		for _, e := range w.Events {
			e.Go = c.named[e.Type].Go
		}
	}
	settings := c.newScope()
	for _, s := range c.out.Settings {
		s.Go = settings.take("", s.Name, s.Pos, "the setting")
	}
	for _, f := range c.out.Flows {
		f.Go = or(f.Go, goName(lastOf(f.Path)))
	}
	for _, s := range c.out.Syncs {
		s.Go = goName(s.Name)
	}
	c.nameCodes(pkg)
}

func lastOf(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

// nameAuth names credential types: BotToken for the token "bot" of an OAuth
// method, and Token, BasicAuth and so on for the others.
func (c *compilation) nameAuth(a *ir.Auth, pkg *scope) {
	if a.Kind == "oauth2" {
		for _, t := range a.OAuth2.Tokens {
			t.Go = pkg.take(or(t.Go, goName(t.Name)+"Token"), t.Name, t.Pos, "the token")
		}
		return
	}
	suffix := map[string]string{"bearer": "Token", "key": "Key", "basic": "Basic"}[a.Kind]
	name := goName(a.Name)
	if suffix != "" && !strings.HasSuffix(name, suffix) {
		name += suffix
	}
	a.Go = pkg.take(or(a.Go, name), a.Name, a.Pos, "the auth method")
}

func (c *compilation) nameGroups(groups []*ir.Group, prefix string, fields, pkg *scope) {
	for _, g := range groups {
		if g.Name == "" {
			methods := c.newScope()
			c.nameActions(g, pkg, methods)
			c.nameBeside(g, methods)
			continue
		}
		g.Field = fields.take(g.Field, g.Name, g.Pos, "the group")
		g.Go = prefix + g.Field
		pkg.take(g.Go+"Service", g.Name, g.Pos, "the service of")
		inner := c.newScope()
		c.nameActions(g, pkg, inner)
		c.nameGroups(g.Groups, g.Go, inner, pkg)
		c.nameBeside(g, inner)
	}
}

// nameBeside names the methods that stand beside those of actions. Of a list it is the
// iterator: All for that of List, unless an action or a group is called so, and AllSearch
// for that of Search. Of a batch it is the one that sends any number of items, of what reads
// a job the one that waits for it (Wait beside Get, WaitExport beside GetExport), and of a
// file the one that reads it as it arrives (OpenArchive beside Archive or GetArchive).
func (c *compilation) nameBeside(g *ir.Group, methods *scope) {
	for _, a := range g.Actions {
		if a.Batch != nil {
			a.Parts = methods.take(a.Go+"InParts", a.Name, a.Pos, "the batches of")
		}
		if job, _ := c.out.Job(a); job != nil {
			a.Wait = "Wait" + withoutVerb(a.Go, "Get")
			if _, taken := methods.taken[a.Wait]; taken {
				a.Wait = "WaitFor" + a.Go
			}
			methods.take(a.Wait, a.Name, a.Pos, "the wait for")
		}
		if a.Reply == "raw" && a.Method == "GET" && a.Effect == "read" {
			a.Open = "Open" + withoutVerb(a.Go, "Get", "Download")
			if _, taken := methods.taken[a.Open]; taken {
				a.Open = "OpenFileOf" + a.Go
			}
			methods.take(a.Open, a.Name, a.Pos, "the download of")
		}
		if a.Page == nil {
			continue
		}
		a.All = "All" + a.Go
		if _, taken := methods.taken["All"]; a.Go == "List" && !taken {
			a.All = "All"
		}
		methods.take(a.All, a.Name, a.Pos, "the iterator of")
	}
}

// withoutVerb is a name without the verb that it begins with: Archive of GetArchive, and
// Gettysburg as it is.
func withoutVerb(name string, verbs ...string) string {
	for _, verb := range verbs {
		rest, ok := strings.CutPrefix(name, verb)
		if r, _ := utf8.DecodeRuneInString(rest); ok && (rest == "" || !unicode.IsLower(r)) {
			return rest
		}
	}
	return name
}

func (c *compilation) nameActions(g *ir.Group, pkg, methods *scope) {
	for _, a := range g.Actions {
		a.Go = methods.take(a.Go, a.Name, a.Pos, "the action")
	}
	for _, a := range g.Actions {
		base := g.Go + a.Go
		if a.Params != nil {
			a.Params.Go = pkg.take(base+"Params", a.Path, a.Pos, "the parameters of")
			c.nameFields(a.Params, base, pkg)
		}
		if a.Returns != nil {
			c.nameType(a.Returns, base+"Result", pkg)
		}
	}
}

// nameType names an inline type and what is inside it. References and scalars
// need no name.
func (c *compilation) nameType(t *ir.Type, name string, pkg *scope) {
	switch t.Kind {
	case ir.Object, ir.Union, ir.Enum:
		if t.Kind == ir.Enum && len(t.Enum) < 2 {
			return // A constant.
		}
		if t.Go != "" {
			return // Composed from a type that has named it.
		}
		t.Go = pkg.fresh(name, t.Pos)
	}
	c.nameInner(t, or(t.Go, name), pkg)
}

func (c *compilation) nameInner(t *ir.Type, base string, pkg *scope) {
	switch t.Kind {
	case ir.Object:
		c.nameFields(t, base, pkg)
	case ir.List, ir.Map:
		c.nameType(t.Elem, singular(base), pkg)
	case ir.Union:
		for _, v := range t.Variants {
			c.nameType(v, base+c.variantName(t, v), pkg)
		}
	}
}

// variantName is the name of a type or, of an object that is written in place,
// the constant that tells it from the others.
func (c *compilation) variantName(union, t *ir.Type) string {
	if t.Kind == ir.Ref {
		return goName(t.Ref)
	}
	if f := c.out.Tag(union, t); f != nil {
		if text, ok := f.Type.Enum[0].(string); ok && text != "" {
			return goName(text)
		}
	}
	return goName(string(t.Kind))
}

func (c *compilation) nameFields(t *ir.Type, base string, pkg *scope) {
	fields := c.newScope()
	fields.taken["Extra"] = t.Pos
	for _, f := range t.Fields {
		own := f.Go
		if own == "" && goName(f.Name) == "Extra" {
			own = "ExtraField"
		}
		f.Go = fields.take(own, f.Name, f.Pos, "the field")
		c.nameType(f.Type, base+f.Go, pkg)
	}
}

// nameCodes collects the provider codes of actions, error rules and resources.
func (c *compilation) nameCodes(pkg *scope) {
	seen := map[string]bool{}
	for _, a := range c.out.AllActions() {
		for _, code := range a.Codes {
			seen[code] = true
		}
		rules := a.Errors
		if a.Batch != nil {
			rules = slices.Concat(rules, a.Batch.Errors)
		}
		for _, r := range rules {
			for _, code := range ruleCodes(r) {
				seen[code] = true
			}
		}
	}
	for _, r := range c.out.Resources {
		if r.Missing != "" {
			seen[r.Missing] = true
		}
	}
	codes := slices.Sorted(maps.Keys(seen))
	for _, capitals := range []bool{false, true} { // Of codes that differ in their case alone, the one in capitals is numbered.
		for _, code := range codes {
			if inCapitals(code) == capitals {
				c.out.Codes = append(c.out.Codes, &ir.Code{Value: code, Go: pkg.fresh("Err"+goCode(code), c.out.Pos)})
			}
		}
	}
	slices.SortFunc(c.out.Codes, func(a, b *ir.Code) int { return strings.Compare(a.Value, b.Value) })
}

// ruleCodes lists the codes that a rule names: the values it compares the
// code's place with.
func ruleCodes(r *ir.ErrorRule) []string {
	if r.Code == nil {
		return nil
	}
	var codes []string
	for _, m := range r.When.Body {
		if m.At.String() != r.Code.Body.String() || (m.Op != "in" && m.Op != "eq") {
			continue
		}
		for _, v := range m.Values {
			if s, ok := v.(string); ok {
				codes = append(codes, s)
			}
		}
	}
	return codes
}
