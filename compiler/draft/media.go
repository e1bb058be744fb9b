package draft

import (
	"mime"
	"slices"
	"strconv"
	"strings"
)

// What a media type makes of a body. JSON has a type of its own; text and bytes
// are what they are. XML and what else has a structure comes and goes as bytes:
// the caller reads and writes them with the types of his own choice.

// isJSON reports whether a media type is JSON by any name.
func isJSON(media string) bool {
	m := bare(media)
	return m == "application/json" || m == "text/json" || strings.HasSuffix(m, "+json")
}

// isXML reports whether a media type is XML by any name.
func isXML(media string) bool {
	m := bare(media)
	return m == "application/xml" || m == "text/xml" || strings.HasSuffix(m, "+xml") && m != "image/svg+xml"
}

// medias are the encodings of a body, best first.
var medias = []string{
	"application/json", "text/json", "application/merge-patch+json", "+json", "application/json-patch+json",
	"application/x-www-form-urlencoded", "multipart/form-data", "text/plain", "*/*", "application/octet-stream",
}

// rank is the place of a media type among the encodings; those that are none of
// them come last.
func rank(media string) int {
	m := bare(media)
	if i := slices.Index(medias, m); i >= 0 {
		return i
	}
	if strings.HasSuffix(m, "+json") {
		return slices.Index(medias, "+json")
	}
	return len(medias)
}

// firstMedia is the best of the media types that Swagger 2.0 lists. A JSON patch
// is a list of changes, so that an object is none.
func firstMedia(list []string, s *schema) string {
	best := ""
	for _, m := range list {
		if bare(m) == "application/json-patch+json" && s.kind != listKind && len(list) > 1 {
			continue
		}
		if best == "" || rank(m) < rank(best) {
			best = m
		}
	}
	return first(best, "application/json")
}

// concrete reports whether a media type can be sent: whether it is one, and no
// range.
func concrete(media string) bool {
	_, _, err := mime.ParseMediaType(media)
	return err == nil && strings.Contains(media, "/") && !strings.Contains(media, "*")
}

// replyKind is how a reply of a media type is read, as the spec says it: "" is
// JSON.
func replyKind(media string, s *schema) string {
	m := bare(media)
	bytes := s != nil && s.kind == bytesKind
	switch {
	case streamForm(m) != "" && s != nil && (s.kind == objectKind || s.kind == unionKind || s.kind == refKind):
		return "stream"
	case m == "*/*" && s != nil && s.kind == stringKind:
		return "text"
	case isJSON(m) || m == "" || m == "*/*" && !bytes:
		return ""
	case isXML(m):
		return "raw"
	case strings.HasPrefix(m, "text/") && m != "text/event-stream" && !bytes:
		return "text"
	}
	return "raw"
}

// setReply writes what an action returns, and how that is read.
func (d *drafter) setReply(v *value, op *operation) {
	r := op.reply
	if r == nil || r.schema == nil && r.media == "" || op.method == "HEAD" {
		return
	}
	kind := replyKind(r.media, r.schema)
	if r.streams != "" {
		d.noteStream(op)
	}
	row := d.rowOf(r)
	switch {
	case row != nil:
		kind = "stream"
		v.set("returns", d.render(row, false), row.attrs...)
	case kind == "text":
		v.set("returns", text("string"))
	case kind == "raw":
		v.set("returns", text("bytes"))
		d.noteRaw(r)
	case r.schema == nil:
		v.set("returns", text("_"))
	case r.schema.kind == bytesKind && !isJSON(r.media):
		kind = "raw"
		v.set("returns", text("bytes"))
	case r.schema.kind == objectKind && len(r.schema.fields) == 0 && !r.schema.open:
		return
	case r.schema.kind == objectKind && len(r.schema.fields) == 0:
		v.set("returns", text("_"))
		d.note(r.at, "the reply of %s is open and not described; it is any value", op.dotted())
	default:
		v.set("returns", d.render(r.schema, false), r.schema.attrs...)
	}
	switch kind {
	case "":
	case "stream":
		d.setStream(v, op)
	default:
		v.set("reply", quoted(kind))
	}
	d.setAccept(v, r, kind)
}

