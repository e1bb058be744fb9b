package twin

import (
	"slices"
	"strings"
	"unicode"
)

var (
	firstNames = []string{"Ada", "Bilal", "Chidi", "Dana", "Emre", "Freya", "Goran", "Hana", "Ines", "Jonas", "Kirsi", "Luca", "Mei", "Nadia", "Oskar", "Priya"}
	lastNames  = []string{"Abara", "Berg", "Costa", "Dubois", "Eriksen", "Fontana", "Greene", "Hoshi", "Ivanova", "Jansen", "Kaya", "Lindqvist", "Mori", "Novak", "Okafor", "Petit"}
	nouns      = []string{"anchor", "birch", "canal", "delta", "ember", "fjord", "garnet", "harbor", "island", "juniper", "kelp", "lagoon", "meadow", "nectar", "orchard", "pebble", "quartz", "river", "summit", "tundra"}
	sentences  = []string{"The build is green again.", "Lunch is at noon today.", "Please review the draft by Friday.", "Two orders are still open.", "The meeting moved to room four.", "Thanks, that fixed it."}
	locales    = []string{"en-US", "de-DE", "ja-JP", "pt-BR"}
	countries  = []string{"DE", "US", "JP", "NG", "BR"}
	cities     = []string{"Berlin", "Boston", "Osaka", "Lagos", "Recife"}
	currencies = []string{"EUR", "USD", "JPY", "NGN", "BRL"}
	media      = []string{"text/plain", "image/png", "application/pdf"}
	endings    = []string{"txt", "png", "pdf"}
)

func pick(r *rng, list []string) string { return list[r.below(len(list))] }

// word returns a plain lower-case word.
func word(r *rng) string { return pick(r, nouns) }

// person is whom the members of an object tell of.
type person struct{ first, last string }

// person returns whom the value tells of, one and the same in all of its members.
func (s *synth) person() *person {
	if s.who == nil {
		s.who = &person{pick(&s.rng, firstNames), pick(&s.rng, lastNames)}
	}
	return s.who
}

func (p *person) handle() string { return strings.ToLower(p.first + "." + p.last) }

// nameParts splits the name of a member into lower-case words: avatarURL, avatar-url
// and avatar_url are the same.
func nameParts(name string) []string {
	var b strings.Builder
	runes := []rune(name)
	for i, c := range runes {
		next := i+1 < len(runes) && unicode.IsLower(runes[i+1])
		if i > 0 && unicode.IsUpper(c) && (!unicode.IsUpper(runes[i-1]) || next) {
			b.WriteByte(' ')
		}
		b.WriteRune(unicode.ToLower(c))
	}
	return strings.FieldsFunc(b.String(), func(c rune) bool { return c == '_' || c == '-' || c == '.' || c == ' ' })
}

// hasWord reports whether one of the words is among the parts of a name.
func hasWord(parts []string, words ...string) bool {
	return slices.ContainsFunc(parts, func(p string) bool { return slices.Contains(words, p) })
}

// timed reports whether a name is that of a time: created_at, updatedAt, timestamp.
func timed(parts []string) bool {
	n := len(parts)
	return n > 1 && parts[n-1] == "at" || n > 0 && slices.Contains([]string{"created", "updated", "modified", "timestamp", "expires", "expiry"}, parts[n-1])
}

// suited makes text that suits a member's name. It is for the eye alone: nothing
// depends on it.
func (s *synth) suited(name string) string {
	parts, r := nameParts(name), &s.rng
	has := func(words ...string) bool { return hasWord(parts, words...) }
	last := ""
	if len(parts) > 0 {
		last = parts[len(parts)-1]
	}
	switch {
	case has("hash", "etag", "checksum", "sha", "md5", "version"):
		return r.hex(8)
	case has("uuid", "guid"):
		return newForm(uuidPattern, 0).write(r.next())
	case last == "ip" || has("ipv4"):
		return "203.0.113." + string(itoa(r.next(), 1)) // RFC 5737: never a real host.
	case has("domain", "host", "hostname"):
		return word(r) + ".example.com"
	case has("email", "mail", "bcc", "cc"):
		return s.person().handle() + "@example.com"
	case has("url", "uri", "link", "href", "permalink", "avatar", "image", "thumb", "thumbnail", "icon", "logo", "photo", "picture", "website", "homepage", "webhook") && !has("id", "ids"):
		return "https://example.com/" + word(r) + "/" + r.hex(8)
	case has("phone", "tel", "mobile", "fax"):
		return "+1555" + string(itoa(r.next(), 7))
	case has("id", "ids", "key"):
		return r.hex(12)
	case has("username", "login", "handle", "nickname"):
		return s.person().handle()
	case has("file") && has("name") || has("filename"):
		return word(r) + "." + pick(r, endings)
	case has("mimetype", "mime") || has("content", "media") && last == "type":
		return pick(r, media)
	case has("filetype", "extension"):
		return pick(r, endings)
	case has("first", "given") && has("name") || has("firstname"):
		return s.person().first
	case has("last", "family") && has("name") || has("surname", "lastname"):
		return s.person().last
	case has("real", "display", "full", "author", "owner", "customer", "contact") && has("name") || has("fullname"):
		return s.person().first + " " + s.person().last
	case has("company", "organization", "organisation", "vendor") && (len(parts) == 1 || has("name")):
		return title(word(r)) + " Ltd"
	case zoned(parts):
		return s.zoneText(parts)
	case has("locale", "language", "lang"):
		return pick(r, locales)
	case has("currency"):
		return pick(r, currencies)
	case has("country"):
		return pick(r, countries)
	case has("city", "town"):
		return pick(r, cities)
	case has("street", "address", "line1"):
		return string(itoa(r.next(), 2)) + " " + title(word(r)) + " Street"
	case has("zip", "postal", "postcode"):
		return string(itoa(r.next(), 5))
	case has("color", "colour"):
		return r.hex(6)
	case has("html"):
		return "<p>" + pick(r, sentences) + "</p>"
	case has("text", "body", "description", "message", "comment", "purpose", "note", "content", "subject", "summary"):
		return pick(r, sentences)
	case has("name", "title", "label"):
		return word(r) + "-" + word(r)
	}
	return word(r)
}

// uuidPattern is the form of a random UUID (RFC 9562, 5.4).
const uuidPattern = "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"

func title(word string) string { return strings.ToUpper(word[:1]) + word[1:] }

// usual returns the number that a member of the name usually has, if there is one.
func (s *synth) usual(name string) (int64, bool) {
	parts := nameParts(name)
	has := func(words ...string) bool { return hasWord(parts, words...) }
	switch {
	case timed(parts):
		return s.now.Unix(), true
	case zoned(parts) && has("offset"):
		return s.zone().offset, true
	case has("per") && has("page"):
		return 50, true
	case has("page") || has("pages"):
		return 1, true
	case has("year"):
		return int64(s.now.Year()), true
	case has("percent", "percentage"):
		return int64(s.rng.below(101)), true
	}
	return 0, false
}
