// Command labels holds the drafter against what people read about the APIs of
// the folder PORIN_CORPUS, and prints precision and recall by area, with the
// documents held out from tuning on their own. It fails when a floor is missed.
// With -v it prints each label that the draft does not agree with.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/porin-dev/porin/golden/labels/score"
)

func main() {
	verbose := flag.Bool("v", false, "print each miss")
	held := flag.Bool("held", false, "with -v, print the misses of the documents held out, too")
	only := flag.String("only", "", "the documents to compare, separated by commas")
	flag.Parse()
	if err := run(os.Stdout, *only, *verbose, *held); err != nil {
		fmt.Fprintln(os.Stderr, "labels:", err)
		os.Exit(1)
	}
}

func run(w io.Writer, only string, verbose, held bool) error {
	docs, err := score.Read("golden/draft/labels")
	if err != nil {
		return err
	}
	if only != "" {
		if docs, err = choose(docs, strings.Split(only, ",")); err != nil {
			return err
		}
	}
	out, err := score.Run(docs)
	if err != nil {
		return err
	}
	if verbose {
		printMisses(w, &out.Tuned)
		if held {
			printMisses(w, &out.Held)
			printMisses(w, &out.Blind)
		}
	}
	out.Print(w)
	if missed := out.Missed(); len(missed) > 0 && only == "" {
		return errors.New(strings.Join(missed, "; "))
	}
	return nil
}

func choose(docs []*score.Document, names []string) ([]*score.Document, error) {
	var chosen []*score.Document
	for _, name := range names {
		before := len(chosen)
		for _, d := range docs {
			if d.Name == name {
				chosen = append(chosen, d)
			}
		}
		if len(chosen) == before {
			return nil, fmt.Errorf("there are no labels of %q", name)
		}
	}
	return chosen, nil
}

func printMisses(w io.Writer, s *score.Scores) {
	for _, m := range s.Misses {
		fmt.Fprintf(w, "%-8s %s  %s\n%8s want %s\n%8s got  %s\n", m.Area, m.Document, m.Operation, "", m.Want, "", m.Got)
	}
}
