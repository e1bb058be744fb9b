package main

import (
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/porin-dev/porin/runtime/gauntlet"
)

// TestCite puts citations behind failures and what is not offered, for the rows of a
// library that they are of, and takes away what is said no more.
func TestCite(t *testing.T) {
	const journal = "  `* +1ms call 1 failed`\n"
	page := "<!-- cited --><!-- /cited -->\n" +
		"### slack: porin\n\n* `data/bom`, a body: **recovers**, it failed\n" +
		"### slack: slack-go v0.35.0\n\n* `status/408-then-ok`, too slow: **recovers**, it failed\n" + journal +
		"* `status/408-then-ok`, too slow: **once**, it failed ([upstream](https://gone.example): (once) said)\n" +
		"### slack: slack-go, all retries v0.35.0\n\n* `status/408-then-ok`, too slow: **recovers**, it failed\n" +
		"* `limits/403`, a refusal: **typed**, it failed\n" +
		"### slack: net/http go1.26.8\n\n* `data/bom`, a body: **recovers**, it failed\n* `data/bom`, a body: no verdict\n" +
		"## What is not offered\n\n* github: go-github v84.0.0\n  * " + leftToCallers + ": `status/408-then-ok`, `limits/penalty`\n  * issues.get: `data/bom`\n"
	got := cite(page)
	cited := strings.Split(got, "\n")
	want := []struct{ line, at string }{
		{"* `data/bom`, a body: **recovers**, it failed", ""}, // Ours.
		{"* `status/408-then-ok`, too slow: **recovers**, it failed", "slack/pull/1532"},
		{"* `status/408-then-ok`, too slow: **once**, it failed", ""},
		{"* `status/408-then-ok`, too slow: **recovers**, it failed", "slack#http-retries"},
		{"* `limits/403`, a refusal: **typed**, it failed", "slack/pull/186"},
		{"* `data/bom`, a body: **recovers**, it failed", "golang/go/issues/12254"},
		{"* `data/bom`, a body: no verdict", ""},
		{"  * " + leftToCallers + ": `status/408-then-ok`, `limits/penalty`", "go-github#rate-limiting"},
		{"  * issues.get: `data/bom`", ""},
	}
	for _, w := range want {
		i := slices.IndexFunc(cited, func(l string) bool { return strings.HasPrefix(l, w.line) })
		if i < 0 {
			t.Fatalf("there is no line %q after what came before, in\n%s", w.line, got)
		}
		line := cited[i]
		if cited = cited[i+1:]; w.at == "" && line != w.line || !strings.Contains(line, w.at) {
			t.Errorf("%s\ncites other than %q", line, w.at)
		}
	}
	if !strings.Contains(got, "<!-- cited -->4 of the 6 failures") || !strings.Contains(got, "\n"+journal) {
		t.Errorf("counted or kept wrong:\n%s", got)
	}
	if again := cite(got); again != got {
		t.Errorf("citing twice gives\n%s\nafter\n%s", again, got)
	}
}

// TestCited holds docs/clients.md to what upstream says.
func TestCited(t *testing.T) {
	page, err := os.ReadFile("../../docs/clients.md")
	if err != nil {
		t.Fatal(err)
	}
	if cite(string(page)) != string(page) {
		t.Error("docs/clients.md cites other than upstream.go; run `go run ./golden/clients -cite`")
	}
}

// TestUpstreams holds what is said to clients, scenarios and oracles that there are.
func TestUpstreams(t *testing.T) {
	var names, ids []string
	rules := []string{leftToCallers}
	for _, c := range clients {
		names = append(names, c.name)
	}
	for _, s := range gauntlet.Scenarios() {
		ids = append(ids, s.ID)
	}
	for _, o := range gauntlet.Oracles() {
		rules = append(rules, o.ID)
	}
	for _, u := range upstreams {
		of := func(globs, all []string) bool {
			return len(globs) > 0 && !slices.ContainsFunc(globs, func(glob string) bool {
				return !slices.ContainsFunc(all, func(name string) bool { ok, _ := path.Match(glob, name); return ok })
			})
		}
		if !of(u.clients, names) || !of(u.scenarios, ids) || !of(u.rules, rules) || u.said == "" || !strings.HasPrefix(u.at, "https://") {
			t.Errorf("nothing is known by one of the names, or something is missing: %+v", u)
		}
	}
}
