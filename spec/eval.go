package spec

import (
	_ "embed"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/cuecontext"
)

//go:embed schema.cue
var schemaSource string

// SchemaSource is the text of the embedded schema.
func SchemaSource() string { return schemaSource }

// Evaluate evaluates a package that was cut. The value may carry an error;
// the parts that are sound can be read all the same.
func Evaluate(p *Package) cue.Value {
	ctx := cuecontext.New()
	inst := build.NewContext().NewInstance(p.Dir, nil)
	for _, f := range p.Files {
		if f.Syntax == nil {
			continue
		}
		if err := inst.AddSyntax(f.Syntax); err != nil {
			break // The instance keeps the error, and the value reports it.
		}
	}
	return ctx.BuildInstance(inst)
}

// Schema returns the embedded schema, whose #Spec lists the sections.
func Schema() cue.Value {
	return cuecontext.New().CompileString(schemaSource, cue.Filename("schema.cue"))
}
