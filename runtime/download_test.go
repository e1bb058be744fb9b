package runtime

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"
)

var errCut = errors.New("connection reset by peer")

// shelfFile is a file at a provider whose connections break.
type shelfFile struct {
	data   string
	header string
	cuts   []int // How many bytes each response has before it breaks; the ones after these are whole.
	ranges bool

	changed func(n int) string // What the file is at request n, where it changes.
}

func (f *shelfFile) answer(n int, r *http.Request) answer {
	data := f.data
	if f.changed != nil {
		data = f.changed(n)
	}
	a := answer{header: f.header}
	if f.ranges {
		a.header += "\nAccept-Ranges: bytes"
	}
	from, rest := 0, data
	if text, ok := strings.CutPrefix(r.Header.Get("Range"), "bytes="); ok && f.ranges && strings.Contains(f.header, ": "+r.Header.Get("If-Range")) && data == f.data {
		from, _ = strconv.Atoi(strings.TrimSuffix(text, "-"))
		if from >= len(data) {
			return answer{status: 416, header: fmt.Sprintf("Content-Range: bytes */%d", len(data))}
		}
		rest, a.status = data[from:], 206
		a.header += fmt.Sprintf("\nContent-Range: bytes %d-%d/%d", from, len(data)-1, len(data))
	}
	a.reader = strings.NewReader(rest)
	if n <= len(f.cuts) {
		a.reader = io.MultiReader(strings.NewReader(rest[:min(f.cuts[n-1], len(rest))]), iotest.ErrReader(errCut))
	}
	return a
}

// download reads a file to its end.
func download(t *testing.T, s *server, set func(*Download), opts ...Option) (string, error) {
	t.Helper()
	api := testAPI()
	d, err := Open(t.Context(), newTestClient(t, api, s, opts...), streamOp(api), nil, nil)
	if err != nil {
		return "", err
	}
	defer d.Close()
	if set != nil {
		set(d)
	}
	data, err := io.ReadAll(iotest.OneByteReader(d))
	if again, same := d.Read(make([]byte, 1)); again != 0 || err != nil && same != err || err == nil && same != io.EOF {
		t.Errorf("after the end: %d, %v; at the end: %v", again, same, err)
	}
	return string(data), err
}

func TestDownloadGoesOn(t *testing.T) {
	text := strings.Repeat("the quick brown fox ", 40)
	size := fmt.Sprintf("\nContent-Length: %d", len(text))
	later := strings.ToUpper(text)
	changes := func(n int) string {
		if n == 1 {
			return text
		}
		return later
	}
	for name, tc := range map[string]struct {
		file   shelfFile
		ranges string // Asked for, after the first request.
		err    error
	}{
		"whole":                        {shelfFile{header: `ETag: "a"` + size}, "", nil},
		"ranges":                       {shelfFile{header: `ETag: "a"` + size, ranges: true, cuts: []int{100, 0, 300}}, "bytes=100- bytes=100- bytes=400-", nil},
		"by its time":                  {shelfFile{header: "Last-Modified: Mon, 30 Nov 2026 10:00:00 GMT\nDate: Mon, 30 Nov 2026 10:00:01 GMT" + size, ranges: true, cuts: []int{5}}, "bytes=5-", nil},
		"by a time that is too new":    {shelfFile{header: "Last-Modified: Mon, 30 Nov 2026 10:00:00 GMT\nDate: Mon, 30 Nov 2026 10:00:00 GMT" + size, ranges: true, cuts: []int{5}}, "-", nil},
		"no size":                      {shelfFile{header: `ETag: "a"`, ranges: true, cuts: []int{100}}, "bytes=100-", nil},
		"broken at the end":            {shelfFile{header: `ETag: "a"`, ranges: true, cuts: []int{len(text)}}, "bytes=" + strconv.Itoa(len(text)) + "-", nil},
		"no ranges":                    {shelfFile{header: `ETag: "a"` + size, cuts: []int{100, 50, 300}}, "- - -", nil},
		"a weak tag":                   {shelfFile{header: `ETag: W/"a"` + size, ranges: true, cuts: []int{100}}, "-", nil},
		"changed":                      {shelfFile{header: `ETag: "a"` + size, ranges: true, cuts: []int{100}, changed: changes}, "bytes=100-", ErrChanged},
		"changed, no ranges":           {shelfFile{cuts: []int{100}, changed: changes}, "-", ErrChanged},
		"longer by now":                {shelfFile{header: size, cuts: []int{100}, changed: func(n int) string { return text + strings.Repeat("!", n-1) }}, "-", ErrChanged},
		"shorter by now":               {shelfFile{header: size, cuts: []int{100}, changed: func(n int) string { return text[:len(text)/n/n/n/n] }}, "-", ErrChanged},
		"shorter than it says":         {shelfFile{header: fmt.Sprintf("Content-Length: %d", len(text)+1)}, "- -", io.ErrUnexpectedEOF},
		"nothing new comes":            {shelfFile{header: `ETag: "a"` + size, ranges: true, cuts: []int{100, 0, 0, 0, 0}}, "bytes=100- bytes=100-", errCut},
		"something comes, again again": {shelfFile{header: `ETag: "a"` + size, ranges: true, cuts: []int{10, 10, 10, 10, 10, 10, 10, 10}}, "bytes=10- bytes=20- bytes=30- bytes=40- bytes=50- bytes=60- bytes=70- bytes=80-", nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tc.file.data = text
				s := &server{handle: tc.file.answer}
				got, err := download(t, s, nil)
				if !errors.Is(err, tc.err) {
					t.Fatalf("ended with %v, want %v", err, tc.err)
				}
				if _, ok := errors.AsType[*APIError](err); err != nil && !ok {
					t.Errorf("the error is a %T", err)
				}
				if err == nil && got != text {
					t.Errorf("read %d bytes that are others than the %d of the file", len(got), len(text))
				}
				var ranges []string
				for _, r := range s.requests()[1:] {
					ranges = append(ranges, cmp.Or(r.header.Get("Range"), "-"))
				}
				if asked := strings.Join(ranges, " "); asked != tc.ranges {
					t.Errorf("asked for %q, want %q", asked, tc.ranges)
				}
			})
		})
	}
}

