package twin

import (
	"net/http"
	"strconv"
	"strings"
)

// upload is an address that was given out to send bytes to.
type upload struct {
	account string
	action  string
	bytes   int64
	length  int64 // That was announced; -1 is none.
	done    bool
	parts   []byte // What came in parts, as far as it is kept.
	file    *file
}

// addUploads puts addresses of the twin where an action's result has those that
// a flow sends bytes to. What the action made is hidden until the flow ends.
func (x *exchange) addUploads(a *answer) {
	for _, p := range x.op.upload {
		x.t.minted++
		r := newRNG(x.t.opt.Seed, "upload", x.owner(), strconv.Itoa(x.t.minted))
		id := r.hex(20)
		u := &upload{account: x.owner(), action: x.op.Path, length: x.announced()}
		x.t.uploads[id] = u
		a.body = put(a.body, p, x.q.origin+uploadPath+id)
		if c := x.made; c != nil {
			c.gone[x.place], c.pending[x.place] = true, u
			x.entry.Effect.Do = "reserve"
		}
	}
}

// receive takes the bytes of an upload, raw, as a file of a form, or in parts. The bytes are
// kept for the object that they are for, unless they are many. The address is its own authority, as with a signed URL.
func (t *Twin) receive(x *exchange) *answer {
	id := strings.TrimPrefix(x.q.url.Path, uploadPath)
	u := t.uploads[id]
	if u == nil {
		return plain(http.StatusNotFound, "text/plain; charset=utf-8", "no such upload\n")
	}
	if x.q.method != http.MethodPut && x.q.method != http.MethodPost {
		return plain(http.StatusMethodNotAllowed, "text/plain; charset=utf-8", "send the bytes with PUT or POST\n")
	}
	x.entry.Account = u.account
	if part := x.q.header.Get("Content-Range"); part == "" {
		u.bytes, u.done, u.parts = x.q.size, true, x.q.file
	} else if a := u.take(part, x.q); a != nil {
		return a
	}
	if a := u.short(x); a != nil {
		return a
	}
	t.drop(u.file)
	u.file = t.fileOf(u.parts, u.bytes)
	u.parts = u.file.bytes // A part may come again.
	x.entry.Effect = &Effect{Do: "upload", Resource: u.action, ID: id[:8], Bytes: u.bytes}
	return plain(http.StatusOK, "text/plain; charset=utf-8", "OK - "+strconv.FormatInt(u.bytes, 10))
}
