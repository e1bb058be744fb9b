package runtime

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"
)

type chunk struct {
	N    int    `json:"n"`
	Text string `json:"text,omitzero"`
}

func streamOp(api *API) *Op {
	op := testOp(api)
	op.Reply = ReplyRaw
	return op
}

// streamed reads a stream to its end: its numbers, and how it ended.
func streamed(ctx context.Context, c *Client, op *Op, as StreamAs) (numbers string, err error) {
	for item, failed := range Stream[chunk](ctx, c, op, nil, nil, as) {
		if failed != nil {
			return strings.TrimSpace(numbers), failed
		}
		numbers += strconv.Itoa(item.N) + item.Text + " "
	}
	return strings.TrimSpace(numbers), nil
}

const events3 = "data: {\"n\":1}\n\ndata: {\"n\":2}\n\ndata: {\"n\":3}\n\n"

func TestStreamForms(t *testing.T) {
	rows := StreamCSV{{Name: "n", Cell: CellNumber}}
	sse := "Content-Type: text/event-stream; charset=utf-8"
	for name, tc := range map[string]struct {
		as     StreamAs
		header string
		body   string
		want   string
		err    string // Part of the text of the error that ends it.
	}{
		"events":                       {StreamEvents(""), sse, events3, "1 2 3", ""},
		"carriage returns":             {StreamEvents(""), sse, strings.ReplaceAll(events3, "\n", "\r"), "1 2 3", ""},
		"both":                         {StreamEvents(""), sse, strings.ReplaceAll(events3, "\n", "\r\n"), "1 2 3", ""},
		"comments, names, ids":         {StreamEvents(""), sse, ": hi\n\nevent: x\nid: 7\nretry: 10\ndata:{\"n\":1}\n\n:\n\ndata\n\nother\n\n", "1", ""},
		"data on several lines":        {StreamEvents(""), sse, "data: {\"n\":\ndata: 1,\ndata: \"text\":\"a\"}\n\n", "1a", ""},
		"a mark at the beginning":      {StreamEvents(""), sse, "\xef\xbb\xbf" + events3, "1 2 3", ""},
		"an end":                       {StreamEvents("[DONE]"), sse, events3 + "data: [DONE]\n\ndata: {\"n\":4}\n\n", "1 2 3", ""},
		"an end without a blank line":  {StreamEvents("[DONE]"), sse, events3 + "data: [DONE]\n", "1 2 3", ""},
		"no end where one is promised": {StreamEvents("[DONE]"), sse, events3, "1 2 3", "unexpected EOF"},
		"an event that is cut":         {StreamEvents(""), sse, events3 + "data: {\"n\":4}\n", "1 2 3", "unexpected EOF"},
		"a line that is cut":           {StreamEvents(""), sse, events3 + "data: {\"n\"", "1 2 3", "unexpected EOF"},
		"events that are no JSON":      {StreamEvents(""), sse, "data: {\"n\":1}\n\ndata: hello\n\n", "1", "not JSON"},
		"no events at all":             {StreamEvents(""), sse, "", "", ""},
		"a page":                       {StreamEvents(""), "Content-Type: text/html", "<html>", "", "no stream of items, but text/html"},
		"a failure of success":         {StreamEvents(""), "Content-Type: application/json", `{"ok":false,"error":"no_such_model"}`, "", "no_such_model"},
		"a failure among events":       {StreamEvents(""), sse, "data: {\"n\":1}\n\ndata: {\"ok\":false,\"error\":\"overloaded\"}\n\n", "1", "overloaded"},

		"lines":                    {StreamLines, "", "{\"n\":1}\n{\"n\":2}\r\n\n{\"n\":3}", "1 2 3", ""},
		"records":                  {StreamLines, "", "\x1e{\"n\":1}\n\x1e{\"n\":2}\n", "1 2", ""},
		"a line that is not whole": {StreamLines, "", "{\"n\":1}\n{\"n\":", "1", "not JSON"},
		"a failure on a line":      {StreamLines, "", "{\"ok\":false,\"error\":\"gone\"}\n", "", "gone"},

		"an array":                  {StreamArray, "", " [ {\"n\":1} , {\"n\":2},{\"n\":3}]\n", "1 2 3", ""},
		"an array behind a mark":    {StreamArray, "", "\xef\xbb\xbf[{\"n\":1}]", "1", ""},
		"an empty array":            {StreamArray, "", "[]", "", ""},
		"an array that is cut":      {StreamArray, "", "[{\"n\":1},{\"n\":2}", "1 2", "unexpected EOF"},
		"an element that is cut":    {StreamArray, "", "[{\"n\":1},{\"n\"", "1", "unexpected EOF"},
		"more behind the array":     {StreamArray, "", "[{\"n\":1}]{}", "1", "not JSON"},
		"no array":                  {StreamArray, "", "{\"n\":1}", "", "not JSON of one array"},
		"nothing":                   {StreamArray, "", "", "", "unexpected EOF"},
		"a failure, not an array":   {StreamArray, "", "{\"ok\":false,\"error\":\"gone\"}", "", "gone"},
		"rows":                      {rows, "Content-Type: text/csv", "n,text\r\n1,a\r\n2,\"b,\"\"c\"\"\nd\"\r\n3,\r\n", "1a 2b,\"c\"\nd 3", ""},
		"rows without a last break": {rows, "Content-Type: text/csv", "text,n\na,1\nb,2", "1a 2b", ""},
		"rows behind a mark":        {rows, "Content-Type: text/csv", "\xef\xbb\xbfn\n1\n", "1", ""},
		"empty lines":               {rows, "Content-Type: text/csv", "\nn\n\n1\n\n\n2\n\n", "1 2", ""},
		"no rows":                   {rows, "Content-Type: text/csv", "n,text\n", "", ""},
		"no table":                  {rows, "Content-Type: text/csv", "", "", ""},
		"a mark alone":              {rows, "Content-Type: text/csv", "\xef\xbb\xbf", "", ""},
		"a row that is short":       {rows, "Content-Type: text/csv", "n,text\n1,a\n\"2\"\n3,c\n", "1a", "the row on line 3 has 1 cells, and the first one 2"},
		"a row that is long":        {rows, "Content-Type: text/csv", "n,text\n1,\"a\nb\"\n2,b,c\n", "1a\nb", "the row on line 4 has 3 cells"},
		"a quote out of place":      {rows, "Content-Type: text/csv", "n,text\n1,a\"b\n", "", "line 2: bare"},
		"a row that is cut":         {rows, "Content-Type: text/csv", "n,text\n1,a\n2,\"b", "1a", "unexpected EOF"},
		"no number":                 {rows, "Content-Type: text/csv", "n,text\n1,a\nmany,b\n", "1a 0b", ""},
		"no number at all":          {rows, "Content-Type: text/csv", "n,text\n,a\n", "0a", ""},
		"a document":                {rows, "Content-Type: application/json", "{\"n\":1}", "", "no stream of items, but application/json"},
		"a failure, not a table":    {rows, "Content-Type: application/json", `{"ok":false,"error":"gone"}`, "", "gone"},

		"names twice":      {StreamArray, "", "[{\"n\":1,\"n\":2}]", "2", ""},
		"a number as text": {StreamLines, "", "{\"n\":\"7\"}", "7", ""},
	} {
		for _, zipped := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, zipped %v", name, zipped), func(t *testing.T) {
				api := testAPI()
				body, header := tc.body, tc.header
				if zipped {
					var b bytes.Buffer
					z := gzip.NewWriter(&b)
					_, _ = io.WriteString(z, body)
					_ = z.Close()
					body, header = b.String(), header+"\nContent-Encoding: gzip"
				}
				// A byte at a time, so that every place is one where a read ends.
				s := &server{handle: func(int, *http.Request) answer {
					return answer{header: header, reader: iotest.OneByteReader(strings.NewReader(body))}
				}}
				op := streamOp(api)
				op.Attempts = 1
				got, err := streamed(t.Context(), newTestClient(t, api, s), op, tc.as)
				if got != tc.want || (err == nil) != (tc.err == "") || err != nil && !strings.Contains(err.Error(), tc.err) {
					t.Errorf("items %q, error %v; want %q, %q", got, err, tc.want, tc.err)
				}
				if err != nil {
					if _, ok := errors.AsType[*APIError](err); !ok {
						t.Errorf("the error is a %T", err)
					}
				}
			})
		}
	}
}

