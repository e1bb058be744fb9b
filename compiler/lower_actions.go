package compiler

import (
	"slices"
	"strings"

	"cuelang.org/go/cue"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

var methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"}

// inherited is what a level of the actions tree hands down. Lists prepend:
// what is nearer comes first.
type inherited struct {
	server  string
	auth    []string
	scopes  []string
	codes   []string
	limits  []*ir.LimitUse
	errors  []*ir.ErrorRule
	headers []node
	origin  map[string]ir.Pos
}

func (c *compilation) lowerActions() {
	top := inherited{errors: c.out.Errors, codes: c.root.get("codes").strs(), origin: map[string]ir.Pos{}}
	if len(c.out.Servers) > 0 {
		top.server = c.out.Servers[0].Name
	}
	if e := c.root.get("errors"); e.exists() {
		top.origin["errors"] = e.labelPos()
	}
	root := &ir.Group{}
	for _, n := range c.root.get("actions").fields() {
		c.lowerActionNode(n, n.name, root, top)
	}
	c.out.Groups = root.Groups
	if len(root.Actions) > 0 {
		// Actions without a group belong to the client itself; they form the
		// group with the empty name.
		root.Pos = c.root.get("actions").labelPos()
		c.out.Groups = append([]*ir.Group{{Pos: root.Pos, Actions: root.Actions}}, root.Groups...)
	}
}

// isAction tells actions from groups: an action has a method, or a field that
// only actions have and that is not a group of that name.
func (c *compilation) isAction(n node) bool {
	group, action := c.shapes.def("#Group"), c.shapes.def("#Action")
	for _, f := range n.fields() {
		if slices.Contains(methods, f.name) {
			return true
		}
		if action.field(f.name) != nil && group.field(f.name) == nil && !c.hasActions(f) {
			return true
		}
	}
	return false
}

// hasActions reports whether an action stands anywhere below n.
func (c *compilation) hasActions(n node) bool {
	for _, f := range n.fields() {
		if slices.Contains(methods, f.name) && f.v.IncompleteKind() == cue.StringKind {
			return true
		}
		if f.isStruct() && c.hasActions(f) {
			return true
		}
	}
	return false
}

func (c *compilation) lowerActionNode(n node, path string, parent *ir.Group, from inherited) {
	switch {
	case n.v.Err() != nil && !n.isStruct():
		return
	case !n.isStruct():
		c.report.Errorf(diag.UnknownField, n.labelPos(), "`%s` is %s, and an action or a group is a struct", n.name, nounOf(n.v.IncompleteKind())).
			DidYouMean(n.name, c.shapes.def("#Group").names())
	case c.isAction(n):
		if a := c.lowerAction(n, path, from); a != nil {
			parent.Actions = append(parent.Actions, a)
		}
	default:
		parent.Groups = append(parent.Groups, c.lowerGroup(n, path, from))
	}
}

func (c *compilation) lowerGroup(n node, path string, from inherited) *ir.Group {
	g := &ir.Group{Name: n.name, Path: path, Pos: n.labelPos(), Field: n.get("go").str()}
	if d := n.get("doc"); d.v.IncompleteKind() == cue.StringKind {
		g.Doc = d.str()
	}
	sh := c.shapes.def("#Group")
	own := node{v: n.v, name: n.name, path: n.path}
	var children []node
	ok := true
	for _, f := range n.fields() {
		sf := sh.field(f.name)
		// A struct is a group or an action even when its name is that of a
		// setting of groups, as Slack's group `auth` is.
		if sf == nil || f.isStruct() && (sf.shape.kinds != cue.StructKind || c.hasActions(f)) {
			children = append(children, f)
			continue
		}
		ok = c.checkShape(f, sf.shape) && ok
		if f.name == "notes" {
			g.Notes = lowerNotes(f)
		}
	}
	if ok {
		from = c.inherit(own, from)
	}
	for _, f := range children {
		c.lowerActionNode(f, path+"."+f.name, g, from)
	}
	return g
}

// inherit puts what n says before what comes from above.
func (c *compilation) inherit(n node, from inherited) inherited {
	origin := map[string]ir.Pos{}
	for k, v := range from.origin {
		origin[k] = v
	}
	from.origin = origin
	mark := func(name string) (node, bool) {
		f := n.get(name)
		if !f.sound() || (name != "headers" && f.isStruct()) || (name == "headers" && c.hasActions(f)) {
			return node{}, false
		}
		origin[name] = f.labelPos()
		return f, true
	}
	if f, ok := mark("server"); ok {
		from.server = f.str()
		c.checkServer(f)
	}
	if f, ok := mark("auth"); ok {
		from.auth = f.strs()
		c.checkAuthNames(f)
	}
	if f, ok := mark("scopes"); ok {
		from.scopes = slices.Concat(f.strs(), from.scopes)
	}
	if f, ok := mark("codes"); ok {
		from.codes = slices.Concat(f.strs(), from.codes)
	}
	if f, ok := mark("limits"); ok {
		from.limits = slices.Concat(c.lowerLimitUses(f), from.limits)
	}
	if f, ok := mark("errors"); ok {
		from.errors = slices.Concat(c.lowerErrors(f), from.errors)
		shareRequest(from.errors)
	}
	if f, ok := mark("headers"); ok {
		c.checkHeaderNames(f.fields()) // Once, however many actions inherit them.
		from.headers = slices.Concat(f.fields(), from.headers)
	}
	return from
}

func (c *compilation) checkServer(n node) {
	if c.declared("servers", n.str()) {
		return
	}
	var names []string
	for _, s := range c.out.Servers {
		names = append(names, s.Name)
	}
	c.report.Errorf(diag.UnknownServer, n.pos(), "the connector has no server `%s`", n.str()).Label("unknown server").
		DidYouMean(n.str(), names)
}

func (c *compilation) checkAuthNames(n node) {
	for _, e := range n.list() {
		if !c.declared("auth", e.str()) {
			c.report.Errorf(diag.UnknownAuth, e.pos(), "the spec has no auth method `%s`", e.str()).Label("unknown method").
				DidYouMean(e.str(), c.namesIn("auth"))
		}
	}
}

func (c *compilation) lowerAction(n node, path string, from inherited) *ir.Action {
	if !c.checkShape(n, c.shapes.def("#Action")) {
		return nil
	}
	from = c.inherit(n, from)
	a := &ir.Action{
		Name: n.name, Path: path, Go: n.get("go").str(), Pos: n.labelPos(),
		Doc: n.get("doc").str(), Docs: n.get("docs").str(),
		Server: from.server, Auth: from.auth, Scopes: unique(from.scopes), Codes: unique(from.codes),
		Limits: from.limits, Errors: from.errors, Origin: from.origin,
		Reply: n.get("reply").str(), Deprecated: n.get("deprecated").str(), Notes: lowerNotes(n.get("notes")),
	}
	if a.Doc == "" {
		a.Doc = n.doc()
	}
	c.declare("actions", path, n.labelPos())
	for _, m := range methods {
		if f := n.get(m); f.exists() {
			a.Method = m
			c.lowerParams(n, f, a)
		}
	}
	a.Headers = c.lowerHeaders(from.headers, scopes{allowed: []string{"conn", "in"}, check: func(n node, p ir.SpannedPart) bool {
		return c.connScope(n, p) && c.inputScope(n, p, a)
	}})
	c.lowerEffect(n, a)
	if r := n.get("returns"); r.sound() {
		a.Returns = c.lowerType(r)
		c.flatten(a.Returns)
	}
	if p := n.get("page"); p.sound() {
		a.Page = c.lowerPage(p, n, a)
	}
	if s := n.get("stream"); s.sound() {
		a.Stream = c.lowerStream(s, n, a)
	}
	if b := n.get("batch"); b.sound() {
		a.Batch = c.lowerBatch(b, a)
	}
	for _, l := range a.Limits {
		c.checkLimitInputs(l, a)
	}
	return a
}

func (c *compilation) checkLimitInputs(use *ir.LimitUse, a *ir.Action) {
	l := c.limit(use.Limit)
	if l == nil {
		return
	}
	for _, by := range l.By {
		name, isInput := strings.CutPrefix(by, "in.")
		if isInput && fieldOf(a.Params, name) == nil {
			c.report.Errorf(diag.LimitInputUnknown, use.Pos, "the limit `%s` is shared by `%s`, and `%s` has no such parameter", l.Name, by, a.Path).
				Also(l.Pos, "the limit is declared here")
		}
	}
}

func unique(list []string) []string {
	var out []string
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