func TestDownloadOtherRange(t *testing.T) {
	for _, header := range []string{"", "Content-Range: bytes 99-399/400", "Content-Range: bytes 100-399/401", "Content-Range: words 100-399/400"} {
		synctest.Test(t, func(t *testing.T) {
			file := shelfFile{data: strings.Repeat("abcd", 100), header: "ETag: \"a\"\nContent-Length: 400", ranges: true, cuts: []int{100}}
			_, err := download(t, &server{handle: func(n int, r *http.Request) answer {
				if n == 1 {
					return file.answer(n, r)
				}
				return answer{status: 206, header: header, body: file.data[100:]}
			}}, nil)
			if !errors.Is(err, ErrChanged) {
				t.Errorf("%q: %v", header, err)
			}
		})
	}
}

// TestDownloadOfLies has providers that answer otherwise than they were asked to: what is
// read is the file, or there is an error.
func TestDownloadOfLies(t *testing.T) {
	file, other := strings.Repeat("abcd", 100), strings.Repeat("ABCD", 100)
	cut := func(text string) io.Reader {
		return io.MultiReader(strings.NewReader(text), iotest.ErrReader(errCut))
	}
	tagged := "ETag: \"a\"\nAccept-Ranges: bytes"
	for name, tc := range map[string]struct {
		part    string // The range that the caller asks for.
		answers []answer
		want    string // What is read.
		err     error
		asked   string
	}{
		"a part of another file": {"", []answer{
			{header: tagged + "\nContent-Length: 400", reader: cut(file[:100])},
			{status: 206, header: "ETag: \"b\"\nContent-Range: bytes 100-399/400", body: other[100:]},
		}, file[:100], ErrChanged, "- bytes=100-"},
		"a part of the part": {"", []answer{
			{header: tagged, reader: cut(file[:100])},
			{status: 206, header: tagged + "\nContent-Range: bytes 100-199/400\nContent-Length: 100", body: file[100:200]},
			{status: 206, header: tagged + "\nContent-Range: bytes 200-399/400", body: file[200:]},
		}, file, nil, "- bytes=100- bytes=200-"},
		"a part without its end": {"bytes=50-149", []answer{
			{status: 206, header: tagged + "\nContent-Range: bytes 50-149/400", body: file[50:80]},
			{status: 206, header: tagged + "\nContent-Range: bytes 80-149/400", body: file[80:150]},
		}, file[50:150], nil, "bytes=50-149 bytes=80-149"},
		"several parts": {"bytes=0-9,20-29", []answer{
			{status: 206, header: tagged + "\nContent-Length: 100", reader: cut("--x\r\n")},
			{status: 206, header: tagged + "\nContent-Length: 100", body: "--y\r\n"},
		}, "--x\r\n", ErrChanged, "bytes=0-9,20-29 bytes=0-9,20-29"},
		"a part that nobody asked for": {"", []answer{{status: 206, header: "Content-Range: bytes 100-199/400", body: file[100:200]}}, "", errPart, "-"},
		"all of it, as a part":         {"", []answer{{status: 206, header: "Content-Range: bytes 0-399/400", body: file}}, file, nil, "-"},
		"another length": {"", []answer{
			{header: "Content-Length: 400", reader: cut(file[:100])},
			{header: "Content-Length: 500", body: file + file[:100]},
		}, file[:100], ErrChanged, "- -"},
		"more than it said": {"", []answer{
			{header: "Content-Length: 400", reader: cut(file[:100])},
			{body: file + file[:100]},
		}, file, ErrChanged, "- -"},
		"the end of another file": {"", []answer{
			{header: tagged, reader: cut(file[:100])},
			{status: 416, header: "ETag: \"b\"\nContent-Range: bytes */100"},
		}, file[:100], ErrRejected, "- bytes=100-"},
		"lines, of which one looks like an error": {"", []answer{
			{header: tagged + "\nContent-Length: 41\nContent-Type: application/json", reader: cut(`{"ok":true} `)},
			{status: 206, header: tagged + "\nContent-Type: application/json\nContent-Range: bytes 12-40/41", body: `{"ok":false,"error":"gone"}  `},
		}, `{"ok":true} {"ok":false,"error":"gone"}  `, nil, "- bytes=12-"},
		"an error, and then no file": {"", []answer{
			{header: "Content-Length: 34\nContent-Type: application/json\nRetry-After: 1", body: `{"ok":false,"error":"ratelimited"}`},
			{status: 204},
		}, "", nil, "- -"},
		"an error without a type": {"", []answer{{body: ` {"ok":false,"error":"gone"}`}}, "", ErrRejected, "-"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &server{answers: tc.answers}
				api := testAPI()
				op := streamOp(api)
				op.Params = []Param{{Field: "Range", In: InHeader, Name: "Range"}}
				in := map[string]string{}
				if tc.part != "" {
					in["Range"] = tc.part
				}
				var got []byte
				d, err := Open(t.Context(), newTestClient(t, api, s), op, in, nil)
				if err == nil {
					got, err = io.ReadAll(d)
					_ = d.Close()
				}
				if string(got) != tc.want || !errors.Is(err, tc.err) {
					t.Errorf("read %q of %d bytes, %v; want %d and %v", got, len(got), err, len(tc.want), tc.err)
				}
				if _, ok := errors.AsType[*APIError](err); err != nil && !ok {
					t.Errorf("the error is a %T", err)
				}
				var ranges []string
				for _, r := range s.requests() {
					ranges = append(ranges, cmp.Or(r.header.Get("Range"), "-"))
				}
				if asked := strings.Join(ranges, " "); asked != tc.asked {
					t.Errorf("asked for %q, want %q", asked, tc.asked)
				}
			})
		})
	}
}

