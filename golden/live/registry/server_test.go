package registry_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/crypto/bcrypt"
)

// The account of a registry that lets one in by a password.
const user, password = "porin", "correct horse"

// startServer starts Debian's docker-registry in a temporary folder, on a free port of
// the loopback address, until the test ends. auth is how it lets callers in, in YAML.
func startServer(t *testing.T, auth string) (url string) {
	t.Helper()
	program, err := exec.LookPath("docker-registry")
	if err != nil {
		t.Fatalf("install Debian's package docker-registry (make tools): %v", err)
	}
	dir := t.TempDir()
	config := filepath.Join(dir, "config.yml")
	text := fmt.Sprintf(configuration, filepath.Join(dir, "data")) + auth
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "serve", config)
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout = cmd.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines, read := bufio.NewScanner(said), make(chan struct{})
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		<-read
		_ = cmd.Wait()
	})
	var all strings.Builder
	for url == "" && lines.Scan() {
		all.WriteString(lines.Text() + "\n")
		var line struct{ Msg string }
		if json.Unmarshal(lines.Bytes(), &line) == nil {
			if m := listening.FindStringSubmatch(line.Msg); m != nil {
				url = "http://" + m[1]
			}
		}
	}
	go func() {
		for lines.Scan() { // It stops where nobody reads.
		}
		close(read)
	}()
	if url == "" {
		t.Fatalf("docker-registry does not start:\n%s", all.String())
	}
	return url
}

var listening = regexp.MustCompile(`^listening on (127\.0\.0\.1:[0-9]+)$`)

const configuration = `version: 0.1
log: {level: info, formatter: json}
storage: {filesystem: {rootdirectory: %s}, delete: {enabled: true}, maintenance: {uploadpurging: {enabled: false}}}
http: {addr: "127.0.0.1:0", relativeurls: true}
`

// byPassword lets the user in.
func byPassword(t *testing.T) string {
	t.Helper()
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "htpasswd")
	if err := os.WriteFile(file, fmt.Appendf(nil, "%s:%s\n", user, hash), 0o600); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("auth: {htpasswd: {realm: porin, path: %s}}\n", file)
}
