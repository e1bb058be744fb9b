package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/cmd/porin/internal/cli"
	"github.com/porin-dev/porin/runtime/gauntlet"
)

const pages = "../../golden/schemes/pages"

// porinTest runs `porin test --json` on the connector of pages.
func porinTest(t *testing.T, args ...string) (code int, r *gauntlet.Report) {
	t.Helper()
	var out, errs bytes.Buffer
	code = cli.Main(append([]string{"test", pages, "--json"}, args...), &out, &errs)
	r, err := gauntlet.ReadReport(out.Bytes())
	require.NoError(t, err, errs.String())
	return code, r
}

// TestReportFlags holds the flags of `porin test` to what they promise: the seed of
// the run, and one report in three forms.
func TestReportFlags(t *testing.T) {
	dir := t.TempDir()
	junit, page := filepath.Join(dir, "junit.xml"), filepath.Join(dir, "page.html")
	code, r := porinTest(t, "--scenario", "paging/whole-list,webhooks/genuine", "--seed", "7", "--junit", junit, "--html", page)
	require.Zero(t, code)
	require.Equal(t, uint64(7), r.Seed)
	require.Equal(t, gauntlet.Score{Passed: 1, Exercised: 1, NotExercised: 1}, r.Score)
	require.NotEmpty(t, r.Scenarios[0].Timeline, "a page has timelines")

	var suites struct {
		Tests   int `xml:"tests,attr"`
		Skipped int `xml:"skipped,attr"`
	}
	text, err := os.ReadFile(junit)
	require.NoError(t, err)
	require.NoError(t, xml.Unmarshal(text, &suites))
	require.Equal(t, []int{2, 1}, []int{suites.Tests, suites.Skipped})
	text, err = os.ReadFile(page)
	require.NoError(t, err)
	require.Contains(t, string(text), "whole-list")

	_, without := porinTest(t, "--scenario", "paging/whole-list")
	require.Equal(t, uint64(1), without.Seed)
	require.Equal(t, "porin test "+pages+" --seed 1 --scenario 'paging/whole-list'", without.Command)
	require.Equal(t, r.Scenarios[0].Right, without.Scenarios[0].Right)
	require.NotEmpty(t, without.Scenarios[0].Timeline, "the page and --json say the same")
}

// TestReportNotWritten prints the score, whatever becomes of the file.
func TestReportNotWritten(t *testing.T) {
	const full = "/dev/full"
	if _, err := os.Stat(full); err != nil {
		t.Skip(err)
	}
	code, r := porinTest(t, "--scenario", "paging/whole-list", "--junit", full)
	require.Equal(t, 1, code)
	require.Equal(t, 1, r.Score.Passed)
}

// overlay has the builds of a test take another text for a file.
func overlay(t *testing.T, file, text string) {
	t.Helper()
	source, err := filepath.Abs(file)
	require.NoError(t, err)
	dir := t.TempDir()
	other, overlay := filepath.Join(dir, filepath.Base(file)), filepath.Join(dir, "overlay.json")
	require.NoError(t, os.WriteFile(other, []byte(text), 0o600))
	table, err := json.Marshal(map[string]any{"Replace": map[string]string{source: other}})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(overlay, table, 0o600))
	t.Setenv("GOFLAGS", "-overlay="+overlay)
}

// TestShrinkFlag makes the client wrong, in a build of its own: it takes the first
// page for the whole list. Two pages are enough to see that.
func TestShrinkFlag(t *testing.T) {
	source := filepath.Join(pages, "notes_a.go")
	text, err := os.ReadFile(source)
	require.NoError(t, err)
	wrong := strings.Replace(string(text), "Items: b.Notes, Cursor: b.Next", "Items: b.Notes", 1)
	require.NotEqual(t, string(text), wrong)
	overlay(t, source, wrong)

	code, r := porinTest(t, "--scenario", "paging/whole-list", "--shrink")
	require.Equal(t, 1, code)
	require.Equal(t, "pages=2", r.Scenarios[0].Smallest)
	code, r = porinTest(t, "--scenario", "paging/whole-list", "--size", "pages=2")
	require.Equal(t, 1, code)
	require.Contains(t, r.Scenarios[0].Why, "20 of 30 items")
	code, r = porinTest(t, "--scenario", "paging/whole-list", "--size", "pages=1")
	require.Zero(t, code)
	require.Equal(t, "porin test "+pages+" --seed 1 --scenario 'paging/whole-list' --size pages=1", r.Command)
}

// interrupting is a test of the gauntlet in which the twentieth client interrupts the
// command, and it and those after it wait without an end.
const interrupting = `package pagestest

import (
	"os"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/porin-dev/porin/runtime/gauntlet"
)

var opened atomic.Int64

type interrupting struct{ driver }

func (d interrupting) App(t gauntlet.Target) (gauntlet.App, error) {
	n := opened.Add(1)
	if n == 20 {
		pid, _ := strconv.Atoi(os.Getenv("PORIN_TEST_PID"))
		command, err := os.FindProcess(pid)
		if err == nil {
			err = command.Signal(os.Interrupt)
		}
		if err != nil {
			return nil, err
		}
	}
	if n >= 20 {
		r, _, err := os.Pipe()
		if err == nil {
			_, err = r.Read(make([]byte, 1))
		}
		return nil, err
	}
	return d.driver.App(t)
}

func TestGauntlet(t *testing.T) { gauntlet.Run(t, spec(t), interrupting{}) }
`

