package runtime

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

type testJob struct {
	State string `json:"state"`
	URL   string `json:"url"`
}

func jobOp() *Op {
	return &Op{API: testAPI(), Name: "jobs.get", Method: "GET", Path: "jobs/{id}", Effect: EffectRead, Params: []Param{{Field: "id", In: InPath}}}
}

func jobRule() *JobRule {
	return &JobRule{
		ID: "id", Status: Path{"state"}, Every: 2 * time.Second, Reason: []Path{{"why", "code"}, {"why", "text"}},
		States: []JobState{{"queued", JobWaits}, {"running", JobWaits}, {"done", JobDone}, {"failed", JobFailed}},
	}
}

type jobParams struct {
	ID string `json:"id"`
}

func waitFor(ctx context.Context, t *testing.T, s *server, rule *JobRule, opts ...CallOption) (*testJob, error) {
	op := jobOp()
	return Wait[testJob](ctx, newTestClient(t, op.API, s, WithRandom(still)), op, rule, jobParams{"j1"}, opts)
}

func seconds(list ...float64) (d []time.Duration) {
	for _, s := range list {
		d = append(d, time.Duration(s*float64(time.Second)))
	}
	return d
}

func TestWaitForJob(t *testing.T) {
	running, done, down := answer{body: `{"state":"running"}`}, answer{body: `{"state":"done","url":"u"}`}, answer{status: 503, header: "Retry-After: 40"}
	for _, tc := range []struct {
		name    string
		answers []answer
		rule    func(*JobRule)
		want    error
		status  string
		looks   []time.Duration // Since the first.
	}{
		{"done at once", []answer{done}, nil, nil, "done", seconds(0)},
		{"done after a while", []answer{{body: `{"state":"queued"}`}, running, done}, nil, nil, "done", seconds(0, 2, 4)},
		{"the provider says when", []answer{{body: `{"state":"running"}`, header: "Retry-After: 7"}, done}, nil, nil, "done", seconds(0, 7)},
		{"the provider says too early", []answer{{body: `{"state":"running"}`, header: "Retry-After: 1"}, done}, nil, nil, "done", seconds(0, 2)},
		{"no pause is declared", []answer{running, done}, func(r *JobRule) { r.Every = 0 }, nil, "done", seconds(0, 2)},
		{"a status that is a number", []answer{{body: `{"state":1}`}, {body: `{"state":2}`}}, func(r *JobRule) { r.States = []JobState{{"1", JobWaits}, {"2", JobDone}} }, nil, "2", seconds(0, 2)},
		{"failed", []answer{running, {body: `{"state":"failed","why":{"code":7,"text":"no room"}}`}}, nil, ErrJobFailed, "failed", seconds(0, 2)},
		{"unknown status", []answer{running, {body: `{"state":"paused"}`}}, nil, ErrJobStatus, "paused", seconds(0, 2)},
		{"no status", []answer{{body: `{}`}}, nil, ErrJobStatus, "", seconds(0)},
		{"lost looks", []answer{running, down, running, done}, nil, nil, "done", seconds(0, 2, 42, 47.25)},
		{"gone", []answer{running, {status: 404}}, nil, ErrNotFound, "running", seconds(0, 2)},
		{"not there yet", []answer{{status: 404}, {status: 404}, done}, func(r *JobRule) { r.Lag = 5 * time.Second }, nil, "done", seconds(0, 2, 4)},
		{"never there", []answer{{status: 404}}, func(r *JobRule) { r.Lag = 3 * time.Second }, ErrNotFound, "", seconds(0, 2, 4)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, rule := &server{answers: tc.answers}, jobRule()
				if tc.rule != nil {
					tc.rule(rule)
				}
				job, err := waitFor(t.Context(), t, s, rule)
				if got := s.times(); !slices.Equal(got, tc.looks) {
					t.Errorf("looked at %v, want %v", got, tc.looks)
				}
				if tc.want == nil {
					if err != nil || job.URL != "u" && tc.status == "done" {
						t.Fatalf("%+v: %v", job, err)
					}
					return
				}
				failed, ok := errors.AsType[*JobError](err)
				if !ok || !errors.Is(err, tc.want) || failed.ID != "j1" || failed.Status != tc.status {
					t.Fatalf("%+v", err)
				}
				if _, ok := errors.AsType[*APIError](err); !ok {
					t.Errorf("%v has no error of a call", err)
				}
				if tc.want == ErrJobFailed && failed.Reason != "7: no room" {
					t.Errorf("reason %q", failed.Reason)
				}
			})
		})
	}
}

