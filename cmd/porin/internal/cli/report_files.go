package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/porin-dev/porin/cmd/porin/internal/output"
	"github.com/porin-dev/porin/cmd/porin/internal/score"
	"github.com/porin-dev/porin/runtime/gauntlet"
)

// reportFiles are where a report is written besides standard output; "" is nowhere.
type reportFiles struct {
	junit string
	html  string
}

func (f *reportFiles) define(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.junit, "junit", "", "write the report to this file as JUnit's XML")
	cmd.Flags().StringVar(&f.html, "html", "", "write the report to this file as one page, with a timeline of each scenario")
}

// check tries the files before anything runs.
func (f reportFiles) check() error {
	for _, file := range []string{f.junit, f.html} {
		if err := writable(file); file != "" && err != nil {
			return err
		}
	}
	return nil
}

// writable says why a file cannot be written, as far as that can be known without
// writing to it.
func writable(file string) error {
	if _, err := os.Stat(filepath.Dir(file)); err != nil {
		return fmt.Errorf("no folder for %s: %w", file, err)
	}
	info, err := os.Stat(file)
	switch {
	case err != nil: // There is none yet.
		f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if err != nil {
			return err
		}
		return errors.Join(f.Close(), os.Remove(file))
	case info.IsDir():
		return fmt.Errorf("%s is a folder, and a report is one file", file)
	case info.Mode().IsRegular():
		f, err := os.OpenFile(file, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return f.Close()
	}
	return nil // A pipe would wait for its reader.
}

// write writes the report to the files that were asked for; of a run that was
// interrupted, what was judged.
func (f reportFiles) write(report *gauntlet.Report) error {
	for _, to := range []struct {
		file  string
		write func(io.Writer) error
	}{
		{f.junit, func(w io.Writer) error { return score.WriteJUnit(w, report) }},
		{f.html, func(w io.Writer) error { return score.WriteHTML(w, report) }},
	} {
		if to.file == "" {
			continue
		}
		var b bytes.Buffer
		if err := to.write(&b); err != nil {
			return err
		}
		if err := output.Replace(to.file, b.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// notWritten says of the files that were asked for that there is nothing to write to them.
func (a *app) notWritten(f reportFiles) {
	for _, file := range []string{f.junit, f.html} {
		if file != "" {
			a.printf("%s is not written: the run was interrupted before any scenario was judged\n", file)
		}
	}
}
