package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/porin-dev/porin/spec/quirks"
)

func quirksCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "quirks [API] [QUERY...]",
		Short: "Look into the knowledge base of API quirks",
		Long: `Quirks lists what is known about an API: sourced facts on how it really behaves.
A query keeps the facts that have all of its words. Without an API, it lists
the APIs.`,
		Example: `  porin quirks
  porin quirks slack rate limit`,
		RunE: func(cmd *cobra.Command, args []string) error {
			index, err := quirks.Load()
			if err != nil {
				return err
			}
			if len(args) == 0 {
				return a.listAPIs(index)
			}
			set := index.Named(args[0])
			if set == nil {
				var names []string
				for _, s := range index.Sets {
					names = append(names, s.Name)
				}
				return unknownName("API", args[0], names)
			}
			return a.listFacts(set.Find(strings.Join(args[1:], " ")))
		},
	}
}

func (a *app) listAPIs(index *quirks.Index) error {
	type api struct {
		Name  string `json:"name"`
		Title string `json:"title"`
		Facts int    `json:"facts"`
	}
	apis := []api{}
	for _, s := range index.Sets {
		apis = append(apis, api{s.Name, s.Title, len(s.Facts)})
	}
	if a.json {
		return a.writeJSON(apis)
	}
	for _, s := range apis {
		fmt.Fprintf(a.out, "%-16s %s, %s\n", s.Name, s.Title, plural(s.Facts, "fact"))
	}
	return nil
}

func (a *app) listFacts(facts []*quirks.Fact) error {
	if a.json {
		if facts == nil {
			facts = []*quirks.Fact{}
		}
		return a.writeJSON(facts)
	}
	for _, f := range facts {
		fmt.Fprintf(a.out, "%s (%s, %s)\n  %s\n", f.ID, f.Area, f.Confidence, f.Claim)
		if f.Advice != "" {
			fmt.Fprintf(a.out, "  do: %s\n", f.Advice)
		}
		fmt.Fprintf(a.out, "  source: %s\n\n", f.Src)
	}
	if len(facts) == 0 {
		a.printf("no fact has all of these words\n")
	}
	return nil
}