// TestInterrupted ends a run in the middle: what was judged is in each form of the
// report, and each says that there was more.
func TestInterrupted(t *testing.T) {
	overlay(t, filepath.Join(pages, "pagestest", "gauntlet_test.go"), interrupting)
	t.Setenv("PORIN_TEST_PID", strconv.Itoa(os.Getpid()))
	t.Setenv("GOMAXPROCS", "2") // As many scenarios run at once.
	dir := t.TempDir()
	junit, page := filepath.Join(dir, "junit.xml"), filepath.Join(dir, "page.html")
	code, r := porinTest(t, "--junit", junit, "--html", page)
	require.Equal(t, 130, code)
	require.True(t, r.Interrupted)
	require.NotZero(t, r.Score.Passed)
	require.Less(t, len(r.Scenarios), len(gauntlet.Scenarios()))
	for _, file := range []string{junit, page} {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Contains(t, string(text), "interrupted before the others were judged")
	}
}

// TestInterruptedBefore ends a run when nothing is judged yet.
func TestInterruptedBefore(t *testing.T) {
	overlay(t, filepath.Join(pages, "pagestest", "gauntlet_test.go"), strings.ReplaceAll(interrupting, "20", "1"))
	t.Setenv("PORIN_TEST_PID", strconv.Itoa(os.Getpid()))
	file := filepath.Join(t.TempDir(), "junit.xml")
	var out, errs bytes.Buffer
	code := cli.Main([]string{"test", pages, "--junit", file, "--scenario", "paging/whole-list"}, &out, &errs)
	require.Equal(t, 130, code)
	require.Contains(t, errs.String(), file+" is not written: the run was interrupted before any scenario was judged")
	require.NoFileExists(t, file)
}

// TestSeveralFolders scores one folder after the other, whatever is wrong with
// another.
func TestSeveralFolders(t *testing.T) {
	const limits = "../../golden/schemes/limits"
	var out, errs bytes.Buffer
	code := cli.Main([]string{"test", pages, "nowhere", limits, "--scenario", "paging/whole-list,status/503-then-ok"}, &out, &errs)
	require.Equal(t, 1, code)
	require.Regexp(t, `pages +1/1, 1 not exercised\n +nowhere +not run\n.*limits +1/1`, out.String())
	require.Contains(t, errs.String(), "no such folder")

	out.Reset()
	code = cli.Main([]string{"test", pages, limits, "--scenario", "paging/whole-list,status/503-then-ok", "--json"}, &out, &errs)
	require.Zero(t, code)
	var reports []gauntlet.Report
	require.NoError(t, json.Unmarshal(out.Bytes(), &reports))
	require.Equal(t, []string{"pages", "limits"}, []string{reports[0].Connector, reports[1].Connector})

	require.Equal(t, 2, cli.Main([]string{"test", pages, limits, "--html", filepath.Join(t.TempDir(), "x.html")}, &out, &errs))
}

// TestFlagMistakes are told before anything is built.
func TestFlagMistakes(t *testing.T) {
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"--scenario", "paging/whole-lst"}, `did you mean "paging/whole-list"?`},
		{[]string{"--scenario", "data/*,paging/whole-lst"}, `no scenario matches "paging/whole-lst"; did you mean "paging/whole-list"?`},
		{[]string{"--scenario", "limts, data/bmo"}, `no scenario matches "limts"; did you mean "limits"?`},
		{[]string{"--scenario", "limts, data/bmo"}, `no scenario matches "data/bmo"; did you mean "data/bom"?`},
		{[]string{"--scenario", "data/bom,"}, "has an empty part"},
		{[]string{"--scenario", "data/bmo"}, `did you mean "data/bom"?`},
		{[]string{"--scenario", "429-bare"}, `did you mean "limits/429-bare"?`},
		{[]string{"--scenario", "429-bear"}, `did you mean "limits/429-bare"?`},
		{[]string{"--scenario", ""}, "--scenario is empty"},
		{[]string{"--scenario", "status/503"}, "status/503 is a fault; scenarios with it: status/503-then-ok, "},
		{[]string{"--scenario", "quite/another"}, "the groups are transport, status"},
		{[]string{"--size", "walls=3"}, "walls=3"},
		{[]string{"--mutate", "--scenario", "auth/*"}, "only --seed, --jobs, --rule"},
		{[]string{"--mutate", "--rule", "effect,end rul"}, `--rule "end rul" is no kind of rule; did you mean "end rule"?`},
		{[]string{"--mutate", "--rule", "kettle"}, `--rule "kettle" is no kind of rule; there are page parameter, end rule, `},
		{[]string{"--mutate", "--sample", "-3"}, "--sample -3 is no number of rules"},
		{[]string{"--mutate", "--at-least", "950"}, "--at-least 950 is no percentage"},
		{[]string{"--sample", "3"}, "go with --mutate"},
		{[]string{"--html", "nowhere/x.html"}, "nowhere"},
		{[]string{"--html", "internal"}, "internal is a folder, and a report is one file"},
	} {
		var out, errs bytes.Buffer
		require.Equal(t, 2, cli.Main(append([]string{"test", pages}, c.args...), &out, &errs), c.args)
		require.Contains(t, errs.String(), c.says)
		require.Empty(t, out.String())
	}
}
