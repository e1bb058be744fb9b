package refresh

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	rt "github.com/porin-dev/porin/runtime"
)

// rounds is how often the token is due.
const rounds = 2

// scenario is what is explored.
type scenario struct {
	behaviour
	works     bool // The token still works when it is due; else it is expired.
	processes int
	faults    int // How many there are at most: crashes, lost answers and stalls.

	// A protocol with a bug, in place of the runtime's.
	store     func(rt.TokenStore) rt.TokenStore
	transport func(http.RoundTripper) http.RoundTripper
}

// world is one run of a scenario: everything outside the processes.
type world struct {
	scenario
	start    time.Time
	store    *rt.MemoryStore
	provider *provider
	lease    lease // As in the store, which does not show it.
	running  []*process
	left     int // Faults that may still come.
	trace    []string
	wrong    string // What must not happen, and did.
	excused  bool   // A fault hit between the provider's rotation and the store,
	stalled  bool   // and took longer than any grace.
}

// lease is one that was given.
type lease struct {
	by           *process
	since, until time.Time
}

func (w *world) elapsed() int64 { return time.Since(w.start).Milliseconds() }

func (w *world) fail(format string, args ...any) {
	if w.wrong == "" {
		w.wrong = fmt.Sprintf(format, args...)
	}
}

// add starts a process.
func (w *world) add() *process {
	p := &process{world: w}
	var store rt.TokenStore = p
	if w.scenario.store != nil {
		store = w.scenario.store(store)
	}
	var transport http.RoundTripper = p
	if w.transport != nil {
		transport = w.transport(transport)
	}
	api := &rt.API{Name: "acme", Servers: []rt.Server{{Name: "api", URL: "https://api.test/"}}, OAuth: w.method()}
	app, err := rt.NewApp(api, rt.WithTransport(transport), rt.WithTokenStore(store), rt.WithClock(coarse{}), rt.WithOAuthClient("id", rt.NewSecret("test-secret")))
	if err != nil {
		panic(err)
	}
	p.cred = app.Connection("T1", "bot")
	w.running = append(w.running, p)
	return p
}

// post is what the provider does with a refresh token.
func (w *world) post(p *process, token string) (int, string) {
	spent := w.provider.spent[token]
	switch late := !spent.IsZero() && time.Since(spent) >= w.grace; {
	case late && !w.excused:
		w.fail("%s is sent after it was spent, and nothing went wrong before", token)
	case late && p.early && !w.provider.revoked:
		w.fail("%s is sent after it was spent, while the access token still works", token)
	case !late && spent.IsZero() && w.provider.newest() < life*8/10 && !w.provider.revoked && !w.excused:
		w.fail("a fresh token is refreshed")
	}
	status, body, access := w.provider.refresh(token)
	if access != "" {
		p.got = access
	}
	return status, body
}

// savedWorks reports whether the access token in the store is accepted.
func (w *world) savedWorks() bool {
	t, _, err := w.store.Load(context.Background(), "T1", "bot")
	return err == nil && w.provider.works(t.Access.Reveal())
}

// used is a call with an access token. It reports whether it was accepted.
func (w *world) used(p *process, access string) bool {
	if access == p.got && w.left == w.faults && !p.dead {
		w.fail("%s is used before it is stored", access)
	}
	return w.provider.works(access)
}

// early reports whether a refresh can still be ended that a process began and
// did not end, or of which the answer was lost.
func (w *world) early() bool {
	t, _, _ := w.store.Load(context.Background(), "T1", "bot")
	return w.grace > 0 && (w.lease.by != nil && time.Since(w.lease.since) < w.grace || time.Since(t.Lost) < w.grace)
}

// hit notes a fault that a process had.
func (w *world) hit(p *process) {
	w.left--
	w.excused = w.excused || p.got != ""
}

// move is something that can happen next.
type move struct {
	name string
	do   func()
}

// moves are all that can happen next, in an order that is always the same.
func (w *world) moves() []move {
	var out []move
	for n, p := range w.running {
		s := p.pending
		if s == nil || p.dead {
			continue
		}
		out = append(out, move{fmt.Sprintf("%d %s", n, s.kind), func() { p.advance(s) }})
		if w.left == 0 {
			continue
		}
		out = append(out, move{fmt.Sprintf("%d crashes before %s", n, s.kind), func() { w.hit(p); p.crash() }})
		if s.kind == "answer" {
			out = append(out, move{fmt.Sprintf("%d loses the answer", n), func() { w.hit(p); s.lost = true; p.advance(s) }})
		}
	}
	if len(out) > 0 && w.left > 0 {
		out = append(out, move{"everybody stalls", func() {
			for _, p := range w.running {
				w.stalled = w.stalled || p.got != "" && !p.dead
			}
			w.left--
			w.excused = w.excused || w.stalled
			time.Sleep(2*time.Minute + time.Second)
		}})
	}
	return out
}

