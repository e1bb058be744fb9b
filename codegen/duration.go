package codegen

import (
	"regexp"
	"strconv"

	"github.com/porin-dev/porin/codegen/internal/gofile"
	"github.com/porin-dev/porin/compiler/ir"
)

var durationForm = regexp.MustCompile(`^([0-9]+)(ms|s|m|h|d)$`)

// duration writes a length of time as a person would: time.Minute,
// 5 * time.Second. The empty and the zero duration are left out.
func (g *generator) duration(d ir.Duration) *gofile.Code {
	if d == "" {
		return nil
	}
	m := durationForm.FindStringSubmatch(string(d))
	if m == nil {
		g.fail("the duration %q is not a number with a unit", d)
		return nil
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		g.fail("the duration %q is too long", d)
	}
	if m[2] == "d" {
		n *= 24
	}
	unit := gofile.Qual("time", map[string]string{
		"ms": "Millisecond", "s": "Second", "m": "Minute", "h": "Hour", "d": "Hour",
	}[m[2]])
	switch n {
	case 0:
		return nil
	case 1:
		return unit
	}
	return gofile.Lit(n).Op("*").Add(unit)
}
