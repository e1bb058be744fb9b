package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

// contradiction is an error that shows where docs/clients.md says other than what was
// measured; nil when it says the same. With whole, no client was left out.
func contradiction(rows []*row, whole bool) error {
	page, err := os.ReadFile("docs/clients.md")
	if err != nil {
		return err
	}
	published := block.Find(page)
	if published == nil {
		return errors.New("docs/clients.md has no table of clients")
	}
	if lines := differing(string(published), rows, whole); len(lines) > 0 {
		return fmt.Errorf("docs/clients.md (-) says other than what was measured (+); if that is right, run `make clients`:\n%s", strings.Join(lines, "\n"))
	}
	return nil
}

// differing are the lines of a published table that measured ones contradict, each before
// the one that does.
func differing(published string, rows []*row, whole bool) (lines []string) {
	said, columns := map[string]string{}, groups(rows)
	for line := range strings.Lines(published) {
		said[clientOf(line)] = strings.TrimSpace(line)
	}
	for i, line := range strings.Split(strings.TrimSpace(table(rows)), "\n") {
		was, ok := said[clientOf(line)]
		delete(said, clientOf(line))
		others := i >= 2 && rows[i-2].command != nil // Two lines are the head.
		switch {
		case !ok:
			lines = append(lines, "+ "+line)
		case was != line && !(others && steady(was, columns) == steady(line, columns)):
			lines = append(lines, "- "+was, "+ "+line)
		}
	}
	delete(said, clientOf("<!-- clients -->"))
	delete(said, clientOf("<!-- /clients -->"))
	if whole {
		for _, name := range slices.Sorted(maps.Keys(said)) {
			lines = append(lines, "- "+said[name])
		}
	}
	return lines
}

// clientOf is what stands in a line of the table before the figures.
func clientOf(line string) string {
	cells := strings.Split(strings.TrimSpace(line), " | ")
	return strings.Join(cells[:min(2, len(cells))], " | ")
}

// byTheClock are the groups in which a client of others passes or fails by how long it
// takes, by chance, or by the time that it is given; in the sum it does, too.
var byTheClock = []string{"transport", "status", "limits", "auth"}

// steady is a line of a table with such columns without what is another from run to run: how many of
// those groups a client of others passes. How many count stays.
func steady(line string, columns []string) string {
	cells := strings.Split(line, " | ")
	for i, name := range append([]string{"", ""}, append(slices.Clone(columns), "all")...) {
		if _, exercised, ok := strings.Cut(cells[min(i, len(cells)-1)], "/"); ok && (name == "all" || slices.Contains(byTheClock, name)) {
			cells[i] = exercised
		}
	}
	return strings.Join(cells, " | ")
}
