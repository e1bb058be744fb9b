package compiler

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/spec"
)

// LockFile is the name of the file beside a spec that pins the Go names of
// everything exported.
const LockFile = "porin.lock.json"

// Lock is the content of a lock file. Keys are places in the spec, such as
// "actions.chat.postMessage"; values are Go names.
type Lock struct {
	Version int               `json:"version"`
	Names   map[string]string `json:"names"`
	Files   map[string]string `json:"files"`             // Hashes of the generated files, which tell hand edits.
	Drafted map[string]string `json:"drafted,omitempty"` // The same of drafted spec files.
}

// ReadLock reads the lock file of a spec's folder. One that does not exist is
// an empty lock; the error is about one that cannot be read.
func ReadLock(dir string) (*Lock, error) {
	l := &Lock{Version: 1}
	data, err := spec.ReadFile(filepath.Join(dir, LockFile))
	switch {
	case os.IsNotExist(err):
	case err != nil:
		return nil, err
	default:
		if err := json.Unmarshal(data, l); err != nil {
			return nil, err
		}
		if l.Version != 1 {
			return nil, fmt.Errorf("version %d is not known", l.Version)
		}
	}
	if l.Names == nil {
		l.Names = map[string]string{}
	}
	if l.Files == nil {
		l.Files = map[string]string{}
	}
	return l, nil
}

// ReportBadLock reports a lock file that [ReadLock] cannot read.
func ReportBadLock(dir string, report *diag.Report) {
	report.Errorf(diag.BadLockFile, ir.Pos{File: filepath.Join(dir, LockFile)}, "the lock file cannot be read").
		Help("resolve the merge, or restore the file from version control")
}

// LockOf lists the exported names of a connector.
func LockOf(c *ir.Connector) *Lock {
	l := &Lock{Version: 1, Names: map[string]string{}}
	for place, n := range exported(c) {
		l.Names[place] = n.name
	}
	return l
}

type exportedName struct {
	name string
	at   ir.Pos
}

func exported(c *ir.Connector) map[string]exportedName {
	names := map[string]exportedName{}
	for _, t := range c.Types {
		names["#"+t.Name] = exportedName{t.Go, t.Pos}
		exportedFields(names, "#"+t.Name, t)
	}
	for g, a := range c.AllActions() {
		place := "actions." + a.Path
		names[place] = exportedName{g.Go + "." + a.Go, a.Pos}
		if a.Params != nil {
			exportedFields(names, place+".in", a.Params)
		}
		if a.Returns != nil {
			exportedFields(names, place+".returns", a.Returns)
		}
	}
	return names
}

func exportedFields(names map[string]exportedName, place string, t *ir.Type) {
	for _, f := range t.Fields {
		names[place+"."+f.Name] = exportedName{f.Go, f.Pos}
		exportedFields(names, place+"."+f.Name, f.Type)
	}
	if t.Elem != nil {
		exportedFields(names, place+"[]", t.Elem)
	}
}

// Encode returns the content of the lock file.
func (l *Lock) Encode() []byte {
	b, err := json.MarshalIndent(l, "", "\t")
	if err != nil {
		return nil // Strings and ints always encode.
	}
	return append(b, '\n')
}

// checkLock reports names that differ from the ones that the lock file pins.
func checkLock(c *ir.Connector, dir string, report *diag.Report) {
	l, err := ReadLock(dir)
	if err != nil {
		ReportBadLock(dir, report)
		return
	}
	now := exported(c)
	places := make([]string, 0, len(l.Names))
	for place := range l.Names {
		places = append(places, place)
	}
	sort.Strings(places)
	for _, place := range places {
		pinned := l.Names[place]
		switch n, ok := now[place]; {
		case !ok:
			report.Errorf(diag.FrozenNameRemoved, c.Pos, "`%s` is gone, and callers may use its Go name %s", place, pinned).
				Help("keep it, or accept the change with `porin generate --update-lock`")
		case n.name != pinned:
			report.Errorf(diag.FrozenNameChanged, n.at, "the Go name of `%s` would change from %s to %s", place, pinned, n.name).
				Help("pin the old one with `go: \"...\"` or @name(...), or accept the change with `porin generate --update-lock`")
		}
	}
}
