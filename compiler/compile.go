// Package compiler turns a spec into the IR: it evaluates the cut package,
// lowers it section by section, and checks what CUE cannot know.
package compiler

import (
	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/spec"
	"github.com/porin-dev/porin/spec/quirks"
)

// Load reads and compiles the spec in a folder, and holds its Go names against
// the lock file. Every mistake of the user is in the report; the connector is
// nil when there is an error among them. The package, when it could be read,
// has the source text for the report.
func Load(dir string) (*ir.Connector, *spec.Package, *diag.Report) {
	return locked(dir, nil)
}

func locked(dir string, known *quirks.Index) (*ir.Connector, *spec.Package, *diag.Report) {
	c, pkg, report := load(dir, known)
	if c != nil {
		checkLock(c, dir, report)
	}
	if report.HasErrors() {
		return nil, pkg, report
	}
	return c, pkg, report
}

// LoadUnlocked is [Load] without the lock file.
func LoadUnlocked(dir string) (*ir.Connector, *spec.Package, *diag.Report) {
	return load(dir, nil)
}

// LoadKnowing is [Load] with warnings about what the spec contradicts or leaves
// out of what is known about its API.
func LoadKnowing(dir string, known *quirks.Index) (*ir.Connector, *spec.Package, *diag.Report) {
	return locked(dir, known)
}

func load(dir string, known *quirks.Index) (*ir.Connector, *spec.Package, *diag.Report) {
	report := &diag.Report{}
	pkg, err := spec.Load(dir)
	if err != nil {
		reportLoadError(err, report)
		return nil, pkg, report
	}
	return compile(pkg, report, known), pkg, report
}

// compilation is the state that the phases share.
type compilation struct {
	pkg    *spec.Package
	report *diag.Report
	shapes *shapes
	types  map[string]bool     // Names of the type definitions.
	named  map[string]*ir.Type // Lowered definitions.
	whole  map[*ir.Type]bool   // Types with the fields of what they are composed of.
	root   node
	out    *ir.Connector
	later  []laterPart       // For which no code is generated yet.
	places map[string]ir.Pos // Where named things are declared: "limits.tier2".

	beside     []string          // What the exchange at hand keeps beside its token.
	scrolls    []scroll          // Page rules that another action continues.
	referenced map[string]bool   // Type definitions that something else refers to.
	settled    map[*ir.Type]bool // Objects whose choices were checked.
	reported   map[string]bool   // Places and paths of errors that CUE has.
	explained  []ir.Pos          // Fields with @why, and their values.
}

// Compile compiles a package that was parsed without error, and changes its
// syntax trees. It returns nil when the spec has errors.
func Compile(pkg *spec.Package, report *diag.Report) *ir.Connector {
	return compile(pkg, report, nil)
}

func compile(pkg *spec.Package, report *diag.Report, known *quirks.Index) *ir.Connector {
	c := &compilation{
		pkg: pkg, report: report,
		named: map[string]*ir.Type{}, whole: map[*ir.Type]bool{},
		places: map[string]ir.Pos{}, reported: map[string]bool{}, referenced: map[string]bool{}, settled: map[*ir.Type]bool{},
		out: &ir.Connector{Version: ir.Version, Name: pkg.Name},
	}
	c.shapes = newShapes(spec.Schema())
	// Attributes are read from the syntax: CUE keeps them, and does not check them.
	c.lowerEvidence()
	c.checkAttributes()
	// References between types become tokens, so that evaluation stays linear.
	c.types = spec.Cut(pkg)
	c.root = node{v: c.evaluate(), name: pkg.Name}
	c.reportCUE(c.root.v)
	if !c.root.isStruct() {
		if !report.HasErrors() {
			report.Errorf(diag.WrongType, c.root.pos(), "a spec has sections, and this is a value alone").
				Help("write the sections below the package clause: connector: title: \"...\"")
		}
		return nil // Nothing can be read; why is reported.
	}
	// The sections are held against the schema; what does not fit is left out below.
	c.checkSections()
	// Types first: everything else points into them.
	c.lowerTypes()
	// What actions refer to by name.
	c.lowerConnector()
	c.lowerSettings()
	c.lowerAuth()
	c.lowerLimits()
	c.out.Errors = c.lowerErrors(c.root.get("errors"))
	// Actions, with what they inherit from groups and the connector.
	c.lowerActions()
	// What refers to actions.
	c.lowerScrolls()
	c.lowerResources()
	c.lowerWebhooks()
	c.lowerFlows()
	c.lowerRest()
	// Names last: they depend on everything that is exported.
	c.nameAll()
	// What only the whole spec can tell.
	c.checkTypes()
	c.checkActions()
	c.checkRequests()
	c.checkErrors()
	c.checkAuth()
	c.checkUnused()
	c.reportLater()
	// What is known about the API, and the spec does not say.
	c.checkQuirks(known)
	if report.HasErrors() {
		return nil
	}
	return c.out
}

// checkSections holds every section but actions and flows, whose trees are
// checked where they are lowered, against the schema.
func (c *compilation) checkSections() {
	sh := c.shapes.def("#Spec")
	seen := map[string]bool{}
	for _, f := range c.root.fields() {
		seen[f.name] = true
		sf := sh.field(f.name)
		if sf == nil {
			c.unknownField(f, c.root, sh)
			continue
		}
		c.checkShape(f, sf.shape)
	}
	if !seen["connector"] {
		d := c.report.Errorf(diag.EmptySpec, c.packagePos(), "the spec has no `connector`")
		d.Help("start with connector: {title: \"...\", servers: api: url: \"https://...\"}")
	}
}

func (c *compilation) packagePos() (p ir.Pos) {
	for _, f := range c.pkg.Files {
		if f.Syntax != nil && len(f.Syntax.Decls) > 0 {
			return span(f.Syntax.Decls[0].Pos(), f.Syntax.Decls[0].End())
		}
	}
	return p
}

// declared reports whether a name stands in a section, with its place.
func (c *compilation) declare(section, name string, at ir.Pos) { c.places[section+"."+name] = at }

func (c *compilation) declared(section, name string) bool {
	_, ok := c.places[section+"."+name]
	return ok
}

// namesIn lists the names declared in a section.
func (c *compilation) namesIn(section string) []string {
	var names []string
	for _, f := range c.root.get(section).fields() {
		names = append(names, f.name)
	}
	return names
}
