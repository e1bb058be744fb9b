package cli

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"time"
)

// liveLine returns what writes a line of progress over the one before; an empty
// one takes it away. Where there is no terminal, the line is written now and then. It is
// none of what --json prints.
func (a *app) liveLine() func(format string, args ...any) {
	if a.json {
		return func(string, ...any) {}
	}
	if !isTerminal(a.err) {
		n := &nowAndThen{write: func(line string) { a.printf("%s\n", line) }, every: 30 * time.Second}
		return func(format string, args ...any) { n.show(fmt.Sprintf(format, args...)) }
	}
	return func(format string, args ...any) {
		a.printf("\r\x1b[K%s", fmt.Sprintf(format, args...))
	}
}

// nowAndThen writes the line of progress that holds, as often as it is to, so that a log
// shows that something is under way.
type nowAndThen struct {
	write func(line string)
	every time.Duration

	mu   sync.Mutex
	line string
	stop chan struct{} // nil: nothing is under way.
}

// show is told each line; an empty one ends it.
func (n *nowAndThen) show(line string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.line = line
	switch {
	case line == "" && n.stop != nil:
		close(n.stop)
		n.stop = nil
	case line != "" && n.stop == nil:
		n.stop = make(chan struct{})
		go n.run(n.stop)
	}
}

func (n *nowAndThen) run(stop chan struct{}) {
	again := time.NewTicker(n.every)
	defer again.Stop()
	for {
		select {
		case <-stop:
			return
		case <-again.C:
		}
		n.mu.Lock()
		if n.stop == stop {
			n.write(n.line)
		}
		n.mu.Unlock()
	}
}

// tally reads what `go test -v` says while it runs, and shows how far the
// gauntlet is.
type tally struct {
	show func(format string, args ...any)
	all  bytes.Buffer
	rest []byte // The beginning of a line.

	of, done, failed int
}

// Write implements [io.Writer].
func (t *tally) Write(p []byte) (int, error) {
	t.all.Write(p)
	t.rest = append(t.rest, p...)
	for {
		line, rest, ok := bytes.Cut(t.rest, []byte("\n"))
		if !ok {
			return len(p), nil
		}
		t.rest = rest
		t.read(strings.TrimSpace(string(line)))
	}
}

// read counts what a line says of a scenario: TestGauntlet/DRIVER/GROUP/NAME.
func (t *tally) read(line string) {
	what, name, ok := strings.Cut(line, " TestGauntlet/")
	if !ok || strings.Count(name, "/") < 2 {
		return
	}
	switch strings.TrimSpace(what) {
	case "=== RUN":
		t.of++
	case "--- FAIL:":
		t.failed++
		t.done++
	case "--- PASS:", "--- SKIP:":
		t.done++
	default:
		return
	}
	t.show("%d of %d scenarios, %d failed", t.done, t.of, t.failed)
}

// said is what the command printed, without the lines of progress.
func (t *tally) said() string {
	var lines []string
	for line := range strings.Lines(t.all.String()) {
		if !strings.HasPrefix(strings.TrimSpace(line), "=== ") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}
