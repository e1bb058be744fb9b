package process

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestMain makes the test binary a driver when it is called as one, so that the
// drivers of these tests are programs of their own.
func TestMain(m *testing.M) {
	if os.Getenv(driverEnv) != "" {
		drive(os.Args[1])
		return
	}
	os.Setenv(driverEnv, "yes") // For the processes that the tests start.
	os.Exit(m.Run())
}

const driverEnv = "PORIN_TEST_DRIVER"

// drive is a driver written by hand, with one way to be wrong.
func drive(sin string) {
	if sin == "silent" {
		fmt.Fprintln(os.Stderr, "I am up")
		io.Copy(io.Discard, os.Stdin)
		return
	}
	if sin == "deaf" {
		signal.Ignore(os.Interrupt, syscall.SIGTERM)
		if err := exec.Command(os.Args[0], "ticks", os.Args[2]).Start(); err != nil {
			panic(err)
		}
		defer func() { select {} }() // Whatever becomes of its input.
	}
	if sin == "ticks" {
		for {
			tick(os.Args[2])
		}
	}
	d, first := &handmade{sin: sin}, 0
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var r request
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			panic(err)
		}
		switch {
		case r.Do == doStart:
			d.base = r.Servers["api"]
			name := "handmade"
			if sin == "paints" {
				name = "\x1b[31mred"
			}
			d.say(map[string]any{"id": r.ID, "name": name, "version": "v1", "offers": []string{"retries", "codes", "deadlines", "lossless", "outcomes"}})
		case sin == "hangs", sin == "deaf":
			if sin == "hangs" && len(os.Args) > 2 {
				tick(os.Args[2])
			}
		case sin == "crashes":
			panic("on purpose")
		case sin == "babbles":
			fmt.Println("debug: called " + r.Action)
		case sin == "floods":
			if first == 0 {
				first = r.ID
				continue
			}
			for {
				d.say(map[string]any{"id": first}) // Whose caller has left.
			}
		case sin == "floods a list", sin == "floods a list of giants":
			item := "i"
			if sin == "floods a list of giants" {
				item = strings.Repeat("i", 20<<20)
			}
			for {
				d.say(map[string]any{"id": r.ID, "item": map[string]any{"id": item}})
			}
		case sin == "floods drift":
			for i := 0; ; i++ {
				d.say(map[string]any{"id": r.ID, "drift": map[string]any{"action": r.Action, "path": fmt.Sprintf("%0200d", i), "kind": "missing"}})
			}
		case sin == "answers another":
			d.say(map[string]any{"id": 7777, "result": map[string]any{}})
		case sin == "floods one line":
			for {
				os.Stdout.Write(bytes.Repeat([]byte("x"), 1<<20))
			}
		default:
			go d.serve(r)
		}
	}
}

// tick shows that a process is still there.
func tick(file string) {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	fmt.Fprintln(f, "here")
	time.Sleep(50 * time.Millisecond)
}

type handmade struct {
	sin, base string
	mu        sync.Mutex
}

