// Command corpus takes every OpenAPI document of a folder all the way: draft,
// vet, generate, go build, go vet, and smoke, in which every action is called
// once against its twin and the exchange is judged against the document, and by
// a mock server of the vendor's where there is one; with -until gauntlet also
// through every scenario that `porin test` runs. It prints a line for each
// document, and totals; a document that falls short, other than a list of known
// actions says, makes it exit with status 1. Documents may be packed with gzip.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"

	"github.com/porin-dev/porin/golden/openapi"
	"github.com/porin-dev/porin/golden/phases"
)

// settings are the flags of the command.
type settings struct {
	match  string
	jobs   int
	keep   string
	fresh  bool
	detail bool
	vet    bool
	quick  bool
	quirks bool
	known  bool
	short  string
	until  string
	phase  string
	into   string
}

func main() {
	var s settings
	flag.StringVar(&s.match, "only", "*", "take documents whose name matches this pattern")
	flag.IntVar(&s.jobs, "j", 1, "documents at a time; more is faster, and measures worse")
	flag.StringVar(&s.keep, "keep", "", "leave specs, packages and recorded exchanges in this folder")
	flag.BoolVar(&s.fresh, "fresh", false, "compile with a build cache of its own, so that nothing counts as built")
	flag.BoolVar(&s.detail, "detail", false, "print what fell short, action by action")
	flag.BoolVar(&s.vet, "vet", true, "run go vet on what is generated")
	flag.StringVar(&s.until, "until", "mock", "the last phase: "+strings.Join(lasts, ", "))
	flag.BoolVar(&s.quick, "quick", false, "compile what is generated without making it fast; its build is no measure then")
	flag.BoolVar(&s.known, "known", false, "draft with the knowledge base once more, which has to generate, too")
	flag.BoolVar(&s.quirks, "quirks", false, "apply the knowledge base; what it corrects is then wrong to the judge, who reads the document alone")
	flag.StringVar(&s.short, "short", "", "file of the actions that may fail; others fail the run, and so do those that pass")
	flag.StringVar(&s.phase, "phase", "", "internal: run one phase, and print its figures")
	flag.StringVar(&s.into, "into", "", "internal: the folder of the phase")
	flag.Parse()
	if err := s.check(); err != nil {
		fmt.Fprintln(os.Stderr, "corpus:", err)
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ok, err := run(ctx, s)
	if err != nil {
		fmt.Fprintln(os.Stderr, "corpus:", err)
	}
	if err != nil || !ok {
		stop()
		os.Exit(1)
	}
}

// lasts are the phases that -until takes.
var lasts = []string{"draft", "generate", "build", "vet", "smoke", "mock", "gauntlet"}

// check refuses flags that name no phase, or one that is not run.
func (s settings) check() error {
	switch {
	case !slices.Contains(lasts, s.until):
		return fmt.Errorf("-until %q is no phase; the phases are %s", s.until, strings.Join(lasts, ", "))
	case s.until == "vet" && !s.vet:
		return errors.New("-until vet ends with a phase that -vet=false leaves out")
	}
	return nil
}

func run(ctx context.Context, s settings) (bool, error) {
	if s.phase != "" {
		return true, runPhase(ctx, s)
	}
	documents, err := openapi.Find(s.match)
	if err != nil {
		return false, err
	}
	short, err := readKnown(s.short)
	if err != nil {
		return false, err
	}
	m, err := newModule(s)
	if err != nil {
		return false, err
	}
	defer m.Close()
	rows := make([]*row, len(documents))
	done := make([]chan struct{}, len(documents))
	for i := range done {
		done[i] = make(chan struct{})
	}
	var wg sync.WaitGroup
	slots := make(chan struct{}, max(s.jobs, 1))
	go func() {
		for i, doc := range documents {
			slots <- struct{}{}
			wg.Go(func() {
				rows[i] = m.take(ctx, doc, s)
				<-slots
				close(done[i])
			})
		}
	}()
	printHead(os.Stdout)
	for i := range documents {
		<-done[i]
		rows[i].print(os.Stdout, s.detail)
	}
	wg.Wait()
	printTotals(os.Stdout, rows)
	return !slices.ContainsFunc(rows, func(r *row) bool { return !short.accepts(r) }), ctx.Err()
}

// runPhase is the child process of one phase of one document, so that the
// memory that it takes is its own.
func runPhase(ctx context.Context, s settings) error {
	var figures any
	var err error
	switch s.phase {
	case "draft", "draft with quirks":
		figures, err = phases.Draft(ctx, flag.Arg(0), s.into, s.phase != "draft")
	case "generate":
		figures, err = phases.Generate(s.into, flag.Arg(0))
	case "judge":
		figures, err = judgePhase(flag.Arg(0), s.into)
	default:
		err = fmt.Errorf("no phase %q", s.phase)
	}
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(figures)
}
