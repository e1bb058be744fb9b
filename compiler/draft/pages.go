package draft

import (
	"slices"
	"strings"

	"github.com/porin-dev/porin/spec/quirks"
)

// pageOf returns how an action lists: by a rule of the knowledge base or,
// when none is known about paging at all, by the usual names. It may add
// members to the reply that the rule says are there.
func (d *drafter) pageOf(op *operation) *field {
	for _, f := range d.rules.pages {
		if p := f.Rule.Page; d.pageMatches(op, p) {
			return d.rulePage(op, f, p)
		}
	}
	if len(d.rules.pages) > 0 {
		return nil
	}
	return d.guessPage(op)
}

func (d *drafter) pageMatches(op *operation, p *quirks.Page) bool {
	for _, name := range p.Params {
		if op.query(name) == nil {
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
	items := d.itemsOf(op, p.Items[op.dotted()])
	if items == "" {
		return nil
	}
	d.pages[p.Name] = f
	d.applied[f.ID] = true
	for _, m := range fragment(p.Reply).fields {
		d.addMember(op, m)
	}
	v := structure(&field{label: "items", value: quoted(items)})
	v.with = p.Name + " & "
	return &field{label: "page", value: v}
}

// addMember puts a member into the reply, unless it is there.
func (d *drafter) addMember(op *operation, f *field) {
	whole := d.follow(op.reply.schema)
	if whole.kind != objectKind || whole.member(f.label) != nil {
		return
	}
	c := *whole
	c.fields = append(slices.Clone(whole.fields), &member{
		name: f.label, schema: &schema{at: whole.at, fixed: f.value},
	})
	op.reply.schema = &c
}

// itemsOf returns the path of the list in a reply: the one given, or the only
// member that is a list.
func (d *drafter) itemsOf(op *operation, given string) string {
	if given != "" {
		return given
	}
	if op.reply == nil || op.reply.schema == nil {
		d.note(op.at, "%s pages, but its reply is not described", op.dotted())
		return ""
	}
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

// guess is a way to page that is known by the names of its parts.
type guess struct {
	sent     []string // A parameter with one of these names.
	received []string // A member with one of these names; none: not needed.
	write    func(sent, received string) *field
}

var guesses = []guess{
	{
		sent:     []string{"cursor", "page_token", "pageToken", "next_token", "nextToken", "starting_after", "after"},
		received: []string{"next_cursor", "nextCursor", "next_page_token", "nextPageToken", "next_token", "nextToken"},
		write: func(sent, received string) *field {
			return &field{label: "cursor", value: structure(
				&field{label: "from", value: quoted(received)},
				&field{label: "to", value: structure(&field{label: "query", value: quoted(sent)})},
			)}
		},
	},
	{
		sent: []string{"page", "page_number", "pageNumber"},
		write: func(sent, _ string) *field {
			return &field{label: "number", value: structure(
				&field{label: "to", value: structure(&field{label: "query", value: quoted(sent)})},
				&field{label: "start", value: text("1")},
			)}
		},
	},
	{
		sent: []string{"offset", "skip"},
		write: func(sent, _ string) *field {
			return &field{label: "offset", value: structure(
				&field{label: "to", value: structure(&field{label: "query", value: quoted(sent)})},
				&field{label: "by", value: quoted("items")},
			)}
		},
	},
}

// guessPage recognises paging by the usual names, and says that it guesses.
func (d *drafter) guessPage(op *operation) *field {
	if op.method != "GET" || op.reply == nil || op.reply.schema == nil {
		return nil
	}
	for _, g := range guesses {
		sent := slices.IndexFunc(g.sent, func(n string) bool {
			p := op.query(n)
			return p != nil && isScalar(d.follow(p.schema))
		})
		if sent < 0 {
			continue
		}
		received, end := "", "empty"
		if len(g.received) > 0 {
			end = "no_cursor"
			received = d.findMember(op.reply.schema, g.received)
			if received == "" {
				continue
			}
		}
		items, ok := d.listIn(op)
		if !ok {
			return nil
		}
		v := structure(
			&field{label: "items", value: quoted(items)},
			g.write(g.sent[sent], received),
			&field{label: "end", value: list(quoted(end))},
		)
		return &field{label: "page", value: v, attrs: []attr{d.assume("by the name of the parameter %s", g.sent[sent])}}
	}
	return nil
}

// listIn is itemsOf, for a reply that may be the list itself.
func (d *drafter) listIn(op *operation) (string, bool) {
	if d.follow(op.reply.schema).kind == listKind {
		return "", true
	}
	items := d.itemsOf(op, "")
	return items, items != ""
}

// findMember looks for a string with one of the names, at the top of a reply
// and one level down.
func (d *drafter) findMember(s *schema, names []string) string {
	whole := d.follow(s)
	for _, m := range whole.fields {
		if contains(names, m.name) && d.follow(m.schema).kind == stringKind {
			return m.name
		}
	}
	for _, m := range whole.fields {
		inner := d.follow(m.schema)
		for _, x := range inner.fields {
			if contains(names, x.name) && d.follow(x.schema).kind == stringKind {
				return strings.Join([]string{m.name, x.name}, ".")
			}
		}
	}
	return ""
}
