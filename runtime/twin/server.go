package twin

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

// ControlPath is where a served twin is steered.
const ControlPath = "/_porin/"

// stopAfter is how long requests under way may take when a server stops.
const stopAfter = 2 * time.Second

// Ready is what a client needs to know of a served twin.
type Ready struct {
	Servers  map[string]string `json:"servers"`
	Accounts []Account         `json:"accounts"`
	OAuth    OAuth             `json:"oauth"`
	Control  string            `json:"control"`
	// Resources are what the twin keeps: calls of other things are answered with what it makes up.
	Resources []string `json:"resources"`
	// Authority is the certificate to trust, in PEM, where the twin is served over TLS.
	Authority string `json:"authority,omitempty"`
	// Webhooks has the signing secret of each webhook.
	Webhooks map[string]string `json:"webhooks,omitempty"`
}

// Ready describes the twin as it is served under a base address such as
// http://127.0.0.1:8080.
func (t *Twin) Ready(base string) Ready {
	base = strings.TrimSuffix(base, "/")
	r := Ready{
		Servers:  map[string]string{},
		Accounts: t.Accounts(),
		OAuth:    t.client(),
		Control:  base + ControlPath,

		Resources: []string{},
	}
	if strings.HasPrefix(base, "https:") {
		r.Authority = t.Authority()
	}
	for _, m := range t.idx.servers {
		r.Servers[m.name] = base + m.served
	}
	for _, kept := range t.spec.Resources {
		r.Resources = append(r.Resources, kept.Name)
	}
	for _, e := range t.idx.endpoints {
		switch {
		case e.route == RouteToken && r.OAuth.Token == "":
			r.OAuth.Token = base + e.served
		case e.route == RoutePushed && r.OAuth.Pushed == "":
			r.OAuth.Pushed = base + e.served
		case (e.route == RouteAuthorize || e.route == RouteDevice) && r.OAuth.Authorize == "":
			r.OAuth.Authorize = base + e.served
		}
	}
	for _, w := range t.spec.Webhooks {
		if secret := t.SigningSecret(w.Name); secret != "" {
			if r.Webhooks == nil {
				r.Webhooks = map[string]string{}
			}
			r.Webhooks[w.Name] = secret
		}
	}
	return r
}

// Serve serves the twin and its control endpoints on an address until the
// context ends, and then stops: requests under way have two seconds, and
// connections that a fault holds are closed at once. The port 0 picks a free
// one; ready is called with what clients need as soon as connections are
// accepted. The error is nil after an orderly stop.
func (t *Twin) Serve(ctx context.Context, addr string, ready func(Ready)) error {
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	scheme := "http://"
	if t.opt.TLS {
		scheme, ln = "https://", tls.NewListener(ln, t.TLSConfig())
	}
	base, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	srv := &http.Server{
		Handler:           t.handler(append(slices.Clone(t.opt.Hosts), listened(addr))),
		BaseContext:       func(net.Listener) context.Context { return base },
		ReadHeaderTimeout: 30 * time.Second,
	}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(ln) }()
	if ready != nil {
		ready(t.Ready(scheme + ln.Addr().String()))
	}
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	stop() // Ends the requests that hang, and closes the connections that faults hold.
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopAfter)
	defer cancel()
	err = srv.Shutdown(grace)
	if errors.Is(err, context.DeadlineExceeded) {
		err = srv.Close()
	}
	<-done
	return err
}

// Handler returns the twin with its control endpoints, for a server of one's
// own. Control endpoints are refused to the pages of other sites, and under names other
// than those of loopback and of [Options].
func (t *Twin) Handler() http.Handler { return t.handler(t.opt.Hosts) }

func (t *Twin) handler(hosts []string) http.Handler {
	control := t.Control()
	if t.opt.Control != nil {
		control = t.opt.Control(t)
	}
	control = guard(control, hosts)
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		switch path := r.URL.Path; {
		case path+"/" == ControlPath:
			http.Redirect(rw, r, ControlPath, http.StatusTemporaryRedirect)
		case strings.HasPrefix(path, ControlPath) && !strings.HasPrefix(path, uploadPath) && !strings.HasPrefix(path, foreignPath):
			control.ServeHTTP(rw, r)
		default:
			t.ServeHTTP(rw, r)
		}
	})
}
