package process

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/porin-dev/porin/runtime"
	"github.com/porin-dev/porin/runtime/gauntlet"
)

// Serve makes a program of a driver in Go: it answers the requests of in on out
// until in ends. It is how a generated package is judged like anybody's client:
//
//	func main() { process.Serve(slacktest.Driver(), "", os.Stdin, os.Stdout) }
//
// A driver that does not implement [gauntlet.Modest] offers every feature.
func Serve(d gauntlet.Driver, version string, in io.Reader, out io.Writer) error {
	s := &server{driver: d, version: version, out: out, sessions: map[string]gauntlet.Session{}}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxLine)
	var work sync.WaitGroup
	defer work.Wait()
	for lines.Scan() {
		var r request
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return fmt.Errorf("a request cannot be read: %w", err)
		}
		if r.Do == doStart { // Everything else needs it.
			if err := s.start(r); err != nil {
				return err
			}
			continue
		}
		work.Go(func() { s.serve(r) })
	}
	if s.app != nil {
		s.app.Close()
	}
	return lines.Err()
}

type server struct {
	driver  gauntlet.Driver
	version string
	store   runtime.MemoryStore
	target  gauntlet.Target
	app     gauntlet.App

	mu       sync.Mutex
	out      io.Writer
	sessions map[string]gauntlet.Session
}

func (s *server) say(a answer) {
	b, err := json.Marshal(a)
	if err != nil {
		b, _ = json.Marshal(answer{ID: a.ID, Error: &failure{Text: err.Error()}}) // Of strings alone.
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, _ = s.out.Write(append(b, '\n')) // Nobody reads it any more: the input ends, too.
}

func (s *server) start(r request) error {
	hello := answer{ID: r.ID, Name: s.driver.Name(), Version: s.version}
	for _, f := range gauntlet.Features() {
		m, modest := s.driver.(gauntlet.Modest)
		if !modest || m.Offers(f) {
			hello.Offers = append(hello.Offers, f)
		}
	}
	s.target = gauntlet.Target{
		Transport: http.DefaultTransport, Servers: r.Servers, Settings: r.Settings, Store: &s.store, Secrets: map[string][]string{},
		ClientID: r.ClientID, ClientSecret: r.ClientSecret, Certificate: r.Certificate, CertificateKey: r.CertificateKey, MaxWait: time.Duration(r.MaxWait) * time.Millisecond,
		Drift: func(d gauntlet.Drift) { s.say(answer{Drift: &d}) },
	}
	if len(r.Servers) > 0 { // Else it is asked what it is, no more.
		app, err := s.driver.App(s.target)
		if err != nil {
			return fmt.Errorf("the client cannot be set up: %w", err)
		}
		s.app = app
	}
	s.say(hello)
	return nil
}

func (s *server) serve(r request) {
	switch {
	case r.Do == doReceive:
		s.listen(r)
	case r.Action == "" || s.app == nil:
		s.say(answer{ID: r.ID, NotOffered: "there is nothing to " + r.Do})
	default:
		ctx, cancel := context.WithTimeout(context.Background(), time.Duration(r.Timeout)*time.Millisecond)
		defer cancel()
		done := answer{ID: r.ID, Done: true}
		if err := s.work(gauntlet.WithKey(ctx, r.Key), r, &done); err != nil {
			done.Error = s.explain(err)
		}
		s.say(done)
	}
}

func (s *server) explain(err error) *failure {
	f := s.app.Explain(err)
	return &failure{
		Typed: f.Typed, Class: f.Class, Code: f.Code, Status: f.Status, RequestID: f.RequestID, Unknown: f.OutcomeUnknown, Text: f.Text,
	}
}

func (s *server) work(ctx context.Context, r request, done *answer) error {
	session, err := s.session(ctx, r.Account)
	if err != nil {
		return err
	}
	if r.Do == "list" {
		for item, err := range session.List(ctx, r.Action, r.Params) {
			if err != nil {
				return err
			}
			s.say(answer{ID: r.ID, Item: item})
		}
		return nil
	}
	if r.Do == doBatch {
		return s.batch(ctx, session, r, done)
	}
	call := session.Call
	if r.Do == doWait {
		waiter, ok := session.(gauntlet.Waiter)
		if !ok {
			done.NotOffered = "there is no method that waits for a job"
			return nil
		}
		call = waiter.Wait
	}
	result, err := call(ctx, r.Action, r.Params)
	if err != nil {
		return err // And not what came with it: an answer is one of both.
	}
	if len(result) == 0 {
		result = gauntlet.JSON("null") // The action returns nothing.
	}
	done.Result = result
	return nil
}

// batch sends items, each of which has an outcome. That some failed is not an error of
// the whole.
func (s *server) batch(ctx context.Context, session gauntlet.Session, r request, done *answer) error {
	batcher, ok := session.(gauntlet.Batcher)
	if !ok {
		done.NotOffered = "there is no method that takes any number of items"
		return nil
	}
	told, err := batcher.InParts(ctx, r.Action, r.Params)
	if len(told) == 0 {
		return err
	}
	done.Outcomes = make([]outcome, len(told))
	for i, one := range told {
		switch {
		case one.Err != nil:
			done.Outcomes[i].Error = s.explain(one.Err)
		case len(one.Result) == 0:
			done.Outcomes[i].Result = gauntlet.JSON("null")
		default:
			done.Outcomes[i].Result = one.Result
		}
	}
	return nil
}

// session opens an account's connection, once.
func (s *server) session(ctx context.Context, a account) (gauntlet.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := a.ID + " " + a.Method + " " + a.Stored
	if open, ok := s.sessions[key]; ok {
		return open, nil
	}
	if a.Stored != "" {
		_, err := s.store.Save(ctx, a.ID, a.Stored, runtime.Token{
			Access: runtime.NewSecret(a.Token), Refresh: runtime.NewSecret(a.Refresh), Issued: time.Now(), Expiry: a.Expires, Settings: s.target.Settings,
		}, 0)
		if err != nil {
			return nil, err
		}
		a.Token = ""
	}
	open, err := s.app.Session(gauntlet.Account{ID: a.ID, Method: a.Method, Token: a.Token, Stored: a.Stored, Tokens: a.Tokens, Cred: a.Cred})
	if err == nil {
		s.sessions[key] = open
	}
	return open, err
}

// listen serves a webhook for as long as the program runs.
func (s *server) listen(r request) {
	s.target.Secrets[r.Webhook] = r.Secrets
	s.target.WebhookAudience, s.target.WebhookToken = r.Audience, r.Verify
	app, err := s.driver.App(s.target)
	if err != nil {
		s.say(answer{ID: r.ID, NotOffered: err.Error()})
		return
	}
	h, err := app.Handler(r.Webhook, func(_ context.Context, id string, event gauntlet.JSON) error {
		s.say(answer{ID: r.ID, Delivery: id, Event: event})
		return nil
	})
	if err != nil {
		s.say(answer{ID: r.ID, NotOffered: err.Error()})
		return
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.say(answer{ID: r.ID, NotOffered: err.Error()})
		return
	}
	s.say(answer{ID: r.ID, URL: "http://" + ln.Addr().String() + "/"})
	srv := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	go srv.Serve(ln) //nolint:errcheck // It ends with the program.
}
