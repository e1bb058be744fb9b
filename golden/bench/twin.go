package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/golden/bench/load"
	"github.com/porin-dev/porin/runtime/twin"
)

const (
	twinRequests    = 1_000_000
	twinConnections = 16
)

// twinSpec has an action that reads one object, and no limits.
const twinSpec = `package bench

connector: {title: "Bench", servers: api: url: "https://api.example.com/"}
auth: token: bearer: {}
#Issue: {id!: string, title!: string, author?: string, created_at?: string @time(rfc3339)}
actions: issues: {
	list: {GET: "issues", returns: [...#Issue]}
	get: {GET: "issues/{in.id}", path: id!: string, returns: #Issue}
}
resources: issues: {of: #Issue, id: "id", list: "issues.list": {}, get: "issues.get": key: "id"}
`

// twinCost serves a twin as its command does, its journal going to a file, and reads
// one object of it a million times with a client on the same machine.
func twinCost(temp string) ([]figure, error) {
	ready, err := twinReady()
	if err != nil {
		return nil, err
	}
	s, err := startTwin(temp)
	if err != nil {
		return nil, err
	}
	defer s.cmd.Process.Kill() //nolint:errcheck // It has ended, when nothing failed.
	const warm = twinRequests / 5
	if err := s.load(warm); err != nil {
		return nil, err
	}
	before, err := s.memory()
	if err != nil {
		return nil, err
	}
	began, own := time.Now(), ownCPU()
	if err := s.load(twinRequests - warm); err != nil {
		return nil, err
	}
	wall, client := time.Since(began), ownCPU()-own
	after, err := s.memory()
	if err != nil {
		return nil, err
	}
	if err := s.stop(); err != nil {
		return nil, err
	}
	state := s.cmd.ProcessState
	each := func(d time.Duration, n int) float64 { return float64(d) / float64(time.Microsecond) / float64(n) }
	served := each(state.UserTime()+state.SystemTime(), twinRequests)
	driven := each(client, twinRequests-warm)
	second := float64(twinRequests-warm) / wall.Seconds()
	return []figure{
		{name: "the twin of Slack, from compiled spec to serving", value: ready.Seconds() * 1000, budget: 50, unit: "ms"},
		{name: "porin twin of a small spec, from start to serving", value: s.ready.Seconds() * 1000, unit: "ms"},
		{name: fmt.Sprintf("requests a second (load %s)", loadAverage()), value: second, unit: ""},
		{name: "one request, with the client: time", value: 1e6 / second, budget: 50, unit: "µs"},
		{name: "one request: CPU time of the twin and its journal", value: served, unit: "µs"},
		{name: "one request: CPU time with the client", value: served + driven, budget: 100, unit: "µs"},
		{name: fmt.Sprintf("memory after %d requests", warm), value: before, unit: "MB"},
		{name: fmt.Sprintf("memory after %d requests", twinRequests), value: after, budget: 1.25 * before, unit: "MB"},
	}, nil
}

// twinReady is how long it takes to serve the committed connector once its spec is
// compiled.
func twinReady() (time.Duration, error) {
	c, _, report := compiler.Load("connectors/slack")
	if report.HasErrors() {
		return 0, fmt.Errorf("connectors/slack does not compile")
	}
	var took time.Duration
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	began := time.Now()
	err := twin.New(c, twin.Options{}).Serve(ctx, "127.0.0.1:0", func(twin.Ready) {
		took = time.Since(began)
		stop()
	})
	return took, err
}

// servedTwin is the command at work.
type servedTwin struct {
	cmd   *exec.Cmd
	ready time.Duration
	addr  string
	path  string // Of an object.
	token string
}

func startTwin(temp string) (*servedTwin, error) {
	dir, porin := filepath.Join(temp, "bench"), filepath.Join(temp, "porin")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, "api.cue"), []byte(twinSpec), 0o644); err != nil {
		return nil, err
	}
	if err := goTool(nil, "build", "-o", porin, "./cmd/porin"); err != nil {
		return nil, err
	}
	s := &servedTwin{cmd: exec.Command(porin, "twin", dir, "--addr", "127.0.0.1:0", "--json", "--journal", filepath.Join(temp, "journal.jsonl"))}
	s.cmd.Stderr = os.Stderr
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	s.ready = time.Since(began)
	if err != nil {
		return nil, fmt.Errorf("porin twin: %w", err)
	}
	return s, s.meet(line)
}

// meet reads what a client needs, and finds an object.
func (s *servedTwin) meet(line []byte) error {
	var r twin.Ready
	if err := json.Unmarshal(line, &r); err != nil {
		return err
	}
	base, err := url.Parse(r.Servers["api"])
	if err != nil {
		return err
	}
	q, err := http.NewRequest(http.MethodGet, r.Servers["api"]+"issues", nil)
	if err != nil {
		return err
	}
	q.Header.Set("Authorization", "Bearer "+r.Accounts[0].Access)
	resp, err := http.DefaultClient.Do(q)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var issues []struct{ ID string }
	if err := json.NewDecoder(resp.Body).Decode(&issues); err != nil || len(issues) == 0 {
		return fmt.Errorf("the list of issues, %s: %w", resp.Status, err)
	}
	s.addr, s.path, s.token = base.Host, base.Path+"issues/"+issues[0].ID, r.Accounts[0].Access
	return nil
}

func (s *servedTwin) load(n int) error { return load.Run(s.addr, s.path, s.token, n, twinConnections) }

// memory is what the twin holds, in MB.
func (s *servedTwin) memory() (float64, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", s.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	words := strings.Fields(string(data))
	if len(words) < 2 {
		return 0, fmt.Errorf("statm has %d words", len(words))
	}
	pages, err := strconv.ParseFloat(words[1], 64)
	return pages * float64(os.Getpagesize()) / mb, err
}

// stop ends the twin as an interrupt does.
func (s *servedTwin) stop() error {
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	return s.cmd.Wait()
}

// ownCPU is the CPU time of this process.
func ownCPU() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// loadAverage says how busy the machine is.
func loadAverage() string {
	data, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	first, _, _ := strings.Cut(string(data), " ")
	return first
}
