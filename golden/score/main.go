// Command score runs the gauntlet of the connectors in the folders named as arguments, and
// holds what came of each scenario against golden/score/scores: one that is no longer
// exercised proves nothing, and would be one of many that a count has. PORIN_UPDATE=1
// rewrites the file, and fails where it was another one.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/porin-dev/porin/runtime/gauntlet"
)

const file = "golden/score/scores"

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "score: %v\n", err)
		os.Exit(1)
	}
}

func run(dirs []string) error {
	var out bytes.Buffer
	cmd := exec.Command("go", append([]string{"run", "./cmd/porin", "test", "--json"}, dirs...)...)
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	failed := cmd.Run()
	var reports []*gauntlet.Report
	if err := json.Unmarshal(out.Bytes(), &reports); err != nil {
		return fmt.Errorf("what porin test printed is no report: %w", errors.Join(failed, err))
	}
	for _, r := range reports {
		fmt.Printf("  %-12s %s\n", r.Connector, r.Score)
		for _, s := range r.Failed() {
			fmt.Printf("\n%s: %s", r.Connector, s.Text())
		}
	}
	if failed != nil {
		return fmt.Errorf("porin test: %w", failed)
	}
	was, err := os.ReadFile(file)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	is := table(reports)
	if is == string(was) {
		return nil
	}
	for _, line := range apart(string(was), reports) {
		fmt.Println(line)
	}
	if os.Getenv("PORIN_UPDATE") != "" {
		if err := os.WriteFile(file, []byte(is), 0o644); err != nil {
			return err
		}
		return fmt.Errorf("%s was rewritten; read the difference", file)
	}
	return fmt.Errorf("%s says other than what was measured; if that is meant, PORIN_UPDATE=1 make score rewrites it", file)
}

// words are what the table has for an outcome.
var words = map[gauntlet.Outcome]string{gauntlet.Pass: "pass", gauntlet.Fail: "FAIL", gauntlet.NotExercised: "-", gauntlet.NotOffered: "left"}

// table has a row for each scenario and a column for each connector.
func table(reports []*gauntlet.Report) string {
	head, score := []string{"scenario"}, []string{"score"}
	rows := map[string][]string{}
	var ids []string
	for i, r := range reports {
		head, score = append(head, r.Connector), append(score, fmt.Sprintf("%d/%d", r.Score.Passed, r.Score.Exercised))
		for _, s := range r.Scenarios {
			if rows[s.ID] == nil {
				ids, rows[s.ID] = append(ids, s.ID), slices.Repeat([]string{"-"}, len(reports))
			}
			rows[s.ID][i] = words[s.Outcome]
		}
	}
	all := [][]string{head, score}
	for _, id := range ids {
		all = append(all, append([]string{id}, rows[id]...))
	}
	var b strings.Builder
	for _, cells := range all {
		line := fmt.Sprintf("%-34s", cells[0])
		for i, cell := range cells[1:] {
			line += fmt.Sprintf(" %-*s", max(7, len(head[i+1])), cell)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}

// apart says, a line each, what came of scenarios that is not what a table has.
func apart(was string, reports []*gauntlet.Report) []string {
	had := parse(was)
	if len(had) == 0 {
		return nil // All of it is new.
	}
	var lines []string
	for _, r := range reports {
		for _, s := range r.Scenarios {
			before, known := had[r.Connector][s.ID]
			delete(had[r.Connector], s.ID)
			switch is := words[s.Outcome]; {
			case before == is:
			case !known && is == "-":
			case is == "-":
				lines = append(lines, fmt.Sprintf("%s: %s is not exercised any more: %s", r.Connector, s.ID, s.Why))
			case !known || before == "-":
				lines = append(lines, fmt.Sprintf("%s: %s is exercised now: %s", r.Connector, s.ID, is))
			default:
				lines = append(lines, fmt.Sprintf("%s: %s was %s, and is %s", r.Connector, s.ID, before, is))
			}
		}
		for id, before := range had[r.Connector] {
			if before != "-" {
				lines = append(lines, fmt.Sprintf("%s: %s is no scenario any more", r.Connector, id))
			}
		}
		delete(had, r.Connector)
	}
	for name := range had {
		lines = append(lines, name+" is not played any more")
	}
	slices.Sort(lines)
	return lines
}

// parse reads a table: what came of each scenario, by connector.
func parse(table string) map[string]map[string]string {
	all := map[string]map[string]string{}
	var head []string
	for line := range strings.Lines(table) {
		cells := strings.Fields(line)
		switch {
		case len(cells) == 0:
		case head == nil:
			head = cells
			for _, name := range head[1:] {
				all[name] = map[string]string{}
			}
		case cells[0] != "score":
			for i, cell := range cells[1:min(len(cells), len(head))] {
				all[head[i+1]][cells[0]] = cell
			}
		}
	}
	return all
}