// TestStreamLineCut: a number behind the last line break is an item where the body is
// known to be whole, and a broken stream where it may have ended with its connection.
func TestStreamLineCut(t *testing.T) {
	for name, tc := range map[string]struct {
		head, body, want, err string
	}{
		"a length":                         {"Content-Length: 4", "1\n23", "1 23", ""},
		"chunks":                           {"Transfer-Encoding: chunked", "2\r\n1\n\r\n2\r\n23\r\n0\r\n\r\n", "1 23", ""},
		"chunks without the last":          {"Transfer-Encoding: chunked", "2\r\n1\n\r\n2\r\n23\r\n", "1", "unexpected EOF"},
		"less than the length":             {"Content-Length: 5", "1\n23", "1", "unexpected EOF"},
		"nothing":                          {"X-None: 1", "1\n23", "1", "unexpected EOF"},
		"nothing, and a line break":        {"X-None: 1", "1\n23\n", "1 23", ""},
		"nothing, and spaces":              {"X-None: 1", "1\n23 ", "1", "unexpected EOF"},
		"nothing, and what ends by itself": {"X-None: 1", "1\n[23]", "1 [23]", ""},
	} {
		t.Run(name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			go func() {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				_, _ = http.ReadRequest(bufio.NewReader(conn))
				_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n"+tc.head+"\r\n\r\n"+tc.body)
				_ = conn.Close()
			}()
			api := testAPI()
			api.Servers[0].URL = "http://" + l.Addr().String() + "/"
			c, err := NewClient(api, Bearer(NewSecret("test-token")))
			if err != nil {
				t.Fatal(err)
			}
			op := streamOp(api)
			op.Attempts = 1
			got, ended := "", error(nil)
			for item, err := range Stream[Raw](t.Context(), c, op, nil, nil, StreamLines) {
				if ended = err; err == nil {
					got += string(item) + " "
				}
			}
			if strings.TrimSpace(got) != tc.want || (ended == nil) != (tc.err == "") || ended != nil && !strings.Contains(ended.Error(), tc.err) {
				t.Errorf("items %q, error %v; want %q, %q", got, ended, tc.want, tc.err)
			}
		})
	}
}

