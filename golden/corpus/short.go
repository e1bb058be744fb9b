package main

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strings"
)

// known are the actions that may fail, by document, as a file lists them: a line
// "document action # reason" each.
type known map[string][]string

func readKnown(file string) (known, error) {
	list := known{}
	if file == "" {
		return list, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		entry, reason, explained := strings.Cut(lines.Text(), "#")
		fields := strings.Fields(entry)
		switch {
		case len(fields) == 0:
			continue
		case len(fields) != 2 || !explained || strings.TrimSpace(reason) == "":
			return nil, fmt.Errorf("%s: %q is not \"document action # reason\"", file, lines.Text())
		}
		list[fields[0]] = append(list[fields[0]], fields[1])
	}
	return list, nil
}

// accepts reports whether a document falls short in the actions of the list and
// in nothing else, and in all of them: an entry that passes has to go.
func (k known) accepts(r *row) bool {
	listed := k[r.doc.Name]
	if r.failed == "" && r.smoked.Called == 0 {
		return true // It was not asked to go as far as the smoke test.
	}
	if r.failed != "" && (r.failed != "smoke" || r.smoked.Called == 0) || len(r.smoked.Missed) > 0 {
		return false
	}
	var failing []string
	for _, wrong := range r.smoked.Wrong {
		action, _, _ := strings.Cut(wrong, ":")
		if !slices.Contains(failing, action) {
			failing = append(failing, action)
		}
	}
	slices.Sort(failing)
	return slices.Equal(failing, slices.Sorted(slices.Values(listed)))
}
