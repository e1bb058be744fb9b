package sdk

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// server is a twin that runs as a process of its own, as it does for a client
// in another language. The members are those of the line it prints when it is
// ready.
type server struct {
	Servers  map[string]string `json:"servers"`
	Accounts []struct {
		ID    string `json:"id"`
		Token string `json:"token"`
	} `json:"accounts"`
	OAuth struct {
		ClientID     string `json:"client_id"`
		ClientSecret string `json:"client_secret"`
		Authorize    string `json:"authorize"`
		Token        string `json:"token"`
	} `json:"oauth"`
	Control  string            `json:"control"`
	Webhooks map[string]string `json:"webhooks"`

	t *testing.T
}

// entry is what these tests read of a journal entry.
type entry struct {
	Action string `json:"action"`
	Status int    `json:"status"`
	Wait   string `json:"wait"` // As Go writes a duration.
	Effect struct {
		Do    string `json:"do"`
		Bytes int    `json:"bytes"`
	} `json:"effect"`
}

// serve builds porin from the checkout around this module and starts the twin of
// the connector in a folder of the repository. The process ends with the test.
func serve(t *testing.T, folder string, flags ...string) *server {
	t.Helper()
	porin := filepath.Join(t.TempDir(), "porin")
	build := exec.Command("go", "build", "-o", porin, "./cmd/porin")
	build.Dir = filepath.Join("..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	args := append([]string{"twin", filepath.Join("..", "..", folder), "--addr", "127.0.0.1:0", "--json"}, flags...)
	cmd := exec.CommandContext(t.Context(), porin, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// The context of the test has ended, which interrupts the twin. An
		// orderly stop leaves the status 0.
		if err := cmd.Wait(); err != nil && cmd.ProcessState.ExitCode() != 0 && !t.Failed() {
			t.Errorf("porin twin: %v\n%s", err, complaints.String())
		}
	})
	s := &server{t: t}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		t.Fatalf("porin twin is not ready: %v\n%s", err, complaints.String())
	}
	if err := json.Unmarshal(line, s); err != nil {
		t.Fatalf("porin twin: %v\n%s", err, line)
	}
	if len(s.Accounts) == 0 || s.Servers["api"] == "" {
		t.Fatalf("porin twin names no server or no account:\n%s", line)
	}
	return s
}

// control steers the twin, and reads its answer when there is a place for it.
func (s *server) control(command string, body, answer any) {
	s.t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		s.t.Fatal(err)
	}
	s.read(http.Post(s.Control+command, "application/json", bytes.NewReader(b)))(answer)
}

// last returns the newest journal entry.
func (s *server) last() entry {
	s.t.Helper()
	all := s.journal()
	if len(all) == 0 {
		s.t.Fatal("the journal is empty")
	}
	return all[len(all)-1]
}

func (s *server) journal() []entry {
	s.t.Helper()
	var j struct {
		Entries []entry `json:"entries"`
	}
	s.read(http.Get(s.Control + "journal"))(&j)
	return j.Entries
}

func (s *server) read(resp *http.Response, err error) func(to any) {
	return func(to any) {
		s.t.Helper()
		if err != nil {
			s.t.Fatal(err)
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		if err != nil {
			s.t.Fatal(err)
		}
		if resp.StatusCode != http.StatusOK {
			s.t.Fatalf("%s: %s\n%s", resp.Request.URL, resp.Status, b)
		}
		if to == nil {
			return
		}
		if err := json.Unmarshal(b, to); err != nil {
			s.t.Fatalf("%s: %v\n%s", resp.Request.URL, err, b)
		}
	}
}

// said prints what a step showed.
func said(step, format string, args ...any) {
	fmt.Printf("ok  %-10s %s\n", step, fmt.Sprintf(format, args...))
}
