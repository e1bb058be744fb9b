// Package mutation checks that the gauntlet notices wrong rules: it builds the
// client of a connector with one rule changed at a time, runs it against the
// twin of the true connector, and says which changes nothing noticed.
package mutation

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/porin-dev/porin/codegen"
	"github.com/porin-dev/porin/codegen/mutate"
	"github.com/porin-dev/porin/compiler/ir"
)

// Options says what is checked.
type Options struct {
	Dir        string // Folder of the spec and its generated package.
	ImportPath string
	Jobs       int // Mutants that run at once.
	Seed       uint64
	Kinds      []mutate.Kind // Of the rules that are made wrong; none is all.
	Sample     int           // How many of them; 0 is all.
	Resume     string        // A folder where outcomes are kept, so that a run that was ended goes on; "" keeps none.

	// Progress is told how far the check is; nil is nobody. It is called from one
	// goroutine at a time.
	Progress func(Progress)
}

// Progress is how far a check is.
type Progress struct {
	Doing           string // "generating", "building" or "running".
	Done, Of, Alive int    // Mutants; those that survived among those done.
}

// Run checks a connector. The connector is changed while it runs, and is as it
// was at the end. When the context ends, the error is the context's, and what was found until
// then is kept for the next run.
func Run(ctx context.Context, c *ir.Connector, o Options) (*Report, error) {
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
	temp, err := os.MkdirTemp("", "porin-mutate-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(temp)
	r := &run{Options: o, c: c, temp: temp, mutants: mutate.List(c)}
	if len(o.Kinds) > 0 {
		r.mutants = mutate.Of(r.mutants, o.Kinds)
	}
	if r.listed = len(r.mutants); o.Sample > 0 {
		r.mutants = mutate.Sample(r.mutants, o.Sample, o.Seed)
	}
	if err := r.generate(ctx); err != nil {
		return nil, err
	}
	if err := r.values(ctx); err != nil {
		return nil, err
	}
	if err := r.types(ctx); err != nil {
		return nil, err
	}
	if r.kept != "" {
		os.Remove(r.kept) // There is nothing to go on with.
	}
	return r.report(), nil
}

// run is one check under way.
type run struct {
	Options
	c       *ir.Connector
	temp    string
	mutants []*mutate.Mutant
	listed  int // Before the sample.

	files   []codegen.File // Of the true client.
	program *mutate.Program
	chosen  []*mutate.Mutant // Those that one program holds.
	fixed   []*mutate.Mutant // Those that need programs of their own.
	results []Result
	kept    string // The file of outcomes, where they are kept.
}

// generate works out what each mutant changes in the client.
func (r *run) generate(ctx context.Context) error {
	var err error
	if r.files, err = r.with(nil); err != nil {
		return err
	}
	if err := r.current(); err != nil {
		return err
	}
	if r.program, err = mutate.NewProgram(r.files); err != nil {
		return err
	}
	done := 0
	for _, group := range r.groups() {
		if err := ctx.Err(); err != nil {
			return err
		}
		r.Progress(Progress{Doing: "generating", Done: done, Of: len(r.mutants)})
		done += len(group)
		if err := r.place(group); err != nil {
			return err
		}
	}
	return nil
}

// groups are the mutants that are generated together: of one kind, each of
// another action alone. Others are by themselves.
func (r *run) groups() [][]*mutate.Mutant {
	var groups [][]*mutate.Mutant
	open := map[mutate.Kind]int{} // Place in groups.
	taken := map[string]bool{}
	for _, m := range r.mutants {
		if len(m.Places) > 0 { // A type: no generated value holds it.
			r.fixed = append(r.fixed, m)
			continue
		}
		if len(m.Actions) != 1 {
			groups = append(groups, []*mutate.Mutant{m})
			continue
		}
		key := fmt.Sprint(m.Kind, m.Actions[0])
		at, ok := open[m.Kind]
		if !ok || taken[key] {
			at = len(groups)
			open[m.Kind] = at
			groups = append(groups, nil)
		}
		taken[key] = true
		groups[at] = append(groups[at], m)
	}
	return groups
}

// place finds out what of the client a group of mutants changes.
func (r *run) place(group []*mutate.Mutant) error {
	files, err := r.with(group)
	if len(group) > 1 {
		if err == nil {
			same, ok, err := r.program.AddSeveral(group, files)
			if err != nil {
				return err
			}
			if ok {
				for _, m := range group {
					if slices.Contains(same, m) {
						r.absent(m)
					} else {
						r.chosen = append(r.chosen, m)
					}
				}
				return nil
			}
		}
		for _, m := range group {
			if err := r.place([]*mutate.Mutant{m}); err != nil {
				return err
			}
		}
		return nil
	}
	m := group[0]
	if err != nil {
		r.add(m, Refused, "", "the generator refuses it: "+err.Error())
		return nil
	}
	outcome, err := r.program.Add(m, files)
	switch {
	case err != nil:
		return err
	case outcome == mutate.Same:
		r.absent(m)
	case outcome == mutate.Fixed:
		r.fixed = append(r.fixed, m)
	default:
		r.chosen = append(r.chosen, m)
	}
	return nil
}

func (r *run) absent(m *mutate.Mutant) { r.add(m, Absent, "", "the client does not hold the rule") }

// current reports an error when the package on disk is not the one that is
// generated from the spec: the test package is taken from there.
func (r *run) current() error {
	for _, f := range r.files {
		data, err := os.ReadFile(filepath.Join(r.Dir, filepath.FromSlash(f.Path)))
		if err != nil || string(data) != string(f.Content) {
			return fmt.Errorf("%s is not what the spec says; run `porin generate %s`", filepath.Join(r.Dir, f.Path), r.Dir)
		}
	}
	return nil
}
