// Package oidc starts panva's oidc-provider for tests, on a free port of the
// loopback address, until it is closed. It needs Node and npm.
package oidc

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// Server is a provider that runs.
type Server struct {
	URL string

	cmd   *exec.Cmd
	stdin io.Closer
}

// alone sends each request on a connection of its own: one that is kept may be closed
// by the server while a request is on its way.
var alone = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

// Start installs the provider, as its lock file says, if need be, and starts it.
func Start() (*Server, error) {
	_, file, _, _ := runtime.Caller(0)
	dir := filepath.Dir(file)
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "oidc-provider")); err != nil {
		install := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
		install.Dir = dir
		if out, err := install.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("npm ci: %w\n%s", err, out)
		}
	}
	s := &Server{cmd: exec.Command("node", "server.mjs")}
	s.cmd.Dir = dir
	s.cmd.Env = append(os.Environ(), "NODE_NO_WARNINGS=1")
	var said strings.Builder
	s.cmd.Stderr = &said
	var err error
	if s.stdin, err = s.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	var port int
	lines := bufio.NewScanner(out)
	for port == 0 && lines.Scan() {
		_, _ = fmt.Sscan(lines.Text(), &port) // Other lines are notices.
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	if port == 0 {
		s.Close()
		return nil, fmt.Errorf("oidc-provider does not start: %s", said.String())
	}
	s.URL = fmt.Sprintf("http://127.0.0.1:%d", port)
	return s, nil
}

// Close ends the provider.
func (s *Server) Close() {
	_ = s.stdin.Close()
	_ = s.cmd.Wait()
}

// Grant makes a grant and returns its refresh token.
func (s *Server) Grant() (string, error) {
	var answer struct {
		Refresh string `json:"refresh_token"`
	}
	res, err := alone.Post(s.URL+"/grant", "", nil)
	err = decode(res, err, &answer)
	return answer.Refresh, err
}

// Posts is how many requests the token endpoint had.
func (s *Server) Posts() (int, error) {
	var answer struct{ Posts int }
	res, err := alone.Get(s.URL + "/posts")
	err = decode(res, err, &answer)
	return answer.Posts, err
}

func decode(res *http.Response, err error, into any) error {
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("oidc-provider answers %s", res.Status)
	}
	return json.NewDecoder(res.Body).Decode(into)
}
