// Package sqlstore keeps tokens in a table of PostgreSQL or SQLite, for
// applications with several replicas. It works through database/sql with the
// driver of your choice and imports none.
//
// Tokens are stored as JSON with their secrets: put a sealed.Store in front.
package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/porin-dev/porin/runtime"
)

// Store is a [runtime.TokenStore] in a table. It is made by [New] and safe for
// concurrent use. No statement is part of a transaction, and none needs the
// same connection as another: it works behind poolers.
type Store struct {
	db        *sql.DB
	dialect   Dialect
	connector string
	text      statements
}

// New returns the store of one connector's tokens; any number of connectors
// share the table. It makes no request. The table is made by [Store.CreateTable] or by your
// own migration, see [Dialect.Schema].
//
// A pool of SQLite connections needs a busy timeout of some seconds, since
// SQLite has one writer at a time.
func New(db *sql.DB, dialect Dialect, connector string) *Store {
	return &Store{db, dialect, connector, dialect.statements()}
}

// CreateTable makes the table unless it is there.
func (s *Store) CreateTable(ctx context.Context) error {
	if _, err := s.db.ExecContext(ctx, s.dialect.Schema()); err != nil {
		return fmt.Errorf("sqlstore: create the table: %w", err)
	}
	return nil
}

// Load implements [runtime.TokenStore].
func (s *Store) Load(ctx context.Context, account, name string) (runtime.Token, int64, error) {
	var text string
	var version int64
	err := s.db.QueryRowContext(ctx, s.text.load, s.connector, account, name).Scan(&text, &version)
	switch {
	case errors.Is(err, sql.ErrNoRows), err == nil && version == 0:
		return runtime.Token{}, 0, runtime.ErrNoToken
	case err != nil:
		return runtime.Token{}, 0, fmt.Errorf("sqlstore: load: %w", err)
	}
	t, err := runtime.ParseToken([]byte(text))
	return t, version, err
}

// Save implements [runtime.TokenStore].
func (s *Store) Save(ctx context.Context, account, name string, t runtime.Token, ifVersion int64) (int64, error) {
	revealed, err := t.Reveal()
	if err != nil {
		return 0, err
	}
	var done sql.Result
	if ifVersion == 0 {
		done, err = s.db.ExecContext(ctx, s.text.insert, s.connector, account, name, string(revealed))
	} else {
		done, err = s.db.ExecContext(ctx, s.text.update, s.connector, account, name, string(revealed), ifVersion)
	}
	var rows int64
	if err == nil {
		rows, err = done.RowsAffected()
	}
	switch {
	case err != nil:
		// A database that refuses a row may quote it.
		return 0, fmt.Errorf("sqlstore: save: %w", hidden{err})
	case rows == 0:
		return 0, runtime.ErrVersionConflict
	}
	return ifVersion + 1, nil
}

// Lease implements [runtime.TokenStore]. Its clock is the database's.
func (s *Store) Lease(ctx context.Context, account, name string, version int64, holder string, d time.Duration) (time.Duration, error) {
	if version == 0 { // There may be no row to hold the lease.
		if _, err := s.db.ExecContext(ctx, s.text.reserve, s.connector, account, name); err != nil {
			return 0, fmt.Errorf("sqlstore: lease: %w", err)
		}
	}
	var stale int64
	err := s.db.QueryRowContext(ctx, s.text.lease, s.connector, account, name, version, holder, max(d.Milliseconds(), 1)).Scan(&stale)
	if err == nil {
		return time.Duration(stale) * time.Millisecond, nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("sqlstore: lease: %w", err)
	}
	var stored int64
	err = s.db.QueryRowContext(ctx, s.text.version, s.connector, account, name).Scan(&stored)
	switch {
	case err != nil && !errors.Is(err, sql.ErrNoRows):
		return 0, fmt.Errorf("sqlstore: lease: %w", err)
	case stored != version:
		return 0, runtime.ErrVersionConflict
	}
	return 0, runtime.ErrLeased
}

// Release implements [runtime.TokenStore].
func (s *Store) Release(ctx context.Context, account, name, holder string) error {
	if _, err := s.db.ExecContext(ctx, s.text.release, s.connector, account, name, holder); err != nil {
		return fmt.Errorf("sqlstore: release: %w", err)
	}
	return nil
}

// hidden is an error whose text is not shown; errors.As finds it.
type hidden struct{ cause error }

func (hidden) Error() string   { return "the database refused it" }
func (h hidden) Unwrap() error { return h.cause }
