package runtime

import (
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// sliding is a provider that allows so many calls in any minute and says nothing
// before it refuses.
type sliding struct {
	mu      sync.Mutex
	calls   int
	tells   bool // How long to wait.
	share   int  // Calls of strangers, for each of ours.
	served  []time.Time
	refused int
}

func (s *sliding) RoundTrip(r *http.Request) (*http.Response, error) {
	time.Sleep(20 * time.Millisecond)
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	for len(s.served) > 0 && now.Sub(s.served[0]) >= time.Minute {
		s.served = s.served[1:]
	}
	if len(s.served) >= s.calls {
		s.refused++
		h := http.Header{}
		if s.tells {
			h.Set("Retry-After", strconv.Itoa(int(time.Minute-now.Sub(s.served[0]))/int(time.Second)+1))
		}
		return &http.Response{StatusCode: http.StatusTooManyRequests, Header: h, Body: http.NoBody, Request: r}, nil
	}
	for range 1 + s.share {
		s.served = append(s.served, now)
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("{}")), Request: r}, nil
}

// seeded is a source that makes a run the same each time.
func seeded(seed uint64) func() float64 {
	var mu sync.Mutex
	random := rand.New(rand.NewPCG(seed, 2))
	return func() float64 {
		mu.Lock()
		defer mu.Unlock()
		return random.Float64()
	}
}

// TestLearnsUnknownLimit presses a limit that nothing declares: it is used, and few
// calls are refused. Which of the workers goes first is up to the scheduler, so that
// one run may be far from the others.
func TestLearnsUnknownLimit(t *testing.T) {
	const runs = 4
	for name, like := range map[string]*sliding{
		"told":        {calls: 300, tells: true},
		"not told":    {calls: 300},
		"of two":      {calls: 300, tells: true, share: 1},
		"of two mute": {calls: 300, share: 1},
	} {
		t.Run(name, func(t *testing.T) {
			var refused, used float64
			for seed := range uint64(runs) {
				r, u := pressed(t, &sliding{calls: like.calls, tells: like.tells, share: like.share}, seed)
				refused, used = refused+r/runs, used+u/runs
			}
			if refused > 0.03 {
				t.Errorf("%.1f%% of the calls were refused", 100*refused)
			}
			if used < 0.8 {
				t.Errorf("only %.0f%% of the limit was used", 100*used)
			}
		})
	}
}

// pressed is what part of 6,000 calls by eight workers is refused, and what part of
// the limit they use.
func pressed(t *testing.T, s *sliding, seed uint64) (refused, used float64) {
	synctest.Test(t, func(t *testing.T) {
		api, op := limitedOp(Limit{Shape: LimitUnknown})
		c, err := NewClient(api, Bearer(NewSecret("test-token")), WithTransport(s), WithMaxWait(100*time.Hour), WithMaxAttempts(20), WithRandom(seeded(seed)))
		if err != nil {
			t.Fatal(err)
		}
		const workers, each = 8, 750
		start := time.Now()
		var wg sync.WaitGroup
		for range workers {
			wg.Go(func() {
				for range each {
					if e := doOnce(t.Context(), c, op); e != nil {
						t.Error(e)
					}
				}
			})
		}
		wg.Wait()
		took, ideal := time.Since(start), time.Duration(workers*each*(1+s.share))*time.Minute/300
		refused, used = float64(s.refused)/(workers*each), float64(ideal)/float64(took)
		t.Logf("%.1f%% refused, %.0f%% of the limit used, %s", 100*refused, 100*used, took)
	})
	return refused, used
}

// TestPaceForgets: a refusal in a quiet hour slows nothing down afterwards.
func TestPaceForgets(t *testing.T) {
	var p pace
	now := time.Duration(0)
	for range 3 {
		now += 20 * time.Minute
		p.went(now)
		p.refused(0, now, 10*time.Second, now)
	}
	if p.gap != 0 {
		t.Errorf("learnt %s from three calls in an hour", p.gap)
	}
	for range 100 {
		now += 10 * time.Millisecond
		p.went(now)
	}
	p.refused(0, now, 59*time.Second, now)
	if p.gap < 500*time.Millisecond || p.gap > 700*time.Millisecond {
		t.Errorf("100 calls in a minute are %s apart", p.gap)
	}
	for range 2000 {
		p.served(0, now, now)
	}
	if p.gap != 0 {
		t.Errorf("%s are left after two thousand calls", p.gap)
	}
}

// TestPaceDoesNotLearnFromIdleness: when a refusal ended is known by those who tried.
func TestPaceDoesNotLearnFromIdleness(t *testing.T) {
	for _, idle := range []time.Duration{50 * time.Second, time.Hour} {
		var p pace
		now := time.Duration(0)
		for range 20 {
			p.went(now)
			now += 100 * time.Millisecond
		}
		p.refused(0, now, 0, now)
		now += idle
		p.went(now)
		p.served(0, now, now)
		if p.gap > 250*time.Millisecond {
			t.Errorf("calls are %s apart after %s without one", p.gap, idle)
		}
	}
}
