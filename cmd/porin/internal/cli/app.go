package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

// app is what the commands share: where to print and how.
type app struct {
	out, err io.Writer
	json     bool
	color    string
}

func (a *app) checkColor() error {
	switch a.color {
	case "auto", "always", "never":
		return nil
	}
	return usageError{fmt.Errorf("--color is auto, always or never, not %q", a.color)}
}

// colored reports whether w is to be written in colour: on terminals, unless
// NO_COLOR is set (https://no-color.org).
func (a *app) colored(w io.Writer) bool {
	switch a.color {
	case "always":
		return true
	case "never":
		return false
	}
	return os.Getenv("NO_COLOR") == "" && isTerminal(w)
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// printf writes progress and messages for people to standard error.
func (a *app) printf(format string, args ...any) { fmt.Fprintf(a.err, format, args...) }

// writeJSON prints v to standard output.
func (a *app) writeJSON(v any) error {
	enc := json.NewEncoder(a.out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// report prints diagnostics: for people to standard error, or as JSON to
// standard output. It returns errFailed when there is an error among them.
func (a *app) report(r *diag.Report, src diag.Sources) error {
	diags := r.Diagnostics()
	if a.json {
		if err := diag.WriteJSON(a.out, diags); err != nil {
			return err
		}
	} else if err := diag.Render(a.err, diags, src, diag.RenderOptions{Color: a.colored(a.err), Width: 0}); err != nil {
		return err
	}
	if r.HasErrors() {
		return errFailed
	}
	return nil
}

// load compiles the spec in dir. When it has errors they are printed and the
// error is errFailed.
func (a *app) load(dir string) (*ir.Connector, error) {
	c, pkg, r := compiler.Load(dir)
	if c != nil {
		return c, nil
	}
	var src diag.Sources
	if pkg != nil {
		src = pkg.Sources()
	}
	if err := a.report(r, src); err != nil {
		return nil, err
	}
	return nil, errFailed
}

// dirsOr returns the arguments, or the current folder.
func dirsOr(args []string) []string {
	if len(args) == 0 {
		return []string{"."}
	}
	for i, d := range args {
		args[i] = filepath.Clean(d)
	}
	return args
}

// completeDir completes the argument of commands that take folders.
func completeDir(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// plural returns "1 action" or "3 actions".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// unknownName is a usage error with the nearest name.
func unknownName(kind, name string, known []string) error {
	msg := fmt.Sprintf("there is no %s %q", kind, name)
	if near, ok := diag.Nearest(name, known); ok {
		msg += fmt.Sprintf("; did you mean %q?", near)
	} else if len(known) > 0 && len(known) <= 12 {
		msg += "; there is " + strings.Join(known, ", ")
	}
	return fmt.Errorf("%s", msg)
}
