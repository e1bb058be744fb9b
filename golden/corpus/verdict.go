package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/porin-dev/porin/golden/corpus/judge"
	"github.com/porin-dev/porin/golden/corpus/smoke"
	"github.com/porin-dev/porin/golden/openapi"
)

// smoked is what the smoke test of one document came to.
type smoked struct {
	Called  int      // Actions.
	Failed  int      // Actions whose exchange is wrong.
	Missed  []string // Operations of the document that no action called.
	Wrong   []string // What is wrong with the exchanges, as "action: what".
	Off     []string // Answers of the twin that the document does not describe.
	Checked int      // Operations of the document, counted by the judge.
}

// program is the source of the program that calls the actions of one package.
const program = `package main

import (
	"github.com/porin-dev/porin/golden/corpus/smoke"

	client %q
)

func main() { smoke.Main(client.Driver()) }
`

// writeProgram writes the smoke program of a document's package.
func (m *module) writeProgram(doc openapi.Document) error {
	name := doc.Package()
	source := fmt.Sprintf(program, m.Path+"/"+name+"/"+name+"test")
	return m.Write(name+"/smoke/main.go", []byte(source))
}

// smoke compiles the program, runs it, and has what it recorded judged.
func (r *row) smoke(ctx context.Context, m *module) error {
	name := r.doc.Package()
	dir := filepath.Join(m.Dir, name)
	binary := filepath.Join(m.Dir, ".bin", name)
	var err error
	if r.link, err = m.compile(ctx, "-o", binary, "./"+name+"/smoke"); err != nil {
		return err
	}
	r.call, err = m.Run(ctx, binary, filepath.Join(dir, name+"test", "twin.json"))
	if !m.kept {
		os.Remove(binary) // The folder goes in the end; this bounds it until then.
	}
	if err != nil {
		return err
	}
	record := filepath.Join(dir, "exchanges.json")
	if err := m.Write(name+"/exchanges.json", r.call.Out); err != nil {
		return err
	}
	if r.judge, err = m.Phase(ctx, &r.smoked, "judge", record, r.doc.File); err != nil {
		return err
	}
	s := &r.smoked
	for _, op := range s.Missed {
		r.why = append(r.why, op+" was called by no action")
	}
	r.why = append(r.why, s.Wrong...)
	if s.Failed > 0 || len(s.Missed) > 0 {
		return fmt.Errorf("%d of %d actions fail, %d of %d operations are not called", s.Failed, s.Called, len(s.Missed), s.Checked)
	}
	return nil
}

// judgePhase judges recorded exchanges against the document.
func judgePhase(file, record string) (*smoked, error) {
	content, err := openapi.Read(file)
	if err != nil {
		return nil, err
	}
	d, err := judge.Read(content)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(record)
	if err != nil {
		return nil, err
	}
	s := &smoked{Checked: len(d.Operations)}
	for dec := json.NewDecoder(bytes.NewReader(data)); dec.More(); {
		var e smoke.Exchange
		if err := dec.Decode(&e); err != nil {
			return nil, err
		}
		wrong, off := d.Exchange(&e)
		s.Called++
		if len(wrong) > 0 {
			s.Failed++
		}
		for _, w := range wrong {
			s.Wrong = append(s.Wrong, e.Action+": "+w)
		}
		for _, w := range off {
			s.Off = append(s.Off, e.Action+": "+w)
		}
	}
	for _, o := range d.Operations {
		if o.Called == 0 {
			s.Missed = append(s.Missed, o.Method+" "+o.Path)
		}
	}
	slices.Sort(s.Missed)
	return s, nil
}
