package runtime

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
)

// TestRecover loses the answers of creates, and answers to the operation that looks for
// what they made.
func TestRecover(t *testing.T) {
	found := answer{body: `{"found":[{"id":"m-1","big":9007199254740993}]}`}
	none, null := answer{body: `{"found":[]}`}, answer{body: `{"found":[null]}`}
	for name, tc := range map[string]struct {
		creates, looks []answer
		opts           []Option
		sent           string // In order: c for a create, l for a look.
		want           error  // nil: success.
		unknown        bool
	}{
		"took effect":                     {creates: []answer{lostReply}, looks: []answer{found}, sent: "cl"},
		"took effect, one attempt":        {creates: []answer{lostReply}, looks: []answer{found}, opts: []Option{WithMaxAttempts(1)}, sent: "cl"},
		"took effect, an answer cut":      {creates: []answer{{body: `{"ma`}}, looks: []answer{found}, sent: "cl"},
		"took effect, status 503":         {creates: []answer{down}, looks: []answer{found}, sent: "cl"},
		"no effect":                       {creates: []answer{lostReply, {body: `{"made":{"id":"m-2"}}`}}, looks: []answer{none}, sent: "clc"},
		"no effect, null":                 {creates: []answer{lostReply, {body: `{"made":{"id":"m-2"}}`}}, looks: []answer{null}, sent: "clc"},
		"no effect, not found":            {creates: []answer{lostReply, {body: `{"made":{"id":"m-2"}}`}}, looks: []answer{{status: 404}}, sent: "clc"},
		"twice no effect":                 {creates: []answer{down}, looks: []answer{none}, sent: "clclcl", want: ErrUnavailable, unknown: true},
		"no effect, refused then":         {creates: []answer{lostReply, {status: 400}}, looks: []answer{none}, sent: "clc", want: ErrInvalid},
		"took effect late":                {creates: []answer{lostReply, {status: 409}}, looks: []answer{none, found}, sent: "clcl"},
		"a conflict with something else":  {creates: []answer{lostReply, {status: 409}}, looks: []answer{none}, sent: "clcl", want: ErrConflict},
		"an answer without a list":        {creates: []answer{lostReply}, looks: []answer{{body: `{}`}}, sent: "cl", want: errReset, unknown: true},
		"an answer without a body":        {creates: []answer{lostReply}, looks: []answer{{status: 204}}, sent: "cl", want: errReset, unknown: true},
		"nobody can tell":                 {creates: []answer{lostReply}, looks: []answer{{status: 403}}, sent: "cl", want: errReset, unknown: true},
		"nobody can tell, one attempt":    {creates: []answer{lostReply}, looks: []answer{down}, opts: []Option{WithMaxAttempts(1)}, sent: "cl", want: errReset, unknown: true},
		"the look is answered with HTML":  {creates: []answer{lostReply}, looks: []answer{{body: "<html>"}}, sent: "clll", want: errReset, unknown: true},
		"a look that fails in passing":    {creates: []answer{lostReply}, looks: []answer{down, found}, sent: "cll"},
		"refused: there is nothing to do": {creates: []answer{{status: 400}}, sent: "c", want: ErrInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sent := ""
				s := &server{}
				s.handle = func(_ int, r *http.Request) answer {
					kind, answers := "c", tc.creates
					if r.Method == http.MethodGet {
						kind, answers = "l", tc.looks
						if got := r.URL.Query().Encode(); got != "limit=1&q=key%3Aours%2F7&seen=true" {
							t.Errorf("the look has the query %s", got)
						}
					}
					sent += kind
					return answers[min(strings.Count(sent, kind), len(answers))-1]
				}
				var out struct {
					Made struct {
						ID  string      `json:"id"`
						Big json.Number `json:"big"`
					} `json:"made"`
				}
				in := recoverParams{"ours", 7, true}
				var resp Response
				op, rule := recoverOp()
				err := newTestClient(t, testAPI(), s, tc.opts...).DoOrFind(context.Background(), op, rule, in, &out, []CallOption{WithResponse(&resp)})
				switch {
				case sent != tc.sent:
					t.Errorf("sent %s, want %s", sent, tc.sent)
				case tc.want == nil && (err != nil || !strings.HasPrefix(out.Made.ID, "m-")):
					t.Errorf("got %+v, %v", out, err)
				case tc.want == nil && strings.HasSuffix(sent, "l") && out.Made.Big != "9007199254740993":
					t.Errorf("got %+v", out)
				case tc.want != nil && (!errors.Is(err, tc.want) || errors.Is(err, ErrOutcomeUnknown) != tc.unknown || out.Made.ID != ""):
					t.Errorf("error %v, result %+v", err, out)
				}
			})
		})
	}
}

// TestRecoverWithoutMark makes calls that lack what would tell their effect from others:
// nothing is looked for, as what is found would be anybody's.
func TestRecoverWithoutMark(t *testing.T) {
	for name, in := range map[string]any{
		"absent": struct {
			Part int  `json:"part"`
			Seen bool `json:"seen"`
		}{7, true},
		"empty": recoverParams{"", 7, true},
		"null": struct {
			recoverParams
			Seen *bool `json:"seen"`
		}{recoverParams: recoverParams{Name: "ours"}},
	} {
		s := &server{answers: []answer{lostReply}}
		op, rule := recoverOp()
		err := newTestClient(t, testAPI(), s).DoOrFind(t.Context(), op, rule, in, nil, nil)
		if !errors.Is(err, ErrOutcomeUnknown) || !errors.Is(err, errReset) || len(s.requests()) != 1 || !strings.Contains(err.Error(), errNoMark.Error()) {
			t.Errorf("%s: %d requests, error %v", name, len(s.requests()), err)
		}
	}
}

// TestRecoverLeft ends a call while it waits: nothing is looked for on behalf of a caller
// who left.
func TestRecoverLeft(t *testing.T) {
	ctx, leave := context.WithCancel(t.Context())
	s := &server{handle: func(int, *http.Request) answer { leave(); return lostReply }}
	op, rule := recoverOp()
	err := newTestClient(t, testAPI(), s).DoOrFind(ctx, op, rule, recoverParams{"ours", 7, true}, nil, nil)
	if !errors.Is(err, ErrOutcomeUnknown) || len(s.requests()) != 1 {
		t.Errorf("%d requests, error %v", len(s.requests()), err)
	}
}

type recoverParams struct {
	Name string `json:"name"`
	Part int    `json:"part"`
	Seen bool   `json:"seen"`
}

// recoverOp makes things that a second operation finds by name and part.
func recoverOp() (*Op, *RecoverRule) {
	look := testOp(testAPI())
	look.Name, look.Path, look.Effect = "things.find", "find", EffectRead
	look.Params = []Param{{Field: "limit"}, {Field: "q"}, {Field: "seen"}}
	op := testOp(testAPI())
	op.Method, op.Effect, op.Body = "POST", EffectCreate, Body{As: BodyJSON}
	return op, &RecoverRule{
		Op: look,
		With: []Given{
			{Field: "limit", Value: "1"},
			{Field: "q", Text: []string{"key:", "name", "/", "part"}},
			{Field: "seen", From: "seen"},
		},
		Find: Path{"found", "0"},
		Put:  Path{"made"},
	}
}