// say prints lines at once.
func (d *handmade) say(lines ...map[string]any) {
	var text []byte
	for _, members := range lines {
		line, _ := json.Marshal(members)
		text = append(append(text, line...), '\n')
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	os.Stdout.Write(text)
}

// late reports whether an answer is to be late: always, or in the first process of a
// test, which leaves a file behind that says so.
func (d *handmade) late() bool {
	if d.sin != "late once" {
		return d.sin == "late"
	}
	mark, err := os.OpenFile(os.Args[2], os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		mark.Close()
	}
	return err == nil
}

// refusal is an answer that is no success.
type refusal struct {
	status int
	code   string
}

func (e *refusal) Error() string { return fmt.Sprintf("refused with %d %s", e.status, e.code) }

func (d *handmade) serve(r request) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(r.Timeout)*time.Millisecond)
	defer cancel()
	var params map[string]any
	json.Unmarshal(r.Params, &params)
	var result map[string]any
	var err error
	switch {
	case d.sin == "misspells":
		d.say(map[string]any{"id": r.ID, "reslt": nil})
		return
	case d.sin == "says nothing":
		d.say(map[string]any{"id": r.ID})
		return
	case d.sin == "fails and succeeds":
		d.say(map[string]any{"id": r.ID, "result": map[string]any{}, "error": map[string]any{"text": "refused"}})
		return
	case d.sin == "changes its mind":
		d.say(map[string]any{"id": r.ID, "result": map[string]any{}}, map[string]any{"id": r.ID, "error": map[string]any{"text": "refused"}})
		return
	case d.sin == "answers start twice":
		d.say(map[string]any{"id": 1, "name": "other"})
		return
	case d.sin == "goes on after the end":
		d.say(map[string]any{"id": r.ID, "done": true}, map[string]any{"id": r.ID, "item": map[string]any{}})
		return
	case d.sin == "names its id by a text":
		d.say(map[string]any{"id": fmt.Sprint(r.ID), "result": nil})
		return
	case d.sin == "misspells in its error":
		d.say(map[string]any{"id": r.ID, "error": map[string]any{"text": "refused", "staus": 400}})
		return
	case d.sin == "gives a list as one":
		d.say(map[string]any{"id": r.ID, "result": []any{}})
		return
	case d.sin == "gives a call as a list":
		d.say(map[string]any{"id": r.ID, "item": map[string]any{}})
		return
	}
	switch r.Do {
	case "list":
		err = d.list(ctx, r)
	case "read":
		result, err = d.send(ctx, r, "GET", fmt.Sprintf("books/%s", params["id"]), nil)
	case "write":
		result, err = d.send(ctx, r, "POST", "orders", r.Params)
	case "create":
		result, err = d.send(ctx, r, "POST", "books", r.Params)
		if d.sin == "writes twice" {
			result, err = d.send(ctx, r, "POST", "books", r.Params)
		}
		if d.sin == "claims success" {
			result, err = map[string]any{"id": "made up"}, nil
		}
	}
	if d.late() {
		time.Sleep(2 * time.Second) // The call is over by now.
	}
	if err != nil {
		f := map[string]any{"text": err.Error(), "unknown": true}
		if e, ok := err.(*refusal); ok {
			f["typed"], f["status"], f["code"], f["unknown"] = true, e.status, e.code, e.status >= 500
		}
		d.say(map[string]any{"id": r.ID, "error": f})
		return
	}
	d.say(map[string]any{"id": r.ID, "result": result, "done": true})
}

func (d *handmade) list(ctx context.Context, r request) error {
	for cursor := ""; ; {
		page, err := d.send(ctx, r, "GET", "books?cursor="+url.QueryEscape(cursor), nil)
		if err != nil {
			return err
		}
		items, _ := page["books"].([]any)
		for _, v := range items {
			d.say(map[string]any{"id": r.ID, "item": v})
		}
		if cursor, _ = page["next"].(string); cursor == "" || d.sin == "stops after a page" {
			return nil
		}
	}
}

// send tries again after what a refusal asks for.
func (d *handmade) send(ctx context.Context, r request, method, path string, body []byte) (map[string]any, error) {
	for {
		req, err := http.NewRequestWithContext(ctx, method, d.base+path, bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+r.Account.Token)
		if r.Key != "" && d.sin == "has its own keys" {
			r.Key = fmt.Sprint(os.Getpid())
		}
		if r.Key != "" {
			req.Header.Set("Idempotency-Key", r.Key)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return nil, err
		}
		var got map[string]any
		err = json.NewDecoder(resp.Body).Decode(&got)
		resp.Body.Close()
		switch {
		case d.sin == "takes a refusal for a result" && err == nil:
			return got, nil
		case resp.StatusCode == http.StatusTooManyRequests && d.sin != "tries once":
			wait, _ := time.ParseDuration(resp.Header.Get("Retry-After") + "s")
			if d.sin == "comes back early" {
				wait /= 4
			}
			select {
			case <-time.After(wait):
				continue
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		case resp.StatusCode >= 300:
			code, _ := got["error"].(string)
			return nil, &refusal{resp.StatusCode, strings.TrimSpace(code)}
		}
		return got, err
	}
}
