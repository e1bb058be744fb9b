// Package redis starts a Redis server of its own for tests: in a temporary folder, without
// persistence, on a free port of the loopback address, until it is closed.
package redis

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/porin-dev/porin/runtime/redislimits"
)

// Server is a server that runs.
type Server struct {
	Addr string // Host and port.

	dir string
	cmd *exec.Cmd
	log *bytes.Buffer
}

// startTimeout is how long a server may take to begin.
const startTimeout = time.Minute

// Start starts a server. Debian's package redis-server has what it needs.
func Start() (*Server, error) {
	program, err := exec.LookPath("redis-server")
	if err != nil {
		return nil, fmt.Errorf("install Debian's package redis-server: %w", err)
	}
	dir, err := os.MkdirTemp("", "porin-redis-")
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir, log: &bytes.Buffer{}}
	if err := s.start(program); err != nil {
		s.Close()
		return nil, fmt.Errorf("%w\n%s", err, s.log)
	}
	return s, nil
}

func (s *Server) start(program string) error {
	port, err := freePort()
	if err != nil {
		return err
	}
	s.Addr = net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	s.cmd = exec.Command(program, "--bind", "127.0.0.1", "--port", strconv.Itoa(port), "--save", "", "--appendonly", "no", "--dir", s.dir, "--daemonize", "no")
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	if err := s.cmd.Start(); err != nil {
		s.cmd = nil
		return err
	}
	client := s.Client()
	defer func() { _ = client.Close() }()
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	for {
		err := client.Ping(ctx).Err()
		if err == nil || ctx.Err() != nil {
			return err
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// Client is a client of the server.
func (s *Server) Client() *goredis.Client { return goredis.NewClient(&goredis.Options{Addr: s.Addr}) }

// Close stops the server and removes its folder.
func (s *Server) Close() {
	if s.cmd != nil {
		_ = s.cmd.Process.Signal(syscall.SIGTERM)
		_ = s.cmd.Wait()
	}
	_ = os.RemoveAll(s.dir)
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// Scripts runs scripts with go-redis, which sends their digest when the server has them.
func Scripts(client goredis.Scripter) redislimits.Scripter {
	limits := goredis.NewScript(redislimits.Script)
	return redislimits.ScripterFunc(func(ctx context.Context, _ string, keys []string, args ...any) (any, error) {
		return limits.Run(ctx, client, keys, args...).Result()
	})
}