// TestDownloadGivesBack has an observer that panics: what the download held is free.
func TestDownloadGivesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := testAPI()
		api.Limits = []Limit{{Name: "one", Shape: LimitConcurrency, Calls: 1}}
		op := streamOp(api)
		op.Limits = []LimitUse{{Limit: 0}}
		s := &server{answers: []answer{{body: "0123"}}}
		panics := ObserverFunc(func(_ context.Context, e Event) {
			if _, ok := e.(AttemptEvent); ok {
				panic("no more")
			}
		})
		c := newTestClient(t, api, s, WithObserver(panics))
		for range 2 {
			func() {
				defer func() {
					if recover() == nil {
						t.Error("nothing panicked")
					}
				}()
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				_, err := Open(ctx, c, op, nil, nil)
				t.Errorf("opened: %v", err)
			}()
		}
	})
}

// TestDownloadOfAPart has a caller that asks for a range itself.
func TestDownloadOfAPart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		whole := "0123456789abcdefghij"
		s := &server{handle: func(n int, r *http.Request) answer {
			first, last, _ := strings.Cut(strings.TrimPrefix(r.Header.Get("Range"), "bytes="), "-")
			from, _ := strconv.Atoi(first)
			to, _ := strconv.Atoi(last)
			part := whole[from : to+1]
			a := answer{status: 206, reader: strings.NewReader(part), header: fmt.Sprintf("ETag: \"a\"\nContent-Length: %d\nContent-Range: bytes %d-%d/20\nDigest: SHA-256=%s", len(part), from, to, base64.StdEncoding.EncodeToString(make([]byte, 32)))}
			if n < 3 {
				a.reader = io.MultiReader(strings.NewReader(part[:2]), iotest.ErrReader(errCut))
			}
			return a
		}}
		api := testAPI()
		op := streamOp(api)
		op.Params = []Param{{Field: "Range", In: InHeader, Name: "Range"}}
		d, err := Open(t.Context(), newTestClient(t, api, s), op, map[string]string{"Range": "bytes=5-14"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		got, err := io.ReadAll(d)
		if string(got) != whole[5:15] || err != nil || d.Size != 10 {
			t.Errorf("read %q, %v, of %d", got, err, d.Size)
		}
		var asked []string
		for _, r := range s.requests() {
			asked = append(asked, r.header.Get("Range"))
		}
		if text := strings.Join(asked, " "); text != "bytes=5-14 bytes=7-14 bytes=9-14" {
			t.Errorf("asked for %s", text)
		}
	})
}

