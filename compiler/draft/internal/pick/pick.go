// Package pick finds the operations of an API that a sentence asks for. It
// works offline and on words alone: the same sentence and the same operations
// give the same choice.
package pick

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Operation is what the words of an operation say about it.
type Operation struct {
	Method     string
	Path       [][]string // Words of the segments that are not parameters.
	One        bool       // The path ends with a parameter: it names one object.
	Name       []string   // Words of groups and action.
	Action     []string   // Words of the action alone.
	Summary    []string
	Text       []string // The description.
	Tags       []string
	Deprecated bool
}

// Need is one thing that a sentence asks for, with what was found for it.
type Need struct {
	Text  string // "list its invoices"
	Found []Match
}

// Match is an operation that fits a need.
type Match struct {
	Index int      // Of the operation.
	Words []string // Of the need, that it has.
	Verb  string   // What it does, when that is what is needed.

	score float64
}

// Why says what spoke for the operation.
func (m Match) Why() string {
	why := "about " + strings.Join(slices.Compact(m.Words), ", ")
	if m.Verb != "" {
		why += fmt.Sprintf("; does %s", m.Verb)
	}
	return why
}

// An operation that scores nearly as well as the best one is picked, too: the
// sentence does not say which. One below enough is not what was meant.
const (
	tie    = 0.75
	ties   = 2
	enough = 0.2
)

// For takes a sentence apart and finds the operations for each part.
func For(sentence string, ops []Operation) []Need {
	r := newRanking(ops)
	var needs []Need
	for _, n := range needsOf(sentence, r.known) {
		needs = append(needs, Need{n.text, r.best(n)})
	}
	return needs
}

// ranking compares operations with needs.
type ranking struct {
	entries []*entry
	idf     map[string]float64 // How much a word tells apart.
}

func newRanking(ops []Operation) *ranking {
	r := &ranking{idf: map[string]float64{}}
	for i := range ops {
		e := newEntry(i, &ops[i])
		r.entries = append(r.entries, e)
		for w := range e.words {
			r.idf[w]++
		}
	}
	for w, n := range r.idf {
		r.idf[w] = math.Log(float64(len(ops)+1) / n)
	}
	return r
}

// best returns the operations that fit a need best, at most [ties].
func (r *ranking) best(n need) []Match {
	var found []Match
	for _, e := range r.entries {
		if m := r.match(e, n); m.score >= enough {
			found = append(found, m)
		}
	}
	slices.SortStableFunc(found, func(a, b Match) int {
		return cmp.Or(cmp.Compare(b.score, a.score), len(r.entries[a.Index].head)-len(r.entries[b.Index].head))
	})
	for i, m := range found {
		if i == ties || m.score < tie*found[0].score {
			return found[:i]
		}
	}
	return found
}

// match scores high when an operation has the words of a need, is about little
// else, and does what is needed.
func (r *ranking) match(e *entry, n need) Match {
	m := Match{Index: e.index}
	var have, want float64
	for _, t := range n.terms {
		weight := r.weight(t)
		if t == n.word && verbOf(t) != "" || slices.Contains(n.meant, t) {
			weight *= 0.5 // What it does counts below, and what was said before counts less.
		}
		want += weight
		if p := e.prominence(t); p > 0 {
			have += weight * p
			m.Words = append(m.Words, n.spelled[t])
		}
	}
	if have == 0 {
		return m
	}
	if n.verb == e.verb {
		m.Verb = e.verb
	}
	m.score = have / want * (0.3 + 0.7*r.focus(e, n)) * e.verbFits(n) * e.standing
	return m
}

// focus is the share of what an operation is about that a need speaks of.
func (r *ranking) focus(e *entry, n need) float64 {
	var about, all float64
	for _, h := range e.head {
		w := r.weight(h)
		all += w
		switch {
		case h == n.word || h == e.name && verbOf(h) == e.verb || covers(n.terms, h):
			about += w
		case covers(n.context, h):
			about += 0.8 * w
		}
	}
	return about / all
}

// weight is how much a word tells.
func (r *ranking) weight(word string) float64 {
	w := r.idf[word]
	for _, s := range synonyms(word) {
		w = max(w, r.idf[s])
	}
	return w
}

// known reports whether an operation has a word, or one that means the same.
func (r *ranking) known(word string) bool { return r.weight(word) > 0 }