// advance lets the process take its step.
func (p *process) advance(s *step) {
	result := s.run()
	p.pending = nil
	fmt.Fprintf(&p.seen, "%s %s@%d;", s.kind, result, p.world.elapsed())
	s.gone <- true
}

func (p *process) crash() {
	s := p.pending
	p.pending, p.dead = nil, true
	if s != nil {
		s.gone <- false
	}
}

// state is everything that decides what can still happen. Processes of one
// state are alike, whatever their place.
func (w *world) state() string {
	var b strings.Builder
	fmt.Fprint(&b, w.elapsed(), w.left, w.excused, w.stalled, " ")
	w.provider.state(&b)
	t, version, _ := w.store.Load(context.Background(), "T1", "bot")
	text, _ := t.Reveal()
	fmt.Fprintf(&b, " %d %s %v %v\n", version, text, w.lease.since, w.lease.until)
	var all []string
	for _, p := range w.running {
		one := "dead"
		if !p.dead {
			kind := ""
			if p.pending != nil {
				kind = p.pending.kind
			}
			one = fmt.Sprint(kind, p.busy, p.got, p.early, p.seen.String())
		}
		if w.lease.by == p {
			one += " leased"
		}
		all = append(all, one)
	}
	slices.Sort(all)
	return b.String() + strings.Join(all, "\n")
}

// play runs the scenario. Whenever more than one thing can happen, pick chooses; it
// may end the run.
func (s scenario) play(t *testing.T, pick func(w *world, moves []move) (int, bool)) *world {
	w := &world{scenario: s, left: s.faults}
	synctest.Test(t, func(t *testing.T) {
		w.start = time.Now()
		w.provider, w.store = newProvider(s.behaviour), rt.NewMemoryStore()
		if _, err := w.store.Save(t.Context(), "T1", "bot", w.provider.first(), 0); err != nil {
			t.Fatal(err)
		}
		for range s.processes {
			w.add()
		}
		w.days(pick)
		for _, p := range w.running { // Whatever is still under way ends, without a trace.
			p.crash()
		}
		time.Sleep(time.Hour)
	})
	return w
}

// days are the rounds, and one more call by a process that begins after all.
func (w *world) days(pick func(w *world, moves []move) (int, bool)) {
	due := life * 95 / 100
	if !w.works {
		due = life + time.Minute
	}
	for range rounds {
		time.Sleep(due)
		if !w.round(pick) {
			return
		}
		for _, p := range w.running {
			if !p.dead && p.call != nil && !w.excused {
				w.fail("a call fails, and no answer was lost: %v", p.call)
			}
			if p.call != nil && !errors.Is(p.call, rt.ErrDisconnected) && !errors.Is(p.call, rt.ErrRefreshLost) && !p.dead && !w.provider.revoked && w.provider.newest() >= life {
				w.fail("a call fails without saying why: %v", p.call)
			}
		}
		due = life
	}
	time.Sleep(2 * life)
	w.left = 0
	for _, p := range w.running {
		p.crash()
	}
	last := w.add()
	first := func(*world, []move) (int, bool) { return 0, true }
	if w.round(first); last.call != nil && (!w.excused || w.grace > 0 && !w.stalled || !w.rotates) {
		w.fail("the grant is lost: %v", last.call)
	} else if last.call != nil && !errors.Is(last.call, rt.ErrDisconnected) {
		w.fail("the grant is lost, and nobody says so: %v", last.call)
	}
}

// round has every process make a call. It is false when pick ended the run.
func (w *world) round(pick func(w *world, moves []move) (int, bool)) bool {
	for _, p := range w.running {
		if !p.dead {
			p.busy = true
			go p.work()
		}
	}
	for w.wrong == "" {
		synctest.Wait()
		moves := w.moves()
		if len(moves) == 0 {
			if !slices.ContainsFunc(w.running, func(p *process) bool { return p.busy && !p.dead }) {
				return true
			}
			time.Sleep(5 * time.Second) // Somebody sleeps.
			continue
		}
		n := 0
		if len(moves) > 1 {
			var ok bool
			if n, ok = pick(w, moves); !ok {
				return false
			}
		}
		w.trace = append(w.trace, moves[n].name)
		moves[n].do()
	}
	return false
}
