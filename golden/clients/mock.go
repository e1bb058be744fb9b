package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/twin"
)

// mockOnly is the part of Stripe that is held against stripe-mock: all of it takes
// minutes to compile.
const mockOnly = "products.*,prices.*,customers.*,coupons.*,refunds.*,paymentIntents.*,invoiceitems.*,charges.*"

// mocked is what stripe-mock, which holds requests against Stripe's document, said of
// one call of each action.
type mocked struct {
	actions, accepted int
	refused           map[string][]string // Actions by what was said, without their ids.
}

// againstMock calls each action of Stripe's part once, with the parameters that the
// twin holds for valid.
func againstMock(ctx context.Context, b *bench) (*mocked, error) {
	a := &api{name: "stripe", document: stripe.document, only: mockOnly}
	if err := b.open(ctx, a); err != nil {
		return nil, err
	}
	command, err := b.ours(ctx, a)
	if err != nil {
		return nil, err
	}
	spec, _, _ := compiler.Load(a.spec)
	if spec == nil {
		return nil, fmt.Errorf("the spec in %s has errors", a.spec)
	}
	mock, err := b.stripeMock(ctx)
	if err != nil {
		return nil, err
	}
	defer mock.stop()
	server := httptest.NewServer(mock)
	defer server.Close()
	tw := twin.New(spec, twin.Options{Seed: 1})
	ready := tw.Ready(server.URL)
	ready.Accounts[0].Cred = map[string]string{"user": "sk_test_123", "password": ""}
	ready.Accounts[0].Token.Access = "sk_test_123"
	for i := range ready.Accounts[0].Tokens {
		ready.Accounts[0].Tokens[i].Access = "sk_test_123"
	}
	t, err := talk(ctx, command, ready)
	if err != nil {
		return nil, err
	}
	defer t.end()
	m := &mocked{refused: map[string][]string{}}
	for _, action := range actions(spec.Groups) {
		r, err := t.call(ready.Accounts[0], action.Path, false, tw.Example(ready.Accounts[0].ID, action.Path))
		if err != nil {
			return nil, err
		}
		m.actions++
		switch said := mock.take(); {
		case said != "":
			m.refused[said] = append(m.refused[said], action.Path)
		case r.Error != nil:
			m.refused[r.Error.Text] = append(m.refused[r.Error.Text], action.Path)
		default:
			m.accepted++
		}
	}
	return m, nil
}

func actions(groups []*ir.Group) (all []*ir.Action) {
	for _, g := range groups {
		all = append(append(all, g.Actions...), actions(g.Groups)...)
	}
	return all
}

// text is what came of it, the commonest reason first.
func (m *mocked) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "stripe-mock accepts the requests of %d of %d actions.\n", m.accepted, m.actions)
	said := make([]string, 0, len(m.refused))
	for why := range m.refused {
		said = append(said, why)
	}
	slices.SortFunc(said, func(x, y string) int { return strings.Compare(x, y) })
	for _, why := range said {
		fmt.Fprintf(&b, "* %s: %s\n", why, strings.Join(m.refused[why], ", "))
	}
	return b.String()
}

// mock is a stripe-mock behind a proxy that reads why it refuses.
type mock struct {
	http.Handler
	stop func()
	mu   sync.Mutex
	said string
}

// take returns what was said since the last time; "" when nothing was refused.
func (m *mock) take() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	said := m.said
	m.said = ""
	return said
}

var quoted = regexp.MustCompile(`"[^"]*[0-9][^"]*"|\b[a-z]+_[0-9a-zA-Z]{8,}\b`)

// stripeMock builds and starts stripe-mock.
func (b *bench) stripeMock(ctx context.Context) (*mock, error) {
	program := filepath.Join(b.dir, "stripe-mock")
	if err := run(ctx, "golden/sdk", "go", "build", "-o", program, "github.com/stripe/stripe-mock"); err != nil {
		return nil, err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := ln.Addr().String()
	_ = ln.Close() // stripe-mock takes an address alone.
	ctx, cancel := context.WithCancel(ctx)
	cmd := exec.CommandContext(ctx, program, "-http-addr", address)
	if err := cmd.Start(); err != nil {
		cancel()
		return nil, err
	}
	m := &mock{stop: func() { cancel(); _ = cmd.Wait() }} // It was ended.
	for range 300 {
		if conn, err := net.Dial("tcp", address); err == nil {
			_ = conn.Close()
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: address})
	proxy.ModifyResponse = m.hear
	m.Handler = proxy
	return m, nil
}

// hear notes why a request is refused.
func (m *mock) hear(resp *http.Response) error {
	if resp.StatusCode < 400 {
		return nil
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	var refusal struct{ Error struct{ Message string } }
	_ = json.Unmarshal(body, &refusal) // What is no refusal of Stripe's is told by its status.
	m.mu.Lock()
	defer m.mu.Unlock()
	m.said = quoted.ReplaceAllString(fmt.Sprintf("%d %s", resp.StatusCode, strings.Join(strings.Fields(refusal.Error.Message), " ")), "...")
	return nil
}
