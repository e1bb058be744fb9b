package mutation

import (
	"context"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/porin-dev/porin/codegen"
	"github.com/porin-dev/porin/codegen/mutate"
	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/gauntlet"
)

// types runs the mutants that change types. A type cannot be chosen while a
// program runs, and a program for each would take hours: programs hold many,
// and a mutant counts as noticed when a verdict names the very place in an answer, or
// the very list, that it alone changes.
func (r *run) types(ctx context.Context) error {
	unnoticed, batches := r.fixed, r.batches()
	if rounds(r.fixed) > len(batches) {
		unnoticed = nil
	} else {
		batches = nil // They are so few that none has to be in a crowd.
	}
	n := 0
	try := func(batch []*mutate.Mutant) error {
		r.Progress(Progress{Doing: "building", Done: n})
		n++
		left, err := r.batch(ctx, fmt.Sprintf("types-%d", n), batch)
		unnoticed = append(unnoticed, left...)
		return err
	}
	for _, batch := range batches {
		if err := try(batch); err != nil {
			return err
		}
	}
	// In a crowd one change may hide another. What is left is tried again, at most
	// one change an action.
	for range mostRounds {
		batch, rest := apart(unnoticed)
		unnoticed = nil
		if err := try(batch); len(batch) == 0 || err != nil {
			return err
		}
		for _, m := range unnoticed {
			r.add(m, Survived, "", "")
		}
		unnoticed = rest
	}
	for _, m := range unnoticed {
		r.add(m, Survived, "", "")
	}
	return nil
}

// mostRounds bounds how often what was not noticed is tried again.
const mostRounds = 24

// rounds is how many programs hold all mutants with at most one change an action.
func rounds(mutants []*mutate.Mutant) (n int) {
	for len(mutants) > 0 {
		_, mutants = apart(mutants)
		n++
	}
	return n
}

// apart takes as many mutants as are in no action together.
func apart(mutants []*mutate.Mutant) (some, rest []*mutate.Mutant) {
	taken := map[string]bool{}
	for _, m := range mutants {
		if slices.ContainsFunc(m.Actions, func(a string) bool { return taken[a] }) {
			rest = append(rest, m)
			continue
		}
		some = append(some, m)
		for _, a := range m.Actions {
			taken[a] = true
		}
	}
	return some, rest
}

// batches are sets of mutants that one program can hold: what lists are read by is
// apart from where they go on, and members of types that are sent, too, are apart
// from the others, since a call with them may not come to an answer. A time that is
// another shows only where the rest of an answer is right.
func (r *run) batches() [][]*mutate.Mutant {
	sent := r.sentPlaces()
	sets := make([][]*mutate.Mutant, 5)
	for _, m := range r.fixed {
		switch {
		case m.Kind == mutate.PageItems:
			sets[0] = append(sets[0], m)
		case m.Kind == mutate.PageFrom:
			sets[1] = append(sets[1], m)
		case m.Kind == mutate.TimeFormat:
			sets[2] = append(sets[2], m)
		case sent[m.Pos]:
			sets[3] = append(sets[3], m)
		default:
			sets[4] = append(sets[4], m)
		}
	}
	return slices.DeleteFunc(sets, func(set []*mutate.Mutant) bool { return len(set) == 0 })
}

// sentPlaces are the places in the spec of members that are sent, as well.
func (r *run) sentPlaces() map[ir.Pos]bool {
	sent := map[ir.Pos]bool{}
	seen := map[*ir.Type]bool{}
	var walk func(t *ir.Type)
	walk = func(t *ir.Type) {
		if t = r.c.Resolve(t); t == nil || seen[t] {
			return
		}
		seen[t] = true
		for _, f := range r.c.Fields(t) {
			sent[f.Pos] = true
			walk(f.Type)
		}
		walk(t.Elem)
		for _, v := range t.Variants {
			walk(v)
		}
	}
	for _, a := range r.c.AllActions() {
		walk(a.Params)
	}
	return sent
}

// changed are the files that are not those of the true client. The connector
// that the twin works by stays the true one.
func (r *run) changed(files []codegen.File) []codegen.File {
	return slices.DeleteFunc(files, func(f codegen.File) bool {
		return path.Ext(f.Path) != ".go" || slices.ContainsFunc(r.files, func(b codegen.File) bool { return b.Path == f.Path && string(b.Content) == string(f.Content) })
	})
}

// batch judges the mutants of one program, and returns those that were not
// noticed. The call of an action that one mutant alone changes may show it in any
// way; with several, each has to show at its place.
func (r *run) batch(ctx context.Context, name string, mutants []*mutate.Mutant) (unnoticed []*mutate.Mutant, err error) {
	if len(mutants) == 0 {
		return nil, nil
	}
	files, err := r.with(mutants)
	if err != nil {
		return nil, err
	}
	binary, err := r.build(ctx, name, r.changed(files))
	if err != nil {
		return nil, err
	}
	report, why, err := r.play(ctx, trial{binary: binary, scenarios: []string{"*/every-*"}})
	if err != nil {
		return nil, err
	}
	if report == nil {
		return nil, &brokenError{why}
	}
	noticed := map[gauntlet.Place]*gauntlet.Result{}
	for i := range report.Scenarios {
		s := &report.Scenarios[i]
		for _, v := range s.Verdicts {
			for _, p := range v.Places {
				p.Path = generic(p.Path)
				noticed[p] = s
				noticed[gauntlet.Place{Action: p.Action}] = s
			}
		}
	}
	inAction := map[string]int{}
	for _, m := range mutants {
		for action := range m.Places {
			inAction[action]++
		}
	}
	for _, m := range mutants {
		var by *gauntlet.Result
		for _, action := range m.Actions {
			if inAction[action] == 1 && by == nil {
				by = noticed[gauntlet.Place{Action: action}]
			}
			for _, at := range m.Places[action] {
				if by == nil {
					by = noticed[gauntlet.Place{Action: action, Path: at}]
				}
			}
		}
		if by == nil {
			unnoticed = append(unnoticed, m)
		} else {
			r.add(m, Killed, by.ID, by.Why)
		}
	}
	return unnoticed, nil
}

// with generates the client with mutants at work.
func (r *run) with(mutants []*mutate.Mutant) ([]codegen.File, error) {
	var undo []func()
	for _, m := range mutants {
		undo = append(undo, m.Apply())
	}
	files, err := codegen.Generate(r.c, codegen.Options{ImportPath: r.ImportPath})
	for _, f := range slices.Backward(undo) {
		f()
	}
	return files, err
}

// index is a place in a list, or every place of it.
var index = regexp.MustCompile(`\[(\d+|\*)\]`)

// generic is a path of a report in the form of a mutant's places.
func generic(at string) string { return strings.TrimPrefix(index.ReplaceAllString(at, ".*"), ".") }
