package draft

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/golden"
	"github.com/porin-dev/porin/spec/quirks"
)

// TestGolden drafts the document of each case, with the facts beside it, and
// holds the files and the notes against those that the case wants.
func TestGolden(t *testing.T) {
	golden.Run(t, "../../golden/draft/*.txtar", func(t *testing.T, c golden.Case) map[string]string {
		o := Options{Descriptions: contains(c.Args, "--descriptions"), Strict: contains(c.Args, "--strict"), Source: "openapi.yaml"}
		for _, name := range []string{"openapi.json", "openapi.yaml"} {
			if b, err := os.ReadFile(filepath.Join(c.Dir, name)); err == nil {
				o.Document = b
			}
		}
		if b, err := os.ReadFile(filepath.Join(c.Dir, "quirks.cue")); err == nil {
			set, err := quirks.Parse("sample.cue", b)
			require.NoError(t, err)
			o.Quirks = set
		}
		r, err := Draft(context.Background(), o)
		if err != nil {
			return map[string]string{"want/error": report(t, err)}
		}
		evaluate(t, r.Name, r.Files)
		out := map[string]string{}
		for _, f := range r.Files {
			out["want/"+f.Name] = string(f.Content)
		}
		var notes strings.Builder
		for _, n := range r.Notes {
			fmt.Fprintf(&notes, "%d %s: %s\n", n.Line, n.At, n.Text)
			for _, more := range []string{n.Done, n.Help} {
				if more != "" {
					fmt.Fprintf(&notes, "    %s\n", more)
				}
			}
		}
		out["want/notes"] = notes.String()
		return out
	})
}

func report(t *testing.T, err error) string {
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		var all string
		for _, one := range several.Unwrap() {
			all += report(t, one)
		}
		return all
	}
	var e *Error
	require.True(t, errors.As(err, &e), "%v is not an *Error", err)
	text := fmt.Sprintf("%s %d:%d\n%s\n", e.Kind, e.Line, e.Col, e.Msg)
	if e.Help != "" {
		text += e.Help + "\n"
	}
	return text
}
