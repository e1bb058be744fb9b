// Command compare runs Porin and other generators of Go clients on the same
// OpenAPI documents, one after the other, on this machine and in this run:
// oapi-codegen on OpenAPI 3 and go-swagger on Swagger 2.0, each in the versions
// of golden/peers. It prints a line for each document and generator, and then the
// medians over the documents that the other one passes: generated, built,
// vetted, with every operation. What was recorded of ogen in another run stands
// beside it. Progress goes to the standard error.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"

	"github.com/porin-dev/porin/golden/openapi"
)

func main() {
	only := flag.String("only", "*", "take documents whose name matches this pattern")
	peers := flag.String("peers", "oapi-codegen,go-swagger", "compare with these generators, on the documents that they take")
	quick := flag.Bool("quick", false, "leave out documents above 300 kB, which take most of the time")
	asJSON := flag.Bool("json", false, "print what was measured as JSON")
	records := flag.String("recorded", "", "table of recorded figures of ogen (default: design/reference/peers.tsv beside the folder of the corpus)")
	keep := flag.String("keep", "", "leave what is generated in this folder")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	rows, err := run(ctx, *only, strings.Split(*peers, ","), *quick, *records, *keep)
	if err == nil {
		err = ctx.Err()
	}
	if len(rows) > 0 && *asJSON {
		enc := json.NewEncoder(os.Stdout)
		enc.SetIndent("", "\t")
		if e := enc.Encode(rows); err == nil {
			err = e
		}
	}
	if len(rows) > 0 && !*asJSON {
		printTable(os.Stdout, rows)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		stop()
		os.Exit(1)
	}
}

// run measures every document. What was measured before an error is returned
// with it.
func run(ctx context.Context, only string, peers []string, quick bool, records, keep string) ([]*row, error) {
	for _, name := range peers {
		if name != oapiCodegen.name && name != goSwagger.name {
			return nil, fmt.Errorf("-peers %q is no generator here; there are %s and %s", name, oapiCodegen.name, goSwagger.name)
		}
	}
	documents, err := openapi.Find(only)
	if err != nil {
		return nil, err
	}
	recorded, err := readRecorded(records, documents[0].File)
	if err != nil {
		return nil, err
	}
	s, err := newShop(ctx, keep)
	if err != nil {
		return nil, err
	}
	defer s.close()
	s.generators = slices.DeleteFunc(s.generators, func(g generator) bool { return g.name != porin.name && !slices.Contains(peers, g.name) })
	var rows []*row
	for _, doc := range documents {
		r, err := s.row(doc)
		if err != nil {
			return rows, fmt.Errorf("%s: %w", doc.Name, err)
		}
		takers := slices.DeleteFunc(slices.Clone(s.generators), func(g generator) bool { return !g.takes(r) })
		if quick && r.Bytes > 300<<10 || len(takers) < 2 {
			continue
		}
		for _, g := range takers {
			fmt.Fprintf(os.Stderr, "%s: %s\n", doc.Name, g.name)
			r.Results = append(r.Results, s.best(ctx, g, r))
			if ctx.Err() != nil {
				return rows, ctx.Err()
			}
		}
		if ogen, ok := recorded[doc.Name]; ok {
			r.Results = append(r.Results, ogen)
		}
		rows = append(rows, r)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("no document is left to compare on")
	}
	return rows, nil
}
