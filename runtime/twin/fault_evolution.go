package twin

import (
	"net/http"
	"strconv"

	"github.com/porin-dev/porin/compiler/ir"
)

func evolutionFaults() []*definition {
	removed := spoil{fits: func(site) bool { return true }, change: func(s site) { s.object.drop(s.field.Name) }}
	renamed := spoil{fits: removed.fits, change: func(s site) {
		if i := s.object.find(s.field.Name); i >= 0 {
			s.object.members[i].name = s.field.Name + "_v2"
		}
	}}
	typed := spoil{fits: func(s site) bool { return s.of(ir.String, ir.Int, ir.Float, ir.Bool) && s.value() != nil }, change: func(s site) {
		s.change(&object{members: []member{{"value", s.value()}}})
	}}
	onMember := func(id, doc string, s spoil) *definition {
		return define("evolution/"+id, StageData, doc, func(x *exchange, a *Armed) bool { return x.spoil(a, s) },
			memberParam(), param("rate", "100", "share of the objects, in percent")).needs(s.aSite)
	}
	return []*definition{
		define("evolution/gone", StageArrival, "the action is gone", func(x *exchange, a *Armed) bool {
			x.answer = plain(max(http.StatusBadRequest, a.number("status")), "text/html; charset=utf-8", "<!doctype html><title>Gone</title><h1>This endpoint was removed</h1>\n")
			return true
		}, param("status", "410", "404 or 410")),
		define("evolution/required-field", StageBefore, "the action needs a parameter that nobody knew of", func(x *exchange, a *Armed) bool {
			x.answer = x.t.refuse(x.op, failure{class: ir.Invalid, or: []ir.Class{ir.Rejected}})
			return true
		}),
		onMember("field-removed", "a member is never sent any more", removed),
		onMember("field-renamed", "a member has another name", renamed),
		onMember("type-changed", "a member is an object where it was a scalar", typed),
		define("evolution/deprecated", StageAfter, "the answer announces the end of the action (RFC 9745, RFC 8594)", func(x *exchange, a *Armed) bool {
			x.answer.header.Set("Deprecation", "@"+strconv.FormatInt(x.now.Unix(), 10))
			x.answer.header.Set("Sunset", x.now.Add(a.span("in")).UTC().Format(http.TimeFormat))
			x.answer.header.Add("Link", `</docs/deprecation>; rel="deprecation"`)
			return true
		}, param("in", "2160h", "time until the end")),
		define("evolution/version-refused", StageBefore, "the provider does not serve this version any more", func(x *exchange, _ *Armed) bool {
			x.answer = x.t.refuse(x.op, failure{class: ir.Invalid, hints: []string{"version"}, or: []ir.Class{ir.Rejected}})
			return true
		}),
	}
}
