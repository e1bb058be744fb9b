package twin

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"

	"github.com/porin-dev/porin/compiler/ir"
)

// How much of what was uploaded is kept: of one file, and of all.
const (
	keptFile = 1 << 20
	keptAll  = 64 << 20
)

// file is what was uploaded for an object.
type file struct {
	bytes []byte // nil: too many to keep.
	size  int64
	hash  string
}

// fileOf keeps bytes, of which there may be more than those.
func (t *Twin) fileOf(b []byte, size int64) *file {
	f := &file{size: size, hash: fmt.Sprintf("%x", sha256.Sum256(b))}
	if size == int64(len(b)) && size <= keptFile && t.kept+size <= keptAll {
		f.bytes, t.kept = append([]byte{}, b...), t.kept+size
	}
	return f
}

// drop gives back what a file holds.
func (t *Twin) drop(f *file) {
	if f != nil {
		t.kept -= int64(len(f.bytes))
	}
}

// store keeps a file as the contents of an object.
func (t *Twin) store(c *collection, p int, f *file) {
	if c.files == nil {
		c.files = map[int]*file{}
	}
	t.drop(c.files[p])
	c.files[p] = f
}

// sent is the file among the parameters of a request: the first of bytes. It is nil where
// there is none.
func (x *exchange) sent() *file {
	for _, f := range x.t.idx.fields(x.t.idx.resolve(x.op.Params)) {
		if t := x.t.idx.resolve(f.Type); t == nil || t.Kind != ir.Bytes {
			continue
		}
		if text, ok := x.in[f.Name].(string); ok {
			if b, err := base64.StdEncoding.DecodeString(text); err == nil {
				return x.t.fileOf(b, int64(len(b)))
			}
		}
	}
	return nil
}

// contents are those of the object that an action gets: what was uploaded for it, or a
// made-up text.
func (x *exchange) contents() []byte {
	for _, u := range x.op.uses {
		if u.Do != "get" || u.Key == "" {
			continue
		}
		parent := ""
		if w := u.kind.within; w != nil {
			parent = textOf(x.in[w.Key])
		}
		c := x.t.collection(x.owner(), u.kind, parent)
		p, ok := c.find(textOf(x.in[u.Key]))
		switch f := c.files[p]; {
		case !ok || f == nil:
		case f.bytes == nil:
			return fmt.Appendf(nil, "%d bytes, too many for the twin to keep; those it read have the SHA-256 %s\n", f.size, f.hash)
		default:
			return f.bytes
		}
	}
	return []byte("the contents of " + x.op.Path + "\n")
}

// short refuses an upload of another length than it was announced with.
func (u *upload) short(x *exchange) *answer {
	if u.length < 0 || u.bytes == u.length {
		return nil
	}
	x.entry.Why = fmt.Sprintf("%d bytes came, and %d were announced", u.bytes, u.length)
	x.t.drop(u.file)
	u.done, u.bytes, u.file, u.parts = false, 0, nil, nil
	return plain(http.StatusBadRequest, "text/plain; charset=utf-8", x.entry.Why+"\n")
}

// announced is the length that an upload was announced with; -1 is none.
func (x *exchange) announced() int64 {
	if n, err := strconv.ParseInt(textOf(x.in[x.op.length]), 10, 64); err == nil && x.op.length != "" {
		return n
	}
	return -1
}
