package mutation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/porin-dev/porin/codegen/mutate"
	"github.com/porin-dev/porin/runtime/gauntlet"
)

// values runs the program that holds the mutants which are values, once for
// each of them.
func (r *run) values(ctx context.Context) error {
	if len(r.chosen) == 0 {
		return nil
	}
	r.Progress(Progress{Doing: "building"})
	binary, err := r.build(ctx, "values", r.program.Files())
	if err != nil {
		return err
	}
	base, why, err := r.play(ctx, trial{binary: binary})
	if err != nil {
		return err
	}
	if base == nil {
		return &brokenError{why}
	}
	passing := map[string]bool{}
	for _, s := range base.Scenarios {
		passing[s.ID] = s.Outcome == gauntlet.Pass
	}
	kept, err := r.openKept(binary)
	if err != nil {
		return err
	}
	defer kept.close()
	return r.each(ctx, func(m *mutate.Mutant) (Result, error) {
		if old, ok := kept.known[m.ID]; ok {
			return old, nil
		}
		res, err := r.try(ctx, binary, m, passing)
		if err == nil {
			err = kept.keep(res)
		}
		return res, err
	})
}

// brokenError says that the true client does not run.
type brokenError struct{ why string }

func (e *brokenError) Error() string { return "the gauntlet of the true client does not run: " + e.why }

// each has workers try the mutants.
func (r *run) each(ctx context.Context, try func(*mutate.Mutant) (Result, error)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	work := make(chan *mutate.Mutant)
	var mu sync.Mutex
	var wg sync.WaitGroup
	done, alive := 0, 0
	for range max(1, r.Jobs) {
		wg.Go(func() {
			for m := range work {
				res, err := try(m)
				if err != nil {
					cancel(err)
					continue
				}
				mu.Lock()
				r.results = append(r.results, res)
				if done++; res.Outcome == Survived {
					alive++
				}
				r.Progress(Progress{"running", done, len(r.chosen), alive})
				mu.Unlock()
			}
		})
	}
	for _, m := range r.chosen {
		if ctx.Err() != nil {
			break
		}
		work <- m
	}
	close(work)
	wg.Wait()
	return context.Cause(ctx)
}

// try runs the scenarios that are likely to notice, and then all others.
func (r *run) try(ctx context.Context, binary string, m *mutate.Mutant, passing map[string]bool) (Result, error) {
	out := Result{m.ID, m.Kind, m.Pos.String(), m.What, Survived, "", ""}
	for _, scenarios := range [][]string{likely[m.Kind], nil} {
		report, why, err := r.play(ctx, trial{binary, m.ID, scenarios, m.Actions, true})
		if err != nil {
			return out, err
		}
		if report == nil {
			out.Outcome, out.Why = Killed, why
			return out, nil
		}
		for _, s := range report.Failed() {
			if passing[s.ID] {
				out.Outcome, out.By, out.Why = Killed, s.ID, s.Why
				return out, nil
			}
		}
	}
	return out, nil
}

// likely are the scenarios that a wrong rule shows in first.
var likely = map[mutate.Kind][]string{
	mutate.PageParameter:   {"paging/every-list", "paging/every-split"},
	mutate.PageEnd:         {"paging/every-size", "paging/every-list"},
	mutate.PageStart:       {"paging/every-list"},
	mutate.PageBy:          {"paging/every-list"},
	mutate.PageSize:        {"paging/every-size", "paging/every-full-page"},
	mutate.PageFrom:        {"paging/every-list"},
	mutate.HeaderName:      {"data/every-call"},
	mutate.HeaderValue:     {"data/every-call"},
	mutate.Unit:            {"status/every-error", "limits/*", "webhooks/*"},
	mutate.ErrorWhen:       {"status/every-error", "auth/*"},
	mutate.ErrorClass:      {"status/every-error"},
	mutate.CodePath:        {"status/every-error"},
	mutate.RequestPath:     {"status/every-error"},
	mutate.WaitPath:        {"status/every-error", "limits/*"},
	mutate.Effect:          {"status/every-*", "paging/every-scroll"},
	mutate.KeyPlace:        {"status/every-*"},
	mutate.LimitRate:       {"limits/every-limit"},
	mutate.LimitKey:        {"limits/every-limit"},
	mutate.LimitCost:       {"limits/every-limit"},
	mutate.BatchMost:       {"batches"},
	mutate.BatchMatch:      {"batches"},
	mutate.BatchResults:    {"batches"},
	mutate.BatchAtomic:     {"batches"},
	mutate.SignaturePart:   {"webhooks"},
	mutate.EventPath:       {"webhooks"},
	mutate.Handshake:       {"webhooks"},
	mutate.CredentialPlace: {"auth/every-credential"},
	mutate.TokenPath:       {"auth"},
	mutate.Expiry:          {"auth"},
	mutate.ScopeSeparator:  {"auth"},
	mutate.Grant:           {"auth"},
}

// kept holds the outcomes of a run that was ended, for one binary: whatever
// changes in the spec, the client or the gauntlet makes another one.
type kept struct {
	known map[int]Result
	mu    sync.Mutex
	file  *os.File
}

func (r *run) openKept(binary string) (*kept, error) {
	k := &kept{known: map[int]Result{}}
	if r.Resume == "" {
		return k, nil
	}
	f, err := os.Open(binary)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(r.Resume, 0o755); err != nil {
		return nil, err
	}
	r.kept = filepath.Join(r.Resume, r.c.Name+"-"+hex.EncodeToString(sum.Sum(nil)[:12])+".jsonl")
	if k.file, err = os.OpenFile(r.kept, os.O_RDWR|os.O_CREATE, 0o644); err != nil {
		return nil, err
	}
	dec := json.NewDecoder(k.file)
	for {
		var res Result
		if err := dec.Decode(&res); err != nil {
			break // The end, or a line that was cut off.
		}
		k.known[res.ID] = res
	}
	_, err = k.file.Seek(0, io.SeekEnd)
	return k, err
}

func (k *kept) keep(res Result) error {
	if k.file == nil {
		return nil
	}
	data, err := json.Marshal(res)
	if err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	_, err = k.file.Write(append(data, '\n'))
	return err
}

func (k *kept) close() {
	if k.file != nil {
		k.file.Close()
	}
}
