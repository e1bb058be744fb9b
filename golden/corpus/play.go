package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/porin-dev/porin/golden/openapi"
	"github.com/porin-dev/porin/runtime/gauntlet"
)

// play runs what `porin test` runs on the package of a document. Each scenario that
// fails is told with its id, and is a failure of the document.
func (m *module) play(ctx context.Context, doc openapi.Document, r *row) error {
	name := doc.Package()
	file := filepath.Join(m.Dir, name, "gauntlet.json")
	if err := os.Remove(file); err != nil && !os.IsNotExist(err) {
		return err // What an earlier run left in a kept folder would pass for this one's.
	}
	var err error
	env := []string{gauntlet.EnvReport + "=" + file, gauntlet.EnvSeed + "=1"}
	r.play, err = m.RunWith(ctx, env, "go", "test", "-trimpath", "-vet=off", "-count=1", "-run=^TestGauntlet$", "./"+name+"/"+name+"test")
	data, unread := os.ReadFile(file)
	if unread != nil {
		return fmt.Errorf("the gauntlet did not run: %w\n%s", err, r.play.Out)
	}
	if r.played, err = gauntlet.ReadReport(data); err != nil {
		return err
	}
	failed := r.played.Failed()
	for _, s := range failed {
		r.why = append(r.why, s.Text())
	}
	switch score := r.played.Score; {
	case len(failed) > 0:
		return fmt.Errorf("%d of %d scenarios fail", len(failed), score.Exercised)
	case score.Exercised == 0:
		return fmt.Errorf("no scenario is exercised")
	}
	return nil
}