func TestDownloadChecksum(t *testing.T) {
	text := strings.Repeat("the quick brown fox ", 40)
	sum := func(b []byte) string { return base64.StdEncoding.EncodeToString(b) }
	long := sha256.Sum256([]byte(text))
	short := md5.Sum([]byte(text))
	other := sha256.Sum256(nil)
	for header, want := range map[string]error{
		"Repr-Digest: sha-256=:" + sum(long[:]) + ":":                               nil,
		"Repr-Digest: unixsum=:MzA=:, sha-256=:" + sum(other[:]) + ":":              ErrChecksum,
		"Content-Digest: sha-256=:" + sum(other[:]) + ":":                           ErrChecksum,
		"Digest: SHA-256=" + sum(long[:]):                                           nil,
		"Digest: SHA-256=" + sum(other[:]):                                          ErrChecksum,
		"Content-MD5: " + sum(short[:]):                                             nil,
		"Content-MD5: " + sum(other[:16]):                                           ErrChecksum,
		"Content-MD5: " + sum(long[:]):                                              nil, // Of another length: it says nothing.
		"Content-MD5: %%%":                                                          nil,
		"Content-MD5: " + sum(other[:16]) + "\nDigest: SHA-256=" + sum(long[:]):     nil, // The better one counts.
		"Repr-Digest: sha-512=:AAAA:\nRepr-Digest: sha-256=:" + sum(other[:]) + ":": ErrChecksum,
	} {
		synctest.Test(t, func(t *testing.T) {
			file := shelfFile{data: text, header: "ETag: \"a\"\n" + header, ranges: true, cuts: []int{100}}
			got, err := download(t, &server{handle: file.answer}, nil)
			if !errors.Is(err, want) || got != text {
				t.Errorf("%s: %v, and %d bytes", header, err, len(got))
			}
		})
	}
}

func TestDownloadIsBounded(t *testing.T) {
	for name, tc := range map[string]struct {
		header string
		most   int64
		want   string
		err    error
	}{
		"as many":       {"Content-Length: 10", 10, "0123456789", nil},
		"one fewer":     {"Content-Length: 10", 9, "", ErrResponseTooLarge},
		"nobody knows":  {"", 9, "012345678", ErrResponseTooLarge},
		"just the size": {"", 10, "0123456789", nil},
		"no bound":      {"", 0, "0123456789", nil},
		"the largest":   {"", math.MaxInt64, "0123456789", nil},
		"the last":      {"Content-Length: 10", math.MaxInt64, "0123456789", nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := &server{answers: []answer{{header: tc.header, body: "0123456789"}}}
			got, err := download(t, s, func(d *Download) { d.MaxSize = tc.most }, WithMaxResponse(4))
			if got != tc.want || !errors.Is(err, tc.err) {
				t.Errorf("read %q, %v", got, err)
			}
		})
	}
}

