// Command naming holds the names that porin drafts against those of Go SDKs
// that people wrote or chose. The SDKs come through the Go module proxy and
// stay in the module cache.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/porin-dev/porin/compiler/draft"
	"github.com/porin-dev/porin/golden/openapi"
)

// pair is a document and the SDK of the same API.
type pair struct {
	document, module, dir string
	flat                  bool // Methods are verb and noun in one, on one type.
}

var pairs = []pair{
	{"stripe", "github.com/stripe/stripe-go/v82@v82.5.1", ".", false},
	{"github", "github.com/google/go-github/v80@v80.0.0", "github", false},
	{"openai", "github.com/openai/openai-go/v3@v3.96.0", "...", false},
	{"twilio-api-v2010", "github.com/twilio/twilio-go@v1.31.0", "rest/api/v2010", true},
	{"twilio-messaging", "github.com/twilio/twilio-go@v1.31.0", "rest/messaging/v1", true},
	{"slack", "github.com/slack-go/slack@v0.35.0", ".", true},
}

func main() {
	fmt.Printf("%-18s %10s %8s %6s %6s %6s %6s\n", "document", "operations", "matched", "group", "noun", "verb", "both")
	for _, p := range pairs {
		if err := compare(p); err != nil {
			fmt.Fprintln(os.Stderr, "naming:", p.document+":", err)
			os.Exit(1)
		}
	}
}

// compare prints the line of one SDK: operations that both have, and of those
// the share whose group, last noun, verb, and noun with verb are the same.
func compare(p pair) error {
	ours, err := drafted(p.document)
	if err != nil {
		return err
	}
	dir, err := download(p.module)
	if err != nil {
		return err
	}
	theirs, err := sdkNames(filepath.Join(dir, strings.TrimSuffix(p.dir, "...")), p.dir == "...", p.flat)
	if err != nil {
		return err
	}
	var matched, group, noun, verb, both int
	for at, name := range ours {
		candidates := theirs[at]
		if len(candidates) == 0 {
			continue
		}
		matched++
		best := equality{}
		for _, c := range candidates {
			if e := equal(name, c, p.flat); e.score() > best.score() {
				best = e
			}
		}
		group += count(best.group)
		noun += count(best.noun)
		verb += count(best.verb)
		both += count(best.noun && best.verb)
		if os.Getenv("NAMING_DIFFER") != "" && !(best.noun && best.verb) {
			fmt.Printf("  %-60s %-44s %v\n", at, strings.Join(name, "."), candidates)
		}
	}
	share := func(n int) string { return fmt.Sprintf("%d%%", n*100/max(matched, 1)) }
	title, _, _ := strings.Cut(p.document, ".")
	fmt.Printf("%-18s %10d %8d %6s %6s %6s %6s\n", title, len(ours), matched, share(group), share(noun), share(verb), share(both))
	return nil
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

var (
	actionLine = regexp.MustCompile(`^actions: (.*): \{`)
	methodLine = regexp.MustCompile(`^\t(GET|POST|PUT|PATCH|DELETE|HEAD): +"(.*?)"`)
)

// drafted returns the names of a document's operations by method and path.
func drafted(document string) (map[string][]string, error) {
	text, err := openapi.Text(document)
	if err != nil {
		return nil, err
	}
	r, err := draft.Draft(context.Background(), draft.Options{Document: text})
	if err != nil {
		return nil, err
	}
	out := map[string][]string{}
	var name []string
	for _, f := range r.Files {
		for _, line := range strings.Split(string(f.Content), "\n") {
			if m := actionLine.FindStringSubmatch(line); m != nil {
				name = strings.Split(m[1], ": ")
			} else if m := methodLine.FindStringSubmatch(line); m != nil && name != nil {
				out[place(m[1], m[2])] = name
				name = nil
			}
		}
	}
	return out, nil
}

// download returns the folder of a module.
func download(module string) (string, error) {
	cmd := exec.Command("go", "mod", "download", "-json", module)
	cmd.Dir = os.TempDir()
	text, err := cmd.Output()
	var m struct{ Dir, Error string }
	if e := json.Unmarshal(text, &m); e != nil {
		return "", fmt.Errorf("go mod download %s: %w", module, err)
	}
	if m.Error != "" {
		return "", fmt.Errorf("%s", m.Error)
	}
	return m.Dir, nil
}
