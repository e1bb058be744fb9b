package output

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Replace writes a file that has all of data or is as it was, also where the process is
// ended meanwhile. What is no regular file, such as a pipe, and what is in a folder that
// takes no other file, is written in place.
func Replace(name string, data []byte) error {
	if target, err := filepath.EvalSymlinks(name); err == nil {
		name = target
	}
	mode := fs.FileMode(0o644)
	if info, err := os.Stat(name); err == nil {
		if !info.Mode().IsRegular() {
			return os.WriteFile(name, data, mode)
		}
		mode = info.Mode().Perm()
	}
	beside := fmt.Sprintf("%s.%d.new", name, os.Getpid())
	f, err := os.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, fs.ErrPermission) {
		return os.WriteFile(name, data, mode)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(beside, name)
	}
	if err != nil {
		err = errors.Join(err, os.Remove(beside))
	}
	return err
}
