// Package redislimits counts the calls of limits in Redis, so that several processes keep
// to them together. It speaks through a function of the driver of your choice, and
// imports none.
package redislimits

import (
	"context"
	_ "embed"
	"fmt"
	"strings"
	"time"

	"github.com/porin-dev/porin/runtime"
	"github.com/porin-dev/porin/runtime/internal/limitwire"
)

// Scripter runs a Lua script in Redis. A driver that keeps scripts in the server
// (EVALSHA) may do so: the script is [Script] each time.
type Scripter interface {
	Eval(ctx context.Context, script string, keys []string, args ...any) (any, error)
}

// ScripterFunc is a function as a [Scripter].
type ScripterFunc func(ctx context.Context, script string, keys []string, args ...any) (any, error)

// Eval calls f.
func (f ScripterFunc) Eval(ctx context.Context, script string, keys []string, args ...any) (any, error) {
	return f(ctx, script, keys, args...)
}

// Script is all that is run.
//
//go:embed limits.lua
var Script string

// Store is a [runtime.LimitStore] in Redis 5 or later. Each bucket is a hash, which ends by itself
// when it holds nothing more; its time is that of the server. Any number of connectors share
// a server. The buckets of one connector are in one slot of a cluster, so
// that a call books in all of its buckets or in none.
//
// A server that forgets, since it was restarted without persistence or failed over,
// forgets what was booked: a burst may go again.
type Store struct {
	Redis Scripter

	// Prefix is before all keys; empty is "porin:".
	Prefix string

	// Clock replaces the server's, for tests.
	Clock func() time.Time
}

// New returns a store. It makes no request.
func New(redis Scripter) *Store { return &Store{Redis: redis} }

// Reserve implements [runtime.LimitStore].
func (s *Store) Reserve(ctx context.Context, draws []runtime.LimitDraw, longest time.Duration) (runtime.LimitTicket, error) {
	keys, figures := limitwire.Draws(draws)
	answer, err := s.run(ctx, "reserve", longest, keys, figures)
	if err != nil {
		return runtime.LimitTicket{}, fmt.Errorf("redislimits: reserve: %w", err)
	}
	t, err := limitwire.Ticket(draws, answer)
	if err != nil {
		return t, fmt.Errorf("redislimits: reserve: %w", err)
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
		return fmt.Errorf("redislimits: cancel: %w", err)
	}
	return nil
}

// Note implements [runtime.LimitStore].
func (s *Store) Note(ctx context.Context, notes []runtime.LimitNote) error {
	keys, figures := limitwire.Notes(notes)
	if _, err := s.run(ctx, "note", 0, keys, figures); err != nil {
		return fmt.Errorf("redislimits: note: %w", err)
	}
	return nil
}

func (s *Store) run(ctx context.Context, what string, longest time.Duration, keys []string, figures []int64) ([]int64, error) {
	now := int64(-1)
	if s.Clock != nil {
		now = s.Clock().UnixMicro()
	}
	args := []any{what, now, limitwire.Longest(longest), int(runtime.ClassRateLimited)}
	for _, f := range figures {
		args = append(args, f)
	}
	named := make([]string, len(keys))
	for i, key := range keys {
		named[i] = s.named(key)
	}
	got, err := s.Redis.Eval(ctx, Script, named, args...)
	if err != nil {
		return nil, err
	}
	list, ok := got.([]any)
	if !ok {
		return nil, fmt.Errorf("an answer of type %T in place of a list", got)
	}
	answer := make([]int64, len(list))
	for i, v := range list {
		if answer[i], ok = v.(int64); !ok {
			return nil, fmt.Errorf("a %T in place of a number", v)
		}
	}
	return answer, nil
}

// named puts the connector, which is before the first slash, into the braces by which a
// cluster finds the slot of a key.
func (s *Store) named(key string) string {
	prefix := s.Prefix
	if prefix == "" {
		prefix = "porin:"
	}
	connector, rest, _ := strings.Cut(key, "/")
	return prefix + "{" + connector + "}:" + rest
}
