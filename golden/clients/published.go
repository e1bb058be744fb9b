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
		case !agree(was, line, columns, others):
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

// agree reports whether two lines of a table with such columns say the same. Over TCP one
// scenario more or less of a group may find something to change, and of two groups in the
// sum; as many have to fail. Of a client of others, how many fail by the clock is open.
func agree(was, line string, columns []string, others bool) bool {
	a, b := strings.Split(was, " | "), strings.Split(line, " | ")
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		column := ""
		if i >= 2 && i-2 < len(columns) {
			column = columns[i-2]
		} else if i-2 == len(columns) {
			column = "all"
		}
		failed, exercised, ok := cell(a[i])
		failedNow, exercisedNow, okNow := cell(b[i])
		switch {
		case !ok || !okNow:
			if a[i] != b[i] {
				return false
			}
		case failed != failedNow && !(others && (column == "all" || slices.Contains(byTheClock, column))):
			return false
		case max(exercised-exercisedNow, exercisedNow-exercised) > map[bool]int{true: 2, false: 1}[column == "all"]:
			return false
		}
	}
	return true
}

// cell reads passed of exercised.
func cell(text string) (failed, exercised int, ok bool) {
	var passed int
	_, err := fmt.Sscanf(strings.Trim(text, "* "), "%d/%d", &passed, &exercised)
	return exercised - passed, exercised, err == nil
}
