package main

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/porin-dev/porin/golden/openapi"
)

// api is a provider whose twin judges clients. Without a connector in the
// repository it is drafted from a document of PORIN_CORPUS.
type api struct {
	name     string
	spec     string // Folder of the committed connector,
	document string // or the document,
	only     string // of which these actions are drafted.
}

var (
	slack  = &api{name: "slack", spec: "connectors/slack"}
	stripe = &api{name: "stripe", document: "stripe.json.gz", only: "products.list,products.get,products.create"}
	github = &api{name: "github", document: "github.json.gz", only: "issues.listForRepo,issues.get,issues.create"}

	// Those that oapi-codegen can handle, of which it has a client.
	petstore = &api{name: "petstore", document: "petstore-v3.yaml", only: "pet.findByStatus,pet.get,pet.add"}
	adyen    = &api{name: "adyen", document: "adyen-checkout.json", only: "paymentLinks.get,paymentLinks.create"}
	twilio   = &api{name: "twilio", document: "twilio-messaging.json", only: "services.list,services.get,services.create"}
)

var apis = []*api{slack, stripe, github, petstore, adyen, twilio}

// client is a library with its driver. One without a command is ours, generated
// from the spec.
type client struct {
	api     *api
	name    string   // A Go package or a file of golden/sdk.
	command []string // With its arguments; the first word is a Go package, an npm driver or "oapi-codegen".
}

// npm reports whether the client is one in Node.
func (c client) npm() bool { return len(c.command) > 0 && strings.HasSuffix(c.command[0], ".mjs") }

// clients are judged in this order.
var clients = []client{
	{slack, "porin", nil},
	{slack, "slack-go", []string{"slackgo"}},
	{slack, "slack-go, all retries", []string{"slackgo", "all"}},
	{slack, "@slack/web-api", []string{"slack.mjs"}},
	{slack, "net/http", []string{"nethttp"}},
	{stripe, "porin", nil},
	{stripe, "stripe-go", []string{"stripego"}},
	{stripe, "stripe (npm)", []string{"stripe.mjs"}},
	{github, "porin", nil},
	{github, "go-github", []string{"gogithub"}},
	{github, "octokit", []string{"octokit.mjs"}},
	{petstore, "porin", nil},
	{petstore, "oapi-codegen", []string{"oapi-codegen"}},
	{adyen, "porin", nil},
	{adyen, "oapi-codegen", []string{"oapi-codegen"}},
	{twilio, "porin", nil},
	{twilio, "oapi-codegen", []string{"oapi-codegen"}},
}

// bench is where what is judged is built.
type bench struct {
	dir   string // Outside of the repository.
	local string // Inside of the module, for packages that are generated; removed at the end.
}

func openBench() (*bench, error) {
	dir, err := os.MkdirTemp("", "porin-clients-")
	if err != nil {
		return nil, err
	}
	local, err := os.MkdirTemp("golden/clients", "drafted")
	if err != nil {
		_ = os.RemoveAll(dir)
		return nil, err
	}
	return &bench{dir, local}, nil
}

func (b *bench) close() {
	_ = os.RemoveAll(b.dir)
	_ = os.RemoveAll(b.local)
}

// run runs a command, and shows what it said when it fails.
func run(ctx context.Context, dir string, command ...string) error {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(command, " "), err, out)
	}
	return nil
}

// prepare builds the drivers in Go, and installs the packages of those in Node.
func (b *bench) prepare(ctx context.Context, npm bool) error {
	if err := run(ctx, "golden/sdk", "go", "build", "-o", b.dir+"/", "./..."); err != nil {
		return err
	}
	if !npm {
		return nil
	}
	if err := os.CopyFS(filepath.Join(b.dir, "npm"), os.DirFS("golden/sdk/npm")); err != nil {
		return err
	}
	return run(ctx, filepath.Join(b.dir, "npm"), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
}

// open returns the folder of an API's spec. A drafted one is generated, too.
func (b *bench) open(ctx context.Context, a *api) error {
	if a.spec != "" {
		return nil
	}
	corpus, err := openapi.Dir()
	if err != nil {
		return err
	}
	if err := unpack(filepath.Join(corpus, a.document), b.document(a)); err != nil {
		return err
	}
	a.spec = filepath.Join(b.local, a.name)
	if err := run(ctx, ".", "go", "run", "./cmd/porin", "draft", b.document(a), "-o", a.spec, "--only", a.only); err != nil {
		return err
	}
	return run(ctx, ".", "go", "run", "./cmd/porin", "generate", a.spec)
}

// document is where the document of an API lies, unpacked.
func (b *bench) document(a *api) string {
	return filepath.Join(b.dir, strings.TrimSuffix(a.document, ".gz"))
}

func unpack(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	if !strings.HasSuffix(from, ".gz") {
		data, err := io.ReadAll(in)
		if err != nil {
			return err
		}
		return os.WriteFile(to, data, 0o644)
	}
	z, err := gzip.NewReader(in)
	if err != nil {
		return err
	}
	data, err := io.ReadAll(z)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o644)
}

// driver returns the command of a client's driver.
func (b *bench) driver(ctx context.Context, c client) ([]string, error) {
	switch {
	case c.command == nil:
		return b.ours(ctx, c.api)
	case c.command[0] == "oapi-codegen":
		return b.generated(ctx, c.api)
	case c.npm():
		return []string{"node", filepath.Join(b.dir, "npm", c.command[0])}, nil
	}
	return append([]string{filepath.Join(b.dir, c.command[0])}, c.command[1:]...), nil
}

// ours builds the driver of a generated package.
func (b *bench) ours(ctx context.Context, a *api) ([]string, error) {
	dir := filepath.Join(b.local, "drive", a.name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	source := fmt.Sprintf(ourDriver, "github.com/porin-dev/porin/"+filepath.ToSlash(a.spec)+"/"+a.name+"test", a.name+"test")
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(source), 0o644); err != nil {
		return nil, err
	}
	program := filepath.Join(b.dir, "porin-"+a.name)
	return []string{program}, run(ctx, ".", "go", "build", "-o", program, "./"+filepath.ToSlash(dir))
}

const ourDriver = `package main

import (
	"log"
	"os"

	%q
	"github.com/porin-dev/porin/runtime/gauntlet/process"
)

func main() {
	if err := process.Serve(%s.Driver(), "", os.Stdin, os.Stdout); err != nil {
		log.Fatal(err)
	}
}
`
