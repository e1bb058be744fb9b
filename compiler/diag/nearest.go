package diag

import (
	"strings"
	"unicode/utf8"
)

// Nearest returns the candidate that name most likely stands for: the one at
// the smallest edit distance, if that is at most a third of the longer of the
// two. Case and the separators "_" and "-" are cheap to get wrong and cost
// nothing. Of equally near candidates the alphabetically first wins, so that
// the answer does not depend on the order of the list.
func Nearest(name string, candidates []string) (string, bool) {
	from := fold(name)
	best, least := "", 0
	for _, c := range candidates {
		if c == name || c == "" {
			continue
		}
		to := fold(c)
		d := distance(from, to)
		if 3*d > max(utf8.RuneCountInString(from), utf8.RuneCountInString(to)) {
			continue
		}
		if best == "" || d < least || d == least && c < best {
			best, least = c, d
		}
	}
	return best, best != ""
}

// DidYouMean adds the help line that names the nearest candidate. Without a
// near one it lists the candidates, if they are few enough to be read.
func (d *Diagnostic) DidYouMean(name string, candidates []string) *Diagnostic {
	if c, ok := Nearest(name, candidates); ok {
		return d.Help("did you mean `%s`?", c)
	}
	if n := len(candidates); n > 0 && n <= 24 {
		return d.Help("expected one of %s", Or(candidates))
	}
	return d
}

// List writes names for a sentence: `a`, `b` and `c`.
func List(names []string) string { return enumerate(names, " and ") }

// Or writes names for a sentence: `a`, `b` or `c`.
func Or(names []string) string { return enumerate(names, " or ") }

func enumerate(names []string, word string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = "`" + n + "`"
	}
	if len(quoted) < 2 {
		return strings.Join(quoted, "")
	}
	last := len(quoted) - 1
	return strings.Join(quoted[:last], ", ") + word + quoted[last]
}

func fold(s string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(s))
}

// distance is the optimal string alignment distance: insertions, deletions,
// substitutions and swaps of neighbours cost one each.
func distance(from, to string) int {
	a, b := []rune(from), []rune(to)
	before, prev, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(prev[j]+1, row[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, prev, row = prev, row, before
	}
	return prev[len(b)]
}
