package twin

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// The routes of a request: what part of the twin answered it.
const (
	RouteAction    = "action"
	RouteToken     = "token"
	RouteAuthorize = "authorize"
	RoutePushed    = "pushed" // Takes what a user will be asked for (RFC 9126).
	RouteDevice    = "device" // Gives codes of devices to clients, and agrees to them for users.
	RouteUpload    = "upload"
	RouteDelivery  = "delivery" // A webhook that the twin sent.
	RouteForeign   = "foreign"  // An address of none of the declared servers.
	RouteUnknown   = "unknown"  // A declared server, and no action there.
)

// The states of the credential on a request.
const (
	TokenNone    = "none"
	TokenLive    = "live"
	TokenExpired = "expired"
	TokenRotated = "rotated" // Replaced by a refresh.
	TokenRevoked = "revoked"
	TokenUnknown = "unknown"
)

// Entry is one request as the twin saw it. It holds digests in place of
// parameters and no credential.
type Entry struct {
	Seq    int       `json:"seq"` // From 1, in order of arrival.
	Time   time.Time `json:"time"`
	Route  string    `json:"route"`
	Method string    `json:"method"`
	Origin string    `json:"origin"` // Scheme and host.
	Path   string    `json:"path"`   // Without the query.
	Action string    `json:"action,omitempty"`
	Mark   string    `json:"mark,omitempty"` // Of the test that sent it; see [Mark].

	Account      string `json:"account,omitempty"`
	Auth         string `json:"auth,omitempty"`          // Auth method of the credential.
	TokenVersion int64  `json:"token_version,omitempty"` // Of the credential used, from 1. For RouteToken, of the one issued.
	TokenState   string `json:"token_state,omitempty"`   // For RouteToken, of the refresh token, where one was sent.
	Grant        string `json:"grant,omitempty"`         // RouteToken: the grant type.

	Params string `json:"params,omitempty"` // Digest of the parameters, whatever their order and encoding.
	Body   string `json:"body,omitempty"`   // Digest of the body's bytes.
	Key    string `json:"key,omitempty"`    // Digest of the idempotency key.

	Limits []LimitState  `json:"limits,omitempty"`
	Faults []string      `json:"faults,omitempty"` // That took effect, in order.
	Status int           `json:"status,omitempty"` // 0: no answer was sent.
	Class  string        `json:"class,omitempty"`  // Of a failure, as the spec classes the answer.
	Code   string        `json:"code,omitempty"`
	Why    string        `json:"why,omitempty"` // What is wrong with a request that was refused for itself; names of the spec, no values.
	Wait   time.Duration `json:"wait,omitzero"` // The answer asked not to come back sooner.
	Effect *Effect       `json:"effect,omitempty"`
	Page   *PageState    `json:"page,omitempty"`
	Batch  []ItemState   `json:"batch,omitempty"` // Each item of a batch, in the order of the request.
	Items  int           `json:"items,omitempty"` // Of a stream.
	Lost   bool          `json:"lost,omitempty"`  // The answer did not arrive whole.

	Duration time.Duration `json:"duration,omitzero"` // Until the answer was given, or given up.
}

// KeyDigest is what [Entry.Key] has for an idempotency key.
func KeyDigest(key string) string { return hexOf(digest(0, key)) }

// Effect is a change that a request made.
type Effect struct {
	Do       string   `json:"do"` // create, update, delete, write (an action no resource declares), upload, issue or revoke
	Resource string   `json:"resource,omitempty"`
	ID       string   `json:"id,omitempty"`
	IDs      []string `json:"ids,omitempty"`      // Of a batch: of every item that took effect; ID is the first.
	Bytes    int64    `json:"bytes,omitempty"`    // upload
	Replayed bool     `json:"replayed,omitempty"` // Answered from an idempotency key: nothing changed.
}

// ItemState is what became of an item of a batch. Without an id and a class nothing was
// done with it.
type ItemState struct {
	Name   string `json:"name"`             // Digest of what tells it from the others.
	ID     string `json:"id,omitempty"`     // Of the object that it made, changed or read.
	Class  string `json:"class,omitempty"`  // Of its own failure, as the spec classes it.
	Code   string `json:"code,omitempty"`   // Of that failure.
	Untold bool   `json:"untold,omitempty"` // The answer does not say what became of it.
}

// LimitState is a limit that a request drew from, after it.
type LimitState struct {
	Limit string `json:"limit"`
	Key   string `json:"key"` // Digest of what shares the limit.
	Used  int    `json:"used"`
	Max   int    `json:"max"`
	Over  bool   `json:"over,omitempty"` // This request was refused.
}

