package draft

import (
	"slices"
	"strings"
)

// alternative names the schemes of one way to call, which go out together.
func alternative(schemes []string) string { return strings.Join(schemes, " and ") }

// setTogether writes a method for the schemes that an operation needs at once:
// keys of one name each. A bearer token is a key in the header Authorization;
// what is more than text, such as a grant, cannot be one of several.
func (d *drafter) setTogether(auth *value, taken goNames) {
	var seen []string
	for _, op := range d.doc.ops {
		for _, alt := range op.security {
			key := alternative(alt)
			if len(alt) < 2 || contains(seen, key) {
				continue
			}
			seen = append(seen, key)
			keys := d.keysOf(alt)
			if keys == nil {
				d.note(op.at, "the security schemes %s are needed together; each is a method of its own, and a call uses one", key)
				continue
			}
			name := methodName(camel(strings.Join(alt, " and ")), "keys", taken)
			auth.set(labelOf(name), structure(&field{label: "keys", value: keys}))
			d.methods[key] = name
		}
	}
}

// joinRequired makes one of alternatives that an operation contradicts: it
// requires the parameter of each, so they are needed together.
func (d *drafter) joinRequired() {
	for _, op := range d.doc.ops {
		var all []string
		for _, alt := range op.security {
			if len(alt) == 1 && d.requiresKey(op, alt[0]) && !contains(all, alt[0]) {
				all = append(all, alt[0])
			}
		}
		if len(all) > 1 && len(all) == len(op.security) {
			d.note(op.at, "%s are alternatives, and the parameters of all are required; they go out together", alternative(all))
			op.security = [][]string{all}
		}
	}
}

// requiresKey reports whether an operation requires the parameter of a scheme.
func (d *drafter) requiresKey(op *operation, name string) bool {
	i := slices.IndexFunc(d.doc.schemes, func(s *scheme) bool { return s.name == name && s.kind == "key" })
	return i >= 0 && slices.ContainsFunc(op.params, func(p *param) bool {
		s := d.doc.schemes[i]
		return p.required && p.in == s.in && strings.EqualFold(p.name, s.param)
	})
}

// keysOf writes schemes as keys by name, or returns nil when one of them is no
// key or two are in one place.
func (d *drafter) keysOf(alt []string) *value {
	keys := structure()
	var places []string
	for _, name := range alt {
		i := slices.IndexFunc(d.doc.schemes, func(s *scheme) bool { return s.name == name })
		if i < 0 {
			return nil
		}
		s, label, key := d.doc.schemes[i], labelOf(camel(name)), structure()
		in, param := s.in, s.param
		if s.isToken() {
			in, param = "header", "Authorization"
		} else if s.kind != "key" {
			return nil
		}
		key.set("to", structure(&field{label: in, value: quoted(param)}))
		if s.isToken() {
			key.set("value", quoted("Bearer {cred."+pathOf(camel(name))+"}"))
		}
		place := strings.ToLower(in + " " + param)
		if contains(places, place) || keys.field(label) != nil {
			return nil
		}
		places = append(places, place)
		keys.set(label, key)
	}
	return keys
}

// onlyTogether are the schemes that no operation takes by themselves.
func (d *drafter) onlyTogether() map[string]bool {
	together, alone := map[string]bool{}, map[string]bool{}
	for _, op := range d.doc.ops {
		for _, alt := range op.security {
			for _, name := range alt {
				if len(alt) > 1 && d.methods[alternative(alt)] != "" {
					together[name] = true
				} else {
					alone[name] = true
				}
			}
		}
	}
	for name := range alone {
		delete(together, name)
	}
	return together
}
