// Command demo shows the whole of Porin on the committed Slack connector: the
// spec is checked, the generated package is current, a program works through
// an expired token, a refusal and a lost answer, and the gauntlet scores it.
// It calls the packages that the commands call, and builds no OpenAPI reader, so
// that it is quick on a machine that has built nothing yet. Run it at the root of
// the repository, with `make demo`.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/porin-dev/porin/codegen"
	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/connectors/slack"
	rt "github.com/porin-dev/porin/runtime"
	"github.com/porin-dev/porin/runtime/gauntlet"
	"github.com/porin-dev/porin/runtime/twin"
)

const dir = "connectors/slack"

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintf(os.Stderr, "demo: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	title("1. The spec is checked, as by `porin vet %s`", dir)
	c, err := vet()
	if err != nil {
		return err
	}
	title("2. The generated package is what the spec says, as by `porin generate --check %s`", dir)
	if err := checkGenerated(c); err != nil {
		return err
	}
	title("3. A program works through three faults of the twin")
	if err := workload(ctx, c); err != nil {
		return err
	}
	title("4. The gauntlet scores the client, as by `porin test %s`", dir)
	return score()
}

func title(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	fmt.Printf("\n%s\n%s\n", text, strings.Repeat("-", len(text)))
}

func vet() (*ir.Connector, error) {
	c, pkg, report := compiler.Load(dir)
	if pkg == nil || c == nil {
		return nil, fmt.Errorf("%s has errors: go run ./cmd/porin vet %s shows them", dir, dir)
	}
	actions := 0
	for range c.AllActions() {
		actions++
	}
	fmt.Printf("%d actions, %d types, %d facts with their source, %d assumptions\n", actions, len(c.Types), len(c.Evidence)-len(compiler.Assumptions(c)), len(compiler.Assumptions(c)))
	return c, diag.Render(os.Stdout, report.Diagnostics(), pkg.Sources(), diag.RenderOptions{})
}

func checkGenerated(c *ir.Connector) error {
	files, err := codegen.Generate(c, codegen.Options{ImportPath: "github.com/porin-dev/porin/" + dir})
	if err != nil {
		return err
	}
	lines := 0
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(dir, f.Path))
		if err != nil || !bytes.Equal(data, f.Content) {
			return fmt.Errorf("%s is not what the spec says: run go run ./cmd/porin generate %s", filepath.Join(dir, f.Path), dir)
		}
		lines += bytes.Count(data, []byte("\n"))
	}
	fmt.Printf("%d files, %d lines\n", len(files), lines)
	return nil
}

// score runs the generated test package, as porin test does.
func score() error {
	file := filepath.Join(os.TempDir(), fmt.Sprintf("porin-demo-%d.json", os.Getpid()))
	defer os.Remove(file)
	cmd := exec.Command("go", "test", "-count=1", "-vet=off", "-run=^TestGauntlet$", "./"+dir+"/slacktest")
	cmd.Env = append(os.Environ(), gauntlet.EnvReport+"="+file)
	out, testErr := cmd.CombinedOutput()
	data, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("the gauntlet did not run: %w\n%s", testErr, out)
	}
	report, err := gauntlet.ReadReport(data)
	if err != nil {
		return err
	}
	return errors.Join(report.WriteTable(os.Stdout, false), testErr)
}

// workload connects a workspace, lists its channels and posts a message,
// while the twin expires the token, refuses a call and loses an answer.
func workload(ctx context.Context, c *ir.Connector) error {
	t := twin.New(c, twin.Options{Seed: 1, Volume: map[string]int{"channels": 600}})
	base, stop, err := serve(t)
	if err != nil {
		return err
	}
	defer stop()
	client, err := connect(ctx, t, base)
	if err != nil {
		return err
	}
	for _, f := range []twin.Fault{
		{ID: "auth/expiry-mid-list", Times: 1},
		{ID: "limits/429-seconds", Scope: twin.Scope{Action: "conversations.list", Nth: 3}, Times: 1, Params: map[string]string{"wait": "1s"}},
		{ID: "status/committed-then-lost", Scope: twin.Scope{Action: "chat.postMessage"}, Times: 1},
	} {
		if _, err := t.Arm(f); err != nil {
			return err
		}
	}
	channel, err := list(ctx, client)
	if err != nil {
		return err
	}
	if err := post(ctx, client, channel); err != nil {
		return err
	}
	started := t.Journal().Entries()[0].Time
	fmt.Println("\nwhat the twin saw:")
	for _, e := range t.Journal().Entries() {
		fmt.Println("  " + e.Line(started))
	}
	return nil
}

// list goes through all channels and returns the id of the first.
func list(ctx context.Context, client *slack.Client) (first string, err error) {
	start, n := time.Now(), 0
	for ch, err := range client.Conversations.All(ctx, slack.ConversationsListParams{}) {
		if err != nil {
			return first, err
		}
		if n == 0 {
			first = ch.ID
		}
		n++
	}
	fmt.Printf("listed %d channels in %.1f s, through an expired token and a refusal with Retry-After\n", n, time.Since(start).Seconds())
	return first, nil
}

// post sends a message whose answer is lost. It took effect, so sending it
// again would post it twice: the client says that it does not know.
func post(ctx context.Context, client *slack.Client, channel string) error {
	_, err := client.Chat.PostMessage(ctx, slack.ChatPostMessageParams{Channel: channel, Text: slack.Some("deployed")})
	if !errors.Is(err, slack.ErrOutcomeUnknown) {
		return fmt.Errorf("the answer was lost, and the client says: %v", err)
	}
	fmt.Printf("posted once; the answer was lost: %v\n", err)
	return nil
}

// serve serves the twin on a port of this machine.
func serve(t *twin.Twin) (base string, stop func() error, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	srv := &http.Server{Handler: t.Handler(), ReadHeaderTimeout: time.Minute}
	go srv.Serve(l) // Ends with Close.
	return "http://" + l.Addr().String(), srv.Close, nil
}

// connect goes through the code flow, as a user's browser would.
func connect(ctx context.Context, t *twin.Twin, base string) (*slack.Client, error) {
	ready := t.Ready(base)
	app, err := slack.NewApp(slack.AppConfig{ClientID: ready.OAuth.ClientID, ClientSecret: slack.NewSecret(ready.OAuth.ClientSecret)},
		slack.WithTransport(toTwin{strings.TrimPrefix(base, "http://")}))
	if err != nil {
		return nil, err
	}
	attempt, err := app.AuthCodeURL(rt.AuthRequest{RedirectURL: "https://app.example.com/callback"})
	if err != nil {
		return nil, err
	}
	browser := &http.Client{Transport: toTwin{strings.TrimPrefix(base, "http://")}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := browser.Get(attempt.URL)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	back, err := resp.Location()
	if err != nil {
		return nil, err
	}
	account := ready.Accounts[0].ID
	_, err = app.Exchange(ctx, rt.CodeGrant{Account: account, Code: back.Query().Get("code"), Verifier: attempt.Verifier, RedirectURL: "https://app.example.com/callback"})
	if err != nil {
		return nil, err
	}
	fmt.Printf("connected %s through the OAuth code flow\n", account)
	return app.Client(account)
}

// toTwin sends requests for the provider to the twin.
type toTwin struct{ addr string }

func (t toTwin) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Host, req.URL.Scheme, req.URL.Host = t.addr, "http", t.addr
	return http.DefaultTransport.RoundTrip(req)
}
