package twin

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
)

// full is a disk that takes some bytes and no more.
type full struct {
	bytes.Buffer
	room int
}

func (f *full) Write(p []byte) (int, error) {
	if f.Len()+len(p) > f.room {
		return 0, errors.New("no space left on device")
	}
	return f.Buffer.Write(p)
}

func TestJournalSpills(t *testing.T) {
	disk := &full{room: 1 << 20}
	inBubble(t, Options{JournalCap: 8, JournalSpill: disk}, func(t *testing.T, tw *Twin) {
		c := clientOf(t, tw)
		for range 50 {
			c.get(api + "auth.test")
		}
		kept, dropped := len(tw.Journal().Entries()), tw.Journal().Dropped()
		equal(t, "kept", kept, 8)
		equal(t, "kept and dropped", kept+dropped, 50)
		if err := tw.Journal().Spill(); err != nil {
			t.Error(err)
		}
		lines := strings.Split(strings.TrimSpace(disk.String()), "\n")
		equal(t, "lines", len(lines), 50)
		for i, line := range lines {
			var e Entry
			if err := json.Unmarshal([]byte(line), &e); err != nil || e.Seq != i+1 {
				t.Fatalf("line %d is %s: %v", i+1, line, err)
			}
		}
	})
}

func TestJournalOnFullDisk(t *testing.T) {
	disk := &full{room: 1000}
	inBubble(t, Options{JournalCap: 8, JournalSpill: disk}, func(t *testing.T, tw *Twin) {
		c := clientOf(t, tw)
		for range 50 {
			equal(t, "status", c.get(api+"auth.test").status, 200)
		}
		if err := tw.Journal().SpillError(); err == nil || !strings.Contains(err.Error(), "no space left") {
			t.Errorf("the error is %v", err)
		}
		equal(t, "kept", len(tw.Journal().Entries()), 8)
		if disk.Len() > 0 && !strings.HasSuffix(disk.String(), "\n") {
			t.Error("a line is written in part")
		}
	})
}
