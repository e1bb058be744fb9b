package score

import (
	"fmt"
	"runtime"
	"sync"

	"github.com/porin-dev/porin/spec/quirks"
)

// Area is what is judged.
type Area int

// The areas, in the order of the report.
const (
	Paging Area = iota
	Ends        // Of the page rules that are right otherwise.
	Effects
	Auths
	Failures
	areas
)

func (a Area) String() string {
	return [...]string{"paging", "ends", "effects", "auth", "errors"}[a]
}

// Count is the outcome in one area.
type Count struct {
	Drafted  int // What the draft says.
	Right    int // Of these, how many are right.
	Labelled int // What there is to say.
	Found    int // Of these, how many the draft says.
}

// Precision is the part of what is said that is right; 1 when nothing is said.
func (c Count) Precision() float64 { return share(c.Right, c.Drafted) }

// Recall is the part of what there is that is said; 1 when there is nothing.
func (c Count) Recall() float64 { return share(c.Found, c.Labelled) }

func share(part, whole int) float64 {
	if whole == 0 {
		return 1
	}
	return float64(part) / float64(whole)
}

// Miss is one label that the draft does not agree with.
type Miss struct {
	Area      Area
	Document  string
	Operation string // Empty for what goes for the whole connector.
	Want, Got string
}

// Scores is the outcome for a set of documents.
type Scores struct {
	Documents  int
	Operations int
	Counts     [areas]Count
	// Unsafe counts operations that make two things, or that nothing undoes,
	// and that the draft would send again without asking.
	Unsafe int
	Misses []Miss // By document, as they were found.
}

func (s *Scores) count(a Area) *Count { return &s.Counts[a] }

func (s *Scores) add(o *Scores) {
	s.Documents += o.Documents
	s.Operations += o.Operations
	s.Unsafe += o.Unsafe
	s.Misses = append(s.Misses, o.Misses...)
	for a := range s.Counts {
		c := o.Counts[a]
		s.Counts[a].Drafted += c.Drafted
		s.Counts[a].Right += c.Right
		s.Counts[a].Labelled += c.Labelled
		s.Counts[a].Found += c.Found
	}
}

// Outcome is what the documents came to: those that the drafter's rules were
// tuned with, those that were held out, and those that were labelled after the
// last tuning.
type Outcome struct{ Tuned, Held, Blind Scores }

// Run drafts every labelled document of the corpus and compares.
func Run(docs []*Document) (*Outcome, error) {
	index, err := quirks.Load()
	if err != nil {
		return nil, err
	}
	scores := make([]*Scores, len(docs))
	errs := make([]error, len(docs))
	var wait sync.WaitGroup
	places := make(chan struct{}, min(4, runtime.GOMAXPROCS(0))) // A large document takes hundreds of megabytes.
	for i, d := range docs {
		wait.Go(func() {
			places <- struct{}{}
			scores[i], errs[i] = compare(d, index)
			<-places
		})
	}
	wait.Wait()
	out := &Outcome{}
	for i, d := range docs {
		if errs[i] != nil {
			return nil, fmt.Errorf("%s: %w", d.Name, errs[i])
		}
		switch {
		case d.Blind:
			out.Blind.add(scores[i])
		case d.Held:
			out.Held.add(scores[i])
		default:
			out.Tuned.add(scores[i])
		}
	}
	return out, nil
}

func compare(d *Document, index *quirks.Index) (*Scores, error) {
	draft, problem, err := compileDraft(d.Name, index)
	if err != nil {
		return nil, err
	}
	c := &comparison{doc: d, draft: draft, scores: &Scores{Documents: 1, Operations: len(d.Operations)}}
	c.run()
	if problem != "" { // One reason instead of one miss for each label.
		c.scores.Misses = []Miss{{Effects, d.Name, "", "a connector", problem}}
	}
	return c.scores, nil
}
