package state_test

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/golden/schemes/state/statetest"
	"github.com/porin-dev/porin/runtime/gauntlet"
)

// reading is the generated client with a way of its own to read what it created, which sins.
func reading(sin string) gauntlet.Driver {
	return wrongly{statetest.Driver(), func(s gauntlet.Session) gauntlet.Session { return &readingSession{Session: s, sin: sin} }}
}

type readingSession struct {
	gauntlet.Session
	sin     string
	missing error           // What it remembers of a read,
	items   []gauntlet.JSON // and of a list.
	listed  bool
}

// Call implements [gauntlet.Session].
func (s *readingSession) Call(ctx context.Context, action string, params gauntlet.JSON) (gauntlet.JSON, error) {
	result, err := s.Session.Call(ctx, action, params)
	switch {
	case action == "notes.create":
		var note struct{ ID string }
		_ = json.Unmarshal(result, &note)
		id, _ := json.Marshal(map[string]string{"id": note.ID})
		_, missing := s.Session.Call(ctx, "notes.get", id)
		switch {
		case missing == nil:
		case s.sin == "creates again what it does not find":
			return s.Session.Call(ctx, action, params)
		case s.sin == "takes what it does not find for lost":
			return nil, missing
		}
	case action != "notes.get":
	case s.sin == "asks until it is there":
		for err != nil && ctx.Err() == nil {
			time.Sleep(time.Second)
			result, err = s.Session.Call(ctx, action, params)
		}
	case s.sin == "remembers that there was nothing":
		if s.missing == nil {
			s.missing = err
		}
		return nil, s.missing
	case s.sin == "takes a refusal for a result" && err != nil:
		return gauntlet.JSON(params), nil
	case s.sin == "reads another":
		return gauntlet.JSON(`{"id":"other","text":""}`), err
	case s.sin == "plain errors" && err != nil:
		return nil, errors.New("no luck")
	}
	return result, err
}

// List implements [gauntlet.Session].
func (s *readingSession) List(ctx context.Context, action string, params gauntlet.JSON) iter.Seq2[gauntlet.JSON, error] {
	return func(yield func(gauntlet.JSON, error) bool) {
		if s.sin == "misses it in the list" && !s.listed {
			s.listed = true
			yield(nil, errors.New("what was created is not in the list"))
			return
		}
		if !s.listed || s.sin != "remembers the list" {
			s.items, s.listed = nil, true
			for item, err := range s.Session.List(ctx, action, params) {
				if err != nil {
					yield(nil, err)
					return
				}
				s.items = append(s.items, slices.Clone(item))
			}
		}
		for _, item := range s.items {
			if !yield(item, nil) {
				return
			}
		}
	}
}

// A client that takes reads that lag behind for what they are passes, and each that does
// not fails by the rule that it breaks.
func TestScenarioOfReadsThatLag(t *testing.T) {
	c, _, report := compiler.Load(".")
	require.False(t, report.HasErrors())
	scenarios, err := gauntlet.Choose("data/read-after-create")
	require.NoError(t, err)
	for sin, says := range map[string]string{
		"":                                     "",
		"asks until it is there":               "",
		"creates again what it does not find":  "took effect 2 times",
		"takes what it does not find for lost": "creates nothing: state notes.get: ",
		"remembers that there was nothing":     "what was created is there, and is not found",
		"takes a refusal for a result":         "what the provider does not have yet is told as read",
		"reads another":                        "another object is told as the one that was created",
		"plain errors":                         "is not of the client's error type",
		"misses it in the list":                "notes.list fails, whether what was created is in it or not",
		"remembers the list":                   "notes.list goes on without what was created",
	} {
		r := gauntlet.Try(t, gauntlet.NewPlan(c), reading(sin), scenarios[0], 1)
		want := gauntlet.Pass
		if says != "" {
			want = gauntlet.Fail
		}
		assert.Equal(t, want, r.Outcome, "%s: %s", sin, r.Why)
		assert.Contains(t, r.Why, says, sin)
	}
}