// PageState is what a page of a list held.
type PageState struct {
	From  int    `json:"from"` // Position of the first item, of those that the request asks for.
	Items int    `json:"items"`
	Size  int    `json:"size"`
	Asked int    `json:"asked,omitempty"` // The size that the request named; 0 is none.
	Next  string `json:"next,omitempty"`  // Digest of what leads on; empty on the last page.
}

const (
	// blockSize is how many entries are kept and let go at a time.
	blockSize = 1024

	// batchSize is how many entries are written at a time, at most: about 64 kB.
	batchSize = 256
)

// Journal is the capped record of a twin. It is safe for concurrent use.
type Journal struct {
	mu      sync.Mutex
	cap     int
	seq     int
	blocks  [][]Entry // All but the last are full.
	kept    int       // Entries in blocks: at most cap, and what is left of a block.
	dropped int
	to      io.Writer    // Takes lines; nil when nothing is written.
	written int          // Entries that to has: all up to this number.
	lines   bytes.Buffer // What was written last, for its memory.
	failed  error        // Of to, which is not used any more then.
}

func newJournal(limit int, to io.Writer) *Journal {
	if limit <= 0 {
		limit = 100_000
	}
	return &Journal{cap: limit, to: to}
}

// Entries returns a copy of what is kept, in order of arrival.
func (j *Journal) Entries() []Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	all := make([]Entry, 0, j.kept)
	for _, b := range j.blocks {
		all = append(all, b...)
	}
	return all[j.surplus():]
}

// Dropped returns how many entries were let go to stay under the cap.
func (j *Journal) Dropped() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.dropped + j.surplus()
}

// Reset forgets the entries. The sequence goes on.
func (j *Journal) Reset() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.flush()
	j.blocks, j.kept, j.dropped = nil, 0, 0
}

// Flush writes the entries that [Options.JournalTo] does not have yet. It returns the
// first error of that writer; after one, nothing more is written, and the twin goes on.
func (j *Journal) Flush() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.flush()
	return j.failed
}

func (j *Journal) flush() {
	if j.to == nil || j.written == j.seq {
		return
	}
	j.lines.Reset()
	for _, b := range j.blocks {
		if first := max(0, j.written+1-b[0].Seq); first < len(b) {
			j.encode(b[first:])
		}
	}
	j.written = j.seq
	j.write()
}

// encode adds entries to the lines.
func (j *Journal) encode(entries []Entry) {
	to := jsontext.NewEncoder(&j.lines, json.Deterministic(true)) // Ends each entry with a line feed.
	for i := range entries {
		if err := json.MarshalEncode(to, &entries[i]); err != nil {
			j.failed = cmp.Or(j.failed, err)
			return
		}
	}
}

// write writes the lines.
func (j *Journal) write() {
	if j.failed != nil {
		return
	}
	if _, err := j.to.Write(j.lines.Bytes()); err != nil {
		j.failed = fmt.Errorf("the journal is not written any more: %w", err)
	}
}

// JSON returns the journal as an object with "entries" and "dropped".
func (j *Journal) JSON() ([]byte, error) {
	return json.Marshal(struct {
		Entries []Entry `json:"entries"`
		Dropped int     `json:"dropped"`
	}{j.Entries(), j.Dropped()}, document)
}

// add numbers and keeps an entry.
func (j *Journal) add(e *Entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	last := len(j.blocks) - 1
	if last < 0 || len(j.blocks[last]) == cap(j.blocks[last]) {
		j.blocks = append(j.blocks, j.block())
		last = len(j.blocks) - 1
	}
	j.seq++
	e.Seq = j.seq
	j.blocks[last] = append(j.blocks[last], *e)
	j.kept++
	if j.seq-j.written >= batchSize {
		j.flush()
	}
}

// block returns an empty block: the oldest one, when the journal can do without.
func (j *Journal) block() []Entry {
	size := min(blockSize, j.cap)
	if j.kept < j.cap+size {
		return make([]Entry, 0, size)
	}
	oldest := j.blocks[0]
	j.flush()
	j.blocks = slices.Delete(j.blocks, 0, 1)
	j.dropped += len(oldest)
	j.kept -= len(oldest)
	clear(oldest)
	return oldest[:0]
}

// change edits an entry that is still kept. One that was written is written again.
func (j *Journal) change(seq int, edit func(*Entry)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.kept == 0 {
		return
	}
	if i := seq - j.blocks[0][0].Seq; i >= 0 && i < j.kept {
		size := cap(j.blocks[0])
		e := j.blocks[i/size][i%size : i%size+1]
		edit(&e[0])
		if j.to != nil && seq <= j.written {
			j.lines.Reset()
			j.encode(e)
			j.write()
		}
	}
}

func (j *Journal) surplus() int { return max(0, j.kept-j.cap) }

// upcoming returns the number of the next entry.
func (j *Journal) upcoming() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.seq + 1
}
