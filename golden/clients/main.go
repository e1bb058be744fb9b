// Command clients judges clients that others wrote, and ours, by their drivers of
// golden/sdk, and writes what it comes to into docs/clients.md and README.md. It
// needs Node, npm's registry, and the documents of PORIN_CORPUS. Run it at the top of
// the repository.
//
// With -fidelity it compares requests with those of other libraries, and with -cite it
// measures nothing, and writes docs/clients.md with what upstream says now.
//
//	go run ./golden/clients [-fidelity] [-cite] [-only slack] [-npm=false] [-strict FILE] [-patience 65s] [-write=false]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/runtime/gauntlet"
	"github.com/porin-dev/porin/runtime/gauntlet/process"
)

func main() {
	only := flag.String("only", "", "judge only the clients of this API")
	write := flag.Bool("write", true, "write docs/clients.md and the table of README.md")
	atOnce := flag.Int("j", 6, "clients that are judged at once")
	strict := flag.String("strict", "", "file of the scenarios that clients of ours may fail; others fail the run, and so does what contradicts docs/clients.md")
	patience := flag.Duration("patience", 65*time.Second, "the longest that a call may take; slack-go pauses for a minute by its own measure")
	npm := flag.Bool("npm", true, "judge clients in Node, too")
	wires := flag.Bool("fidelity", false, "compare the requests of clients with ours instead")
	anew := flag.Bool("cite", false, "write docs/clients.md with what upstream says now, of what was measured before")
	flag.Parse()
	if err := known(*only); err != nil {
		fmt.Fprintln(os.Stderr, "clients:", err)
		os.Exit(2)
	}
	if *anew {
		if err := citeAnew(); err != nil {
			fmt.Fprintln(os.Stderr, "clients:", err)
			os.Exit(1)
		}
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if *wires {
		err := compared(ctx, *only, *write)
		stop()
		if err != nil {
			fmt.Fprintln(os.Stderr, "clients:", err)
			os.Exit(1)
		}
		return
	}
	start := time.Now()
	rows, err := judge(ctx, *only, *npm, *atOnce, *patience)
	conditions := fmt.Sprintf(measured, start.UTC().Format(time.DateOnly), *atOnce, patience.Seconds(), runtime.NumCPU(), runtime.Version(), time.Since(start).Minutes())
	if err == nil {
		fmt.Printf("%s\n%s", table(rows), conditions)
	}
	if err == nil && *write && *npm && *only == "" {
		err = publish(rows, conditions)
	}
	if err == nil && *strict != "" {
		err = errors.Join(ours(rows, *strict), contradiction(rows, *npm && *only == ""))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "clients:", err)
		os.Exit(1)
	}
}

// known refuses the name of an API that has no clients here; "" is all of them.
func known(only string) error {
	var names []string
	for _, a := range apis {
		names = append(names, a.name)
	}
	if only == "" || slices.Contains(names, only) {
		return nil
	}
	return fmt.Errorf("-only %q is no API here; there are %s", only, strings.Join(names, ", "))
}

// ours names what our own clients fail, but for what a file lists.
func ours(rows []*row, file string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for line := range strings.Lines(string(data)) {
		known[strings.TrimSpace(line)] = true
	}
	var failed []error
	for _, r := range rows {
		if r.command != nil {
			continue
		}
		for _, s := range r.report.Failed() {
			if !known[r.api.name+" "+s.ID] {
				failed = append(failed, errors.New(r.title()+" fails "+s.Text()))
			}
		}
	}
	return errors.Join(failed...)
}

// measured says how the figures came about.
const measured = "Measured on %s with `make clients`: %d clients at once, each scenario with a twin and a process of its own, a call with up to %.0f s of time, on %d processors with %s; " +
	"it took %.0f minutes. What failed by the clock alone was tried again when the others of the client were done.\n"

// row is what a client came to.
type row struct {
	client
	version string
	report  *gauntlet.Report
}

func judge(ctx context.Context, only string, npm bool, atOnce int, patience time.Duration) ([]*row, error) {
	b, err := openBench()
	if err != nil {
		return nil, err
	}
	defer b.close()
	if err := b.prepare(ctx, npm); err != nil {
		return nil, err
	}
	var rows []*row
	errs := make([]error, len(clients))
	turn := make(chan struct{}, atOnce)
	var work sync.WaitGroup
	for i, c := range clients {
		if only != "" && c.api.name != only || !npm && c.npm() {
			continue
		}
		if err := b.open(ctx, c.api); err != nil {
			return nil, err
		}
		command, err := b.driver(ctx, c)
		if err != nil {
			return nil, err
		}
		r := &row{client: c}
		rows = append(rows, r)
		turn <- struct{}{}
		work.Go(func() {
			defer func() { <-turn }()
			errs[i] = r.judge(ctx, command, patience)
		})
	}
	work.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return rows, nil
}

func (r *row) judge(ctx context.Context, command []string, patience time.Duration) error {
	start := time.Now()
	spec, _, _ := compiler.Load(r.api.spec)
	if spec == nil {
		return fmt.Errorf("the spec in %s has errors", r.api.spec)
	}
	d, err := process.Open(ctx, command)
	if err != nil {
		return fmt.Errorf("%s: %w", strings.Join(command, " "), err)
	}
	r.version = d.Version
	r.report, err = gauntlet.Judge(ctx, spec, d, gauntlet.Judging{Seed: 1, Patience: patience})
	if err == nil {
		fmt.Fprintf(os.Stderr, "%s, %s: %s in %.0f s\n", r.api.name, r.name, r.report.Score, time.Since(start).Seconds())
	}
	return err
}
