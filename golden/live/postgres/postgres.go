// Package postgres starts a PostgreSQL server of its own for tests: in a
// temporary folder, on a free port of the loopback address, until it is closed.
package postgres

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // The driver "pgx".
)

// Server is a server that runs.
type Server struct {
	URL string // For the driver "pgx".

	dir string
	cmd *exec.Cmd
	log *bytes.Buffer
}

// startTimeout is how long a server may take to begin.
const startTimeout = time.Minute

// Start makes a database and starts a server for it. Debian's package
// postgresql has what it needs.
func Start() (*Server, error) {
	initdb, err := find("initdb")
	if err != nil {
		return nil, err
	}
	owner, err := unprivileged()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "porin-postgres-")
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir, log: &bytes.Buffer{}}
	if err := s.start(initdb, owner); err != nil {
		s.Close()
		return nil, fmt.Errorf("%w\n%s", err, s.log)
	}
	return s, nil
}

func (s *Server) start(initdb string, owner *syscall.Credential) error {
	if owner != nil {
		if err := os.Chown(s.dir, int(owner.Uid), int(owner.Gid)); err != nil {
			return err
		}
	}
	data := filepath.Join(s.dir, "data")
	if out, err := as(owner, s.dir, initdb, "-D", data, "-U", "porin", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync").CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	s.URL = fmt.Sprintf("postgres://porin@127.0.0.1:%d/postgres?sslmode=disable", port)
	s.cmd = as(owner, s.dir, filepath.Join(filepath.Dir(initdb), "postgres"), "-D", data, "-h", "127.0.0.1", "-p", strconv.Itoa(port), "-k", s.dir)
	s.cmd.Stderr = s.log
	if err := s.cmd.Start(); err != nil {
		s.cmd = nil
		return err
	}
	return s.await()
}

// await returns when the server answers.
func (s *Server) await() error {
	db, err := sql.Open("pgx", s.URL)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	for {
		err := db.PingContext(ctx)
		if err == nil || ctx.Err() != nil {
			return err
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// Close stops the server and removes its folder.
func (s *Server) Close() {
	if s.cmd != nil {
		_ = s.cmd.Process.Signal(syscall.SIGINT) // A fast shutdown.
		_ = s.cmd.Wait()
	}
	_ = os.RemoveAll(s.dir)
}

// as is a command of a user.
func as(owner *syscall.Credential, dir, name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: owner}
	return cmd
}

// unprivileged is who runs the server, which refuses to run as root; nil is who
// runs this.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("root needs the user of Debian's package postgresql: %w", err)
	}
	uid, uidErr := strconv.ParseUint(u.Uid, 10, 32)
	gid, gidErr := strconv.ParseUint(u.Gid, 10, 32)
	if err := errors.Join(uidErr, gidErr); err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// find is a program of PostgreSQL, which Debian keeps out of the path.
func find(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return filepath.EvalSymlinks(path)
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if err != nil || len(found) == 0 {
		return "", fmt.Errorf("no %s: install Debian's package postgresql", name)
	}
	return found[len(found)-1], nil
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port, nil
}
