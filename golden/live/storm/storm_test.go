// Package storm_test has several processes refresh one rotating token at one
// moment, over and over, on a real database and against a real provider that
// ends a grant when a spent refresh token comes again.
package storm_test

import (
	"bufio"
	"database/sql"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/porin-dev/porin/golden/live/oidc"
	"github.com/porin-dev/porin/golden/live/postgres"
	rt "github.com/porin-dev/porin/runtime"
	"github.com/porin-dev/porin/runtime/sealed"
	"github.com/porin-dev/porin/runtime/sqlstore"
)

// storms is what CI has; docs/reliability.md has what was measured.
var storms = flag.Int("storms", 20, "how many grants have a storm")

const (
	processes = 4
	callers   = 4 // In each process.
	waves     = 2 // The second shows that the refresh token of the first is alive.
)

func TestMain(m *testing.M) {
	if os.Getenv(workerDatabase) != "" {
		if err := work(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// TestStorms counts grants that are lost.
func TestStorms(t *testing.T) {
	provider, err := oidc.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(provider.Close)
	server, err := postgres.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	db, err := sql.Open("pgx", server.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := sqlstore.New(db, sqlstore.PostgreSQL, connector).CreateTable(t.Context()); err != nil {
		t.Fatal(err)
	}
	key := sealed.NewKey("k1")
	store, err := sealedStore(db, key)
	if err != nil {
		t.Fatal(err)
	}
	var workers []*worker
	for range processes {
		workers = append(workers, start(t, server.URL, provider.URL, key))
	}
	begin, lost, version := time.Now(), 0, int64(0)
	for n := range *storms {
		account := fmt.Sprint("account-", n)
		refresh, err := provider.Grant()
		if err != nil {
			t.Fatal(err)
		}
		token := rt.Token{Access: rt.NewSecret("none yet"), Refresh: rt.NewSecret(refresh), Issued: time.Now().Add(-2 * time.Hour), Expiry: time.Now().Add(-time.Hour)}
		version = 0
		for wave := range waves {
			if _, err := store.Save(t.Context(), account, "bot", token, version); err != nil {
				t.Fatal(err)
			}
			if failed := storm(workers, account); len(failed) > 0 {
				lost++
				t.Errorf("storm %d, wave %d: %s", n, wave, strings.Join(failed, "; "))
				break
			}
			if token, version, err = store.Load(t.Context(), account, "bot"); err != nil {
				t.Fatal(err)
			}
			token.Expiry = time.Now().Add(-time.Second)
		}
	}
	posts, err := provider.Posts()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d storms of %d processes with %d callers each, %d waves a storm: %d grants lost, %d refreshes, %v",
		*storms, processes, callers, waves, lost, posts, time.Since(begin).Round(time.Millisecond))
	if want := *storms * waves; posts != want && lost == 0 {
		t.Errorf("%d refreshes, want %d", posts, want)
	}
}

// storm has all processes call for an account at once, and returns what failed.
func storm(workers []*worker, account string) (failed []string) {
	for _, w := range workers {
		if _, err := fmt.Fprintln(w.in, account); err != nil {
			failed = append(failed, err.Error())
		}
	}
	first := ""
	for _, w := range workers {
		if !w.out.Scan() {
			return append(failed, "a process ended")
		}
		line := w.out.Text()
		if access, ok := strings.CutPrefix(line, "ok "); !ok {
			failed = append(failed, line)
		} else if first == "" {
			first = access
		} else if access != first {
			failed = append(failed, "two processes have different tokens")
		}
	}
	return failed
}

// worker is a process of its own.
type worker struct {
	in  io.Writer
	out *bufio.Scanner
}

func start(t *testing.T, database, issuer string, key sealed.Key) *worker {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), workerDatabase+"="+database, workerIssuer+"="+issuer, workerKey+"="+key.Secret.Reveal())
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
	})
	return &worker{in, bufio.NewScanner(out)}
}
