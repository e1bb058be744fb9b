package output

import (
	"bytes"
	"os"
	"path/filepath"

	"github.com/porin-dev/porin/codegen"
	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/draft"
	"github.com/porin-dev/porin/compiler/ir"
)

// IsDrafted recognises a spec file that a draft wrote.
func IsDrafted(data []byte) bool { return bytes.HasPrefix(data, []byte("// Drafted by porin")) }

// NewDraft compares drafted files with what is in the folder. Files that were
// drafted before, and that nobody changed since, are replaced, or removed when
// the draft has no such file any more. One that a person changed is replaced
// only with force; one that a person wrote never is.
func NewDraft(dir string, files []draft.File, force bool, r *diag.Report) *Plan {
	p := plan(dir)
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		r.Errorf(diag.OutputIsFile, ir.Pos{File: dir}, "a spec is written to a folder, and this is a file").
			Help("name a folder; it is made when it does not exist")
		return p
	}
	lock, err := compiler.ReadLock(dir)
	if err != nil {
		compiler.ReportBadLock(dir, r)
		return p
	}
	before := lock.Drafted
	lock.Drafted = map[string]string{}
	for _, f := range files {
		lock.Drafted[f.Name] = hashOf(f.Content)
		p.addDrafted(f, before[f.Name], force, r)
	}
	for _, name := range p.draftedFiles() {
		if lock.Drafted[name] == "" {
			p.dropDrafted(name, before[name], force, r)
		}
	}
	p.setLock(lock, r)
	return p
}

// addDrafted plans to write a file, of which the last draft had the hash before.
func (p *Plan) addDrafted(f draft.File, before string, force bool, r *diag.Report) {
	path := filepath.Join(p.dir, f.Name)
	data, err := p.read(f.Name)
	switch {
	case err == nil && bytes.Equal(data, f.Content):
		p.Unchanged++
		return
	case err == nil && !IsDrafted(data):
		r.Errorf(diag.DraftInTheWay, ir.Pos{File: path}, "this file is hand-written, and the draft needs its name").
			Help("rename it, or draft into another folder with -o")
	case err == nil && before != hashOf(data) && !force:
		reportEdited(r, path, "this file was changed since it was drafted, and the new draft differs")
	case err != nil && !os.IsNotExist(err):
		r.Errorf(diag.OutputNotWritable, ir.Pos{File: path}, "the file is in the way and cannot be read")
	}
	p.writes = append(p.writes, codegen.File{Path: f.Name, Content: f.Content})
}

// dropDrafted plans to remove a file of an earlier draft.
func (p *Plan) dropDrafted(name, before string, force bool, r *diag.Report) {
	path := filepath.Join(p.dir, name)
	if data, err := p.read(name); err == nil && before != hashOf(data) && !force {
		reportEdited(r, path, "this file was changed since it was drafted, and the new draft has no such file")
	}
	p.remove = append(p.remove, name)
}

func reportEdited(r *diag.Report, path, message string) {
	r.Errorf(diag.DraftInTheWay, ir.Pos{File: path}, "%s", message).
		Help("move your changes to a file of your own, such as quirks.cue: what it declares is not drafted again; then, or to drop them, use --force")
}

// draftedFiles lists the spec files of the folder that a draft wrote.
func (p *Plan) draftedFiles() []string {
	entries, err := os.ReadDir(p.dir)
	if err != nil {
		return nil // There is none yet, or writing to it fails and says why.
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() || filepath.Ext(e.Name()) != ".cue" {
			continue
		}
		if data, err := p.read(e.Name()); err == nil && IsDrafted(data) {
			names = append(names, e.Name())
		}
	}
	return names
}
