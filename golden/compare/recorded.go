package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// recordedGenerator is the one whose figures are read, not measured.
const recordedGenerator = "ogen"

// readRecorded reads the figures of ogen by document: of a passing setting, or of
// the first one tried. The table has a head with the names of its columns. One
// that stands where nobody named it may be absent.
func readRecorded(file, document string) (map[string]*result, error) {
	named := file != ""
	if !named {
		file = filepath.Join(filepath.Dir(document), "..", "design", "reference", "peers.tsv")
	}
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) && !named {
		fmt.Fprintln(os.Stderr, "no recorded figures of ogen")
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimRight(string(data), "\n"), "\n")
	columns := map[string]int{}
	for i, name := range strings.Split(lines[0], "\t") {
		columns[name] = i
	}
	out := map[string]*result{}
	for n, line := range lines[1:] {
		cells := strings.Split(line, "\t")
		cell := func(name string) string {
			if i, ok := columns[name]; ok && i < len(cells) {
				return cells[i]
			}
			return ""
		}
		if cell("tool") != recordedGenerator {
			continue
		}
		x := &result{Generator: recordedGenerator, Version: "recorded", Setting: cell("mode"), Failed: cell("overall")}
		if x.Failed == "pass" {
			x.Failed = ""
		}
		for name, into := range map[string]*float64{"gen_s": &x.Generate.Seconds, "build_s": &x.Build.Seconds} {
			if err := number(cell(name), into); err != nil {
				return nil, fmt.Errorf("%s:%d: %s: %w", file, n+2, name, err)
			}
		}
		var mb, lines, operations float64
		for name, into := range map[string]*float64{"build_rss_mb": &mb, "loc": &lines, "ops_generated": &operations} {
			if err := number(cell(name), into); err != nil {
				return nil, fmt.Errorf("%s:%d: %s: %w", file, n+2, name, err)
			}
		}
		x.Build.Peak, x.Lines, x.Operations = int64(mb)<<20, int(lines), int(operations)
		if want, err := strconv.Atoi(cell("operations")); err == nil && x.Passes() && x.Operations < want {
			x.failed("operations", fmt.Errorf("%d of %d operations", x.Operations, want))
		}
		if old := out[cell("name")]; old == nil || !old.Passes() && x.Passes() {
			out[cell("name")] = x
		}
	}
	return out, nil
}

// number reads a cell, which may be empty.
func number(text string, into *float64) (err error) {
	if text != "" {
		*into, err = strconv.ParseFloat(text, 64)
	}
	return err
}
