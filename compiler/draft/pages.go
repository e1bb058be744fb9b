package draft

import (
	"slices"
	"strconv"
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/spec/quirks"
)

// pageOf returns how an action lists: by a rule of the knowledge base, or by
// what the document shows. It may add members to the reply that a rule of the
// knowledge base says are there.
func (d *drafter) pageOf(op *operation) *field {
	if op.known().In(d.rules.unpaged) {
		return nil
	}
	for _, f := range d.rules.pages {
		if p := f.Rule.Page; d.pageMatches(op, p) && !d.disagrees(op, p) {
			return d.rulePage(op, f, p)
		}
	}
	if r := d.judged[op]; r != nil && d.fits(op, r) {
		return d.writePage(r)
	}
	return nil
}

// disagrees reports whether a rule would add members to a reply that has others
// to go on with.
func (d *drafter) disagrees(op *operation, p *quirks.Page) bool {
	r := d.judged[op]
	if p.Reply == "" || r == nil || r.kind != "cursor" {
		return false
	}
	return !slices.ContainsFunc(fragment(p.Reply).fields, func(m *field) bool { return m.label == r.from[0] })
}

func (d *drafter) pageMatches(op *operation, p *quirks.Page) bool {
	if p.Actions != nil && !op.known().In(p.Actions) {
		return false
	}
	for _, name := range p.Params {
		if op.query(name) == nil && (op.body == nil || op.body.schema == nil || d.member(op.body.schema, name) == nil) {
			return false
		}
	}
	for _, path := range p.Members {
		if op.reply == nil || op.reply.schema == nil || d.member(op.reply.schema, path) == nil {
			return false
		}
	}
	return true
}

func (o *operation) query(name string) *param {
	for _, p := range o.params {
		if p.name == name && p.in == "query" {
			return p
		}
	}
	return nil
}

// rulePage refers to the rule by its name, so that its evidence stands in one
// place: _cursor & {items: "channels"}.
func (d *drafter) rulePage(op *operation, f *quirks.Fact, p *quirks.Page) *field {
	items, ok := quirks.Of(p.Items, op.known())
	if !ok && op.reply != nil && op.reply.schema != nil {
		items, ok = d.listIn(op)
	} else if !ok {
		d.note(op.at, "%s pages, but its reply is not described", op.dotted())
	}
	if !ok || !d.hasKey(op, p, items) {
		return nil
	}
	d.pages[p.Name] = f
	d.applied[f.ID] = true
	for _, f := range fragment(p.Send).fields {
		d.addSent(op, f)
	}
	for _, m := range fragment(p.Reply).fields {
		op.reply.schema = d.withMember(op.reply.schema, m)
	}
	v := structure(&field{label: "items", value: quoted(items)})
	v.with = p.Name + " & "
	return &field{label: "page", value: v}
}

// hasKey reports whether the items of a list, of whatever type they are, show
// what a rule goes on from.
func (d *drafter) hasKey(op *operation, p *quirks.Page, items string) bool {
	field := fragment(p.Use).at("last_item", "field")
	if field == nil || op.reply == nil || op.reply.schema == nil {
		return true
	}
	list := d.drafted(op.reply.schema, splitPath(items))
	if list == nil || list.kind != listKind || d.keyAt(list.elem, splitPath(strings.Trim(field.text, `"`))) != nil {
		return true
	}
	d.note(op.at, "%s pages behind the last item, of which the key cannot be read; it has no page rule", op.dotted())
	return false
}

// splitPath takes a path of plain names apart; an empty one has no steps.
func splitPath(path string) []string {
	if path == "" {
		return nil
	}
	return strings.Split(path, ".")
}

// addSent gives an action a parameter, unless it has it: a member of the body
// of a POST that sends JSON, and else one of the query.
func (d *drafter) addSent(op *operation, f *field) {
	if op.method == "POST" && op.body != nil && op.body.schema != nil {
		op.body.schema = d.withMember(op.body.schema, f)
		return
	}
	if name := strings.Trim(f.label, `"`); op.query(name) == nil {
		op.params = append(op.params, &param{
			name: name, in: "query", required: f.mark == "!", at: op.at, schema: &schema{at: op.at, kind: anyKind, fixed: f.value},
		})
	}
}

// withMember returns an object with a member more, unless it is there.
func (d *drafter) withMember(s *schema, f *field) *schema {
	whole, name := d.follow(s), strings.Trim(f.label, `"`)
	if whole.kind != objectKind || whole.member(name) != nil {
		return s
	}
	c := *whole
	c.fields = append(slices.Clone(whole.fields), &member{
		name: name, required: f.mark == "!", schema: &schema{at: whole.at, fixed: f.value},
	})
	return &c
}

// itemsOf returns the path of the list in a reply: the only member that is
// one.
func (d *drafter) itemsOf(op *operation) string {
	var lists []string
	for _, m := range d.follow(op.reply.schema).fields {
		if d.follow(m.schema).kind == listKind {
			lists = append(lists, m.name)
		}
	}
	if len(lists) != 1 {
		d.note(op.at, "%s pages, but which member holds the items is not clear: %d are lists", op.dotted(), len(lists))
		return ""
	}
	return lists[0]
}