// A job that takes long is looked at less and less, up to once a minute.
func TestWaitForLongJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var last time.Time
		var longest time.Duration
		looks := 0
		begun := time.Now()
		s := &server{handle: func(n int, _ *http.Request) answer {
			if n > 1 {
				longest = max(longest, time.Since(last))
			}
			last, looks = time.Now(), n
			if time.Since(begun) > 2*time.Hour {
				return answer{body: `{"state":"done"}`}
			}
			return answer{body: `{"state":"queued"}`}
		}}
		if _, err := waitFor(t.Context(), t, s, jobRule()); err != nil || longest != time.Minute || looks > 160 {
			t.Errorf("%d looks, at most %s apart: %v", looks, longest, err)
		}
	})
}

// What goes on failing ends the wait; the job can be waited for again.
func TestWaitForLostJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{handle: func(n int, _ *http.Request) answer {
			if n == 1 {
				return answer{body: `{"state":"running"}`}
			}
			return answer{status: 502}
		}}
		job, err := waitFor(t.Context(), t, s, jobRule())
		failed, ok := errors.AsType[*JobError](err)
		if !ok || !errors.Is(err, ErrUnavailable) || failed.ID != "j1" || job == nil || job.State != "running" {
			t.Fatalf("%+v: %v", job, err)
		}
		if want := "test jobs.get: unavailable (status 502, 3 attempts): the job was last seen as running"; err.Error() != want {
			t.Errorf("got %s\nwant %s", err, want)
		}
		if n := len(s.requests()); n != 1+maxLooksLost*DefaultMaxAttempts {
			t.Errorf("%d requests", n)
		}
	})
}

// The last look is before the deadline; where none fits, the wait ends at once.
func TestWaitForJobUntilDeadline(t *testing.T) {
	for _, tc := range []struct {
		name   string
		header string
		within time.Duration
		looks  []time.Duration
		after  time.Duration
	}{
		{"one more look", "", 5 * time.Second, seconds(0, 2, 4), 4 * time.Second},
		{"no look fits", "", time.Second, seconds(0), 0},
		{"asked to wait longer", "Retry-After: 60", 30 * time.Second, seconds(0), 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begun := time.Now()
				ctx, cancel := context.WithTimeout(t.Context(), tc.within)
				defer cancel()
				s := &server{answers: []answer{{body: `{"state":"running"}`, header: tc.header}}}
				_, err := waitFor(ctx, t, s, jobRule())
				failed, ok := errors.AsType[*JobError](err)
				if !ok || !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, ErrTimeout) || failed.ID != "j1" || failed.Status != "running" {
					t.Errorf("%+v", err)
				}
				if got := s.times(); !slices.Equal(got, tc.looks) || time.Since(begun) != tc.after {
					t.Errorf("looked at %v, and came back after %s", got, time.Since(begun))
				}
			})
		})
	}
}

// A wait ends when its context does, also in the middle of a pause.
func TestWaitForJobCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		begun := time.Now()
		time.AfterFunc(3*time.Second, cancel)
		var e events
		op := jobOp()
		s := &server{answers: []answer{{body: `{"state":"running"}`}}}
		_, err := Wait[testJob](ctx, newTestClient(t, op.API, s, WithRandom(still), WithObserver(&e)), op, jobRule(), jobParams{"j1"}, nil)
		if !errors.Is(err, context.Canceled) || time.Since(begun) != 3*time.Second {
			t.Errorf("%v after %s", err, time.Since(begun))
		}
		waits := eventsOf[WaitEvent](&e)
		if len(waits) != 2 || waits[0].Reason != WaitJob || waits[0].Reason.String() != "job" || waits[0].For != 2*time.Second {
			t.Errorf("%+v", waits)
		}
	})
}