// setAccept asks for the media type, where the server may have others or the
// client would ask for plain JSON.
func (d *drafter) setAccept(v *value, r *reply, kind string) {
	m := bare(r.media)
	if !concrete(m) || m == "application/json" || m == "text/plain" || m == "application/octet-stream" || v.field("headers") != nil {
		return
	}
	if kind == "" || kind == "stream" && m != "text/event-stream" && m != "text/csv" || isXML(m) || r.several {
		v.set("headers", structure(&field{label: "Accept", value: quoted(m)}))
	}
}

// noteRaw says of a reply with a structure that it is left to the caller.
func (d *drafter) noteRaw(r *reply) {
	switch m := bare(r.media); {
	case m == "text/event-stream" || strings.Contains(m, "stream+json") || strings.Contains(m, "ndjson") || strings.Contains(m, "jsonl"):
		d.note(r.at, "the reply is a stream of %s; it is read to its end, as bytes", m)
	case isXML(m) && r.schema != nil:
		d.note(r.at, "the reply is XML; it comes as bytes, for xml.Unmarshal into a type of the caller")
	}
}

// asObject is a form whose schema is an object. Documents also give the schema of a
// file, or of a list, and leave open what it is called.
func (d *drafter) asObject(b *body, path string) *body {
	name := "file"
	switch s := d.follow(b.schema); s.kind {
	case anyKind:
		c := *b
		c.schema = &schema{at: b.schema.at, kind: mapKind, elem: &schema{at: b.schema.at}}
		return &c
	case objectKind, mapKind, allKind, unionKind:
		return b
	case listKind:
		if s.elem.kind != bytesKind {
			segments := segmentsOf(path)
			if n := len(segments); n > 0 && !strings.Contains(segments[n-1], "{") {
				name = segments[n-1]
			}
		}
	}
	d.doc.repair(b.at, "it is called "+strconv.Quote(name), "the body is a form, and the document names no member of it")
	c := *b
	c.schema = &schema{at: b.schema.at, kind: objectKind, fields: []*member{{name: name, required: true, schema: b.schema}}}
	return &c
}

// setBody writes the body by the kind of its media type.
func (d *drafter) setBody(v *value, b *body, at string) {
	media := bare(b.media)
	switch {
	case b.schema.empty && (media == "application/x-www-form-urlencoded" || media == "multipart/form-data"):
		d.note(b.at, "nothing is in the body; none is sent")
	case isJSON(media) || media == "" || media == "*/*" && b.schema.kind != bytesKind:
		v.set("body", d.render(b.schema, true))
		if concrete(media) && media != "application/json" {
			v.set("media", quoted(media))
		}
	case media == "application/x-www-form-urlencoded":
		v.set("form", d.styled(d.asObject(b, at)))
	case media == "multipart/form-data":
		v.set("multipart", d.styled(d.asObject(b, at)))
	case strings.HasPrefix(media, "text/") && !isXML(media) && b.schema.kind != bytesKind:
		v.set("text", text("string"))
		if concrete(media) && media != "text/plain" {
			v.set("media", quoted(media))
		}
	default:
		d.setRaw(v, b, media)
	}
}

func (d *drafter) setRaw(v *value, b *body, media string) {
	v.set("raw", text("bytes"))
	if concrete(media) && media != "application/octet-stream" {
		v.set("media", quoted(media))
	}
	switch {
	case isXML(media):
		d.note(b.at, "the body is XML; it goes as bytes, from xml.Marshal of a type of the caller")
	case b.schema.kind != bytesKind && b.schema.kind != stringKind && b.schema.kind != anyKind:
		d.note(b.at, "a body of %s is sent as bytes", media)
	}
}
