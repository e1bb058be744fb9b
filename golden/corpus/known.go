package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// know drafts a document with the knowledge base. A spec that is another than that of
// the document alone has to hold, and to generate.
func (r *row) know(ctx context.Context, m *module) error {
	name := r.doc.Package()
	dir := filepath.Join(m.Dir, "known", name)
	if !m.kept {
		defer os.RemoveAll(dir)
	}
	k := &row{doc: r.doc}
	if _, err := m.Phase(ctx, &k.drafted, "draft with quirks", dir, r.doc.File); err != nil {
		return err
	}
	same, err := sameSpec(filepath.Join(m.Dir, name), dir)
	if same || err != nil {
		return err
	}
	if _, err := m.Phase(ctx, &k.generated, "generate", dir, m.Path+"/known/"+name); err != nil {
		return err
	}
	if err := k.accept(); err != nil {
		r.why = k.why
		return fmt.Errorf("with the knowledge base: %w", err)
	}
	return nil
}

// sameSpec reports whether two folders have the same files of CUE.
func sameSpec(a, b string) (bool, error) {
	ofA, err := filepath.Glob(filepath.Join(a, "*.cue"))
	if err != nil {
		return false, err
	}
	ofB, err := filepath.Glob(filepath.Join(b, "*.cue"))
	if err != nil || len(ofA) != len(ofB) || len(ofA) == 0 {
		return false, err
	}
	for _, file := range ofA {
		x, err := os.ReadFile(file)
		if err != nil {
			return false, err
		}
		y, err := os.ReadFile(filepath.Join(b, filepath.Base(file)))
		if os.IsNotExist(err) || err == nil && !bytes.Equal(x, y) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
	}
	return true, nil
}
