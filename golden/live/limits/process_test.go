package limits_test

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/porin-dev/porin/golden/live/redis"
	rt "github.com/porin-dev/porin/runtime"
	"github.com/porin-dev/porin/runtime/redislimits"
	"github.com/porin-dev/porin/runtime/sqllimits"
)

// What a worker is told.
const (
	workerServer   = "PORIN_LIMITS_SERVER"
	workerDatabase = "PORIN_LIMITS_DATABASE"
	workerRedis    = "PORIN_LIMITS_REDIS"
	workerUntil    = "PORIN_LIMITS_UNTIL"
)

const (
	processes = 4
	callers   = 4 // In each process.
)

var (
	lasts = flag.Duration("lasts", 50*time.Second, "how long processes press a limit")
	per   = flag.Duration("per", 20*time.Second, "the window of the limit")
)

const limited = 400 // Calls in a window.

// counting is a provider that counts.
type counting struct {
	mu sync.Mutex
	at []time.Time
}

func (c *counting) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	c.mu.Lock()
	c.at = append(c.at, time.Now())
	c.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write([]byte("{}"))
}

// TestFourProcesses has processes press one limit and counts at the provider.
func TestFourProcesses(t *testing.T) {
	if err := sqllimits.New(openSQL(t)).CreateTable(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, env := range map[string]string{"PostgreSQL": workerDatabase + "=" + database.URL, "Redis": workerRedis + "=" + cache.Addr} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := pressed(t, env)
			if len(at) < limited {
				t.Fatalf("%d calls", len(at))
			}
			most, first := 0, 0
			for i := range at {
				for at[i].Sub(at[first]) > *per {
					first++
				}
				most = max(most, i-first+1)
			}
			took := at[len(at)-1].Sub(at[0])
			t.Logf("%d calls of %d processes in %v, %.1f%% of the limit, at most %d of %d in a window",
				len(at), processes, took.Round(time.Millisecond), 100*float64(len(at))*float64(*per)/limited/float64(took), most, limited)
			if most > limited {
				t.Errorf("a window holds %d of %d calls", most, limited)
			}
		})
	}
}

// pressed has processes with a store make calls, and returns when these came in.
func pressed(t *testing.T, env string) []time.Time {
	provider := &counting{}
	server := httptest.NewServer(provider)
	defer server.Close()
	until := time.Now().Add(*lasts)
	var wg sync.WaitGroup
	for range processes {
		cmd := exec.Command(os.Args[0], "-per", per.String())
		cmd.Env = append(os.Environ(), workerServer+"="+server.URL, workerUntil+"="+until.Format(time.RFC3339Nano), env)
		cmd.Stderr = os.Stderr
		wg.Go(func() {
			if err := cmd.Run(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	return provider.at
}

// work makes calls until it is told to end.
func work() error {
	store, err := workerStore()
	if err != nil {
		return err
	}
	until, err := time.Parse(time.RFC3339Nano, os.Getenv(workerUntil))
	if err != nil {
		return err
	}
	api := &rt.API{
		Name: "counted", Servers: []rt.Server{{Name: "api", URL: os.Getenv(workerServer)}},
		Limits: []rt.Limit{{Name: "all", Calls: limited, Per: *per}},
	}
	op := &rt.Op{API: api, Name: "things.get", Method: http.MethodGet, Path: "things", Effect: rt.EffectRead, Reply: rt.ReplyNone, Limits: []rt.LimitUse{{Limit: 0}}}
	client, err := rt.NewClient(api, rt.Bearer(rt.NewSecret("test-token")), rt.WithSharedLimits(store, 0))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithDeadline(context.Background(), until)
	defer cancel()
	var wg sync.WaitGroup
	var failed [callers]error
	for n := range callers {
		wg.Go(func() {
			for ctx.Err() == nil {
				err := client.Do(ctx, op, nil, nil, nil)
				if err != nil && !errors.Is(err, rt.ErrRateLimited) && ctx.Err() == nil {
					failed[n] = err
					return
				}
			}
		})
	}
	wg.Wait()
	return errors.Join(failed[:]...)
}

func workerStore() (rt.LimitStore, error) {
	if addr := os.Getenv(workerRedis); addr != "" {
		return redislimits.New(redis.Scripts(goredis.NewClient(&goredis.Options{Addr: addr}))), nil
	}
	url := os.Getenv(workerDatabase)
	if url == "" {
		return nil, fmt.Errorf("no store")
	}
	db, err := sql.Open("pgx", url)
	if err != nil {
		return nil, err
	}
	db.SetMaxIdleConns(callers)
	return sqllimits.New(db), nil
}
