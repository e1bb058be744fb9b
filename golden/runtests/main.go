// Command runtests runs the tests of the modules named as arguments. It prints
// what fails, every skip, and a closing count, and fails on a skip that is not
// on the list in .ci/skips: a test that does not run proves nothing, so each
// one that is allowed to be skipped has its reason there.
package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
)

// event is a line of go test -json.
type event struct {
	Action, Package, Test, Output string
	Elapsed                       float64 // Seconds.
}

// results of all modules.
type results struct {
	passed, failed, skipped int
	unlisted                []string
	ended                   []event           // Of whole packages.
	output                  map[string]string // By package and test, until it passes.
	allowed                 []string          // Patterns of "package test".
}

func main() {
	r := &results{output: map[string]string{}, allowed: readSkips(".ci/skips")}
	for _, dir := range os.Args[1:] {
		if err := r.run(dir); err != nil {
			fmt.Fprintf(os.Stderr, "runtests: %s: %v\n", dir, err)
			r.failed++
		}
	}
	for _, s := range r.unlisted {
		fmt.Printf("not on the list of allowed skips: %s\n", s)
	}
	r.printSlowest()
	fmt.Printf("%d passed, %d failed, %d skipped\n", r.passed, r.failed, r.skipped)
	if r.failed > 0 || len(r.unlisted) > 0 || r.passed == 0 {
		os.Exit(1)
	}
}

// readSkips reads the patterns, one a line; "#" starts a comment.
func readSkips(name string) []string {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil
	}
	var list []string
	for line := range strings.Lines(string(data)) {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

// run runs the tests of one module.
func (r *results) run(dir string) error {
	fmt.Printf("testing %s\n", dir)
	args := []string{"test", "-json", "-vet=off"} // make check vets all of it.
	if dir != "." {
		args = append(args, "-count=1") // These build the checkout around them, which the test cache does not see.
	}
	cmd := exec.Command("go", append(args, "./...")...)
	cmd.Dir = dir
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 16<<20)
	failed := r.failed
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			fmt.Println(lines.Text())
			continue
		}
		r.take(e)
	}
	if err := cmd.Wait(); err != nil && r.failed == failed {
		return err // A failure that no test accounts for.
	}
	return lines.Err()
}

// take counts one event and prints what a reader has to see.
func (r *results) take(e event) {
	key := e.Package + " " + e.Test
	if (e.Action == "pass" || e.Action == "fail") && e.Test == "" {
		r.ended = append(r.ended, e)
	}
	switch {
	case e.Action == "output" || e.Action == "build-output":
		r.output[key] += e.Output
		return
	case e.Action == "build-fail":
		fmt.Print(r.output[key])
	case e.Action == "fail" && e.Test == "":
		fmt.Printf("FAIL %s\n%s", e.Package, r.output[key])
		r.failed++
	case e.Action == "fail":
		fmt.Print(r.output[key])
		r.failed++
	case e.Action == "pass" && e.Test == "":
		if strings.Contains(r.output[key], "corpus:") {
			fmt.Print(r.output[key])
		}
	case e.Action == "pass":
		r.passed++
	case e.Action == "skip" && e.Test != "":
		r.skip(key, r.output[key])
	}
	delete(r.output, key)
}

// printSlowest names the packages that took longest, two or more of which run at once.
func (r *results) printSlowest() {
	slices.SortFunc(r.ended, func(a, b event) int { return cmp.Compare(b.Elapsed, a.Elapsed) })
	for _, e := range r.ended[:min(10, len(r.ended))] {
		fmt.Printf("%4.0f s %s\n", e.Elapsed, e.Package)
	}
}

func (r *results) skip(key, output string) {
	r.skipped++
	reason := ""
	for line := range strings.Lines(output) {
		if _, why, ok := strings.Cut(line, ".go:"); ok {
			_, reason, _ = strings.Cut(why, ": ")
		}
	}
	fmt.Printf("skip %s: %s\n", key, strings.TrimSpace(reason))
	for _, pattern := range r.allowed {
		if ok, err := path.Match(strings.ReplaceAll(pattern, "/", "\x00"), strings.ReplaceAll(key, "/", "\x00")); err == nil && ok {
			return
		}
	}
	r.unlisted = append(r.unlisted, key)
}