// TestStreamRowCut: what stands behind the last line break is a row, unless the body may
// have ended with its connection. Wherever a table breaks off, no row is made of a part.
func TestStreamRowCut(t *testing.T) {
	const body = "n,text\r\n12,ab\r\n34,\"c\r\nd\"\r\n56,ef\r\n"
	api := testAPI()
	op := streamOp(api)
	op.Attempts = 1
	for at := range len(body) {
		for how, end := range map[string]io.Reader{"in silence": strings.NewReader(""), "with an error": iotest.ErrReader(io.ErrUnexpectedEOF)} {
			s := &server{handle: func(int, *http.Request) answer {
				return answer{header: "Content-Type: text/csv", reader: io.MultiReader(strings.NewReader(body[:at]), end), unframed: true}
			}}
			got, err := streamed(t.Context(), newTestClient(t, api, s), op, StreamCSV{{Name: "n", Cell: CellNumber}})
			if !strings.HasPrefix("12ab 34c\nd 56ef", got) || got != "" && !strings.HasSuffix(got, "ab") && !strings.HasSuffix(got, "d") {
				t.Errorf("cut at %d %s: items %q", at, how, got)
			}
			if err == nil && (how != "in silence" || at > 0 && body[at-1] != '\n') {
				t.Errorf("cut at %d %s: no error", at, how)
			}
		}
	}
}

