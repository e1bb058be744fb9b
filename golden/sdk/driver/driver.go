// Package driver is what the drivers of this module have in common: the protocol
// of docs/judge.md. It knows nothing of any library.
package driver

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"sync"
	"time"
)

// Library is a client library, set up as its documentation says.
type Library struct {
	Name    string
	Module  string   // Whose version is the library's,
	Version string   // unless it is said here.
	Offers  []string // Features that it claims.

	// Call makes one call, and returns the result as the document has it. List hands
	// on every item of a list.
	Call func(ctx context.Context, r *Request) (any, error)
	List func(ctx context.Context, r *Request, item func(any)) error

	// Receive returns the handler of a webhook; nil where the library has none.
	Receive func(r *Request, handled func(id string, event any)) http.Handler

	// Explain says what an error of the library tells.
	Explain func(error) Failure
}

// Request is a line that the driver is sent. One that starts has the servers; they
// are there in every other one as well.
type Request struct {
	ID           int               `json:"id"`
	Do           string            `json:"do"`
	Servers      map[string]string `json:"servers"`
	Action       string            `json:"action"`
	Params       json.RawMessage   `json:"params"`
	Key          string            `json:"key"` // The idempotency key that the caller chose.
	TimeoutMilli int64             `json:"timeout_ms"`
	Webhook      string            `json:"webhook"`
	Secrets      []string          `json:"secrets"`
	Account      struct {
		ID     string            `json:"id"`
		Token  string            `json:"token"`
		Tokens map[string]string `json:"tokens"` // Of every auth method, by its name.
		Cred   map[string]string `json:"cred"`
	} `json:"account"`
}

// Read decodes the params, if there are any.
func (r *Request) Read(to any) error {
	if len(r.Params) == 0 {
		return nil
	}
	return json.Unmarshal(r.Params, to)
}

// Failure is what an error tells without its text.
type Failure struct {
	Typed     bool   `json:"typed,omitempty"`
	Code      string `json:"code,omitempty"`
	Status    int    `json:"status,omitempty"`
	RequestID string `json:"request_id,omitempty"`
	Unknown   bool   `json:"unknown,omitempty"`
	Text      string `json:"text"`
}

// ErrNotOffered is for what a library has no call for.
var ErrNotOffered = errors.New("not offered")

type answer struct {
	ID         int      `json:"id"`
	Name       string   `json:"name,omitempty"`
	Version    string   `json:"version,omitempty"`
	Offers     []string `json:"offers,omitempty"`
	Result     any      `json:"result,omitempty"`
	Item       any      `json:"item,omitempty"`
	Done       bool     `json:"done,omitempty"`
	URL        string   `json:"url,omitempty"`
	Delivery   string   `json:"delivery,omitempty"`
	Event      any      `json:"event,omitempty"`
	Error      *Failure `json:"error,omitempty"`
	NotOffered string   `json:"not_offered,omitempty"`
}

// Run answers requests until the input ends.
func Run(l Library) {
	var mu sync.Mutex
	say := func(a answer) {
		line, err := json.Marshal(a)
		if err != nil {
			line, _ = json.Marshal(answer{ID: a.ID, Error: &Failure{Text: err.Error()}})
		}
		mu.Lock()
		defer mu.Unlock()
		os.Stdout.Write(append(line, '\n'))
	}
	var servers map[string]string
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 32<<20)
	for lines.Scan() {
		r := &Request{}
		if err := json.Unmarshal(lines.Bytes(), r); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if r.Do == "start" {
			servers = r.Servers
			say(answer{ID: r.ID, Name: l.Name, Version: cmp.Or(l.Version, version(l.Module)), Offers: l.Offers})
			continue
		}
		r.Servers = servers
		go l.serve(r, say)
	}
}

func (l *Library) serve(r *Request, say func(answer)) {
	if r.Do == "receive" {
		l.receive(r, say)
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(r.TimeoutMilli)*time.Millisecond)
	defer cancel()
	done := answer{ID: r.ID, Done: true}
	var result any
	var err error
	if r.Do == "list" {
		err = l.List(ctx, r, func(v any) { say(answer{ID: r.ID, Item: v}) })
	} else {
		result, err = l.Call(ctx, r)
	}
	switch {
	case err == nil:
		done.Result = result // And not beside an error.
	case errors.Is(err, ErrNotOffered):
		done.NotOffered = r.Action
	case err != nil:
		f := l.Explain(err)
		f.Text = err.Error()
		done.Error = &f
	}
	say(done)
}

func (l *Library) receive(r *Request, say func(answer)) {
	if l.Receive == nil {
		say(answer{ID: r.ID, NotOffered: "webhooks"})
		return
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		say(answer{ID: r.ID, Error: &Failure{Text: err.Error()}})
		return
	}
	h := l.Receive(r, func(id string, event any) { say(answer{ID: r.ID, Delivery: id, Event: event}) })
	say(answer{ID: r.ID, URL: "http://" + ln.Addr().String() + "/"})
	http.Serve(ln, h)
}

// version is that of a module which this program is built with; the Go version for
// the empty one.
func version(module string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	if module == "" {
		return info.GoVersion
	}
	for _, m := range info.Deps {
		if m.Path == module {
			return m.Version
		}
	}
	return ""
}
