package output

import (
	"bytes"
	"os"
	"path/filepath"

	"github.com/porin-dev/porin/codegen"
	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/draft"
	"github.com/porin-dev/porin/compiler/ir"
)

// IsDrafted recognises a spec file that a draft wrote.
func IsDrafted(data []byte) bool { return bytes.HasPrefix(data, []byte("// Drafted by porin")) }

// NewDraft compares drafted files with what is in the folder. A file of that
// name that is not drafted is reported; one that is, and that differs, is
// replaced only with force, since a person may have edited it.
func NewDraft(dir string, files []draft.File, force bool, r *diag.Report) *Plan {
	p := &Plan{dir: dir}
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		r.Errorf(diag.OutputIsFile, ir.Pos{File: dir}, "a spec is written to a folder, and this is a file").
			Help("name a folder; it is made when it does not exist")
		return p
	}
	for _, f := range files {
		path := filepath.Join(dir, f.Name)
		data, err := os.ReadFile(path)
		switch {
		case err == nil && bytes.Equal(data, f.Content):
			p.Unchanged++
			continue
		case err == nil && !IsDrafted(data):
			r.Errorf(diag.DraftInTheWay, ir.Pos{File: path}, "this file is hand-written, and the draft needs its name").
				Help("rename it, or draft into another folder with -o")
		case err == nil && !force:
			r.Errorf(diag.DraftInTheWay, ir.Pos{File: path}, "this file was drafted before, and the new draft differs").
				Help("overwrite it with --force, if you have not edited it")
		case err != nil && !os.IsNotExist(err):
			r.Errorf(diag.OutputNotWritable, ir.Pos{File: path}, "the file is in the way and cannot be read")
		}
		p.writes = append(p.writes, codegen.File{Path: f.Name, Content: f.Content})
	}
	return p
}
