package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/gauntlet"
	"github.com/porin-dev/porin/runtime/twin"
)

// staged is what --scenario names.
type staged struct {
	name string
	stager
}

// stager is a scenario of the gauntlet, or of a file.
type stager interface {
	Prepare(*twin.Options)
	Arm(*twin.Twin) (gauntlet.Arming, error)
}

// stage finds what is named, and checks it as far as a spec can. A seed of a file goes into
// seed, unless that was given.
func stage(c *ir.Connector, names []string, seed *uint64, given bool) ([]staged, error) {
	var all []staged
	for _, name := range names {
		if !strings.HasSuffix(name, ".json") {
			s, err := stageByID(c, name)
			if err != nil {
				return nil, err
			}
			all = append(all, staged{name, s})
			continue
		}
		f, err := readScenario(name)
		if err == nil {
			err = errors.Join(checkVolume(c, f.Volume), checkPlans(c, f.Plan))
		}
		if err == nil && f.Accounts > mostAccounts {
			err = fmt.Errorf("accounts is a number from 1 to %d", mostAccounts)
		}
		if err != nil {
			return nil, usageError{fmt.Errorf("%s: %w", name, err)}
		}
		if f.Seed != nil && !given {
			*seed = *f.Seed
		}
		all = append(all, staged{name, f})
	}
	return all, nil
}

func stageByID(c *ir.Connector, name string) (*gauntlet.Staged, error) {
	s, err := gauntlet.Stage(c, name)
	wrong, ok := errors.AsType[*gauntlet.Misnamed](err)
	if !ok {
		return s, err
	}
	ids, groups := scenarioNames()
	switch near, ok := nearScenario(name, ids, nil); {
	case wrong.Is != "":
		return nil, usageError{err}
	case ok:
		return nil, usageError{fmt.Errorf("there is no scenario %q; did you mean %q?", name, near)}
	}
	return nil, usageError{fmt.Errorf("there is no scenario %q; the groups are %s", name, strings.Join(groups, ", "))}
}

// armFaults arms what --fault names. A scenario is none, but for those that are called as
// their fault.
func armFaults(t *twin.Twin, faults []string) error {
	ids, _ := scenarioNames()
	for _, id := range faults {
		_, known := twin.Lookup(id)
		if !known && slices.Contains(ids, id) {
			return usageError{fmt.Errorf("%s is a scenario, which --scenario arms", id)}
		}
		if _, err := t.Arm(twin.Fault{ID: id}); err != nil {
			return usageError{err}
		}
	}
	return nil
}

// scenarioNames are the ids of the scenarios, and their groups.
func scenarioNames() (ids, groups []string) {
	for _, s := range gauntlet.Scenarios() {
		ids, groups = append(ids, s.ID), append(groups, s.Group())
	}
	return ids, slices.Compact(groups)
}

func readScenario(name string) (*gauntlet.File, error) {
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errors.New("there is no such file")
	}
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		return nil, path.Err
	}
	if err != nil {
		return nil, err
	}
	return gauntlet.ReadFile(data)
}

// armAll arms the faults of scenarios.
func armAll(t *twin.Twin, all []staged) ([]gauntlet.Arming, error) {
	var out []gauntlet.Arming
	for _, s := range all {
		one, err := s.Arm(t)
		if err != nil {
			return nil, usageError{fmt.Errorf("%s: %w", s.name, err)}
		}
		if one.Scenario == "" {
			one.Scenario = s.name
		}
		out = append(out, one)
	}
	return out, nil
}

// sayArming prints what was armed of a scenario, and what was not.
func (a *app) sayArming(one gauntlet.Arming) {
	fmt.Fprintf(a.out, "scenario       %s\n", strings.TrimSuffix(one.Scenario+": "+one.Title, ": "))
	for _, f := range one.Armed {
		fmt.Fprintf(a.out, "  %-12s %s\n", "armed", armedText(f.Fault))
	}
	for _, left := range one.Left {
		fmt.Fprintf(a.out, "  %-12s %s\n", "not armed", strings.TrimPrefix(left, "twin: "))
	}
	if one.Right != "" {
		fmt.Fprintf(a.out, "  %-12s %s\n", "right is", one.Right)
	}
}

// armedText is a fault with what narrows it.
func armedText(f twin.Fault) string {
	text := f.ID
	for _, name := range sortedKeys(f.Params) {
		text += " " + name + "=" + f.Params[name]
	}
	if f.Scope.Action != "" {
		text += " on " + f.Scope.Action
	}
	if f.Scope.Account != "" {
		text += " of " + f.Scope.Account
	}
	if f.Scope.Nth > 0 {
		text += fmt.Sprintf(", number %d", f.Scope.Nth)
	}
	if f.Times > 0 {
		text += fmt.Sprintf(", %s", plural(f.Times, "time"))
	}
	return text
}

// completeScenario completes --scenario of a twin: ids, and files.
func completeScenario(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	ids, _ := scenarioNames()
	files, _ := os.ReadDir(".") // Without it there are the ids.
	for _, f := range files {
		if strings.HasSuffix(f.Name(), ".json") {
			ids = append(ids, f.Name())
		}
	}
	return ids, cobra.ShellCompDirectiveNoFileComp
}
