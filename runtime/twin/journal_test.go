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

func TestJournalIsWritten(t *testing.T) {
	disk := &full{room: 1 << 20}
	inBubble(t, Options{JournalCap: 8, JournalTo: disk}, func(t *testing.T, tw *Twin) {
		c := clientOf(t, tw)
		for range 50 {
			c.get(api + "auth.test")
		}
		kept, dropped := len(tw.Journal().Entries()), tw.Journal().Dropped()
		equal(t, "kept", kept, 8)
		equal(t, "kept and dropped", kept+dropped, 50)
		if err := tw.Journal().Flush(); err != nil {
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
	inBubble(t, Options{JournalCap: 8, JournalTo: disk}, func(t *testing.T, tw *Twin) {
		c := clientOf(t, tw)
		for range 50 {
			equal(t, "status", c.get(api+"auth.test").status, 200)
		}
		if err := tw.Journal().Flush(); err == nil || !strings.Contains(err.Error(), "no space left") {
			t.Errorf("the error is %v", err)
		}
		equal(t, "kept", len(tw.Journal().Entries()), 8)
		if disk.Len() > 0 && !strings.HasSuffix(disk.String(), "\n") {
			t.Error("a line is written in part")
		}
	})
}

// Entries are written while the twin is at work, and one that changes is written again.
func TestJournalIsWrittenAsItGrows(t *testing.T) {
	var to bytes.Buffer
	j := newJournal(0, &to)
	lines := func() int { return strings.Count(to.String(), "\n") }
	e := Entry{Method: "GET", Path: "/api/auth.test"}
	for range batchSize - 1 {
		j.add(&e)
	}
	equal(t, "less than a batch", lines(), 0)
	j.change(1, func(e *Entry) { e.Status = 200 })
	equal(t, "a change of what was not written", lines(), 0)
	j.add(&e)
	equal(t, "a batch", lines(), batchSize)
	j.add(&e)
	for range 2 {
		if err := j.Flush(); err != nil {
			t.Fatal(err)
		}
		equal(t, "and one", lines(), batchSize+1)
	}
	j.change(2, func(e *Entry) { e.Lost = true })
	equal(t, "again", lines(), batchSize+2)
	if text := to.String(); !strings.HasSuffix(text, `,"lost":true}`+"\n") || !strings.HasPrefix(text[strings.LastIndex(text, "{"):], `{"seq":2,`) {
		t.Errorf("the last line is %s", text[strings.LastIndex(text, "{"):])
	}
	equal(t, "kept", len(j.Entries()), batchSize+1)
	j.Reset()
	equal(t, "nothing is written twice", lines(), batchSize+2)
}

// A full journal takes the memory of its oldest entries for the newest.
func TestFullJournalDoesNotGrow(t *testing.T) {
	j := newJournal(3*blockSize, nil)
	e := Entry{Method: "GET", Path: "/api/auth.test"}
	for range 5 * blockSize {
		j.add(&e)
	}
	if n := testing.AllocsPerRun(3*blockSize, func() { j.add(&e) }); n != 0 {
		t.Errorf("an entry allocates %v times", n)
	}
	kept := j.Entries()
	equal(t, "kept", len(kept), 3*blockSize)
	equal(t, "the newest", kept[len(kept)-1].Seq, e.Seq)
	equal(t, "the oldest", kept[0].Seq, e.Seq-3*blockSize+1)
	equal(t, "dropped", j.Dropped(), e.Seq-3*blockSize)
	j.change(kept[0].Seq, func(e *Entry) { e.Lost = true })
	j.change(e.Seq, func(e *Entry) { e.Lost = true })
	j.change(1, func(*Entry) { t.Error("an entry that was let go is changed") })
	kept = j.Entries()
	equal(t, "the oldest is changed", kept[0].Lost, true)
	equal(t, "its neighbour is", kept[1].Lost, false)
	equal(t, "the newest is changed", kept[len(kept)-1].Lost, true)
}
