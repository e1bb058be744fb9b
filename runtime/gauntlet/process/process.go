package process

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/porin-dev/porin/runtime/gauntlet"
	"github.com/porin-dev/porin/runtime/internal/misread"
)

const (
	// maxLine is the longest line that a driver may print. The largest answer of a
	// twin has 16 MiB.
	maxLine = 32 << 20

	// maxStray is how many lines may be about nothing that was asked.
	maxStray = 1000

	// maxPrinted is the most that a driver may print: a few of the largest answers.
	maxPrinted = 128 << 20

	// maxDrift is the most that its lines of drift may have together, which are kept.
	maxDrift = 4 << 20

	// endWithin is how long a driver may take to end when its input does.
	endWithin = 2 * time.Second
)

// reading takes what a library hands on as it came, when a twin sent it broken, and no
// member that is not of the protocol: it is one that is misspelt.
var reading = json.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true), json.RejectUnknownMembers(true))

// process is a running driver. Its methods are safe for concurrent use.
type process struct {
	cmd    *exec.Cmd
	wait   func() error // For its end; it may be called often.
	in     io.WriteCloser
	stderr tail
	drift  func(gauntlet.Drift)
	gone   chan struct{} // Closed when nothing more is read of it.
	quiet  chan struct{} // Closed when standard error has ended.

	writing sync.Mutex
	lines   atomic.Int64 // That it printed.

	mu      sync.Mutex
	next    int
	waiting map[int]waiter
	broken  error
	again   bool // It answered what it had answered, which may be all that is wrong.
}

// waiter is who waits for the answers to a request.
type waiter struct {
	do      string // What was asked.
	answers chan *answer
}

// start starts a driver. It and what it started live no longer than ctx. drift may be nil.
func start(ctx context.Context, args []string, drift func(gauntlet.Drift)) (*process, error) {
	if len(args) == 0 {
		return nil, errors.New("no driver is given")
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Cancel = func() error { kill(cmd); return nil }
	cmd.WaitDelay = endWithin
	p := &process{cmd: cmd, drift: drift, gone: make(chan struct{}), quiet: make(chan struct{}), waiting: map[int]waiter{}}
	p.wait = sync.OnceValue(cmd.Wait)
	isolate(cmd)
	var err error
	if p.in, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	complaints, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("the driver does not start: %w", err)
	}
	go p.read(out)
	go func() {
		defer close(p.quiet)
		_, _ = io.Copy(&p.stderr, complaints) // It ends with the driver.
	}()
	return p, nil
}

// read hands lines to whoever waits for them, until there are no more.
func (p *process) read(out io.Reader) {
	defer close(p.gone)
	printed := &bounded{from: out, left: maxPrinted}
	lines := bufio.NewScanner(printed)
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	stray, drift, over := 0, 0, map[int]bool{} // Requests whose last answer came when somebody waited for it.
	for lines.Scan() && !printed.over {        // Its last line is then cut.
		p.lines.Add(1)
		line := bytes.Clone(lines.Bytes())
		a := &answer{line: line}
		err := json.Unmarshal(line, a, reading)
		if err == nil && a.Drift != nil && p.drift != nil {
			if drift += len(line); drift > maxDrift {
				p.fail(fmt.Errorf("it floods its output: more than %d MiB of drift, such as %.80q", maxDrift>>20, line))
				return
			}
			p.drift(*a.Drift)
			continue
		}
		if err == nil && over[a.ID] {
			p.mu.Lock()
			p.again = p.broken == nil
			p.mu.Unlock()
			p.fail(fmt.Errorf("it answered id %d again, after its last answer: %.80q", a.ID, line))
			return
		}
		if err == nil {
			delivered, last := p.deliver(a)
			if over[a.ID] = last; delivered {
				continue
			}
		}
		if err == nil && !p.asked(a.ID) {
			p.fail(fmt.Errorf("it answered id %d, which nobody asked: %.80q", a.ID, line))
			return
		}
		if err != nil {
			p.fail(fmt.Errorf("it printed a line that is no answer: %.80q: %s", line, misread.Text(err, a)))
			return
		}
		if stray++; stray > maxStray {
			p.fail(fmt.Errorf("it floods its output: %d lines answer nothing that was asked, such as %.80q", stray, line))
			return
		}
	}
	switch err := lines.Err(); {
	case printed.over:
		p.fail(fmt.Errorf("it printed more than %d MiB", maxPrinted>>20))
	case errors.Is(err, bufio.ErrTooLong):
		p.fail(fmt.Errorf("it printed a line of more than %d MiB", maxLine>>20))
	case err != nil:
		p.fail(err)
	default:
		select { // What it said last, before it ended, is worth a moment.
		case <-p.quiet:
		case <-time.After(endWithin):
		}
		p.fail(p.ending())
	}
}

