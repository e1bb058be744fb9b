package gauntlet

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"

	"github.com/porin-dev/porin/runtime"
	"github.com/porin-dev/porin/runtime/logobserver"
)

// observer hands on what a client over the runtime reports: departures from the
// contract as what they are, and of every event what it prints and what
// [logobserver] writes of it.
func observer(t Target) runtime.Observer {
	log := runtime.ObserverFunc(func(context.Context, runtime.Event) {})
	if t.Log != nil {
		records := logobserver.New(slog.New(slog.NewTextHandler(logged(t.Log), &slog.HandlerOptions{Level: slog.LevelDebug})))
		log = func(ctx context.Context, e runtime.Event) {
			t.Log(fmt.Sprintf("%T%+v", e, e))
			records.Observe(ctx, e)
		}
	}
	return runtime.ObserverFunc(func(ctx context.Context, e runtime.Event) {
		log(ctx, e)
		if d, ok := e.(runtime.DriftEvent); ok && t.Drift != nil {
			t.Drift(Drift{d.Op, d.Path, d.Kind})
		}
	})
}

// logged is a function of lines as a writer.
type logged func(line string)

// Write implements [io.Writer].
func (l logged) Write(b []byte) (int, error) {
	l(strings.TrimSuffix(string(b), "\n"))
	return len(b), nil
}

// written is what the library of a run logged. It is safe for concurrent use.
type written struct {
	mu    sync.Mutex
	lines []string
}

func (w *written) add(line string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lines = append(w.lines, line)
}

func (w *written) all() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.lines
}
