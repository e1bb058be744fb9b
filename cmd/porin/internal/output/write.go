package output

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
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

// Apply writes every file to a temporary name first and renames them only when
// all are on disk, so that a failure leaves the package as it was. Nothing is
// written or removed where a link leads out of the folder.
func (p *Plan) Apply() (err error) {
	if err := os.MkdirAll(p.dir, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(p.dir)
	if err != nil {
		return err
	}
	defer root.Close()
	var temps []string
	defer func() {
		if err != nil {
			for _, t := range temps {
				root.Remove(t) // Best effort: the error that matters is being returned.
			}
		}
	}()
	for _, f := range p.writes {
		if err := root.MkdirAll(path.Dir(f.Path), 0o755); err != nil {
			return err
		}
		temp := path.Join(path.Dir(f.Path), fmt.Sprintf(".porin-%x", rand.Uint64()))
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
