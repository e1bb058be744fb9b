// Package sqllimits counts the calls of limits in a table of PostgreSQL, so that several
// processes keep to them together. It works through database/sql with the driver of your
// choice and imports none.
package sqllimits

import (
	"context"
	"database/sql"
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/porin-dev/porin/runtime"
	"github.com/porin-dev/porin/runtime/internal/limitwire"
)

// Schema is the statements that make the table and the function porin_limits unless they
// are there, for a migration. The table is not logged: what it holds is over
// in a while, and after a crash it is empty.
//
//go:embed limits.sql
var Schema string

// Store is a [runtime.LimitStore] in a table of PostgreSQL. Any number of connectors share
// the table. A question is one call of one function, in a transaction of its own, which locks the rows of
// its buckets and looks at the database's clock; it works behind poolers. Give the pool as many
// idle connections as it has callers: a new connection takes longer than the question.
type Store struct {
	// Clock replaces the database's, for tests.
	Clock func() time.Time

	db    *sql.DB
	asked atomic.Int64
}

// New returns a store. It makes no request. The table is made by [Store.CreateTable] or
// by your own migration, see [Schema].
func New(db *sql.DB) *Store { return &Store{db: db} }

// CreateTable makes the table and the function.
func (s *Store) CreateTable(ctx context.Context) error {
	table, function, _ := strings.Cut(Schema, ";\n")
	for _, statement := range []string{table, function} {
		if _, err := s.db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("sqllimits: create the table: %w", err)
		}
	}
	return nil
}

const (
	sweepEvery = 1000           // Questions to a store, after which it drops rows.
	sweepAge   = 24 * time.Hour // Of rows that nobody used, whose refusals are over, too.
)

// Sweep drops the rows of buckets that hold nothing, and returns how many there were. A
// store does it by itself from time to time.
func (s *Store) Sweep(ctx context.Context) (int64, error) {
	done, err := s.db.ExecContext(ctx, `DELETE FROM porin_limits WHERE key IN (
		SELECT key FROM porin_limits WHERE greatest(used, tat, next, calm, blocked, resets) < $1::bigint LIMIT 1000 FOR UPDATE SKIP LOCKED)`,
		s.now(time.Now()).Add(-sweepAge).UnixMicro())
	if err != nil {
		return 0, fmt.Errorf("sqllimits: sweep: %w", err)
	}
	return done.RowsAffected()
}

func (s *Store) now(system time.Time) time.Time {
	if s.Clock != nil {
		return s.Clock()
	}
	return system
}

// Reserve implements [runtime.LimitStore].
func (s *Store) Reserve(ctx context.Context, draws []runtime.LimitDraw, longest time.Duration) (runtime.LimitTicket, error) {
	if s.asked.Add(1)%sweepEvery == 0 {
		_, _ = s.Sweep(ctx) // There is a next time.
	}
	keys, figures := limitwire.Draws(draws)
	answer, err := s.run(ctx, "reserve", longest, keys, figures)
	if err != nil {
		return runtime.LimitTicket{}, fmt.Errorf("sqllimits: reserve: %w", err)
	}
	t, err := limitwire.Ticket(draws, answer)
	if err != nil {
		return t, fmt.Errorf("sqllimits: reserve: %w", err)
	}
	return t, nil
}

// Cancel implements [runtime.LimitStore].
func (s *Store) Cancel(ctx context.Context, t runtime.LimitTicket) error {
	keys, figures := limitwire.Undo(t)
	if len(keys) == 0 {
		return nil
	}
	if _, err := s.run(ctx, "cancel", 0, keys, figures); err != nil {
		return fmt.Errorf("sqllimits: cancel: %w", err)
	}
	return nil
}

// Note implements [runtime.LimitStore].
func (s *Store) Note(ctx context.Context, notes []runtime.LimitNote) error {
	keys, figures := limitwire.Notes(notes)
	if _, err := s.run(ctx, "note", 0, keys, figures); err != nil {
		return fmt.Errorf("sqllimits: note: %w", err)
	}
	return nil
}

func (s *Store) run(ctx context.Context, what string, longest time.Duration, keys []string, figures []int64) ([]int64, error) {
	now := int64(-1)
	if s.Clock != nil {
		now = s.Clock().UnixMicro()
	}
	var text []byte
	for i, f := range figures {
		if i > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendInt(text, f, 10)
	}
	var got string
	err := s.db.QueryRowContext(ctx, "SELECT porin_limits($1, $2, $3, $4, $5, $6)",
		what, now, limitwire.Longest(longest), int64(runtime.ClassRateLimited), strings.Join(keys, "\n"), string(text)).Scan(&got)
	if err != nil {
		return nil, err
	}
	var answer []int64
	for part := range strings.SplitSeq(got, ",") {
		n, err := strconv.ParseInt(part, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("an answer that is not numbers: %w", err)
		}
		answer = append(answer, n)
	}
	return answer, nil
}