// listIn is itemsOf, for a reply that may be the list itself.
func (d *drafter) listIn(op *operation) (string, bool) {
	if d.follow(op.reply.schema).kind == listKind {
		return "", true
	}
	items := d.itemsOf(op)
	return items, items != ""
}

// fits reports whether a rule still holds for the shapes that are drafted:
// alternatives without a common shape became any value.
func (d *drafter) fits(op *operation, r *pageRule) bool {
	if op.reply == nil || op.reply.schema == nil {
		return false
	}
	if m := op.reply.media; replyKind(m, op.reply.schema) != "" {
		d.note(op.at, "the reply of %s is %s, which page rules do not look into; it has no page rule", op.dotted(), bare(m))
		return false
	}
	items := d.drafted(op.reply.schema, r.items)
	if items == nil || items.kind != listKind {
		d.note(op.at, "the list that pages is not in the drafted reply; %s has no page rule", op.dotted())
		return false
	}
	for _, path := range [][]string{r.from, r.at} {
		if len(path) > 0 && d.drafted(op.reply.schema, path) == nil {
			return false
		}
	}
	return d.takes(op, r.to)
}

// drafted returns the schema at a path, or nil when the drafted type does not
// say what is there.
func (d *drafter) drafted(s *schema, path []string) *schema {
	s = d.follow(s)
	for _, name := range path {
		i := slices.IndexFunc(d.membersOf(s), func(m *member) bool { return m.name == name })
		if i < 0 {
			return nil
		}
		s = d.follow(d.membersOf(s)[i].schema)
	}
	return s
}

// takes reports whether an action has a parameter.
func (d *drafter) takes(op *operation, s *sent) bool {
	if s == nil {
		return true
	}
	if s.in == "query" || s.in == "header" {
		return slices.ContainsFunc(op.params, func(p *param) bool {
			return p.name == s.path[0] && p.in == s.in && !d.isCredential(p)
		})
	}
	if slices.ContainsFunc(op.params, func(p *param) bool { return p.in == "form" && p.name == s.path[0] }) {
		return true
	}
	if len(s.path) > 1 {
		d.note(op.at, "%s pages by %s, below a member of the body; a page rule fills in members of the body itself", op.dotted(), s.name())
		return false
	}
	return op.body != nil && op.body.schema != nil && d.drafted(op.body.schema, s.path) != nil
}

// writePage writes a rule with its evidence.
func (d *drafter) writePage(r *pageRule) *field {
	v := structure(&field{label: "items", value: pathText(r.items)})
	way := structure()
	from := pathText(r.from)
	if r.rel != "" {
		from = structure(&field{label: "link", value: quoted(r.rel)})
	}
	switch r.kind {
	case "cursor":
		way.set("from", from)
		way.set("to", slotOf(r.to))
	case "link":
		way.set("from", from)
	case "offset":
		way.set("to", slotOf(r.to))
		way.set("by", quoted("items"))
		if r.start > 0 {
			way.set("start", text(strconv.Itoa(r.start)))
		}
	case "number":
		way.set("to", slotOf(r.to))
		way.set("start", text(strconv.Itoa(r.start)))
	case "last_item":
		way.set("field", pathText(r.field))
		way.set("to", slotOf(r.to))
	}
	v.set(r.kind, way)
	v.set("end", list(quoted(r.end)))
	if len(r.at) > 0 {
		v.set(r.end, pathText(r.at))
	}
	if r.size != nil && len(r.size.path) == 1 {
		v.set("size", sizeOf(r.size))
	}
	f := &field{label: "page", value: v}
	if r.by != "" {
		f.attrs = []attr{{"why", []string{quote("the document's " + r.by + " says so"), "how=documented"}}}
	} else {
		f.attrs = []attr{d.assume("%s", strings.Join(r.signs, "; "))}
	}
	return f
}

// sizeOf writes how many items a page has, as far as the parameter says it.
func sizeOf(s *sent) *value {
	v := structure(&field{label: "to", value: slotOf(s)})
	lowest, most := 1, 0
	if s.s.min != nil {
		lowest, _ = strconv.Atoi(s.s.min.value)
	}
	if s.s.max != nil && !s.s.max.exclusive {
		most, _ = strconv.Atoi(s.s.max.value)
	}
	if n, ok := s.preset.(int64); ok && n >= 1 && int(n) >= lowest && (most == 0 || int(n) <= most) && countKind(s.s) {
		v.set("default", text(strconv.FormatInt(n, 10)))
	}
	if most > 0 {
		v.set("max", text(strconv.Itoa(most)))
	}
	return v
}

// slotOf writes where a parameter goes.
func slotOf(s *sent) *value {
	in := s.in
	if in == "form" {
		in = "body"
	}
	if in == "body" {
		return structure(&field{label: in, value: pathText(s.path)})
	}
	return structure(&field{label: in, value: quoted(s.path[0])})
}

// pathText writes a path of names.
func pathText(names []string) *value { return quoted(pathOf(names...)) }

func pathOf(names ...string) string {
	var p ir.Path
	for _, n := range names {
		p = append(p, ir.Step{Name: n})
	}
	return p.String()
}
