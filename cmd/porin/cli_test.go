package main

import (
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/porin-dev/porin/cmd/porin/internal/cli"
	"github.com/porin-dev/porin/golden"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"porin": func() { os.Exit(cli.Main(os.Args[1:], os.Stdout, os.Stderr)) },
	})
}

// TestScripts runs the command line on the scripts of golden/cli. They have
// these commands beside those of testscript:
//
//   - exits N porin ARGS...: runs a command and expects the exit code;
//   - untouched: no file was made, changed or removed since the script began;
//   - bigfile NAME MB: makes a file of that size, which takes no room on disk.
func TestScripts(t *testing.T) {
	update := os.Getenv(golden.UpdateEnv) != ""
	server := httptest.NewServer(documents())
	defer server.Close()
	t.Run("cli", func(t *testing.T) {
		testscript.Run(t, testscript.Params{
			Dir:           "../../golden/cli",
			UpdateScripts: update,
			Setup:         func(env *testscript.Env) error { return setup(env, server.URL) },
			Cmds: map[string]func(*testscript.TestScript, bool, []string){
				"exits": exits, "untouched": untouched, "bigfile": bigfile,
			},
		})
	})
	if update {
		t.Errorf("the scripts were rewritten; read the difference and run again without %s", golden.UpdateEnv)
	}
}

// documents answers as servers of documents do: with one, and in every way
// that is none. The other paths have nothing.
func documents() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/html", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "<!doctype html><title>Sign in</title>")
	})
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "{")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	mux.HandleFunc("/large", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(1<<30))
		w.WriteHeader(http.StatusOK)
	})
	mux.HandleFunc("/endless", func(w http.ResponseWriter, _ *http.Request) {
		for block := make([]byte, 1<<20); ; {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	})
	mux.Handle("/away/", http.RedirectHandler("http://elsewhere.test/pet.yaml", http.StatusFound))
	mux.HandleFunc("/api/openapi.yaml", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `openapi: 3.0.3
info: {title: Pets, version: "1"}
servers: [{url: "https://api.pets.test"}]
paths:
  /pets/{id}:
    get:
      parameters: [{name: id, in: path, required: true, schema: {$ref: "types/pet.yaml#/id"}}]
      responses:
        "200": {description: A pet., content: {application/json: {schema: {$ref: "types/pet.yaml#/Pet"}}}}
        "404": {description: None., content: {application/json: {schema: {$ref: "../error.yaml"}}}}
`)
	})
	mux.HandleFunc("/api/types/pet.yaml", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "id: {type: string}\nPet: {type: object, properties: {id: {$ref: '#/id'}, parent: {$ref: '#/Pet'}}}\n")
	})
	return mux
}

// setup gives a script the folder of the porin binary, a build cache, and the
// address of a server that has nothing; and remembers what is on disk.
func setup(env *testscript.Env, address string) error {
	porin, err := exec.LookPath("porin")
	if err != nil {
		return err
	}
	cache, err := exec.Command("go", "env", "GOCACHE").Output()
	if err != nil {
		return err
	}
	env.Setenv("PORIN_BIN", filepath.Dir(porin))
	env.Setenv("GOCACHE", strings.TrimSpace(string(cache)))
	env.Setenv("SERVER", address)
	files, err := snapshot(env.WorkDir)
	env.Values["files"] = files
	return err
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND ARGS...")
	}
	code := 0
	err := ts.Exec(args[1], args[2:]...)
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%s: %v", args[1], err)
	}
	if want := args[0]; strconv.Itoa(code) != want {
		ts.Fatalf("exit code %d, and not %s", code, want)
	}
}

func untouched(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: untouched")
	}
	before := ts.Value("files").(map[string]string)
	now, err := snapshot(ts.MkAbs("."))
	ts.Check(err)
	for name, content := range now {
		if old, ok := before[name]; !ok {
			ts.Fatalf("%s was made", name)
		} else if old != content {
			ts.Fatalf("%s was changed", name)
		}
	}
	for name := range before {
		if _, ok := now[name]; !ok {
			ts.Fatalf("%s was removed", name)
		}
	}
}

func bigfile(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: bigfile NAME MB")
	}
	mb, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	name := ts.MkAbs(args[0])
	ts.Check(os.WriteFile(name, nil, 0o644))
	ts.Check(os.Truncate(name, mb<<20))
	ts.Value("files").(map[string]string)[args[0]] = content(name)
}

// snapshot reads every file and folder below dir.
func snapshot(dir string) (map[string]string, error) {
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && d.Name() == ".tmp" {
			return fs.SkipDir // Of testscript.
		}
		rel, err := filepath.Rel(dir, path)
		files[rel] = content(path)
		return err
	})
	return files, err
}

// content is what a snapshot keeps of a file. Of large ones the size tells.
func content(path string) string {
	info, err := os.Stat(path)
	if err != nil || info.IsDir() {
		return ""
	}
	if info.Size() > 1<<20 {
		return strconv.FormatInt(info.Size(), 10)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	return string(data)
}
