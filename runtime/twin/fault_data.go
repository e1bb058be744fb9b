package twin

import (
	"bytes"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
)

// untagged is the spoil that looks into the variants of unions.
const untagged = "untagged-variant"

// absurd is a document of absurd depth.
var absurd = raw(strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000))

// spoil is what a data fault does to one site.
type spoil struct {
	id, doc string
	fits    func(site) bool
	change  func(site)
}

func dataFaults() []*definition {
	rate := param("rate", "100", "share of the objects that it happens to, in percent")
	var all []*definition
	for _, s := range spoils() {
		all = append(all, define("data/"+s.id, StageData, s.doc, func(x *exchange, a *Armed) bool {
			return x.spoil(a, s)
		}, memberParam(), rate).needs(s.aSite))
	}
	return append(all, bodyFaults()...)
}

func spoils() []spoil {
	is := func(k ...ir.Kind) func(site) bool { return func(s site) bool { return s.of(k...) && s.value() != nil } }
	text := func(s site) bool { return is(ir.String)(s) && s.kind.Pattern == "" }
	return []spoil{
		{"missing", "a required member is missing", func(s site) bool { return s.field.Promised() }, func(s site) { s.object.drop(s.field.Name) }},
		{"null", "a member that is never null is null", func(s site) bool { return s.field.Promised() && !s.field.Type.Nullable }, func(s site) { s.change(nil) }},
		{"empty-string-for-null", "an empty string stands for no value", is(ir.Int, ir.Float, ir.Bool, ir.Object, ir.List, ir.Enum), func(s site) { s.change("") }},
		{"unknown-enum", "an enum has a value that nobody declared", is(ir.Enum), func(s site) { s.change("value_of_tomorrow") }},
		{"unknown-member", "an object has members that nobody declared", func(site) bool { return true }, func(s site) {
			s.object.set("member_of_tomorrow", &object{members: []member{{"since", number("9007199254740993")}}})
		}},
		{"id-other-type", "an id is a number where it was a string, or the other way round", func(s site) bool {
			return s.of(ir.String, ir.Int) && (strings.HasSuffix(s.field.Name, "id") || s.kind.Wire.ID)
		}, func(s site) {
			if _, ok := s.value().(number); ok {
				s.change(textOf(s.value()))
			} else {
				s.change(number(strconv.FormatUint(digest(0, textOf(s.value()))>>20, 10)))
			}
		}},
		{"big-int", "an integer is beyond what a float64 holds", func(s site) bool { return is(ir.Int)(s) && len(s.kind.Wire.Time) == 0 }, func(s site) { s.change(number("9007199254740993")) }},
		{"number-as-string", "a number comes as a string", func(s site) bool { // Decimals and ids may be either.
			return is(ir.Int, ir.Float)(s) && !s.kind.Wire.Decimal && !s.kind.Wire.ID
		}, func(s site) { s.change(textOf(s.value())) }},
		{"single-for-list", "a list of one comes as its only item", is(ir.List), func(s site) {
			if list, ok := s.value().([]any); ok && len(list) > 0 {
				s.change(list[0])
			}
		}},
		{"type-changed", "a member has another type", text, func(s site) {
			s.change(&object{members: []member{{"value", s.value()}}})
		}},
		{"date-formats", "a time comes in a format of another page", func(s site) bool { return s.kind != nil && len(s.kind.Wire.Time) > 0 }, func(s site) {
			if _, ok := s.value().(number); ok {
				s.change("2024-01-01T09:00:00Z")
			} else {
				s.change(number("1704099600"))
			}
		}},
		{untagged, "a variant of a union comes without its tag", func(s site) bool { return constant(s.field.Type) && s.of(ir.Enum, ir.String) }, func(s site) { s.object.drop(s.field.Name) }},
		{"duplicate-key", "a member comes twice, with two values", func(s site) bool { return s.value() != nil }, func(s site) {
			s.object.members = append(s.object.members, member{s.field.Name, nil})
		}},
		{"invalid-utf8", "a string holds bytes that are not UTF-8", text, func(s site) { s.change(raw("\"caf\xe9 \xff\"")) }},
		{"deep-nesting", "a member holds a document of absurd depth", func(site) bool { return true }, func(s site) {
			s.object.set("nested", absurd)
		}},
	}
}

// alters reports whether a spoil makes a difference at a site: a list of none has no
// only item, and a number may be a string already. It tries on a copy.
func (s spoil) alters(c site) bool {
	was := c.object.members
	c.object = &object{members: slices.Clone(was)}
	s.change(c)
	return !reflect.DeepEqual(was, c.object.members)
}

