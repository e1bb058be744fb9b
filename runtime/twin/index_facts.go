package twin

import (
	"maps"
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
)

// addSettings decides on the facts of the connection.
func (x *index) addSettings(o Options) {
	x.settings = map[string]string{}
	for _, s := range x.spec.Settings {
		v := s.Default
		switch {
		case o.Settings[s.Name] != "":
			v = o.Settings[s.Name]
		case v != "":
		case len(s.Enum) > 0:
			v = s.Enum[0]
		case s.Type == "url":
			v = "https://" + hostFor(s)
		case s.Type == "host":
			v = hostFor(s)
		case s.Type == "int":
			v = "1"
		case s.Type == "bool":
			v = "true"
		default:
			v = "acme"
		}
		x.settings[s.Name] = v
	}
}

// hostFor names a host that a setting allows.
func hostFor(s *ir.Setting) string {
	if len(s.Hosts) == 0 {
		return "acme.example.com"
	}
	if rest, ok := strings.CutPrefix(s.Hosts[0], "*."); ok {
		return "acme." + rest
	}
	return s.Hosts[0]
}

// addSecrets decides on the secrets of the webhooks.
func (x *index) addSecrets(o Options) {
	x.secrets = map[string]string{}
	maps.Copy(x.secrets, o.Secrets)
	for _, w := range x.spec.Webhooks {
		for _, v := range w.Verify.Proofs() {
			if name := nameOf(v); name != "" && x.secrets[name] == "" {
				x.secrets[name] = madeSecret(w, keyOwn, newRNG(o.Seed, "secret", name))
			}
		}
	}
}
