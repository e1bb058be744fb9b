package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/porin-dev/porin/golden/corpus/smoke"
)

// mocks are servers that hold requests against a document of the corpus by means of
// their own: what the smoke test sent is sent to them once more. They are packages that
// the module golden/sdk knows.
var mocks = map[string]mock{
	"stripe": {"github.com/stripe/stripe-mock", "Bearer sk_test_123"},
}

type mock struct {
	program       string
	authorization string // What it takes for the caller's credential.
}

// mock has the mock server of the document, if there is one, judge what was sent.
func (r *row) mock(ctx context.Context, m *module) error {
	judge, ok := mocks[r.doc.Name]
	if !ok {
		return nil
	}
	binary := filepath.Join(m.Dir, ".bin", "mock")
	build := exec.CommandContext(ctx, "go", "build", "-o", binary, judge.program)
	build.Dir = "golden/sdk"
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", judge.program, err, out)
	}
	address, stop, err := serve(ctx, binary)
	if err != nil {
		return err
	}
	defer stop()
	data, err := os.ReadFile(filepath.Join(m.Dir, r.doc.Package(), "exchanges.json"))
	if err != nil {
		return err
	}
	refused, doubted := 0, false
	for dec := json.NewDecoder(bytes.NewReader(data)); dec.More(); {
		var e smoke.Exchange
		if err := dec.Decode(&e); err != nil {
			return err
		}
		said, err := judge.ask(ctx, address, e.Sent)
		if err != nil {
			return fmt.Errorf("%s: %w", e.Action, err)
		}
		r.mocked++
		if !doubted && len(e.Sent.Body) > 0 {
			doubted = true
			if err := judge.doubt(ctx, address, *e.Sent); err != nil {
				return err
			}
		}
		if said != "" {
			refused++
			r.why = append(r.why, e.Action+": the mock server says "+said)
		}
	}
	switch {
	case refused > 0 || r.mocked == 0:
		return fmt.Errorf("%d of %d requests are refused by %s", refused, r.mocked, judge.program)
	case !doubted:
		return fmt.Errorf("no request has a form to try %s with", judge.program)
	}
	return nil
}

// doubt sends a form with a member that no document knows: who accepts that judges
// nothing.
func (j mock) doubt(ctx context.Context, address string, sent smoke.Request) error {
	sent.Body = append(bytes.Clone(sent.Body), "&no_such_member=1"...)
	said, err := j.ask(ctx, address, &sent)
	if err == nil && said == "" {
		err = fmt.Errorf("%s accepts what it does not know", j.program)
	}
	return err
}

// ask sends a request once more, and returns how it is refused, or "".
func (j mock) ask(ctx context.Context, address string, sent *smoke.Request) (string, error) {
	if sent == nil {
		return "that nothing was sent", nil
	}
	u, err := url.Parse(sent.URL)
	if err != nil {
		return "", err
	}
	u.Scheme, u.Host = "http", address
	req, err := http.NewRequestWithContext(ctx, sent.Method, u.String(), bytes.NewReader(sent.Body))
	if err != nil {
		return "", err
	}
	for name, values := range sent.Header {
		req.Header[name] = values
	}
	req.Header.Set("Authorization", j.authorization)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode < 400 {
		return "", err
	}
	return fmt.Sprintf("%s: %s", resp.Status, strings.Join(strings.Fields(string(body)), " ")), nil
}

// serve starts a mock server on a free port of the loopback address.
func serve(ctx context.Context, program string) (address string, stop func(), err error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	address = ln.Addr().String()
	_ = ln.Close() // It takes an address alone.
	ctx, cancel := context.WithCancel(ctx)
	cmd := exec.CommandContext(ctx, program, "-http-addr", address)
	if err := cmd.Start(); err != nil {
		cancel()
		return "", nil, err
	}
	stop = func() { cancel(); _ = cmd.Wait() } // It was ended.
	for range 600 {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			_ = conn.Close()
			return address, stop, nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	stop()
	return "", nil, fmt.Errorf("%s does not serve", program)
}
