package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"time"

	"github.com/porin-dev/porin/runtime/gauntlet"
)

type session struct {
	app     *app
	account account
}

// Call implements [gauntlet.Session].
func (s *session) Call(ctx context.Context, action string, params gauntlet.JSON) (gauntlet.JSON, error) {
	var got *answer
	err := s.do(ctx, action, params, func(a *answer) bool { got = a; return true })
	if err != nil {
		return nil, err
	}
	return got.Result, nil
}

// List implements [gauntlet.Session].
func (s *session) List(ctx context.Context, action string, params gauntlet.JSON) iter.Seq2[gauntlet.JSON, error] {
	return func(yield func(gauntlet.JSON, error) bool) {
		left := false
		err := s.do(ctx, action, params, func(a *answer) bool {
			if len(a.Item) > 0 && !left {
				left = !yield(a.Item, nil)
			}
			return a.Done || left
		})
		if err != nil && !left {
			yield(nil, err)
		}
	}
}

// Wait implements [gauntlet.Waiter].
func (s *session) Wait(ctx context.Context, action string, params gauntlet.JSON) (gauntlet.JSON, error) {
	if !s.app.driver.Offers(gauntlet.Jobs) {
		return nil, fmt.Errorf("%w: the library leaves it to its callers to look how far a job is", gauntlet.ErrNotOffered)
	}
	return s.Call(ctx, action, params)
}

// InParts implements [gauntlet.Batcher].
func (s *session) InParts(ctx context.Context, action string, params gauntlet.JSON) ([]gauntlet.ItemResult, error) {
	if !s.app.driver.Offers(gauntlet.Batches) {
		return nil, fmt.Errorf("%w: the library leaves it to its callers to divide items into calls", gauntlet.ErrNotOffered)
	}
	var got *answer
	if err := s.do(ctx, action, params, func(a *answer) bool { got = a; return true }); err != nil {
		return nil, err
	}
	told := make([]gauntlet.ItemResult, len(got.Outcomes))
	for i, o := range got.Outcomes {
		if told[i].Result = o.Result; o.Error != nil {
			told[i].Err = o.Error
		}
	}
	return told, nil
}

// overdue is how long after its deadline a call may be answered before the process
// is ended.
const overdue = 3 * time.Second

func (s *session) do(ctx context.Context, action string, params gauntlet.JSON, each func(*answer) bool) error {
	deadline, _ := ctx.Deadline() // A scenario always sets one.
	until, keeps := deadline, s.app.driver.Offers(gauntlet.Deadlines)
	if keeps {
		until = deadline.Add(overdue)
	}
	within, cancel := context.WithDeadline(context.WithoutCancel(ctx), until)
	defer cancel()
	err := s.app.ask(within, request{
		Do: gauntlet.Workload(ctx), Action: action, Params: params, Key: gauntlet.KeyOf(ctx), Account: s.account, Timeout: time.Until(deadline).Milliseconds(),
	}, each)
	if errors.Is(err, context.DeadlineExceeded) && !keeps {
		return gauntlet.ErrGaveUp
	}
	if errors.Is(err, context.DeadlineExceeded) {
		s.app.fail(fmt.Errorf("%w a call of %s within %s of its deadline", gauntlet.ErrOverdue, action, overdue))
		return fmt.Errorf("%w: %w", gauntlet.ErrBroken, s.app.failure())
	}
	return err
}

// receiver is where a driver serves a webhook.
type receiver struct {
	http.Handler
	address string
}

// Address implements [gauntlet.Receiver].
func (r receiver) Address() string { return r.address }

// forward passes requests on to an address, as they are.
func forward(to *url.URL) gauntlet.Receiver {
	client := &http.Client{
		Timeout:       startWithin,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return receiver{address: to.String(), Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		out := r.Clone(r.Context())
		out.RequestURI, out.Host = "", ""
		at := *to
		at.RawQuery = r.URL.RawQuery
		out.URL = &at
		resp, err := client.Do(out)
		if err != nil {
			rw.WriteHeader(http.StatusBadGateway) // Nobody accepted it.
			return
		}
		defer resp.Body.Close()
		for name, values := range resp.Header {
			rw.Header()[name] = values
		}
		rw.WriteHeader(resp.StatusCode)
		_, _ = io.Copy(rw, io.LimitReader(resp.Body, maxLine)) // What is lost is missed by the oracle.
	})}
}
