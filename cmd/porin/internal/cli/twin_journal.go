package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/porin-dev/porin/runtime/twin"
)

// journalFile is the file of --journal. When it takes no more, that is said once, at
// once, and what it has are whole lines.
type journalFile struct {
	file  *os.File
	whole int64 // Bytes of whole lines.
	say   func(format string, args ...any)
}

// createJournal makes the file of --journal. It replaces none: a record of an
// earlier run may be all that is left of it. Devices and pipes are written to.
func (a *app) createJournal(name string) (*journalFile, error) {
	if name == "" {
		return nil, nil
	}
	flags := os.O_CREATE | os.O_EXCL | os.O_WRONLY
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		flags = os.O_WRONLY
	}
	file, err := os.OpenFile(name, flags, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("%s is there already: name another file, or remove it", name)
	}
	if err != nil {
		return nil, err
	}
	return &journalFile{file: file, say: a.printf}, nil
}

// flushEvery is how old a line may get before it is in the file.
const flushEvery = 100 * time.Millisecond

// keep writes what comes to the journal of a twin for as long as it serves.
func (j *journalFile) keep(ctx context.Context, t *twin.Twin) {
	if j == nil {
		return
	}
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for ctx.Err() == nil && t.Journal().Flush() == nil {
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
}

// Write takes whole lines, or none of them.
func (j *journalFile) Write(lines []byte) (int, error) {
	n, err := j.file.Write(lines)
	if err != nil {
		_ = j.file.Truncate(j.whole) // A device has no length to cut.
		j.say("porin: the journal ends here: %v; the twin goes on, and its newest requests are at /_porin/journal. Make room and start it again with another --journal\n", err)
		return 0, err
	}
	j.whole += int64(n)
	return n, nil
}

// close writes what is still in memory. A file without a request is none.
func (j *journalFile) close(t *twin.Twin) error {
	if j == nil {
		return nil
	}
	err := errors.Join(t.Journal().Flush(), j.file.Close())
	if info, statErr := os.Stat(j.file.Name()); statErr == nil && info.Mode().IsRegular() && info.Size() == 0 {
		return errors.Join(err, os.Remove(j.file.Name()))
	}
	return err
}