// TestStreamIsTriedAgain: until the provider begins to answer, a stream is a call like
// any other; what breaks off later is an error.
func TestStreamIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := testAPI()
		s := &server{answers: []answer{
			{status: 503},
			{header: "Content-Type: application/json\nRetry-After: 7", body: `{"ok":false,"error":"ratelimited"}`},
			{header: "Content-Type: text/event-stream", reader: io.MultiReader(strings.NewReader(events3), iotest.ErrReader(errors.New("reset")))},
		}}
		op := streamOp(api)
		got, err := streamed(t.Context(), newTestClient(t, api, s), op, StreamEvents(""))
		if got != "1 2 3" || !errors.Is(err, ErrDecode) || errors.Is(err, ErrOutcomeUnknown) {
			t.Errorf("%q, %v", got, err)
		}
		if times := s.times(); len(times) != 3 || times[2]-times[1] < 7*time.Second {
			t.Errorf("requests at %v", times)
		}
		op = streamOp(api)
		op.Method, op.Effect = "POST", EffectCreate
		s.answers = s.answers[2:]
		s.answers[0].reader = iotest.ErrReader(errors.New("reset"))
		if _, err := streamed(t.Context(), newTestClient(t, api, s), op, StreamEvents("")); !errors.Is(err, ErrOutcomeUnknown) {
			t.Errorf("a stream of something that was perhaps made ends with %v", err)
		}
	})
}

// TestStreamTimes: a wait for more ends after the timeout of an attempt; the whole, and
// the caller, may take as long as they like.
func TestStreamTimes(t *testing.T) {
	for name, tc := range map[string]struct {
		every  time.Duration // Between two events.
		caller time.Duration // For each.
		first  time.Duration // To the headers.
		want   string
		class  Class
		took   time.Duration
	}{
		"slowly":        {every: 9 * time.Second, want: "1 2 3", took: 27 * time.Second},
		"a slow caller": {every: time.Second, caller: time.Hour, want: "1 2 3", took: 3 * time.Hour},
		"too slowly":    {every: 11 * time.Second, class: ClassTimeout, took: 10 * time.Second},
		"late headers":  {first: 11 * time.Second, class: ClassTimeout, took: 10 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				api := testAPI()
				s := &server{handle: func(_ int, r *http.Request) answer {
					body, w := io.Pipe()
					go func() {
						for _, e := range strings.SplitAfter(strings.TrimSuffix(events3, "\n\n"), "\n\n") {
							time.Sleep(tc.every)
							if _, err := io.WriteString(w, strings.TrimSpace(e)+"\n\n"); err != nil {
								return
							}
						}
						_ = w.Close()
					}()
					context.AfterFunc(r.Context(), func() { _ = w.CloseWithError(r.Context().Err()); _ = body.Close() })
					return answer{header: "Content-Type: text/event-stream", reader: body, after: tc.first}
				}}
				op := streamOp(api)
				op.Timeout, op.Attempts = 10*time.Second, 1
				defer time.Sleep(time.Minute) // The provider ends, too.
				start, got := time.Now(), ""
				var failed error
				for item, err := range Stream[chunk](t.Context(), newTestClient(t, api, s), op, nil, nil, StreamEvents("")) {
					if failed = err; err == nil {
						got += strconv.Itoa(item.N) + " "
					}
					time.Sleep(tc.caller)
				}
				if strings.TrimSpace(got) != tc.want {
					t.Errorf("items %q", got)
				}
				var e *APIError
				if tc.class != 0 && (!errors.As(failed, &e) || e.Class != tc.class) || tc.class == 0 && failed != nil {
					t.Errorf("it ended with %v", failed)
				}
				if took := time.Since(start); took < tc.took || took > tc.took+time.Second {
					t.Errorf("it took %s, want %s", took, tc.took)
				}
			})
		})
	}
}

// TestStreamCancelled: the caller's context ends a stream in the middle, and leaving it
// ends the request.
func TestStreamCancelled(t *testing.T) {
	var gone = make(chan struct{})
	p := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, "data: {\"n\":1}\n\n")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
		gone <- struct{}{}
	}))
	defer p.Close()
	api := testAPI()
	api.Servers[0].URL = p.URL + "/"
	c, err := NewClient(api, Bearer(NewSecret("test-token")))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	for _, err := range Stream[chunk](ctx, c, streamOp(api), nil, nil, StreamEvents("")) {
		if n++; n == 1 {
			cancel()
			continue
		}
		if !errors.Is(err, context.Canceled) {
			t.Errorf("it ended with %v", err)
		}
	}
	<-gone
	if n != 2 {
		t.Errorf("%d turns", n)
	}
	for range Stream[chunk](t.Context(), c, streamOp(api), nil, nil, StreamEvents("")) {
		break
	}
	<-gone
}

