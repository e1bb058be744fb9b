package refresh

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	rt "github.com/porin-dev/porin/runtime"
)

// process is a program that makes calls for the one account. It holds all that
// a process remembers: when it crashes, nothing of it is left.
type process struct {
	world *world
	cred  rt.Credential
	seen  strings.Builder // What it was answered: as the runtime draws no lots, that and the time is its state.

	pending *step // What it wants to do next.
	dead    bool
	busy    bool   // A call is under way.
	got     string // Access tokens that it was given and has not stored yet.
	early   bool   // The stored token still worked when it took its lease.
	call    error  // How its last call ended.
}

// step is one that a process has to be let take.
type step struct {
	kind string
	run  func() string // Does it, and tells the result.
	gone chan bool     // Whether the process is to go on.
	lost bool          // The answer is to be lost.
}

// errDead is what a process is told that is gone. Nothing it does then counts.
var errDead = errors.New("this process is gone")

// take waits until the process may do what it wants to, and does it.
func (p *process) take(ctx context.Context, kind string, run func() string) error {
	if p.dead {
		return errDead
	}
	s := &step{kind: kind, run: run, gone: make(chan bool, 1)}
	p.pending = s
	select {
	case alive := <-s.gone:
		if !alive {
			return errDead
		}
		return nil
	case <-ctx.Done():
		p.pending = nil
		fmt.Fprintf(&p.seen, "%s gave up@%d;", kind, p.world.elapsed())
		return ctx.Err()
	}
}

// Load implements [rt.TokenStore].
func (p *process) Load(ctx context.Context, account, name string) (t rt.Token, v int64, err error) {
	gone := p.take(ctx, "load", func() string {
		t, v, err = p.world.store.Load(ctx, account, name)
		return fmt.Sprint(v, err)
	})
	return t, v, errors.Join(gone, err)
}

// Save implements [rt.TokenStore].
func (p *process) Save(ctx context.Context, account, name string, t rt.Token, ifVersion int64) (v int64, err error) {
	gone := p.take(ctx, "save", func() string {
		if v, err = p.world.store.Save(ctx, account, name, t, ifVersion); err == nil {
			p.world.lease = lease{}
			if t.Access.Reveal() == p.got {
				p.got = ""
			}
		}
		return fmt.Sprint(v, err)
	})
	return v, errors.Join(gone, err)
}

// Lease implements [rt.TokenStore].
func (p *process) Lease(ctx context.Context, account, name string, version int64, holder string, d time.Duration) (stale time.Duration, err error) {
	gone := p.take(ctx, "lease", func() string {
		if stale, err = p.world.store.Lease(ctx, account, name, version, holder, d); err == nil {
			p.early = p.world.savedWorks()
			p.world.lease = lease{p, time.Now().Add(-stale), time.Now().Add(d)}
		}
		return fmt.Sprint(stale, err)
	})
	return stale, errors.Join(gone, err)
}

// Release implements [rt.TokenStore].
func (p *process) Release(ctx context.Context, account, name, holder string) (err error) {
	gone := p.take(ctx, "release", func() string {
		if err = p.world.store.Release(ctx, account, name, holder); p.world.lease.by == p {
			p.world.lease = lease{}
		}
		return fmt.Sprint(err)
	})
	return errors.Join(gone, err)
}

// RoundTrip sends a refresh token in two steps: it arrives, and the answer comes.
func (p *process) RoundTrip(r *http.Request) (*http.Response, error) {
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(data))
	if err != nil {
		return nil, err
	}
	var status int
	var body string
	if err := p.take(r.Context(), "post", func() string {
		status, body = p.world.post(p, form.Get("refresh_token"))
		return ""
	}); err != nil {
		return nil, err
	}
	lost := false
	if err := p.take(r.Context(), "answer", func() string {
		lost = p.pending.lost
		return fmt.Sprint(status, body, lost)
	}); err != nil {
		return nil, err
	}
	if lost {
		return nil, errors.New("connection reset")
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

const (
	tries = 6                // How often a call is made before its process gives up.
	pause = 20 * time.Second // Between them.
)

// work makes a call as an application does, which tries again unless the
// account has to be connected anew. While a spent token still works it makes
// some more: somebody has to call for a refresh to be ended in time.
func (p *process) work() {
	for n := range tries {
		if n > 0 {
			time.Sleep(pause)
		}
		if p.call = p.once(); p.dead || errors.Is(p.call, rt.ErrDisconnected) || p.call == nil && !p.world.early() {
			break
		}
	}
	if p.busy = false; p.call == nil && p.got == "" { // All is stored, and it remembers nothing.
		p.seen.Reset()
		return
	}
	fmt.Fprintf(&p.seen, "call %v@%d;", p.call, p.world.elapsed())
}

// once makes one call. A token that the provider calls expired is renewed once.
func (p *process) once() error {
	for renewed := false; ; renewed = true {
		req, err := http.NewRequest(http.MethodGet, "https://api.test/", nil)
		if err != nil {
			return err
		}
		version, err := p.cred.Authorize(context.Background(), req)
		if err != nil {
			return err
		}
		access := strings.TrimPrefix(req.Header.Get("Authorization"), "Bearer ")
		if p.world.used(p, access) {
			return nil
		}
		if renewed {
			return fmt.Errorf("%s is refused", access)
		}
		if ok, err := p.cred.Renew(context.Background(), version); !ok {
			return errors.Join(errors.New("not renewed"), err)
		}
	}
}

// coarse is a clock on which looking at a lease again takes a third of the
// shortest, so that few such looks fit into one.
type coarse struct{}

func (coarse) Now() time.Time { return time.Now() }

func (coarse) Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(max(d, 20*time.Second))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
