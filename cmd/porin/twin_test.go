package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/runtime/twin"
)

const issues = `package demo

connector: {title: "Demo", servers: api: url: "https://api.example.com/v1/"}
auth: token: bearer: {}
#Issue: id!: string
actions: issues: list: {GET: "issues", returns: [...#Issue]}
`

// command is the porin command with arguments, as a process of its own.
func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	link := filepath.Join(t.TempDir(), "porin") // The test binary is the command of its name.
	require.NoError(t, os.Symlink(self, link))
	return exec.Command(link, args...)
}

// served is a twin at work.
type served struct {
	twin.Ready
	cmd *exec.Cmd
	err strings.Builder
}

func serve(t *testing.T, args ...string) *served {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "api.cue"), []byte(issues), 0o644))
	s := &served{cmd: command(t, append([]string{"twin", dir, "--json"}, args...)...)}
	s.cmd.Stderr = &s.err
	out, err := s.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, s.cmd.Start())
	t.Cleanup(func() { _ = s.cmd.Process.Kill() }) // It has ended, when nothing failed.
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		_ = s.cmd.Wait()
		t.Fatalf("the twin does not start: %s", s.err.String())
	}
	require.NoError(t, json.Unmarshal(line, &s.Ready))
	return s
}

// list asks for the issues and returns the status.
func (s *served) list(t *testing.T) int {
	t.Helper()
	q, err := http.NewRequest(http.MethodGet, s.Servers["api"]+"issues", nil)
	require.NoError(t, err)
	q.Header.Set("Authorization", "Bearer "+s.Accounts[0].Access)
	resp, err := http.DefaultClient.Do(q)
	require.NoError(t, err)
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	require.NoError(t, err)
	return resp.StatusCode
}

// end interrupts the twin and returns what it said on standard error.
func (s *served) end(t *testing.T) string {
	t.Helper()
	require.NoError(t, s.cmd.Process.Signal(os.Interrupt))
	_ = s.cmd.Wait()
	return s.err.String()
}

// The second of two twins on one port says so, and the first goes on.
func TestTwoTwinsOnOnePort(t *testing.T) {
	first := serve(t, "--addr", "127.0.0.1:0")
	addr := strings.TrimSuffix(strings.TrimPrefix(first.Control, "http://"), twin.ControlPath)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "api.cue"), []byte(issues), 0o644))
	out, err := command(t, "twin", dir, "--addr", addr).CombinedOutput()
	assert.ErrorContains(t, err, "exit status 1")
	assert.Equal(t, "porin: "+addr+" is taken by another program, perhaps another twin: choose another --addr, or 127.0.0.1:0 for a free port\n", string(out))
	assert.Equal(t, http.StatusOK, first.list(t))
	assert.Empty(t, first.end(t))
}

// A disk that is full ends the journal, says so, and nothing else.
func TestJournalOnFullDisk(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has /dev/full")
	}
	s := serve(t, "--addr", "127.0.0.1:0", "--journal", "/dev/full")
	assert.Equal(t, http.StatusOK, s.list(t))
	said := s.end(t)
	assert.Contains(t, said, "the journal ends here: write /dev/full: no space left on device; the twin goes on")
	assert.Equal(t, 1, strings.Count(said, "the journal ends here"))
}

// A client that reads what is printed can call, whatever the credential is: a token, a
// user with a password, or a key in PEM.
func TestTextHasEveryCredential(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	cmd := command(t, "twin", "../../golden/schemes/auths", "--addr", "127.0.0.1:0")
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() })
	var said strings.Builder
	for lines := bufio.NewScanner(out); lines.Scan() && !strings.HasPrefix(lines.Text(), "control "); {
		said.WriteString(lines.Text() + "\n")
	}
	stop()
	_ = cmd.Wait()
	c, _, report := compiler.Load("../../golden/schemes/auths")
	require.False(t, report.HasErrors())
	acct, _ := twin.New(c, twin.Options{Seed: 1}).Account("")
	require.Greater(t, len(acct.Cred), 20)
	for name, v := range acct.Cred {
		require.Contains(t, said.String(), v, name)
	}
	for _, token := range acct.Tokens {
		require.Contains(t, said.String(), token.Access, token.Method)
		require.Contains(t, said.String(), token.Refresh, token.Method)
	}
}

