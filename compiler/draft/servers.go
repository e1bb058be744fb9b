package draft

import (
	"net/url"
	"strconv"
	"strings"
)

// setServers writes the base addresses.
func (d *drafter) setServers(connector *value) {
	servers := structure()
	for _, s := range d.doc.servers {
		base, ok := d.address(s.url)
		if !ok {
			continue
		}
		name := "api"
		if n := len(servers.fields); n > 0 {
			name = "api" + strconv.Itoa(n+1)
		}
		servers.set(name, structure(&field{label: "url", value: quoted(strings.TrimSuffix(base, "/") + "/")}))
	}
	if len(servers.fields) == 0 {
		servers.set("api", structure(&field{
			label: "url", value: quoted("https://api.example.com/"),
			attrs: []attr{d.assume("the document names no server")},
		}))
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
		base, ok := d.address(op.servers[0].url)
		if !ok {
			continue
		}
		url := quoted(strings.TrimSuffix(base, "/") + "/")
		name, known := names[url.text]
		if !known {
			host, _, _ := strings.Cut(op.servers[0].host(), ".")
			name = labelOf(taken.numbered(camel(first(host, "api"))))
			servers.set(name, structure(&field{label: "url", value: url}))
			names[url.text] = name
		}
		if name != servers.fields[0].label {
			op.server = strings.Trim(name, `"`)
		}
	}
}

// address makes an address of the document absolute: relative to the first
// server that is. Variables in it become settings of the connection.
func (d *drafter) address(raw string) (string, bool) {
	raw = strings.TrimSpace(raw)
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
	return reference.ReplaceAllStringFunc(raw, func(text string) string {
		name := reference.FindStringSubmatch(text)[1]
		d.setting(name, raw)
		return inTemplate("conn", name)
	}), true
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

// setting declares what the user of a connection knows: a part of a host name,
// or text.
func (d *drafter) setting(name, address string) {
	settings := d.head.at("settings")
	if settings == nil {
		settings = structure()
		d.head.set("settings", settings)
	}
	kind := "string"
	_, rest, _ := strings.Cut(address, "://")
	if host, _, _ := strings.Cut(rest, "/"); strings.Contains(host, "{"+name+"}") {
		kind = "label"
	}
	settings.set(labelOf(name), structure(
		&field{label: "type", value: quoted(kind)},
		&field{label: "from", value: quoted("user")},
		&field{label: "required", value: text("true")},
	))
}
