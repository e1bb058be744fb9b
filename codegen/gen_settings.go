package codegen

import (
	"fmt"
	"strings"

	"github.com/porin-dev/porin/codegen/internal/gofile"
	"github.com/porin-dev/porin/compiler/ir"
)

// hasSettings reports whether clients need facts of their connection.
func (g *generator) hasSettings() bool { return len(g.c.Settings) > 0 }

// settingsDecls declares Settings and how it becomes options.
func (g *generator) settingsDecls() []decl {
	if !g.hasSettings() {
		return nil
	}
	var members, pairs []*gofile.Code
	for _, s := range g.c.Settings {
		members = append(members, gofile.Trailing(gofile.Param(settingName(s), gofile.Id("string")), settingDoc(s)))
		value := gofile.Id("s").Dot(settingName(s))
		if s.Default != "" {
			value = gofile.Call(gofile.Qual("cmp", "Or"), value, gofile.Lit(s.Default))
		}
		pairs = append(pairs, gofile.Lit(s.Name).Op(":").Add(value))
	}
	// func (s Settings) with(opts []Option) []Option {
	//	return append([]Option{rt.WithSettings(map[string]string{"subdomain": s.Subdomain})}, opts...)
	// }
	option := gofile.Slice(g.alias("Option"))
	facts := gofile.Call(gofile.RT("WithSettings"), gofile.ElemLines(gofile.Map(gofile.Id("string")), pairs...))
	with := gofile.Method("s", gofile.Id("Settings"), "with").Params(gofile.Param("opts", option)).Add(option).Block(
		gofile.Return(gofile.Call(gofile.Id("append"), gofile.Elems(option, facts), gofile.Id("opts").Op("..."))))
	return []decl{
		{"Settings are the facts of one connection.", gofile.Type("Settings").Add(gofile.Struct(members...))},
		{"with puts the settings before the options, so that an option may replace one.", with},
	}
}

func settingName(s *ir.Setting) string {
	if s.Go != "" {
		return s.Go
	}
	return exported(s.Name)
}

func settingDoc(s *ir.Setting) string {
	var parts []string
	if s.Required && s.Default == "" {
		parts = append(parts, "Required.")
	}
	parts = append(parts, sentence(s.Doc))
	if len(s.Enum) > 0 {
		parts = append(parts, "One of "+strings.Join(s.Enum, ", ")+".")
	}
	if s.Default != "" {
		parts = append(parts, fmt.Sprintf("Empty is %s.", s.Default))
	}
	return strings.Join(nonEmpty(parts), " ")
}
