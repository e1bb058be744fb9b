package twin

import (
	"slices"
	"strings"
)

var (
	firstNames = []string{"Ada", "Bilal", "Chidi", "Dana", "Emre", "Freya", "Goran", "Hana", "Ines", "Jonas", "Kirsi", "Luca", "Mei", "Nadia", "Oskar", "Priya"}
	lastNames  = []string{"Abara", "Berg", "Costa", "Dubois", "Eriksen", "Fontana", "Greene", "Hoshi", "Ivanova", "Jansen", "Kaya", "Lindqvist", "Mori", "Novak", "Okafor", "Petit"}
	nouns      = []string{"anchor", "birch", "canal", "delta", "ember", "fjord", "garnet", "harbor", "island", "juniper", "kelp", "lagoon", "meadow", "nectar", "orchard", "pebble", "quartz", "river", "summit", "tundra"}
	sentences  = []string{"The build is green again.", "Lunch is at noon today.", "Please review the draft by Friday.", "Two orders are still open.", "The meeting moved to room four.", "Thanks, that fixed it."}
	zones      = []string{"Europe/Berlin", "America/New_York", "Asia/Tokyo", "Africa/Lagos"}
	locales    = []string{"en-US", "de-DE", "ja-JP", "pt-BR"}
)

func pick(r *rng, list []string) string { return list[r.below(len(list))] }

// word returns a plain lower-case word.
func word(r *rng) string { return pick(r, nouns) }

// suited makes text that suits a member's name. It is for the eye alone: nothing
// depends on it.
func suited(r *rng, name string) string {
	parts := strings.FieldsFunc(strings.ToLower(name), func(c rune) bool { return c == '_' || c == '-' || c == '.' || c == ' ' })
	has := func(words ...string) bool {
		return slices.ContainsFunc(parts, func(p string) bool { return slices.Contains(words, p) })
	}
	switch {
	case has("email", "mail"):
		return strings.ToLower(pick(r, firstNames)+"."+pick(r, lastNames)) + "@example.com"
	case has("url", "uri", "link", "href", "permalink", "avatar", "image"):
		return "https://example.com/" + word(r) + "/" + r.hex(8)
	case has("phone", "tel"):
		return "+1555" + string(itoa(r.next(), 7))
	case has("first", "given"):
		return pick(r, firstNames)
	case has("last", "family", "surname"):
		return pick(r, lastNames)
	case has("real", "display", "full") && has("name"):
		return pick(r, firstNames) + " " + pick(r, lastNames)
	case has("id", "ids", "uuid", "guid", "key"):
		return r.hex(12)
	case has("tz", "timezone"):
		return pick(r, zones)
	case has("locale", "language", "lang"):
		return pick(r, locales)
	case has("color", "colour"):
		return r.hex(6)
	case has("domain", "host"):
		return word(r) + ".example.com"
	case has("text", "body", "description", "message", "comment", "purpose", "note", "content"):
		return pick(r, sentences)
	case has("name", "title", "label"):
		return word(r) + "-" + word(r)
	case has("version", "hash", "etag"):
		return r.hex(8)
	}
	return word(r)
}
