package draft

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// streamForm is how items stand in a body of a media type that has many; "" is not at
// all.
func streamForm(media string) string {
	switch media {
	case "text/event-stream":
		return "events"
	case "application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines", "application/stream+json", "application/json-seq":
		return "lines"
	}
	return ""
}

// rowOf is the type of a row of a reply that is a table, or nil: where the document does
// not name the columns, or has more in one than a cell can hold, a table is text.
func (d *drafter) rowOf(r *reply) *schema {
	if bare(r.media) != "text/csv" || r.schema == nil {
		return nil
	}
	row := r.schema
	if list := d.follow(row); list.kind == listKind {
		row = list.elem
	}
	if s := d.follow(row); s.kind != objectKind && s.kind != allKind {
		return nil
	}
	members := d.membersOf(row)
	flat := !slices.ContainsFunc(members, func(m *member) bool {
		return m.schema.fixed != nil || !slices.Contains([]kind{stringKind, intKind, numberKind, boolKind, enumKind}, d.follow(m.schema).kind)
	})
	if len(members) == 0 || !flat {
		return nil
	}
	return row
}

// setStream writes that a reply has many items, and for events what ends them.
func (d *drafter) setStream(v *value, op *operation) {
	form := cmp.Or(streamForm(bare(op.reply.media)), "csv")
	says := structure()
	if end, where := d.streamEnd(op); end != "" && form == "events" {
		says.set("end", quoted(end), d.assume("%s ends with it", where))
	}
	v.set("stream", structure(&field{label: form, value: says}))
}

var (
	// bracketed is a word that is no JSON, as providers end streams of it with.
	bracketed = pattern(`\[[A-Z][A-Z_]*\]`)

	// ending is what a sentence says that speaks of the end.
	ending = pattern(`(?i)\bdata:|\b(ends?|ended|ending|terminat\w*|finish\w*|clos\w*|sentinel)\b`)

	// sentenceEnd is what is behind a sentence.
	sentenceEnd = pattern(`[.!?]\s|\n\n`)
)

// streamEnd is the data that ends a stream of events, and what says so: the last of the
// document's example, where that is no JSON, or the only such word in sentences that speak
// of the end.
func (d *drafter) streamEnd(op *operation) (end, where string) {
	if text, ok := op.reply.example.(string); ok {
		last := ""
		for line := range strings.Lines(text) {
			if data, ok := strings.CutPrefix(strings.TrimSpace(line), "data:"); ok {
				last = strings.TrimSpace(data)
			}
		}
		if last != "" && !jsontext.Value(last).IsValid() {
			return last, "the document's example"
		}
	}
	var found []string
	for _, text := range []string{op.doc, op.text, op.reply.doc, d.follow(op.reply.schema).doc} {
		for _, sentence := range sentenceEnd().Split(text, -1) {
			if ending().MatchString(sentence) {
				found = append(found, bracketed().FindAllString(sentence, -1)...)
			}
		}
	}
	slices.Sort(found)
	if found = slices.Compact(found); len(found) == 1 {
		return found[0], "the description says that the stream"
	}
	return "", ""
}

// noteStream says of a reply that may come as a stream, too, that it is not drafted as one,
// and what of the request chooses it.
func (d *drafter) noteStream(op *operation) {
	choice := ""
	offers := func(name string, s *schema) {
		if choice == "" && d.follow(s).kind == boolKind && strings.Contains(strings.ToLower(name), "stream") {
			choice = fmt.Sprintf("; leave `%s` out, or false", name)
		}
	}
	for _, p := range op.params {
		offers(p.name, p.schema)
	}
	if op.body != nil {
		for _, m := range d.follow(op.body.schema).fields {
			offers(m.name, m.schema)
		}
	}
	d.note(op.reply.at, "of the media types of the reply, %s is read; the stream of %s is not drafted%s", op.reply.media, op.reply.streams, choice)
}
