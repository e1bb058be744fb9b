package output

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"

	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

// read reads a file of the folder. Links that lead out of the folder, pipes and
// devices are errors.
func (p *Plan) read(name string) ([]byte, error) {
	root, err := os.OpenRoot(p.dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	info, err := root.Stat(name)
	if err != nil {
		return nil, err
	}
	if mode := info.Mode(); !mode.IsRegular() && !mode.IsDir() {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errors.New("it is a pipe or a device")}
	}
	return root.ReadFile(name)
}

// ErrMeanwhile is the error of a plan whose folder another run has written since.
var ErrMeanwhile = errors.New("another run of porin wrote to the folder meanwhile")

// Apply writes every file to a temporary name first and renames them only when
// all are on disk, so that a failure leaves the package as it was. Nothing is
// written or removed where a link leads out of the folder, and of two runs at
// once one fails with [ErrMeanwhile], unless both write the same.
func (p *Plan) Apply() (err error) {
	if err := os.MkdirAll(p.dir, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(p.dir)
	if err != nil {
		return err
	}
	defer root.Close()
	release, alone := hold(root)
	defer release()
	if lock, _ := p.read(compiler.LockFile); !bytes.Equal(lock, p.seen) && !bytes.Equal(lock, p.lock) {
		return ErrMeanwhile
	}
	var temps []string
	defer func() {
		if err != nil {
			for _, t := range temps {
				root.Remove(t) // Best effort: the error that matters is being returned.
			}
		}
	}()
	swept := map[string]bool{}
	for _, f := range p.writes {
		if err := root.MkdirAll(path.Dir(f.Path), 0o755); err != nil {
			return err
		}
		dir := path.Dir(f.Path)
		if alone && !swept[dir] {
			swept[dir] = true
			sweep(root, dir)
		}
		temp := path.Join(dir, fmt.Sprintf("%s%x", tempPrefix, rand.Uint64()))
		temps = append(temps, temp)
		if err := writeNew(root, temp, f.Content); err != nil {
			return err
		}
	}
	for i, f := range p.writes {
		if err := root.Rename(temps[i], f.Path); err != nil {
			return err
		}
	}
	for _, name := range p.remove {
		if err := root.Remove(name); err != nil {
			return err
		}
	}
	return nil
}

// ReportFailure reports an error of [Plan.Apply]; what is "spec" or "package".
func ReportFailure(r *diag.Report, dir, what string, err error) {
	d := r.Errorf(diag.OutputNotWritable, ir.Pos{File: dir}, "the %s cannot be written: %s", what, err)
	if errors.Is(err, ErrMeanwhile) {
		d.Help("run it again")
		return
	}
	d.Help("nothing was changed; choose a folder that is writable")
}

// tempPrefix begins the names of temporary files. Go and CUE skip such files.
const tempPrefix = ".porin-"

// sweep removes the temporary files of runs that were killed.
func sweep(root *os.Root, dir string) {
	names, _ := fs.Glob(root.FS(), path.Join(dir, tempPrefix+"*"))
	for _, name := range names {
		root.Remove(name) // Best effort: they are in nobody's way.
	}
}

// writeNew writes a file that is not there yet.
func writeNew(root *os.Root, name string, data []byte) error {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}
