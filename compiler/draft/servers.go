package draft

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// server is a base address, with variables in braces.
type server struct {
	url, doc string
}

// variable is a part of an address that a connection chooses.
type variable struct {
	preset string
	values []string // All that there are; empty: any.
}

// keepVariable reports whether a variable stays in an address: one of the host
// that several values are named for, or that is a part of a name.
func (d *document) keepVariable(address, name string, v variable) bool {
	inHost := strings.Contains(hostIn(address), "{"+name+"}")
	if !inHost || len(v.values) == 1 || len(v.values) == 0 && !hostLabel().MatchString(v.preset) {
		return false
	}
	if known, ok := d.vars[name]; ok {
		return known.preset == v.preset && slices.Equal(known.values, v.values)
	}
	if len(v.values) > 0 && !slices.Contains(v.values, v.preset) {
		v.preset = ""
	}
	if d.vars == nil {
		d.vars = map[string]variable{}
	}
	d.vars[name] = v
	return true
}

// hostLabel is a part of a host name between dots (RFC 1123).
var hostLabel = pattern(`^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$`)

// dropPlainServers leaves out the servers that are those of others without TLS.
func (d *document) dropPlainServers() {
	all := slices.Clone(d.servers)
	d.servers = slices.DeleteFunc(d.servers, func(s server) bool {
		bare, plain := strings.CutPrefix(s.url, "http://")
		return plain && slices.ContainsFunc(all, func(o server) bool { return o.url == "https://"+bare })
	})
}

// hostOf is the host of a server, with the presets of its variables.
func (d *document) hostOf(s server) string {
	return reference().ReplaceAllStringFunc(hostIn(s.url), func(text string) string {
		return first(d.vars[reference().FindStringSubmatch(text)[1]].preset, text)
	})
}

// hostIn is the host of an address. It is read from the text, because a variable
// may be in it, which no host can have: {store}.myshopify.com.
func hostIn(address string) string {
	_, rest, ok := strings.Cut(address, "://")
	if !ok {
		return ""
	}
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		rest = rest[i+1:]
	}
	host, _, _ := strings.Cut(rest, ":")
	return host
}

// setServers writes the base addresses.
func (d *drafter) setServers(connector *value) {
	servers := structure()
	for _, s := range d.doc.servers {
		base, ok := d.serverAddress(s)
		if !ok {
			continue
		}
		name := "api"
		if n := len(servers.fields); n > 0 {
			name = "api" + strconv.Itoa(n+1)
		}
		servers.set(name, structure(base))
	}
	if len(servers.fields) == 0 {
		base, _ := d.serverAddress(server{url: "/"})
		servers.set("api", structure(base))
	}
	d.setOwnServers(servers)
	connector.set("servers", servers)
}

// setOwnServers adds the servers that single operations have in place of the
// document's. Each is named for what its host starts with: upload, of
// upload.example.com.
func (d *drafter) setOwnServers(servers *value) {
	names := map[string]string{}
	for _, f := range servers.fields {
		names[f.value.field("url").value.text] = f.label
	}
	taken := goNames{}
	for _, f := range servers.fields {
		taken[nameKey(f.label)] = true
	}
	for _, op := range d.ops {
		if len(op.servers) == 0 {
			continue
		}
		base, ok := d.serverAddress(op.servers[0])
		if !ok {
			continue
		}
		url := base.value
		name, known := names[url.text]
		if !known {
			host, _, _ := strings.Cut(hostIn(op.servers[0].url), ".")
			name = labelOf(taken.numbered(camel(first(host, "api"))))
			servers.set(name, structure(base))
			names[url.text] = name
		}
		if name != servers.fields[0].label {
			op.server = strings.Trim(name, `"`)
		}
	}
}

// serverAddress is the address of a server. Where the document names paths
// alone, the host is a guess, and stands for the one that the user knows.
func (d *drafter) serverAddress(s server) (*field, bool) {
	base, ok := d.address(s.url)
	f := &field{label: "url"}
	if !ok && d.absoluteServer() == nil && strings.HasPrefix(s.url, "/") {
		base, ok = d.address("https://api.example.com" + s.url)
		f.attrs = []attr{d.assume("the document names no server")}
	}
	f.value = quoted(strings.TrimSuffix(base, "/") + "/")
	return f, ok
}

// address makes an address of the document absolute: relative to the first
// server that is. Variables in it become settings of the connection.
func (d *drafter) address(raw string) (string, bool) {
	raw = filled(strings.TrimSpace(raw))
	if !absolute(raw) {
		base := d.absoluteServer()
		if base == nil {
			return "", false
		}
		ref, err := url.Parse(raw)
		if err != nil {
			return "", false
		}
		raw = base.ResolveReference(ref).String()
	}
	if u, err := url.Parse(reference().ReplaceAllString(raw, "x")); err != nil || u.Host == "" {
		return "", false
	}
	return reference().ReplaceAllStringFunc(raw, func(text string) string {
		name := reference().FindStringSubmatch(text)[1]
		return inTemplate("conn", d.setting(name, raw))
	}), true
}

// unfilled is a placeholder of a template that the document was to be made by:
// {{.Prefix}}, with the slash behind it.
var unfilled = pattern(`\{\{[^{}\w]*([^{}]*?)\s*\}\}(/?)`)

// filled makes variables of the placeholders that stand in the host of an
// address; in a path they usually stand for nothing.
func filled(address string) string {
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok {
		return unfilled().ReplaceAllString(address, "")
	}
	host, path, _ := strings.Cut(rest, "/")
	return scheme + "://" + unfilled().ReplaceAllString(host, "{$1}") + "/" + unfilled().ReplaceAllString(path, "")
}

func absolute(address string) bool {
	return strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://")
}

func (d *drafter) absoluteServer() *url.URL {
	for _, s := range d.doc.servers {
		if u, err := url.Parse(s.url); err == nil && absolute(s.url) {
			return u
		}
	}
	return nil
}

// setting declares what the user of a connection knows: one of several values,
// a part of a host name, or text. It returns the name of the setting, which is
// that of the variable unless another one has its Go name.
func (d *drafter) setting(variable, address string) string {
	settings := d.head.at("settings")
	if settings == nil {
		settings = structure()
		d.head.set("settings", settings)
	}
	name := variable
	for i := 2; slices.ContainsFunc(settings.fields, func(f *field) bool {
		return f.label != labelOf(name) && nameKey(f.label) == nameKey(name)
	}); i++ {
		name = variable + strconv.Itoa(i)
	}
	kind := "string"
	if strings.Contains(hostIn(address), "{"+variable+"}") {
		kind = "label"
	}
	v := d.doc.vars[variable]
	if len(v.values) > 0 {
		kind = "enum"
	}
	setting := structure(&field{label: "type", value: quoted(kind)}, &field{label: "from", value: quoted("user")})
	if v.preset != "" {
		setting.set("default", quoted(v.preset))
	} else {
		setting.set("required", text("true"))
	}
	if len(v.values) > 0 {
		setting.set("enum", quotedList(v.values))
	}
	settings.set(labelOf(name), setting)
	return name
}