func TestDownloadOfCompressed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		text := strings.Repeat("the quick brown fox ", 400)
		var zipped bytes.Buffer
		z := gzip.NewWriter(&zipped)
		_, _ = z.Write([]byte(text))
		_ = z.Close()
		file := shelfFile{
			data: zipped.String(), header: fmt.Sprintf("ETag: \"a\"\nContent-Encoding: gzip\nContent-MD5: AAAAAAAAAAAAAAAAAAAAAA==\nContent-Length: %d", zipped.Len()),
			ranges: true, cuts: []int{zipped.Len() - 12, 20},
		}
		s := &server{handle: file.answer}
		got, err := download(t, s, func(d *Download) {
			if d.Size != -1 {
				t.Errorf("%d bytes are told, which are compressed", d.Size)
			}
		})
		if err != nil || got != text {
			t.Errorf("read %d bytes, %v", len(got), err)
		}
		for _, r := range s.requests() {
			if r.header.Get("Range") != "" || r.header.Get("Accept-Encoding") != "identity" {
				t.Errorf("asked with %v", r.header)
			}
		}
	})
}

// TestDownloadOfErrors has a provider that answers its errors with a status of success.
func TestDownloadOfErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		js := "Content-Type: application/json\n"
		s := &server{answers: []answer{
			{header: js + "Retry-After: 7", body: `{"ok":false,"error":"ratelimited"}`},
			{header: js, body: `{"ok":true,"rows":[` + strings.Repeat("1,", maxErrorBody) + `1]}`},
		}}
		got, err := download(t, s, nil)
		if err != nil || !strings.HasPrefix(got, `{"ok":true`) || len(got) != 2*maxErrorBody+22 {
			t.Errorf("read %d bytes, %v", len(got), err)
		}
		if at := s.times(); len(at) != 2 || at[1] < 7*time.Second {
			t.Errorf("asked at %v", at)
		}
		_, err = download(t, &server{answers: []answer{{header: js, body: `{"ok":false,"error":"gone"}`}}}, nil)
		if e, ok := errors.AsType[*APIError](err); !ok || e.Code != "gone" || e.Class != ClassRejected {
			t.Errorf("a refusal is %v", err)
		}
		got, err = download(t, &server{answers: []answer{{header: js, body: `{"ok":true}`}}}, nil)
		if got != `{"ok":true}` || err != nil {
			t.Errorf("a small file is %q, %v", got, err)
		}
		got, err = download(t, &server{answers: []answer{{status: 204}}}, nil)
		if got != "" || err != nil {
			t.Errorf("no file is %q, %v", got, err)
		}
	})
}

// TestDownloadEnds has a caller that leaves, and one whose time is over.
func TestDownloadEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := testAPI()
		s := &server{answers: []answer{{header: "ETag: \"a\"", reader: iotest.HalfReader(strings.NewReader("0123456789"))}}}
		c := newTestClient(t, api, s, WithAttemptTimeout(time.Hour))
		d, err := Open(t.Context(), c, streamOp(api), nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		}
		if _, err := d.Read(make([]byte, 1)); !errors.Is(err, errClosed) {
			t.Errorf("after it was closed: %v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		waits, write := io.Pipe()
		defer write.Close()
		go func() { _, _ = write.Write([]byte("x")) }()
		s.answers = []answer{{reader: waits}}
		if d, err = Open(ctx, c, streamOp(api), nil, nil); err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		context.AfterFunc(ctx, func() { _ = waits.CloseWithError(context.DeadlineExceeded) })
		began := time.Now()
		if n, err := d.Read(make([]byte, 2)); n != 1 || err != nil {
			t.Errorf("the first byte: %d, %v", n, err)
		}
		_, err = d.Read(make([]byte, 1))
		if e, ok := errors.AsType[*APIError](err); !ok || !errors.Is(err, context.DeadlineExceeded) || e.Class != ClassTimeout || time.Since(began) != time.Minute {
			t.Errorf("after %s: %v", time.Since(began), err)
		}
	})
}
