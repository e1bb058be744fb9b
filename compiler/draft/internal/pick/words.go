package pick

import (
	"slices"
	"strings"
)

// verbOf returns what a word does to a collection: create, list, get, update
// or delete; empty when the word is none of the usual ones.
func verbOf(word string) string {
	for _, v := range verbs {
		if slices.Contains(v.words, word) {
			return v.verb
		}
	}
	return ""
}

var verbs = []struct {
	verb  string
	words []string
}{
	{"create", stems("create add open start make post register send write upload place raise log submit schedule establish set invite subscribe append insert issue buy purchase notify give grant share")},
	{"list", stems("list browse enumerate search find query")},
	{"get", stems("get read fetch retrieve look see show download check view lookup")},
	{"update", stems("update edit change modify rename mark move patch")},
	{"delete", stems("delete remove cancel revoke unsubscribe stop drop clear")},
}

func stems(list string) []string {
	out := strings.Fields(list)
	for i, w := range out {
		out[i] = stem(w)
	}
	return out
}

// stem cuts a word to what its forms have in common: attachments and attach,
// reactions and react, collaborator and collaboration.
func stem(word string) string {
	w := singular(strings.ToLower(word))
	for _, end := range []string{"ment", "ation", "ator", "ion", "ing", "ed", "ee", "or", "er"} {
		if cut, ok := strings.CutSuffix(w, end); ok && len(cut) >= 4 {
			w = cut
			break
		}
	}
	w = strings.TrimSuffix(w, "e")
	if cut, ok := strings.CutSuffix(w, "i"); ok { // notified
		w = cut + "y"
	}
	if n := len(w); n > 4 && w[n-1] == w[n-2] { // cancelling
		w = w[:n-1]
	}
	return w
}

func singular(w string) string {
	switch {
	case len(w) < 4 || strings.HasSuffix(w, "ss") || strings.HasSuffix(w, "us") || strings.HasSuffix(w, "is"):
		return w
	case strings.HasSuffix(w, "ies"):
		return w[:len(w)-3] + "y"
	}
	for _, end := range []string{"sses", "xes", "ches", "shes"} {
		if strings.HasSuffix(w, end) {
			return w[:len(w)-2]
		}
	}
	return strings.TrimSuffix(w, "s")
}

// synonyms are other stems for what a word means.
func synonyms(word string) []string {
	for _, group := range meanings {
		if slices.Contains(group, word) {
			return group
		}
	}
	return nil
}

// meanings are words that APIs and people use for one another.
var meanings = [][]string{
	stems("repository repo"),
	stems("organization organisation org"),
	stems("webhook hook"),
	stems("message sms mail email text"),
	stems("user member person people account"),
	stems("channel conversation room"),
	stems("issue ticket"),
	stems("file document content attachment"),
	stems("pull merge"),
	stems("subscribe watch webhook notify"),
	stems("buy purchase order"),
	stems("refund reimburse"),
	stems("folder directory"),
	stems("thread reply"),
	stems("workspace team"),
}
