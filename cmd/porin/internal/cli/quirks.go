package cli

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/spec/quirks"
)

// quirksEnv names folders of quirks for all commands, as --quirks does.
const quirksEnv = "PORIN_QUIRKS"

type quirksFlags struct {
	dirs  []string
	area  string
	all   bool
	limit int
}

func quirksCommand(a *app) *cobra.Command {
	var f quirksFlags
	cmd := &cobra.Command{
		Use:   "quirks [API] [QUERY...]",
		Short: "Search what is known about how APIs really behave",
		Long: `Quirks searches the knowledge base: sourced facts on how APIs really behave, one
fact at a time, with what goes wrong for a client that does not know it and what
to do. Draft applies those that have a rule, and vet warns about a spec that
goes against one.

Without arguments it lists the APIs. With an API it lists what is known of it,
and with a query it ranks the facts that answer it, best first. Words need not
match to the letter: "limits" finds "limit". A query without an API searches
all of them, and so does --all.

Facts of your own live in a folder of files like slack.cue; name it with
--quirks or in ` + quirksEnv + `. They come before the built-in ones, and take the place of
those with the same id.`,
		Example: `  porin quirks                                  which APIs are known
  porin quirks slack                            everything about one
  porin quirks slack "rate limit"               what limits it has
  porin quirks --all "cursor expires"           which APIs have cursors that expire
  porin quirks stripe --area webhook            one area
  porin quirks github etag --json               for programs
  porin quirks acme --quirks ./quirks           facts of your own`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.quirks(args, f) },
	}
	cmd.Flags().StringVar(&f.area, "area", "", "only facts of an area: "+strings.Join(quirks.Areas(), ", "))
	cmd.Flags().BoolVar(&f.all, "all", false, "search all APIs: the arguments are the query")
	cmd.Flags().IntVar(&f.limit, "limit", 0, "print at most this many facts (default: 20 of a search)")
	quirksFlag(cmd, &f.dirs)
	cmd.ValidArgsFunction = completeAPI
	return cmd
}

// quirksFlag is the flag of every command that reads the knowledge base.
func quirksFlag(cmd *cobra.Command, dirs *[]string) {
	cmd.Flags().StringArrayVar(dirs, "quirks", nil, "folder with quirks of your own, before the built-in ones (default: $"+quirksEnv+")")
	cobra.CheckErr(cmd.MarkFlagDirname("quirks"))
}

func completeAPI(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	index, err := quirks.Load()
	if err != nil || len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return apiNames(index), cobra.ShellCompDirectiveNoFileComp
}

// knowledge opens the knowledge base with the folders of the user. What is
// wrong with a file of theirs is reported, and the error is errFailed.
func (a *app) knowledge(dirs []string) (*quirks.Index, error) {
	index, err := quirks.Load()
	if err != nil {
		return nil, err
	}
	if len(dirs) == 0 && os.Getenv(quirksEnv) != "" {
		dirs = []string{os.Getenv(quirksEnv)}
	}
	r, src := &diag.Report{}, diag.Sources{}
	for _, dir := range dirs {
		more, err := index.With(dir)
		var problems quirks.Problems
		switch {
		case errors.As(err, &problems):
			reportQuirks(problems, r, src)
		case err != nil:
			r.Errorf(diag.QuirksUnreadable, ir.Pos{File: dir}, "the folder of quirks cannot be read").
				Note("%s", err).
				Help("name a folder that has a file for each API, such as acme.cue, with --quirks or %s", quirksEnv)
		default:
			index = more
		}
	}
	if r.HasErrors() {
		return nil, a.report(r, src)
	}
	return index, nil
}

func reportQuirks(problems quirks.Problems, r *diag.Report, src diag.Sources) {
	for _, p := range problems {
		if text, err := os.ReadFile(p.File); err == nil {
			src[p.File] = text
		}
		r.Errorf(diag.QuirksInvalid, ir.Pos{File: p.File, Line: p.Line, Col: p.Col}, "%s", p.Text)
	}
}

