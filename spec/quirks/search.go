package quirks

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
)

// Hit is a fact that a search found.
type Hit struct {
	API   string  `json:"api"`
	Score float64 `json:"score"` // Higher is better; comparable within one search.
	*Fact
}

// Query says what to look for.
type Query struct {
	Text string // Words; empty is every fact.
	Area string // Only facts of this area; empty is all.
}

// Search ranks the facts of the sets by how well they answer the query, best
// first. Facts that have none of its words are left out, and so are those
// with few of them when others have many. Words are compared by their stems:
// "limits" finds "limit". The order depends on the arguments alone.
func Search(sets []*Set, q Query) []Hit {
	var hits []Hit
	var docs []*indexed
	for _, s := range sets {
		for _, f := range s.Facts {
			if q.Area == "" || f.Area == q.Area {
				hits = append(hits, Hit{API: s.Name, Fact: f})
				docs = append(docs, indexFact(s.Name, f))
			}
		}
	}
	terms := termsOf(q.Text)
	if len(terms) == 0 {
		return hits
	}
	score(docs, terms)
	most := 0
	for i, d := range docs {
		hits[i].Score = math.Round(d.score*1000) / 1000
		most = max(most, d.matched)
	}
	var found []Hit
	for i, d := range docs {
		if d.matched > 0 && d.matched*2 >= most {
			found = append(found, hits[i])
		}
	}
	slices.SortStableFunc(found, func(a, b Hit) int { return cmp.Compare(b.Score, a.Score) })
	return found
}

// indexed counts the stems of a fact, each as heavy as the part it is in.
type indexed struct {
	weight  map[string]float64
	length  float64
	score   float64
	matched int
}

func indexFact(api string, f *Fact) *indexed {
	d := &indexed{weight: map[string]float64{}}
	for _, part := range []struct {
		text   string
		weight float64
	}{
		{f.ID, 3}, {f.Area, 3}, {f.Claim, 2}, {f.On, 2}, {f.Advice, 1}, {f.Effect, 1}, {api, 1},
	} {
		for _, t := range termsOf(part.text) {
			d.weight[t] += part.weight
			d.length++
		}
	}
	return d
}

// score is BM25 over the weighted counts. That all words of the query are in
// a fact counts more than that one of them is in it often.
func score(docs []*indexed, terms []string) {
	const k, b = 1.2, 0.5
	total, in := 0.0, map[string]float64{}
	for _, d := range docs {
		total += d.length
		for _, t := range terms {
			if d.weight[t] > 0 {
				in[t]++
			}
		}
	}
	n := float64(len(docs))
	for _, d := range docs {
		norm := k * (1 - b + b*d.length*n/total)
		for _, t := range terms {
			if w := d.weight[t]; w > 0 {
				d.matched++
				d.score += math.Log(1+(n-in[t]+0.5)/(in[t]+0.5)) * w * (k + 1) / (w + norm)
			}
		}
		d.score *= float64(d.matched) / float64(len(terms))
	}
}

// termsOf lists the stems of the words of a text that say something.
func termsOf(s string) []string {
	var terms []string
	for _, w := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		if !silent[w] {
			terms = append(terms, stem(w))
		}
	}
	return terms
}

var silent = map[string]bool{
	"a": true, "an": true, "and": true, "are": true, "as": true, "at": true, "be": true, "by": true, "can": true, "do": true,
	"does": true, "for": true, "from": true, "how": true, "i": true, "if": true, "in": true, "is": true, "it": true, "its": true,
	"my": true, "of": true, "on": true, "or": true, "that": true, "the": true, "this": true, "to": true, "was": true,
	"what": true, "when": true, "why": true, "with": true,
}

// stem takes the common endings of English words off: expires, expired and
// expiring are one word. It is made for finding, and not for reading.
func stem(w string) string {
	for _, e := range []struct{ end, put string }{
		{"ations", "at"}, {"ation", "at"}, {"ating", "at"}, {"ated", "at"}, {"ates", "at"}, {"ate", "at"},
		{"ies", "y"}, {"sses", "ss"}, {"ings", ""}, {"ing", ""}, {"ied", "y"}, {"ed", ""}, {"es", ""}, {"s", ""}, {"e", ""}, {"ly", ""},
	} {
		if rest, ok := strings.CutSuffix(w, e.end); ok && len(rest) > 2 && !(e.end == "s" && strings.HasSuffix(rest, "s")) {
			return undouble(rest + e.put)
		}
	}
	return undouble(w)
}

// undouble makes one of two letters at the end: cancelled is cancel.
func undouble(w string) string {
	n := len(w)
	if n > 3 && w[n-1] == w[n-2] {
		return w[:n-1]
	}
	return w
}
