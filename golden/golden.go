// Package golden runs corpora of txtar files. A case is one file: the input,
// and what has to come out of it. A new case needs no Go code.
//
// The comment of an archive says what the case shows. A line "run: ..." in it
// is the command that the corpus runs. Sections named "want", or below "want/",
// are what is expected; all others are input. What is not expected has to be
// empty, so a case without "want" expects silence.
package golden

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// UpdateEnv is the environment variable that makes a run rewrite what the
// cases want. Such a run fails, so that none passes unread.
const UpdateEnv = "PORIN_UPDATE"

// Case is one txtar file of a corpus.
type Case struct {
	Name string   // File name without extension.
	Args []string // Words of the "run:" line; nil without one.
	Dir  string   // Temporary folder that holds the input.
}

// Run runs every case that the pattern matches, each as a subtest in parallel.
// The function returns what came out of it, by section; empty sections count
// as absent.
func Run(t *testing.T, pattern string, run func(t *testing.T, c Case) map[string]string) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no case matches %s (%v)", pattern, err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			c := Case{Name: name, Args: command(string(archive.Comment)), Dir: t.TempDir()}
			if err := Extract(archive, c.Dir); err != nil {
				t.Fatal(err)
			}
			compare(t, file, archive, run(t, c))
		})
	}
}

// Extract writes the input sections of an archive below a folder.
func Extract(archive *txtar.Archive, dir string) error {
	for _, f := range archive.Files {
		if wanted(f.Name) {
			continue
		}
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func wanted(section string) bool {
	return section == "want" || strings.HasPrefix(section, "want/")
}

// command returns the words after "run:".
func command(comment string) []string {
	for line := range strings.Lines(comment) {
		if rest, ok := strings.CutPrefix(line, "run:"); ok {
			return strings.Fields(rest)
		}
	}
	return nil
}

// compare holds what came out against what the archive wants.
func compare(t *testing.T, file string, archive *txtar.Archive, got map[string]string) {
	t.Helper()
	want := map[string]string{}
	for _, f := range archive.Files {
		if wanted(f.Name) {
			want[f.Name] = string(f.Data)
		}
	}
	var differ []string
	for _, section := range sections(want, got) {
		if want[section] != got[section] {
			differ = append(differ, section)
		}
	}
	if len(differ) == 0 {
		return
	}
	if os.Getenv(UpdateEnv) != "" {
		rewrite(t, file, archive, got)
		return
	}
	for _, section := range differ {
		t.Errorf("%s: section %s\n--- want\n%s--- got\n%s(%s=1 rewrites it)", file, section, want[section], got[section], UpdateEnv)
	}
}

// rewrite replaces the wanted sections of a case. The input stays as it is.
func rewrite(t *testing.T, file string, archive *txtar.Archive, got map[string]string) {
	t.Helper()
	out := &txtar.Archive{Comment: archive.Comment}
	for _, f := range archive.Files {
		if !wanted(f.Name) {
			out.Files = append(out.Files, f)
		}
	}
	for _, section := range sections(nil, got) {
		if got[section] != "" {
			out.Files = append(out.Files, txtar.File{Name: section, Data: []byte(got[section])})
		}
	}
	if err := os.WriteFile(file, txtar.Format(out), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Errorf("%s: rewritten; read the difference and run again without %s", file, UpdateEnv)
}

// sections returns the names in either map, sorted.
func sections(a, b map[string]string) []string {
	var names []string
	for name := range a {
		names = append(names, name)
	}
	for name := range b {
		if _, ok := a[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
