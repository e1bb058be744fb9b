package draft

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"cuelang.org/go/cue/cuecontext"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sentenceSet is what golden/draft/sentences has of one document.
type sentenceSet struct {
	Held      bool             `json:"held"`
	Sentences map[string][]any `json:"sentences"` // A call, or calls of which one will do.
}

func sentences(t *testing.T) map[string]sentenceSet {
	t.Helper()
	src, err := os.ReadFile("../../golden/draft/sentences/sentences.cue")
	require.NoError(t, err)
	v := cuecontext.New().CompileBytes(src)
	require.NoError(t, v.Err())
	sets := map[string]sentenceSet{}
	require.NoError(t, v.Decode(&sets))
	return sets
}

// TestSentences measures what Use chooses: the recall of needed operations is
// at least 0.95, with at most twice as many chosen as are needed. -v prints
// each sentence that falls short.
func TestSentences(t *testing.T) {
	var tuned, held tally
	count := 0
	for name, set := range sentences(t) {
		doc, err := read(Options{Document: corpus(t, name)})
		require.NoError(t, err)
		d := newDrafter(doc, Options{})
		d.nameActions()
		for sentence, needed := range set.Sentences {
			d.choices = nil
			d.picked(sentence)
			sum := &tuned
			if set.Held {
				sum = &held
			}
			sum.add(t, name+": "+sentence, needed, d.choices)
			count++
		}
	}
	t.Logf("%d sentences; tuned: %s; held out: %s", count, tuned, held)
	all := tally{tuned.needed + held.needed, tuned.found + held.found, tuned.chosen + held.chosen}
	assert.Equal(t, 40, count)
	assert.GreaterOrEqual(t, all.recall(), 0.95)
	assert.LessOrEqual(t, all.chosen, 2*all.needed)
}

// tally counts operations over sentences.
type tally struct{ needed, found, chosen int }

func (s tally) recall() float64 { return float64(s.found) / float64(s.needed) }

func (s tally) String() string {
	return fmt.Sprintf("%d of %d needed operations found (%.2f), %d chosen", s.found, s.needed, s.recall(), s.chosen)
}

func (s *tally) add(t *testing.T, sentence string, needed []any, choices []Choice) {
	t.Helper()
	var calls []string
	for _, c := range choices {
		if c.Call != "" && !slices.Contains(calls, c.Call) {
			calls = append(calls, c.Call)
		}
	}
	s.chosen += len(calls)
	for _, n := range needed {
		s.needed++
		if slices.ContainsFunc(oneOf(n), func(call string) bool { return slices.Contains(calls, call) }) {
			s.found++
			continue
		}
		t.Logf("%s: %v is not among %v", sentence, n, choices)
	}
}

func oneOf(needed any) []string {
	list, ok := needed.([]any)
	if !ok {
		return []string{needed.(string)}
	}
	var calls []string
	for _, call := range list {
		calls = append(calls, call.(string))
	}
	return calls
}