func (a *app) quirks(args []string, f quirksFlags) error {
	if f.area != "" && !slices.Contains(quirks.Areas(), f.area) {
		return usageError{unknownName("area", f.area, quirks.Areas())}
	}
	index, err := a.knowledge(f.dirs)
	if err != nil {
		return err
	}
	if len(args) == 0 && f.area == "" && !f.all {
		return a.listAPIs(index)
	}
	sets, query, err := scope(index, args, f.all)
	if err != nil {
		return err
	}
	hits := quirks.Search(sets, quirks.Query{Text: query, Area: f.area})
	return a.listFacts(hits, f, query != "")
}

// scope says which APIs are meant and what is asked. A first word that is no
// API begins the query, when it has other words.
func scope(index *quirks.Index, args []string, all bool) ([]*quirks.Set, string, error) {
	if !all && len(args) > 0 {
		set, err := index.Named(args[0])
		if err != nil {
			return nil, "", err
		}
		if set != nil {
			return []*quirks.Set{set}, strings.Join(args[1:], " "), nil
		}
		if len(args) == 1 && !strings.Contains(args[0], " ") {
			return nil, "", unknownAPI(args[0], index)
		}
		if near, ok := diag.Nearest(args[0], apiNames(index)); ok {
			return nil, "", fmt.Errorf("nothing is known of an API %q; did you mean %q? (--all searches all APIs for the words)", args[0], near)
		}
	}
	sets, err := index.All()
	return sets, strings.Join(args, " "), err
}

func unknownAPI(name string, index *quirks.Index) error {
	if near, ok := diag.Nearest(name, apiNames(index)); ok {
		return fmt.Errorf("nothing is known of an API %q; did you mean %q?", name, near)
	}
	return fmt.Errorf("nothing is known of an API %q; `porin quirks` lists the APIs, and `porin quirks --all %s` searches all of them", name, name)
}

func apiNames(index *quirks.Index) []string {
	var names []string
	for _, api := range index.APIs() {
		names = append(names, api.Name)
	}
	return names
}

func (a *app) listAPIs(index *quirks.Index) error {
	type api struct {
		Name  string   `json:"name"`
		Title string   `json:"title"`
		Hosts []string `json:"hosts"`
		Facts int      `json:"facts"`
		Rules int      `json:"rules"` // Of the facts, those that a draft applies.
	}
	sets, err := index.All()
	if err != nil {
		return err
	}
	apis := []api{}
	facts := 0
	for _, s := range sets {
		apis = append(apis, api{s.Name, s.Title, append([]string{}, s.Hosts...), len(s.Facts), s.Rules()})
		facts += len(s.Facts)
	}
	if a.json {
		return a.writeJSON(apis)
	}
	for _, s := range apis {
		fmt.Fprintf(a.out, "%-12s %4d facts %4d rules  %s\n", s.Name, s.Facts, s.Rules, s.Title)
	}
	a.printf("%s on %s; `porin quirks slack \"rate limit\"` searches one, `porin quirks --all WORDS` all\n", plural(facts, "fact"), plural(len(apis), "API"))
	return nil
}

func (a *app) listFacts(hits []quirks.Hit, f quirksFlags, search bool) error {
	found := len(hits)
	switch {
	case f.limit > 0:
		hits = hits[:min(f.limit, found)]
	case search:
		hits = hits[:min(20, found)]
	}
	if a.json {
		return a.writeJSON(append([]quirks.Hit{}, hits...))
	}
	for _, h := range hits {
		fmt.Fprint(a.out, factText(h), "\n")
	}
	switch {
	case found == 0:
		a.printf("no fact has these words; try fewer or others, or --all for every API\n")
	case len(hits) < found:
		a.printf("%d of %d; --limit %d prints them all\n", len(hits), found, found)
	}
	return nil
}

// factText is a fact for people.
func factText(h quirks.Hit) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s (%s, %s, %s", h.API, h.ID, h.Area, h.Confidence, h.How)
	if h.Seen != "" {
		fmt.Fprintf(&b, " %s", h.Seen)
	}
	fmt.Fprintf(&b, ")\n  %s\n", h.Claim)
	for _, part := range []struct{ name, text string }{
		{"since", h.Since}, {"on", h.On}, {"else", h.Effect}, {"do", h.Advice}, {"source", h.Src},
	} {
		if part.text != "" {
			fmt.Fprintf(&b, "  %s: %s\n", part.name, part.text)
		}
	}
	if h.Rule != nil {
		b.WriteString("  a draft applies it\n")
	}
	return b.String()
}
