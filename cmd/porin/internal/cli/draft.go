package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/porin-dev/porin/cmd/porin/internal/output"
	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/draft"
	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/spec"
)

type draftFlags struct {
	dir          string
	name         string
	only         []string
	use          string
	descriptions bool
	force        bool
	quirks       []string
	strict       bool
	allow        []string
	timeout      time.Duration
}

func draftCommand(a *app) *cobra.Command {
	var f draftFlags
	cmd := &cobra.Command{
		Use:   "draft OPENAPI",
		Short: "Write a spec from an OpenAPI document and what is known about the API",
		Long: `Draft reads an OpenAPI document, a file or an http(s) address, in JSON or YAML:
Swagger 2.0 or OpenAPI 3. It writes a spec with every operation as an action,
applies the facts of the knowledge base for that API, each with @why and its
source, and marks what it guesses with @assumed: how lists go on, what a call
changes, and the resources that the twin keeps.

What is broken in the document is repaired with a note, or with --strict an
error. Other files that it refers to are read when they are below its folder or
address, or below one that --allow-ref names.

Files in the folder that a person wrote are left alone; what they declare is
not drafted again. Drafting again, from a newer document, replaces the files
that were drafted before, unless a person changed them.`,
		Example: `  porin draft openapi.yaml -o connectors/acme
  porin draft openapi.yaml -o connectors/acme --only 'users.*,teams.list'
  porin draft openapi.yaml -o connectors/acme --use "create a customer, charge it, and list its invoices"`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("use") && strings.TrimSpace(f.use) == "" || cmd.Flags().Changed("only") && len(f.only) == 0 {
				return usageError{errors.New("--only and --use say which actions to draft, and are empty; leave them out for all")}
			}
			return a.draft(cmd.Context(), args[0], f)
		},
	}
	cmd.Flags().StringVarP(&f.dir, "output", "o", "", "folder for the spec (default: the connector's name)")
	cobra.CheckErr(cmd.MarkFlagDirname("output"))
	cmd.Flags().StringVar(&f.name, "name", "", "name of the connector (default: from the folder)")
	cmd.Flags().StringSliceVar(&f.only, "only", nil, "draft only actions that match these patterns, such as chat.*")
	cmd.Flags().StringVar(&f.use, "use", "", "draft only what a sentence asks for, such as \"list users and invite one\"; --only adds to it")
	cmd.Flags().BoolVar(&f.descriptions, "descriptions", false, "take the vendor's descriptions over")
	quirksFlag(cmd, &f.quirks)
	cmd.Flags().BoolVar(&f.strict, "strict", false, "refuse a document that needs repairs")
	cmd.Flags().StringSliceVar(&f.allow, "allow-ref", nil, "read files of this folder or address too, when the document refers to them")
	cmd.Flags().DurationVar(&f.timeout, "timeout", time.Minute, "how long to wait for an address, and then for all that it refers to")
	cmd.Flags().BoolVar(&f.force, "force", false, "overwrite drafted files that were changed by hand")
	return cmd
}

func (a *app) draft(ctx context.Context, source string, f draftFlags) error {
	r := &diag.Report{}
	from := &reader{source: source, allow: f.allow, timeout: f.timeout, left: draft.MaxDocument}
	document := from.document(ctx, r)
	if document == nil {
		return a.report(r, nil)
	}
	var skip []string
	if f.dir != "" {
		var src diag.Sources
		if skip, src = declaredBy(f.dir, r); r.HasErrors() {
			return a.report(r, src)
		}
	}
	result, err := a.runDraft(ctx, from, document, &f, skip)
	if err != nil {
		if !draft.Report(r, source, document, err) {
			return err
		}
		return a.report(r, diag.Sources{source: document})
	}
	plan := output.NewDraft(f.dir, result.Files, f.force, r)
	if r.HasErrors() {
		return a.report(r, nil)
	}
	noteOther(f.dir, result)
	if err := plan.Apply(); err != nil {
		output.ReportFailure(r, f.dir, "spec", err)
		return a.report(r, nil)
	}
	if a.json {
		return a.writeJSON(drafted{Version: 1, Dir: f.dir, Files: plan.Changed(), Stats: result.Stats, Choices: result.Choices, Notes: append([]draft.Note{}, result.Notes...)})
	}
	addNotes(result.Notes, r)
	if err := a.report(r, nil); err != nil {
		return err
	}
	a.printChoices(result.Choices)
	a.draftDone(f.dir, result)
	return nil
}

// drafted is what draft prints as JSON.
type drafted struct {
	Version int         `json:"version"`
	Dir     string      `json:"dir"`
	Files   []string    `json:"files"` // Written.
	Stats   draft.Stats `json:"stats"`
	// What --use chose, and why.
	Choices []draft.Choice `json:"choices,omitempty"`
	Notes   []draft.Note   `json:"notes"`
}

// fewNotes is how many notes that say the same of different things are shown.
const fewNotes = 3

