package compiler

import (
	"regexp"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/token"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

// ReportSyntax reports the first syntax error of a file, an error of CUE's
// parser; what follows it in the same file is mostly its echo.
func ReportSyntax(err error, report *diag.Report) {
	for _, e := range errors.Errors(err) {
		msg, args := e.Msg()
		report.Errorf(diag.CUESyntax, point(e.Position()), "the file does not parse: %s", errors.Newf(token.NoPos, msg, args...).Error()).
			Help("close every quote and brace, put commas between fields of one line, and quote names with odd characters")
		return
	}
	report.Errorf(diag.CUESyntax, ir.Pos{}, "the file does not parse: %s", err)
}

var (
	conflictRE = regexp.MustCompile(`conflicting values (.+) and (.+?)(?: \(mismatched types (.+) and (.+)\))?$`)
	boundsRE   = regexp.MustCompile(`incompatible .*bounds (.+) and (.+)$`)
)

// reportCUE translates the errors of evaluation: one error a place, with the
// author's positions alone. What has no translation is shown as CUE says it.
func (c *compilation) reportCUE(v cue.Value) {
	for _, e := range errors.Errors(v.Validate()) {
		path := strings.Join(e.Path(), ".")
		places := c.userPlaces(e)
		key := path
		if len(places) > 0 {
			key = places[0].String()
		}
		if c.reported[key] || c.reported["at "+path] && path != "" {
			continue
		}
		c.reported[key], c.reported["at "+path] = true, true
		c.translate(e, path, places)
	}
}

func (c *compilation) translate(e errors.Error, path string, places []ir.Pos) {
	at := c.packagePos()
	if len(places) > 0 {
		at = c.widen(places[0])
	}
	msg := message(e)
	switch {
	case conflictRE.MatchString(msg):
		m := conflictRE.FindStringSubmatch(msg)
		d := c.report.Errorf(diag.ConflictingValues, at, "`%s` has two values that disagree: %s and %s", path, m[1], m[2])
		if len(places) > 1 {
			d.Also(c.widen(places[1]), "the other value")
		}
		d.Help("keep one of them; facts of several files have to agree")
	case boundsRE.MatchString(msg):
		m := boundsRE.FindStringSubmatch(msg)
		c.report.Errorf(diag.EmptyRange, at, "no value is both %s and %s", m[2], m[1]).
			Help("widen one of the bounds")
	default:
		c.report.Errorf(diag.CUEError, at, "%s", strings.TrimPrefix(msg, path+": ")).Note("said by CUE about `%s`", path)
	}
}

// message is the text of an error without its path.
func message(e errors.Error) string {
	format, args := e.Msg()
	return errors.Newf(token.NoPos, format, args...).Error()
}

// userPlaces lists the positions of an error that lie in the spec's files.
func (c *compilation) userPlaces(e errors.Error) []ir.Pos {
	var list []ir.Pos
	seen := map[string]bool{}
	for _, p := range append([]token.Pos{e.Position()}, e.InputPositions()...) {
		at := point(p)
		if at.IsValid() && !seen[at.String()] && c.isFile(at.File) {
			seen[at.String()] = true
			list = append(list, at)
		}
	}
	return list
}

func (c *compilation) isFile(name string) bool {
	for _, f := range c.pkg.Files {
		if f.Name == name {
			return true
		}
	}
	return false
}

// widen turns the point that CUE gives into the span of the syntax that starts
// there.
func (c *compilation) widen(at ir.Pos) ir.Pos {
	for _, f := range c.pkg.Files {
		if f.Name != at.File || f.Syntax == nil {
			continue
		}
		found := at
		ast.Walk(f.Syntax, func(n ast.Node) bool {
			if p := n.Pos(); found == at && p.IsValid() && p.Line() == at.Line && p.Column() == at.Col {
				switch n.(type) {
				case *ast.File, *ast.Field, *ast.CommentGroup:
				default:
					found = span(n.Pos(), n.End())
				}
			}
			return found == at
		}, nil)
		return found
	}
	return at
}
