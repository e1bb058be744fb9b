package pick

import (
	"slices"
	"strings"
)

// need is one thing that a sentence asks for: a verb and what it is about.
type need struct {
	text    string
	verb    string            // create, list, get, update or delete; empty when none is said.
	word    string            // The verb's own stem: captur.
	terms   []string          // Stems of the words that carry meaning, the verb among them.
	spelled map[string]string // Terms as the sentence has them.
	meant   []string          // Those of the terms that a pronoun stands for.
	context []string          // Stems from before, which it may be about, too.
}

// needsOf takes a sentence apart: at commas and conjunctions, with verbs and
// nouns that are said once for several parts given to each. Words that the
// operations do not know are passed over.
func needsOf(sentence string, known func(stem string) bool) []need {
	var needs []need
	for _, part := range parts(sentence) {
		if n := needOf(part, known); len(n.terms) > 0 || n.word != "" {
			needs = append(needs, n)
		}
	}
	// "create, move and delete events": the nouns come with the last verb.
	for i := len(needs) - 2; i >= 0; i-- {
		if n := &needs[i]; n.bare() && !pointsBack(n.text) {
			n.take(&needs[i+1])
		}
	}
	var seen []string
	for i := range needs {
		n := &needs[i]
		if i > 0 && n.word == "" {
			n.verb, n.word = needs[i-1].verb, needs[i-1].word // "a comment and an attachment"
		}
		if i > 0 && (n.bare() || pointsBack(n.text)) {
			n.refer(&needs[i-1]) // "delete them"
		}
		n.context = slices.Clone(seen)
		seen = append(seen, n.nouns()...)
	}
	return needs
}

// bare reports whether a need says what to do and not with what.
func (n *need) bare() bool { return len(n.nouns()) == 0 }

// nouns are the terms of a need without a verb of the usual ones. Another verb
// is a thing as well: what is charged is a charge.
func (n *need) nouns() []string {
	return slices.DeleteFunc(slices.Clone(n.terms), func(t string) bool { return t == n.word && verbOf(t) != "" })
}

// take adds the nouns of another need as its own.
func (n *need) take(other *need) {
	for _, t := range other.nouns() {
		n.terms = append(n.terms, t)
		n.spelled[t] = other.spelled[t]
	}
}

// refer adds what a pronoun stands for.
func (n *need) refer(before *need) {
	for _, t := range before.nouns() {
		if !slices.Contains(n.terms, t) {
			n.terms, n.meant = append(n.terms, t), append(n.meant, t)
			n.spelled[t] = before.spelled[t]
		}
	}
}

func pointsBack(text string) bool {
	return slices.ContainsFunc(strings.Fields(text), func(w string) bool { return slices.Contains(pronouns, w) })
}

// parts splits a sentence. "With" parts what belongs to the thing before ("a
// page with its blocks"), and not what is used ("share with a link").
func parts(sentence string) []string {
	var out, part []string
	flush := func() {
		if len(part) > 0 {
			out = append(out, strings.Join(part, " "))
		}
		part = nil
	}
	list := strings.Fields(strings.ToLower(sentence))
	for i, w := range list {
		word := strings.Trim(w, ",;:.!?()\"'")
		owned := word == "with" && i+1 < len(list) && slices.Contains(pronouns, list[i+1])
		if owned || slices.Contains(conjunctions, word) {
			flush()
			continue
		}
		if word != "" {
			part = append(part, word)
		}
		if strings.ContainsAny(w, ",;:.!?") {
			flush()
		}
	}
	flush()
	return out
}

func needOf(part string, known func(string) bool) need {
	n := need{text: part, spelled: map[string]string{}}
	list := strings.Fields(part)
	var last string // The word before, for words that are written as one: work log.
	for i, w := range list {
		s := stem(w)
		switch {
		case slices.Contains(fillers, w) || slices.Contains(pronouns, w):
			continue
		case w == "get" && i+1 < len(list) && strings.HasSuffix(list[i+1], "ed"):
			continue // "get notified"
		case n.word == "" && verbOf(s) != "":
			n.verb, n.word = verbOf(s), s
		case n.word == "" && len(n.terms) == 0 && i+1 < len(list) && starts(list[i+1]):
			n.word, n.verb = s, "create" // "charge it", "ban a user"
			if !known(s) {
				n.verb = "update" // "hang it up": something is done to it.
			}
		}
		for _, term := range []string{s, last + s, s + last} {
			if known(term) && !slices.Contains(n.terms, term) {
				n.terms = append(n.terms, term)
				n.spelled[term] = w
			}
		}
		last = s
	}
	return n
}

// starts reports whether a word begins what a verb is about, so that the word
// before it is the verb.
func starts(w string) bool {
	return slices.Contains(pronouns, w) || slices.Contains([]string{"a", "an", "the", "some", "on", "to"}, w)
}

var (
	conjunctions = strings.Fields("and or then after before also once")
	pronouns     = strings.Fields("it its them their they one that this those him her")
	fillers      = strings.Fields(`a an the of to in on for from by at into as is are be was were been my our your all any some each every i we you
		want wants need needs can should would like able when whether who what how which again later out up new there does do did has have had with`)
)
