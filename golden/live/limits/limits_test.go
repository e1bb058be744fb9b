// Package limits_test holds sqllimits and redislimits against real servers, and has several
// processes keep to one limit.
package limits_test

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"os"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/porin-dev/porin/golden/live/postgres"
	"github.com/porin-dev/porin/golden/live/redis"
	rt "github.com/porin-dev/porin/runtime"
	"github.com/porin-dev/porin/runtime/limittest"
	"github.com/porin-dev/porin/runtime/redislimits"
	"github.com/porin-dev/porin/runtime/sqllimits"
)

// calls is what CI has; docs/reliability.md has what was measured.
var calls = flag.Int("calls", 5_000, "how many calls the tests in virtual time ask a store for")

var (
	database *postgres.Server
	cache    *redis.Server
)

func TestMain(m *testing.M) {
	flag.Parse()
	if os.Getenv(workerServer) != "" {
		if err := work(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	var err error
	if database, err = postgres.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer database.Close()
	if cache, err = redis.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer cache.Close()
	return m.Run()
}

func openSQL(t testing.TB) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", database.URL)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxIdleConns(16) // A connection for each call would be most of its time.
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func openRedis(t testing.TB) *goredis.Client {
	t.Helper()
	client := cache.Client()
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func TestPostgreSQL(t *testing.T) {
	limittest.Run(t, func(t *testing.T, clock func() time.Time) func() rt.LimitStore {
		if _, err := openSQL(t).Exec("DROP TABLE IF EXISTS porin_limits CASCADE"); err != nil {
			t.Fatal(err)
		}
		var stores [4]*sqllimits.Store
		for n := range stores {
			stores[n] = sqllimits.New(openSQL(t))
			stores[n].Clock = clock
		}
		for range 2 { // A table that is there is left as it is.
			if err := stores[0].CreateTable(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		next := 0
		return func() rt.LimitStore {
			next++
			return stores[next%len(stores)]
		}
	}, *calls)
}

func TestRedis(t *testing.T) {
	limittest.Run(t, func(t *testing.T, clock func() time.Time) func() rt.LimitStore {
		if err := openRedis(t).FlushAll(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		var stores [4]*redislimits.Store
		for n := range stores {
			stores[n] = redislimits.New(redis.Scripts(openRedis(t)))
			stores[n].Clock = clock
		}
		next := 0
		return func() rt.LimitStore {
			next++
			return stores[next%len(stores)]
		}
	}, *calls)
}

// TestSweep: rows of buckets that hold nothing go, and no others.
func TestSweep(t *testing.T) {
	db := openSQL(t)
	now := time.Now()
	s := sqllimits.New(db)
	s.Clock = func() time.Time { return now }
	if err := s.CreateTable(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("DELETE FROM porin_limits"); err != nil {
		t.Fatal(err)
	}
	for key, every := range map[string]time.Duration{"idle": time.Minute, "busy": 30 * 24 * time.Hour} {
		draw := rt.LimitDraw{Key: "t/" + key, Cost: 1, Declared: 1, Calls: 1, Burst: 1, Interval: every}
		if got, err := s.Reserve(t.Context(), []rt.LimitDraw{draw}, 0); err != nil || !got.Booked {
			t.Fatal(got, err)
		}
	}
	now = now.Add(48 * time.Hour)
	if n, err := s.Sweep(t.Context()); err != nil || n != 1 {
		t.Errorf("%d rows are dropped, %v", n, err)
	}
}

// TestRedisForgets: a key ends by itself.
func TestRedisForgets(t *testing.T) {
	client := openRedis(t)
	if err := client.FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	draw := rt.LimitDraw{Key: "slack/tier1/x", Cost: 1, Declared: 1, Calls: 1, Burst: 1, Interval: time.Minute}
	if got, err := redislimits.New(redis.Scripts(client)).Reserve(t.Context(), []rt.LimitDraw{draw}, 0); err != nil || !got.Booked {
		t.Fatal(got, err)
	}
	left, err := client.PTTL(t.Context(), "porin:{slack}:tier1/x").Result()
	if err != nil || left < 50*time.Second || left > 62*time.Second {
		t.Errorf("%v are left, %v", left, err)
	}
}

// BenchmarkReserve is what a call waits for.
func BenchmarkReserve(b *testing.B) {
	limits := sqllimits.New(openSQL(b))
	if err := limits.CreateTable(context.Background()); err != nil {
		b.Fatal(err)
	}
	for name, s := range map[string]rt.LimitStore{"postgresql": limits, "redis": redislimits.New(redis.Scripts(openRedis(b)))} {
		draw := rt.LimitDraw{Key: "bench/one/all", Cost: 1, Declared: 100, Calls: 100, Burst: 50, Interval: 20 * time.Millisecond, Steady: 10 * time.Millisecond, Window: time.Second}
		reserve := func(b *testing.B, draws ...rt.LimitDraw) {
			if got, err := s.Reserve(context.Background(), draws, 1000*time.Hour); err != nil || !got.Booked {
				b.Error(got, err)
			}
		}
		b.Run(name+"/one", func(b *testing.B) {
			for b.Loop() {
				reserve(b, draw)
			}
		})
		b.Run(name+"/sixteen at once", func(b *testing.B) {
			b.SetParallelism(8)
			b.RunParallel(func(p *testing.PB) {
				for p.Next() {
					reserve(b, draw)
				}
			})
		})
	}
}
