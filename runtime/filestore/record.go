package filestore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/porin-dev/porin/runtime"
)

const (
	fileSuffix = ".json"
	tornSuffix = ".torn" // Of a file that is being written.
)

// record is what a file holds. Version 0 is a lease without a token.
type record struct {
	Account string         `json:"account"`
	Name    string         `json:"name"`
	Version int64          `json:"version"`
	Lease   *lease         `json:"lease,omitempty"`
	Token   jsontext.Value `json:"token,omitzero"`
}

type lease struct {
	Holder string    `json:"holder"`
	Since  time.Time `json:"since"` // Of the first that nobody ended.
	Taken  time.Time `json:"taken"`
	Until  time.Time `json:"until"`
}

// setBack moves a lease that begins in the future, because the clock was set back, to
// begin now. How old it is nobody knows any more: at least what it was when it was taken.
func (l *lease) setBack(now time.Time) bool {
	by := l.Taken.Sub(now)
	if by <= 0 {
		return false
	}
	l.Since, l.Taken, l.Until = l.Since.Add(-by), now, l.Until.Add(-by)
	return true
}

// absent is the error of a file that is not there.
type absent struct{}

func (absent) Error() string { return runtime.ErrNoToken.Error() }
func (absent) Is(target error) bool {
	return target == runtime.ErrNoToken || target == fs.ErrNotExist
}

// read returns a record. Its errors do not quote the file.
func (s *Store) read(account, name string) (*record, error) {
	data, err := os.ReadFile(filepath.Join(s.dir, base(account, name)+fileSuffix))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, absent{}
	}
	if err != nil {
		return nil, fmt.Errorf("filestore: %w", err)
	}
	r := &record{}
	if err := json.Unmarshal(data, r); err != nil {
		return nil, fmt.Errorf("filestore: %s%s is no record of a token", base(account, name), fileSuffix)
	}
	if r.Account != account || r.Name != name {
		return nil, fmt.Errorf("filestore: %s%s is the record of another token", base(account, name), fileSuffix)
	}
	return r, nil
}

// write replaces a record: whoever reads sees the one or the other, and what
// is written outlasts a loss of power. The caller has the lock.
func (s *Store) write(r *record) error {
	data, err := json.Marshal(r, json.Deterministic(true))
	if err != nil {
		return fmt.Errorf("filestore: a record cannot be encoded")
	}
	name := filepath.Join(s.dir, base(r.Account, r.Name))
	if err := writeSynced(name+tornSuffix, data); err != nil {
		return fmt.Errorf("filestore: %w", err)
	}
	if err := os.Rename(name+tornSuffix, name+fileSuffix); err != nil {
		return fmt.Errorf("filestore: %w", err)
	}
	if err := syncDir(s.dir); err != nil {
		return fmt.Errorf("filestore: %w", err)
	}
	return nil
}

// writeSynced writes a file that the user alone may read, down to the disk.
func writeSynced(name string, data []byte) (err error) {
	// One that a crash left may have other permissions, or be a link.
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if closed := f.Close(); err == nil {
			err = closed
		}
	}()
	if _, err := f.Write(data); err != nil {
		return err
	}
	return f.Sync()
}

// syncDir makes a rename outlast a loss of power.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	return d.Sync()
}