// Each request is in the file of the journal soon, and all are when a signal ends the twin.
func TestJournalGrowsWithRequests(t *testing.T) {
	file := filepath.Join(t.TempDir(), "journal.jsonl")
	lines := func() int {
		text, _ := os.ReadFile(file)
		return strings.Count(string(text), "\n")
	}
	s := serve(t, "--addr", "127.0.0.1:0", "--journal", file)
	require.Equal(t, http.StatusOK, s.list(t))
	require.Eventually(t, func() bool { return lines() == 1 }, 20*time.Second, 10*time.Millisecond)
	for range 300 {
		s.list(t)
	}
	require.NoError(t, s.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, s.cmd.Wait())
	require.Equal(t, 301, lines())
}

// Ten thousand clients that hold a connection each do not keep others out.
func TestTenThousandConnections(t *testing.T) {
	const many = 10_000
	var limit syscall.Rlimit
	require.NoError(t, syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit))
	if limit.Max < many+200 {
		t.Skipf("a process may have %d files", limit.Max)
	}
	before := limit
	limit.Cur = limit.Max
	require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit)) // The twin inherits it.
	defer syscall.Setrlimit(syscall.RLIMIT_NOFILE, &before)              //nolint:errcheck // It was the limit before.
	s := serve(t, "--addr", "127.0.0.1:0")
	host := strings.TrimSuffix(strings.TrimPrefix(s.Control, "http://"), twin.ControlPath)
	all := make([]net.Conn, 0, many)
	defer func() {
		for _, c := range all {
			c.Close()
		}
	}()
	for range many {
		c, err := net.DialTimeout("tcp", host, time.Minute)
		require.NoError(t, err)
		all = append(all, c)
	}
	assert.Equal(t, http.StatusOK, s.list(t), "a client more")
	for _, c := range []net.Conn{all[0], all[many/2], all[many-1]} {
		_, err := io.WriteString(c, "GET /v1/issues HTTP/1.1\r\nHost: "+host+"\r\nAuthorization: Bearer "+s.Accounts[0].Access+"\r\n\r\n")
		require.NoError(t, err)
		require.NoError(t, c.SetReadDeadline(time.Now().Add(time.Minute)))
		line, err := bufio.NewReader(c).ReadString('\n')
		require.NoError(t, err)
		assert.Equal(t, "HTTP/1.1 200 OK\r\n", line)
	}
	assert.Empty(t, s.end(t))
}

// A twin says at its start what it keeps, also where that is nothing.
func TestSaysWhatItKeeps(t *testing.T) {
	for spec, kept := range map[string]string{
		issues: "keeps          nothing: the spec declares no resources, and answers are made up (docs/language.md#resource)",
		issues + `resources: issues: {of: #Issue, id: "id", list: "issues.list": {}}`: "keeps          issues",
	} {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "api.cue"), []byte(spec), 0o644))
		cmd := command(t, "twin", dir, "--addr", "127.0.0.1:0")
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		var said []string
		for lines := bufio.NewScanner(out); lines.Scan() && !strings.HasPrefix(lines.Text(), "control "); {
			said = append(said, lines.Text())
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		require.Contains(t, said, kept)
	}
	s := serve(t, "--addr", "127.0.0.1:0")
	require.Equal(t, []string{}, s.Resources)
	require.Empty(t, s.end(t))
}

// A collection is told apart from one that the spec could have.
func TestVolumeOfNothing(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "api.cue"), []byte(issues), 0o644))
	out, err := command(t, "twin", dir, "--volume", "pets=99").CombinedOutput()
	require.ErrorContains(t, err, "exit status 2")
	require.Contains(t, string(out), "volume pets: the spec declares no resources and no lists, so that the twin has no collections")
}
