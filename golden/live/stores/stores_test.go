// Package stores_test holds sqlstore against real databases.
package stores_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	_ "modernc.org/sqlite"

	"github.com/porin-dev/porin/golden/live/postgres"
	"github.com/porin-dev/porin/runtime"
	"github.com/porin-dev/porin/runtime/sqlstore"
	"github.com/porin-dev/porin/runtime/storetest"
)

var server *postgres.Server

func TestMain(m *testing.M) {
	var err error
	if server, err = postgres.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	server.Close()
	os.Exit(code)
}

func database(t *testing.T, driver, url string) *sql.DB {
	t.Helper()
	db, err := sql.Open(driver, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// sqliteURL is a new database in a file.
func sqliteURL(t *testing.T) string {
	return "file:" + filepath.Join(t.TempDir(), "tokens.db") + "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)"
}

var connectors atomic.Int64

// open makes a store for a connector of its own, and replicas with pools of their own.
func open(t *testing.T, driver, url string, dialect sqlstore.Dialect) func() runtime.TokenStore {
	connector := fmt.Sprint("connector-", connectors.Add(1))
	var pools [4]*sql.DB
	for n := range pools {
		pools[n] = database(t, driver, url)
	}
	if err := sqlstore.New(pools[0], dialect, connector).CreateTable(t.Context()); err != nil {
		t.Fatal(err)
	}
	next := 0
	return func() runtime.TokenStore {
		next++
		return sqlstore.New(pools[next%len(pools)], dialect, connector)
	}
}

func TestPostgreSQL(t *testing.T) {
	storetest.Run(t, func(t *testing.T) func() runtime.TokenStore {
		return open(t, "pgx", server.URL, sqlstore.PostgreSQL)
	})
}

func TestSQLite(t *testing.T) {
	storetest.Run(t, func(t *testing.T) func() runtime.TokenStore {
		return open(t, "sqlite", sqliteURL(t), sqlstore.SQLite)
	})
}

func TestConnectorsAreApart(t *testing.T) {
	for driver, url := range map[string]string{"pgx": server.URL, "sqlite": sqliteURL(t)} {
		dialect := map[string]sqlstore.Dialect{"pgx": sqlstore.PostgreSQL, "sqlite": sqlstore.SQLite}[driver]
		one, other := open(t, driver, url, dialect)(), open(t, driver, url, dialect)()
		for text, s := range map[string]runtime.TokenStore{"one": one, "other": other} {
			if _, err := s.Save(t.Context(), "a", "bot", runtime.Token{Access: runtime.NewSecret(text)}, 0); err != nil {
				t.Errorf("%s: %v", driver, err)
			}
		}
		if got, _, err := one.Load(t.Context(), "a", "bot"); err != nil || got.Access.Reveal() != "one" {
			t.Errorf("%s: %q, %v", driver, got.Access.Reveal(), err)
		}
	}
}

// TestErrorsHoldNoSecret has databases refuse what they are given.
func TestErrorsHoldNoSecret(t *testing.T) {
	const secret = "canary-7f3a"
	for driver, url := range map[string]string{"pgx": server.URL, "sqlite": sqliteURL(t)} {
		dialect := map[string]sqlstore.Dialect{"pgx": sqlstore.PostgreSQL, "sqlite": sqlstore.SQLite}[driver]
		s := open(t, driver, url, dialect)()
		db := database(t, driver, url)
		if driver == "pgx" { // Its error quotes the row.
			if _, err := db.Exec("ALTER TABLE porin_tokens ADD CONSTRAINT small CHECK (account <> 'refused')"); err != nil {
				t.Fatal(err)
			}
		} else if _, err := db.Exec("CREATE TRIGGER small BEFORE INSERT ON porin_tokens WHEN new.account = 'refused' BEGIN SELECT RAISE(ABORT, 'small'); END"); err != nil {
			t.Fatal(err)
		}
		_, err := s.Save(t.Context(), "refused", "bot", runtime.Token{Access: runtime.NewSecret(secret)}, 0)
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", driver, err)
		}
	}
}