// ending says how a driver ended that nobody told to. One that only closed its output is
// killed.
func (p *process) ending() error {
	ended := make(chan error, 1)
	go func() { ended <- p.wait() }()
	select {
	case <-ended:
		return fmt.Errorf("it ended with %s", p.cmd.ProcessState)
	case <-time.After(endWithin):
		return errors.New("it closed its output")
	}
}

// deliver hands on an answer, and reports whether somebody waits for it, and whether it is
// the last to what was asked.
func (p *process) deliver(a *answer) (delivered, last bool) {
	p.mu.Lock()
	to, ok := p.waiting[a.ID]
	p.mu.Unlock()
	if !ok {
		return false, false
	}
	to.answers <- a
	return true, a.last(to.do)
}

// asked reports whether a request had the id. Its answer may come when nobody waits for it
// any more.
func (p *process) asked(id int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return id >= 1 && id <= p.next
}

// ask sends a request, and hands its answers on until each says that it was the
// last.
func (p *process) ask(ctx context.Context, r request, each func(*answer) bool) error {
	p.mu.Lock()
	p.next++
	r.ID = p.next
	answers := make(chan *answer, 16)
	p.waiting[r.ID] = waiter{r.Do, answers}
	p.mu.Unlock()
	defer p.forget(r.ID, answers)
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if err := p.write(ctx, append(line, '\n')); err != nil {
		return err
	}
	for {
		select {
		case a := <-answers:
			switch {
			case a.several():
				p.fail(fmt.Errorf("it answered with %.80q: a line has one of result, item, outcomes, error and not_offered", a.line))
				return fmt.Errorf("%w: %w", gauntlet.ErrBroken, p.failure())
			case a.NotOffered != "":
				return fmt.Errorf("%w: %s", gauntlet.ErrNotOffered, a.NotOffered)
			case a.Error != nil:
				return a.Error
			case a.misfit(r.Do) != "":
				p.fail(fmt.Errorf("it answered what it was asked to %s with %.80q: %s", r.Do, a.line, a.misfit(r.Do)))
				return fmt.Errorf("%w: %w", gauntlet.ErrBroken, p.failure())
			case each(a):
				return nil
			}
		case <-p.gone:
			if len(answers) > 0 {
				continue
			}
			return fmt.Errorf("%w: %w", gauntlet.ErrBroken, p.failure())
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// forget stops waiting, and empties what the reader may be stuck at.
func (p *process) forget(id int, answers chan *answer) {
	p.mu.Lock()
	delete(p.waiting, id)
	p.mu.Unlock()
	for {
		select {
		case <-answers:
		default:
			return
		}
	}
}

// write sends a line. A driver that does not read its input is ended. One that closed it
// may have answered before, so it is left to who waits for the answer to find it gone.
func (p *process) write(ctx context.Context, line []byte) error {
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.writing.Lock()
		defer p.writing.Unlock()
		_, _ = p.in.Write(line)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		p.fail(errors.New("it does not read its input"))
		return fmt.Errorf("%w: %w", gauntlet.ErrBroken, p.failure())
	}
}

// fail notes why the driver is of no more use, and kills it.
func (p *process) fail(err error) {
	p.mu.Lock()
	if p.broken == nil {
		p.broken = err
	}
	p.mu.Unlock()
	kill(p.cmd)
}

// failure says why the driver is of no more use, with the last that it printed to
// standard error.
func (p *process) failure() error {
	p.mu.Lock()
	err := p.broken
	p.mu.Unlock()
	if err == nil {
		return nil
	}
	if text := p.stderr.String(); text != "" {
		return fmt.Errorf("%w; the last on its standard error: %s", err, text)
	}
	return err
}

// end closes the driver's input, and kills it when that does not end it.
func (p *process) end() {
	p.in.Close()
	select {
	case <-p.gone:
	case <-time.After(endWithin):
	}
	if p.failure() == nil { // Otherwise it is killed.
		kill(p.cmd) // And what it started.
	}
	_ = p.wait() // How it ends, once its work is done, is its own business.
}

// bounded reads so many bytes, and then knows that there were more.
type bounded struct {
	from io.Reader
	left int
	over bool
}

// Read implements [io.Reader].
func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.from.Read(p[:min(len(p), b.left+1)])
	if n > b.left {
		n, err, b.over = b.left, io.EOF, true
	}
	b.left -= n
	return n, err
}

// tail keeps the last of what is written.
type tail struct {
	mu   sync.Mutex
	data []byte
}

// maxTail is how much of a driver's standard error a report shows.
const maxTail = 600

// Write implements [io.Writer].
func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.data = append(t.data, b...)
	if n := len(t.data) - maxTail; n > 0 {
		t.data = bytes.Clone(t.data[n:])
	}
	return len(b), nil
}

// String returns it as text.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(strings.ToValidUTF8(string(t.data), "?"))
}
