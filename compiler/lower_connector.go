package compiler

import (
	"net/url"
	"slices"
	"strings"

	"cuelang.org/go/cue"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

func (c *compilation) lowerConnector() {
	n := c.root.get("connector")
	c.out.Pos = n.labelPos()
	c.out.Title = n.get("title").str()
	c.out.Doc = n.get("doc").str()
	c.out.Docs = n.get("docs").str()
	// Settings are declared before anything refers to them.
	for _, s := range c.root.get("settings").fields() {
		c.declare("settings", s.name, s.labelPos())
	}
	for _, s := range n.get("servers").fields() {
		c.declare("servers", s.name, s.labelPos())
		server := &ir.Server{Name: s.name, Pos: s.labelPos(), Doc: s.get("doc").str(), URL: c.lowerTemplate(s.get("url"), c.connOnly())}
		c.checkServerURL(s.get("url"), server.URL)
		c.out.Servers = append(c.out.Servers, server)
	}
	if n.sound() && n.get("servers").isStruct() && len(c.out.Servers) == 0 {
		c.report.Errorf(diag.MissingField, n.get("servers").labelPos(), "`servers` has no server").
			Help("write servers: api: url: \"https://...\"")
	}
	c.out.Headers = c.lowerNamedHeaders(n.get("headers").fields(), c.connOnly())
	c.out.Timeout = ir.Duration(n.get("timeout").str())
	c.out.Notes = lowerNotes(n.get("notes"))
}

func lowerNotes(n node) []*ir.Note {
	var list []*ir.Note
	for _, f := range n.fields() {
		list = append(list, &ir.Note{
			Name: f.name, Pos: f.labelPos(), Text: strings.Join(strings.Fields(f.get("text").str()), " "), Src: f.get("src").str(),
		})
	}
	return list
}

func (c *compilation) connOnly() scopes {
	return scopes{allowed: []string{"conn"}, check: c.connScope}
}

// checkServerURL checks what of the address is fixed.
func (c *compilation) checkServerURL(n node, t ir.Template) {
	if !n.exists() || len(t.Parts) == 0 || t.Parts[0].Scope != "" {
		return
	}
	text := t.Parts[0].Text
	u, err := url.Parse(text)
	switch scheme, _, found := strings.Cut(text, "://"); {
	case err != nil && len(t.Parts) == 1, !found || scheme != "http" && scheme != "https", err == nil && len(t.Parts) == 1 && u.Host == "":
		c.report.Errorf(diag.BadURL, n.pos(), "`%s` is not an absolute http or https address", n.str()).
			Help("write the whole base address, for example https://api.example.com/v1/")
	case scheme == "http" && err == nil && !isLoopback(u.Hostname()):
		c.warn(diag.InsecureURL, n.pos(), "credentials sent to `%s` travel unencrypted", n.str()).
			Help("use https")
	}
}

func isLoopback(host string) bool {
	return host == "localhost" || host == "::1" || strings.HasPrefix(host, "127.")
}

// checkHeaderName reports a name that HTTP cannot carry.
func (c *compilation) checkHeaderName(at ir.Pos, name string) {
	if name != "" && !ir.IsHeaderName(name) {
		c.report.Errorf(diag.BadHeaderName, at, "`%s` is not the name of a header", name).
			Help("use letters, digits and dashes, as in X-Signature")
	}
}

// lowerNamedHeaders lowers headers whose names are sent as they are.
func (c *compilation) lowerNamedHeaders(headers []node, s scopes) []*ir.Header {
	c.checkHeaderNames(headers)
	return c.lowerHeaders(headers, s)
}

func (c *compilation) checkHeaderNames(headers []node) {
	for _, h := range headers {
		c.checkHeaderName(h.labelPos(), h.name)
	}
}

func (c *compilation) lowerHeaders(headers []node, s scopes) []*ir.Header {
	var list []*ir.Header
	for _, h := range headers {
		list = append(list, &ir.Header{Name: h.name, Pos: h.labelPos(), Value: c.lowerTemplate(h, s)})
	}
	return list
}

func (c *compilation) lowerSettings() {
	for _, n := range c.root.get("settings").fields() {
		s := &ir.Setting{
			Name: n.name, Pos: n.labelPos(), Doc: n.get("doc").str(),
			Type: or(n.get("type").str(), "string"), From: or(n.get("from").str(), "user"),
			At: n.get("at").str(), Action: n.get("action").str(), Required: n.get("required").bool(),
			Enum: n.get("enum").strs(), Pattern: n.get("pattern").str(), Hosts: n.get("hosts").strs(),
		}
		if d := n.get("default"); d.exists() {
			s.Default = plain(d)
		}
		c.checkSetting(n, s)
		if s.From != "user" && s.From != "operator" {
			c.notCompiled(n.get("from"), "settings that come from elsewhere than the user")
		}
		c.out.Settings = append(c.out.Settings, s)
	}
}

func plain(n node) string {
	if n.concrete().Kind() == cue.StringKind {
		return n.str()
	}
	b, _ := n.concrete().MarshalJSON()
	return string(b)
}

func (c *compilation) checkSetting(n node, s *ir.Setting) {
	captured := s.From != "user" && s.From != "operator"
	if captured && (s.Type == "url" || s.Type == "host") && len(s.Hosts) == 0 {
		c.report.Errorf(diag.CaptureWithoutHosts, n.labelPos(), "`%s` is a captured %s without an allow-list", n.name, s.Type).
			Label("whoever controls the answer chooses where credentials go").
			Help("add hosts: [\"*.example.com\"] with the hosts that the provider uses")
	}
	for _, h := range n.get("hosts").list() {
		if host := strings.TrimPrefix(h.str(), "*."); host == "" || strings.ContainsAny(host, "*/:@ ") || !strings.Contains(host, ".") {
			c.report.Errorf(diag.BadHostPattern, h.pos(), "`%s` is not a host of an allow-list", h.str()).
				Help("write a host such as api.example.com, or *.example.com for those below it")
		}
	}
	if s.From == "discover" && s.Action == "" || (s.From == "callback" || s.From == "token" || s.From == "discover") && s.At == "" {
		c.report.Errorf(diag.SettingWithoutSource, n.labelPos(), "`%s` comes from `%s`, and nothing says where it is read", n.name, s.From).
			Help("add `at` with the path or parameter, and `action` for a setting that is discovered")
	}
	if d := n.get("default"); d.exists() && !defaultFits(d, s) {
		c.report.Errorf(diag.SettingDefault, d.pos(), "the default is not a value of `%s`", n.name)
	}
	if s.Required && s.Default != "" {
		c.warn(diag.RequiredWithDefault, n.get("required").labelPos(), "`%s` is required and has a default, so it is never missing", n.name)
	}
}

func defaultFits(d node, s *ir.Setting) bool {
	switch k := d.concrete().Kind(); s.Type {
	case "int":
		return k == cue.IntKind
	case "bool":
		return k == cue.BoolKind
	case "enum":
		return k == cue.StringKind && (len(s.Enum) == 0 || slices.Contains(s.Enum, d.str()))
	default:
		return k == cue.StringKind
	}
}

func or(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
