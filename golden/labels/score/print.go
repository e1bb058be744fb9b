package score

import (
	"fmt"
	"io"
)

// Print writes the table: a line for each area, the documents that were held
// out, and those labelled after the last tuning, on their own.
func (o *Outcome) Print(w io.Writer) {
	for _, part := range []struct {
		title  string
		scores *Scores
	}{{"tuned", &o.Tuned}, {"held out", &o.Held}, {"blind", &o.Blind}} {
		s := part.scores
		fmt.Fprintf(w, "%s: %d documents, %d operations\n", part.title, s.Documents, s.Operations)
		fmt.Fprintf(w, "  %-8s %22s %22s %18s\n", "", "precision", "recall", "goal")
		for _, t := range Targets() {
			c := s.Counts[t.Area]
			fmt.Fprintf(w, "  %-8s %22s %22s %18s\n", t.Area,
				fmt.Sprintf("%.3f (%d of %d)", c.Precision(), c.Right, c.Drafted),
				fmt.Sprintf("%.3f (%d of %d)", c.Recall(), c.Found, c.Labelled),
				fmt.Sprintf("%.2f, %.2f", t.Goal.Precision, t.Goal.Recall))
		}
		fmt.Fprintf(w, "  %d operations that are not safe to repeat are called safe\n", s.Unsafe)
	}
}
