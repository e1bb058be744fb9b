package twin

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// span is a range of bytes of a whole.
type span struct {
	from, to int64 // Both are in it. From -1 there is none.
	total    int64 // -1 is not known yet.
}

// contentRange reads Content-Range (RFC 9110, 14.4) of a request that sends a part:
// "bytes 0-99/500", "bytes 0-99/*", or "bytes */500" to ask how much has arrived.
func contentRange(text string) (span, bool) {
	rest, ok := strings.CutPrefix(text, "bytes ")
	part, total, found := strings.Cut(rest, "/")
	s := span{-1, -1, -1}
	if !ok || !found {
		return s, false
	}
	if total != "*" {
		n, err := strconv.ParseInt(total, 10, 64)
		if err != nil || n < 0 {
			return s, false
		}
		s.total = n
	}
	if part == "*" {
		return s, true
	}
	from, to, _ := strings.Cut(part, "-")
	var err1, err2 error
	s.from, err1 = strconv.ParseInt(from, 10, 64)
	s.to, err2 = strconv.ParseInt(to, 10, 64)
	return s, err1 == nil && err2 == nil && s.from >= 0 && s.to >= s.from && (s.total < 0 || s.to < s.total)
}

// take adds a part to an upload and answers as resumable uploads do: 308 with what has
// arrived until all has, whether this part was taken or not.
func (u *upload) take(text string, q *request) *answer {
	size := q.size
	s, ok := contentRange(text)
	if !ok || s.from >= 0 && size != s.to-s.from+1 {
		return plain(http.StatusBadRequest, "text/plain; charset=utf-8", fmt.Sprintf("Content-Range: %s does not go with a body of %d bytes\n", text, size))
	}
	if s.from >= 0 && s.from <= u.bytes {
		if s.to < keptFile && s.from <= int64(len(u.parts)) {
			u.parts = append(u.parts[:s.from:s.from], q.file...)
		}
		u.bytes = max(u.bytes, s.to+1)
	}
	if u.done = u.done || s.total >= 0 && u.bytes >= s.total; u.done {
		return nil
	}
	a := &answer{status: http.StatusPermanentRedirect, header: http.Header{}}
	if u.bytes > 0 {
		a.header.Set("Range", fmt.Sprintf("bytes=0-%d", u.bytes-1))
	}
	return a
}

// cutRange answers a request for a part of a file with that part (RFC 9110, 14.2),
// unless it wants the part of another file (13.1.5). Anything but one range of bytes is
// answered with all of it.
func (x *exchange) cutRange(a *answer) {
	tag := fmt.Sprintf(`"%x"`, sha256.Sum256(a.bytes))
	a.header.Set("Accept-Ranges", "bytes")
	a.header.Set("ETag", tag)
	if same := x.q.header.Get("If-Range"); same != "" && same != tag {
		return
	}
	rest, ok := strings.CutPrefix(x.q.header.Get("Range"), "bytes=")
	first, last, found := strings.Cut(rest, "-")
	if !ok || !found || strings.Contains(rest, ",") || x.q.method != http.MethodGet {
		return
	}
	n := len(a.bytes)
	from, err1 := strconv.Atoi(first)
	to, err2 := strconv.Atoi(last)
	switch {
	case first == "" && err2 == nil: // The last bytes.
		from, to = max(0, n-to), n-1
	case err1 != nil || last != "" && (err2 != nil || to < from):
		return
	case last == "" || to >= n:
		to = n - 1
	}
	if from >= n || to < from {
		a.status, a.bytes = http.StatusRequestedRangeNotSatisfiable, nil
		a.header.Set("Content-Range", fmt.Sprintf("bytes */%d", n))
		return
	}
	a.header.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, to, n))
	a.status, a.bytes = http.StatusPartialContent, a.bytes[from:to+1]
}