// quotedText is what differs between notes that say the same.
var quotedText = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// addNotes adds the notes for people: what holds of many places is said once,
// with their number.
func addNotes(notes []draft.Note, r *diag.Report) {
	same := func(n draft.Note) string { return quotedText.ReplaceAllString(n.Text, "") + n.Done }
	exact, alike := map[string]int{}, map[string]int{}
	for _, n := range notes {
		if exact[n.Text]++; exact[n.Text] == 1 {
			alike[same(n)]++
		}
	}
	shown := map[string]int{}
	for _, n := range notes {
		count, class := exact[n.Text], same(n)
		exact[n.Text] = 0
		if count == 0 || shown[class] < 0 {
			continue
		}
		where := n.At
		if n.Line > 0 {
			where = fmt.Sprintf("line %d, %s", n.Line, n.At)
		}
		if count > 1 {
			where += fmt.Sprintf(" and %d more", count-1)
		}
		text := n.Text
		if n.Done != "" {
			text += "; " + n.Done
		}
		if shown[class]++; shown[class] == fewNotes && alike[class] > fewNotes {
			text += fmt.Sprintf(" (and %d more like this, which --json lists)", alike[class]-fewNotes)
			shown[class] = -1
		}
		note := r.Notef(diag.DraftNote, ir.Pos{}, "%s: %s", where, text)
		if n.Help != "" {
			note.Help("%s", n.Help)
		}
	}
}

// runDraft drafts with what is known about the API and without what is to be
// skipped.
func (a *app) runDraft(ctx context.Context, from *reader, document []byte, f *draftFlags, skip []string) (*draft.Result, error) {
	index, err := a.knowledge(f.quirks)
	if err != nil {
		return nil, err
	}
	switch {
	case f.name == "" && f.dir != "":
		f.name = connectorName(f.dir)
	case f.name != "" && !packageName.MatchString(f.name):
		return nil, usageError{fmt.Errorf("--name is that of a Go package: lower-case letters and digits, not %q", f.name)}
	}
	if !a.json && isTerminal(a.err) {
		a.printf("drafting from %s (%d KB)\n", from.source, len(document)/1024)
	}
	result, err := draft.Draft(ctx, draft.Options{
		Document: document, Source: filepath.ToSlash(from.source), Name: f.name, Only: f.only, Use: f.use, Skip: skip, Index: index,
		Descriptions: f.descriptions, Strict: f.strict,
		Open: func(name string) ([]byte, error) { return from.open(ctx, name) },
	})
	if err == nil && f.dir == "" {
		f.dir = result.Name
	}
	return result, err
}

// packageName is what CUE and Go take as the name of a package, keywords apart.
var packageName = regexp.MustCompile(`^[a-z][a-z0-9]*$`)

// connectorName makes a name of that of a folder. It is empty when nothing is
// left that a package can be called.
func connectorName(dir string) string {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return -1
	}, filepath.Base(abs))
	if !packageName.MatchString(name) {
		return ""
	}
	return name
}

// declaredBy lists what the hand-written files of a folder declare. Those that
// cannot be read or do not parse are reported, and their text is returned.
func declaredBy(dir string, r *diag.Report) (skip []string, src diag.Sources) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil // There is none yet, or writing to it fails and says why.
	}
	src = diag.Sources{}
	for _, e := range entries {
		name := filepath.Join(dir, e.Name())
		if e.IsDir() || filepath.Ext(name) != ".cue" {
			continue // Whether a folder is in the way is seen when the draft is written.
		}
		data, err := spec.ReadFile(name)
		if err != nil {
			var reason *fs.PathError
			if errors.As(err, &reason) {
				err = reason.Err // The file is named beside it.
			}
			r.Errorf(diag.Unreadable, ir.Pos{File: name}, "the file cannot be read: %v", err)
			continue
		}
		if output.IsDrafted(data) {
			continue
		}
		declared, err := draft.Declared(name, data)
		if err != nil {
			src[name] = data
			compiler.ReportSyntax(err, r)
			continue
		}
		skip = append(skip, declared...)
	}
	return skip, src
}

// printChoices says for each part of a sentence what was chosen.
func (a *app) printChoices(choices []draft.Choice) {
	need := ""
	for _, c := range choices {
		if c.Need != need {
			a.printf("%s\n", c.Need)
			need = c.Need
		}
		if c.Action == "" {
			a.printf("  %s\n", c.Why)
			continue
		}
		a.printf("  %s (%s): %s\n", c.Action, c.Call, c.Why)
	}
}

func (a *app) draftDone(dir string, result *draft.Result) {
	s := result.Stats
	a.printf("%s: %s from %s, %s, %s, %s applied, %s\n", dir, plural(s.Actions, "action"), plural(s.Operations, "operation"),
		plural(s.Types, "type"), plural(s.Pages, "paged action"), plural(s.Applied, "known fact"), plural(s.Assumed, "assumption"))
	if strings.ContainsAny(dir, " \t'\"$&;()*?") {
		dir = "'" + strings.ReplaceAll(dir, "'", `'\''`) + "'" // For a shell.
	}
	a.printf("next: porin vet %s\n", dir)
}
