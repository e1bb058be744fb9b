package draft

import (
	"slices"
	"strings"

	v2 "github.com/pb33f/libopenapi/datamodel/high/v2"
	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"
)

// answersV2 reads the responses of an operation of Swagger 2.0, which says once
// for all of them what they are written in.
func (d *document) answersV2(out *operation, list *v2.Responses, produces []string) {
	if list == nil {
		return
	}
	for code, r := range list.Codes.FromOldest() {
		out.answers = append(out.answers, d.answerV2(out, code, r, produces))
	}
	if list.Default != nil {
		out.answers = append(out.answers, d.answerV2(out, "default", list.Default, produces))
	}
	d.settleAnswers(out)
}

func (d *document) answerV2(out *operation, code string, r *v2.Response, produces []string) *reply {
	a := &reply{code: code, doc: r.Description, headers: headersOf(r.Headers), at: out.at.below("responses", code)}
	if r.Schema == nil {
		return a
	}
	a.schema = d.readSchema(r.Schema, a.at.below("schema"), 0)
	a.media = firstMedia(produces, a.schema)
	for _, other := range produces {
		a.offers(other)
	}
	if a.schema.kind == bytesKind && isJSON(a.media) {
		a.media = "application/octet-stream"
	}
	if r.Examples != nil && r.Examples.Values != nil {
		if n, ok := r.Examples.Values.Get("application/json"); ok {
			a.example = valueOf(n)
		}
	}
	return a
}

func (d *document) answersV3(out *operation, list *v3.Responses) {
	if list == nil {
		return
	}
	for code, r := range list.Codes.FromOldest() {
		out.answers = append(out.answers, d.answerV3(out, code, r))
	}
	if list.Default != nil {
		out.answers = append(out.answers, d.answerV3(out, "default", list.Default))
	}
	d.settleAnswers(out)
}

func (d *document) answerV3(out *operation, code string, r *v3.Response) *reply {
	a := &reply{code: code, doc: r.Description, headers: headersOf(r.Headers), at: out.at.below("responses", code)}
	media, x := choose(r.Content)
	a.media = media
	if r.Content != nil {
		for other := range r.Content.FromOldest() {
			a.offers(other)
		}
	}
	if x == nil {
		return a
	}
	if x.Schema != nil {
		a.schema = d.readSchema(x.Schema, a.at.below("content", media, "schema"), 0)
	}
	a.example = exampleV3(x)
	return a
}

// offers notes a media type that an answer may have, too.
func (r *reply) offers(media string) {
	if bare(media) == bare(r.media) {
		return
	}
	r.several = true
	if streamForm(bare(r.media)) == "" && streamForm(bare(media)) != "" {
		r.streams = bare(media)
	}
}

// success reports whether an answer is one.
func (r *reply) success() bool { return strings.HasPrefix(r.code, "2") }

// failing finds the words that descriptions of failures have.
var failing = pattern(`(?i)\b(errors?|fail\w*|invalid|problem|unexpected|denied|forbidden|unauthori[sz]ed|exception)\b`)

// settleAnswers decides what an operation replies, and which schemas are those
// of its failures. Where no answer is a success, the default one is, unless it
// speaks of a failure.
func (d *document) settleAnswers(op *operation) {
	var good []*reply
	for _, a := range op.answers {
		if a.success() {
			good = append(good, a)
		}
	}
	if i := slices.IndexFunc(op.answers, func(a *reply) bool { return a.code == "default" }); len(good) == 0 && i >= 0 {
		if a := op.answers[i]; !failing().MatchString(a.doc) {
			good = append(good, a)
		}
	}
	for _, a := range op.answers {
		if !slices.Contains(good, a) && a.schema != nil {
			op.failures = append(op.failures, a.schema)
		}
	}
	if len(good) == 0 {
		d.noteNoSuccess(op)
		return
	}
	op.reply = d.oneOf(op, good)
}

// oneOf makes one reply of several successes: the first that has a body and,
// where others of JSON have another shape, any of theirs.
func (d *document) oneOf(op *operation, good []*reply) *reply {
	chosen := good[0]
	if i := slices.IndexFunc(good, func(a *reply) bool { return a.schema != nil || a.media != "" }); i >= 0 {
		chosen = good[i]
	}
	if chosen.several && chosen.streams == "" { // Which is noted with what chooses it.
		d.note(chosen.at, "of the media types of the reply, %s is read", chosen.media)
	}
	var shapes []*schema
	for _, a := range good {
		if a == chosen || a.schema == nil || chosen.schema == nil || keyOf(a.schema) == keyOf(chosen.schema) {
			continue
		}
		if replyKind(a.media, a.schema) != "" || replyKind(chosen.media, chosen.schema) != "" || vague(a.schema) || vague(chosen.schema) {
			d.note(a.at, "the reply is read as that of status %s", chosen.code)
			continue
		}
		shapes = append(shapes, a.schema)
	}
	if len(shapes) > 0 {
		merged := *chosen
		merged.schema = &schema{at: chosen.schema.at, kind: unionKind, alts: append([]*schema{chosen.schema}, shapes...)}
		return &merged
	}
	return chosen
}

// vague reports whether a schema says nothing.
func vague(s *schema) bool {
	return s.kind == anyKind || s.kind == mapKind && s.elem.kind == anyKind
}

// noteNoSuccess says what an operation without a success does.
func (d *document) noteNoSuccess(op *operation) {
	for _, a := range op.answers {
		if strings.HasPrefix(a.code, "3") {
			d.note(a.at, "the success is a redirect; the address is in the header Location")
			return
		}
	}
	if len(op.answers) > 0 {
		d.note(op.at.below("responses"), "none of the responses is a success; what one says is not known")
	}
}