// TestStreamCancelledBetweenItems: what came already is not given to a caller whose
// context is done.
func TestStreamCancelledBetweenItems(t *testing.T) {
	api := testAPI()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s := &server{answers: []answer{{header: "Content-Type: text/event-stream", body: events3}}}
	n, last := 0, error(nil)
	op := streamOp(api)
	op.Method, op.Effect = "POST", EffectCreate
	for _, err := range Stream[chunk](ctx, newTestClient(t, api, s), op, nil, nil, StreamEvents("")) {
		n, last = n+1, err
		cancel()
	}
	if n != 2 || !errors.Is(last, context.Canceled) || !errors.Is(last, ErrOutcomeUnknown) {
		t.Errorf("%d turns, the last with %v", n, last)
	}
}

// TestStreamHoldsItsPermit: a limit of calls at a time counts a stream until its end.
func TestStreamHoldsItsPermit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := testAPI()
		api.Limits = []Limit{{Name: "one", Shape: LimitConcurrency, Calls: 1, By: []string{"app"}}}
		op := streamOp(api)
		op.Limits = []LimitUse{{Limit: 0}}
		s := &server{answers: []answer{{header: "Content-Type: text/event-stream", body: events3}}}
		c := newTestClient(t, api, s)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		for range Stream[chunk](t.Context(), c, op, nil, nil, StreamEvents("")) {
			s.answers[0].reader = nil
			if _, err := streamed(ctx, c, op, StreamEvents("")); err == nil {
				t.Error("two at a time")
			}
			break
		}
		if got, err := streamed(t.Context(), c, op, StreamEvents("")); err != nil || got != "1 2 3" {
			t.Errorf("the permit of a stream that was left is lost: %q, %v", got, err)
		}
	})
}

// TestStreamIsBounded: an item may be as large as a response, and all items together
// larger.
func TestStreamIsBounded(t *testing.T) {
	api := testAPI()
	op := streamOp(api)
	op.Attempts = 1
	for _, tc := range []struct {
		as   StreamAs
		many func(text string) string
		form string
	}{
		{StreamEvents(""), func(x string) string { return "data: " + x + "\n\n" }, "%s"},
		{StreamLines, func(x string) string { return x + "\n" }, "%s"},
		{StreamArray, func(x string) string { return x + "," }, "[%s{\"n\":0}]"},
		{StreamCSV{{Name: "n", Cell: CellNumber}}, func(x string) string {
			return strings.NewReplacer(`{"n":`, "", `"text":`, "", "}", "").Replace(x) + "\n"
		}, "n,text\n%s"},
	} {
		body := fmt.Sprintf(tc.form, strings.Repeat(tc.many(`{"n":1,"text":"`+strings.Repeat("x", 1000)+`"}`), 100))
		s := &server{handle: func(int, *http.Request) answer { return answer{header: "Content-Type: text/event-stream", body: body} }}
		c := newTestClient(t, api, s, WithMaxResponse(10_000))
		if _, err := streamed(t.Context(), c, op, tc.as); err != nil {
			t.Errorf("%T: %v", tc.as, err)
		}
		body = fmt.Sprintf(tc.form, tc.many(`{"n":1,"text":"`+strings.Repeat("x", 100_000)+`"}`))
		if _, err := streamed(t.Context(), c, op, tc.as); !errors.Is(err, ErrResponseTooLarge) {
			t.Errorf("%T: a large item ends with %v", tc.as, err)
		}
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = io.WriteString(z, body)
		_ = z.Close()
		s.handle = func(int, *http.Request) answer {
			return answer{header: "Content-Type: text/event-stream\nContent-Encoding: gzip", body: b.String()}
		}
		if _, err := streamed(t.Context(), c, op, tc.as); !errors.Is(err, ErrResponseTooLarge) {
			t.Errorf("%T: a large item that came compressed ends with %v", tc.as, err)
		}
	}
}
