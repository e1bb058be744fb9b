// Command quirks prints what the knowledge base holds: facts by API, how many
// of them a draft applies and how many are advice, by area and by confidence.
//
//	go run ./golden/quirks
package main

import (
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/porin-dev/porin/spec/quirks"
)

func main() {
	if err := run(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "quirks:", err)
		os.Exit(1)
	}
}

func run(out io.Writer) error {
	index, err := quirks.Load()
	if err != nil {
		return err
	}
	sets, err := index.All()
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "API\tfacts\trules\tadvice\thigh\tmedium\tlow\tdocumented\tobserved\t")
	total := count{}
	for _, s := range sets {
		c := count{}
		for _, f := range s.Facts {
			c.add(f)
			total.add(f)
		}
		c.print(w, s.Name)
	}
	total.print(w, "all")
	fmt.Fprintln(w, "\t\t\t\t\t\t\t\t\t")
	for _, area := range quirks.Areas() {
		c := count{}
		for _, h := range quirks.Search(sets, quirks.Query{Area: area}) {
			c.add(h.Fact)
		}
		c.print(w, area)
	}
	return w.Flush()
}

// count is a line of the table.
type count struct {
	facts, rules, documented int
	confidence               [3]int
}

func (c *count) add(f *quirks.Fact) {
	c.facts++
	if f.Rule != nil {
		c.rules++
	}
	if f.How == "documented" {
		c.documented++
	}
	switch f.Confidence {
	case "high":
		c.confidence[0]++
	case "medium":
		c.confidence[1]++
	default:
		c.confidence[2]++
	}
}

func (c *count) print(w io.Writer, name string) {
	fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t\n", name, c.facts, c.rules, c.facts-c.rules,
		c.confidence[0], c.confidence[1], c.confidence[2], c.documented, c.facts-c.documented)
}