// spoil changes the sites that a fault suits, and at which it makes a difference: all of
// one member's name, or the share of them that is asked for.
func (x *exchange) spoil(a *Armed, s spoil) bool {
	if x.op == nil {
		return false
	}
	fit := a.suited(s, x.sites(s.id == untagged))
	if len(fit) > 0 {
		a.settle(fit)
	}
	done := a.change(s, fit)
	if l := x.long; l != nil && l.elem != nil {
		of := func(items []any) []site {
			w := siteWalk{idx: x.t.idx, unions: s.id == untagged}
			w.visit(items, &ir.Type{Kind: ir.List, Elem: l.elem}, nil, 0)
			return a.suited(s, w.found)
		}
		done = done || a.later(s, *l, of, len(fit) > 0)
		if done {
			l.spoils = append(l.spoils, func(items []any) { a.change(s, of(items)) })
		}
	}
	return done
}

// suited are the sites that a fault could change.
func (a *Armed) suited(s spoil, all []site) []site {
	want := a.text("member")
	return slices.DeleteFunc(all, func(c site) bool {
		return !s.fits(c) || want != "" && want != c.field.Name || !s.alters(c)
	})
}

// settle chooses the name of the member that a fault changes, of those that it could.
func (a *Armed) settle(fit []site) {
	var names []string
	for _, c := range fit {
		if !slices.Contains(names, c.field.Name) {
			names = append(names, c.field.Name)
		}
	}
	if !slices.Contains(names, a.memo["member"]) {
		slices.Sort(names)
		a.memo["member"] = names[a.rng.below(len(names))]
	}
}

// change does what a fault does to the sites of its member, or to the share that is asked for.
func (a *Armed) change(s spoil, fit []site) (done bool) {
	for _, c := range fit {
		if c.field.Name == a.memo["member"] && a.rng.chance(a.number("rate")) {
			s.change(c)
			done = true
		}
	}
	return done
}

// later reports whether a fault changes something in a further part of a long list, which
// is a copy: what it draws for it, it draws again once the parts are read.
func (a *Armed) later(s spoil, l listing, of func(items []any) []site, settled bool) bool {
	drawn := a.rng
	defer func() { a.rng = drawn }()
	for range lookedAhead {
		if l.place >= l.to {
			break
		}
		fit := of(l.part())
		if len(fit) > 0 && !settled {
			a.settle(fit)
			drawn, settled = a.rng, true
		}
		if a.change(s, fit) {
			return true
		}
	}
	return false
}

// bodyFaults spoil the body as a whole.
func bodyFaults() []*definition {
	body := func(id, doc string, change func(x *exchange)) *definition {
		return define("data/"+id, StageBody, doc, func(x *exchange, _ *Armed) bool {
			was, media := x.out.body, x.out.header.Get("Content-Type")
			if len(was) == 0 {
				return false
			}
			rest, tail := x.out.rest, 0
			if rest != nil {
				tail = len(rest.tail)
			}
			change(x)
			return !bytes.Equal(was, x.out.body) || media != x.out.header.Get("Content-Type") || rest != nil && tail != len(rest.tail)
		})
	}
	return []*definition{
		body("bom", "the body starts with a byte order mark", func(x *exchange) {
			x.out.body = append([]byte("\xef\xbb\xbf"), x.out.body...)
		}),
		body("empty-body", "the body is empty", func(x *exchange) {
			x.out.replace(nil)
			x.out.header.Del("Content-Type")
		}),
		body("wrong-content-type", "JSON comes as text/html", func(x *exchange) {
			x.out.header.Set("Content-Type", "text/html; charset=utf-8")
		}),
		body("no-content-type", "JSON comes without a content type", func(x *exchange) {
			x.out.header["Content-Type"] = nil
		}),
		body("trailing-garbage", "something follows the document", func(x *exchange) {
			x.out.follow([]byte("\n<!-- served by proxy -->\n"))
		}),
		body("null-document", "the document is null", func(x *exchange) {
			x.out.replace([]byte("null"))
		}),
		define("data/huge-body", StageBody, "the body goes on for many megabytes", func(x *exchange, a *Armed) bool {
			if len(x.out.body) == 0 || x.out.status != http.StatusOK {
				return false
			}
			x.out.follow(bytes.Repeat([]byte{' '}, max(1, a.number("mib"))<<20))
			return true
		}, param("mib", "16", "size in MiB")),
	}
}
