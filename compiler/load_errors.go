package compiler

import (
	stderrors "errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/spec"
)

// reportLoadError reports why the files of a spec could not be read.
func reportLoadError(err error, report *diag.Report) {
	for _, e := range flattenErrors(err) {
		var load *spec.LoadError
		if !stderrors.As(e, &load) {
			ReportSyntax(e, report)
			continue
		}
		code := map[spec.LoadErrorKind]diag.Code{
			spec.NotFound: diag.NoSuchFile, spec.NotDir: diag.NotDirectory, spec.NoFiles: diag.NoSpecFiles, spec.Unread: diag.Unreadable,
			spec.EmptyFile: diag.EmptySpec, spec.NoName: diag.PackageMismatch, spec.ManyNames: diag.PackageMismatch,
		}[load.Kind]
		at := ir.Pos{File: load.Path}
		if load.Line > 0 {
			at.Line, at.Col, at.EndLine, at.EndCol = load.Line, 1, load.Line, 8
		}
		d := report.Errorf(code, at, "%s", load.Msg)
		switch load.Kind {
		case spec.NoFiles, spec.NotFound:
			d.Help("%s", otherFolder(load))
		case spec.NotDir:
			d.Help("%s", insteadOfFile(load.Path))
		case spec.EmptyFile:
			d.Help("write the spec into it, or remove it")
		case spec.NoName:
			d.Help("start the file with `package NAME`")
		}
	}
}

// otherFolder is the help for a folder that is not there or has no spec: the
// folder with a spec that was meant, as far as one is near, or how to draft one.
func otherFolder(load *spec.LoadError) string {
	parent, base := filepath.Dir(load.Path), filepath.Base(load.Path)
	if load.Kind == spec.NotFound {
		if near, ok := diag.Nearest(base, namesOf(specsBelow(parent, 1))); ok {
			return "did you mean `" + filepath.Join(parent, near) + "`?"
		}
		for !exists(parent) && filepath.Dir(parent) != parent {
			parent = filepath.Dir(parent)
		}
		for _, dir := range specsBelow(parent, below) {
			if filepath.Base(dir) == base {
				return "did you mean `" + dir + "`?"
			}
		}
	} else if dirs := specsBelow(load.Path, below); len(dirs) == 1 {
		return "the folder below has one: `" + dirs[0] + "`"
	} else if len(dirs) > 1 {
		more := ""
		if len(dirs) > 4 {
			dirs, more = dirs[:4], ", ..."
		}
		return "folders below have some: `" + strings.Join(dirs, "`, `") + "`" + more
	}
	if dir := specAbove(load.Path); dir != "" {
		return "the folder above has one: `" + dir + "`"
	}
	return "draft a spec with `porin draft openapi.json -o " + load.Path + "`"
}

// insteadOfFile is the help for a file where a folder is expected.
func insteadOfFile(path string) string {
	dir := filepath.Dir(path)
	switch {
	case holdsSpec(dir):
		return "name the folder that holds it: `" + dir + "`"
	case slices.Contains([]string{".json", ".yaml", ".yml"}, filepath.Ext(path)):
		return "draft a spec from it with `porin draft " + path + " -o FOLDER`"
	}
	return "name the folder that holds it"
}

// below is how deep specs are looked for, and mostRead how many entries of
// folders are read for that.
const below, mostRead = 3, 500

// specsBelow lists the folders below a folder that hold a spec, the nearest
// first, down to a depth.
func specsBelow(dir string, depth int) []string {
	var found []string
	read, level := 0, []string{dir}
	for ; depth > 0 && len(level) > 0; depth-- {
		var next []string
		for _, dir := range level {
			entries, _ := os.ReadDir(dir)
			for _, e := range entries {
				if read++; read > mostRead {
					return found
				}
				if !e.IsDir() || strings.HasPrefix(e.Name(), ".") || e.Name() == "node_modules" {
					continue
				}
				sub := filepath.Join(dir, e.Name())
				if next = append(next, sub); holdsSpec(sub) {
					found = append(found, sub)
				}
			}
		}
		level = next
	}
	return found
}

// specAbove is the nearest folder above a path that holds a spec, or "". A
// repository ends the way up.
func specAbove(path string) string {
	for {
		up := filepath.Join(path, "..")
		from, err := filepath.Abs(path)
		to, err2 := filepath.Abs(up)
		if err != nil || err2 != nil || from == to {
			return ""
		}
		if exists(filepath.Join(path, ".git")) {
			return ""
		}
		if path = up; holdsSpec(path) {
			return path
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

var connectorRE = regexp.MustCompile(`(?m)^connector:`)

// holdsSpec reports whether a file of a folder has a connector; other CUE is no spec.
func holdsSpec(dir string) bool {
	files, _ := filepath.Glob(filepath.Join(dir, "*.cue"))
	for _, name := range files {
		if data, err := spec.ReadFile(name); err == nil && connectorRE.Match(data) {
			return true
		}
	}
	return false
}

func namesOf(dirs []string) []string {
	var names []string
	for _, dir := range dirs {
		names = append(names, filepath.Base(dir))
	}
	return names
}

func flattenErrors(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var list []error
		for _, e := range joined.Unwrap() {
			list = append(list, flattenErrors(e)...)
		}
		return list
	}
	return []error{err}
}
