package draft

import (
	"regexp"
	"slices"
	"strings"
)

// setAuth writes the security schemes that operations use; when none says
// which it uses, all of them.
func (d *drafter) setAuth() {
	auth := structure()
	d.methods = map[string]string{}
	for _, s := range d.usedSchemes() {
		name := labelOf(camel(s.name))
		before := len(auth.fields)
		switch {
		case s.kind == "bearer", s.kind == "other" && s.open:
			auth.set(name, structure(&field{label: "bearer", value: structure()}))
		case s.kind == "key" && s.in == "header" && strings.EqualFold(s.param, "Authorization") && tokenWords.MatchString(s.name+" "+s.doc):
			auth.set(name, structure(&field{label: "bearer", value: structure()}), d.assume("the header Authorization, described as one for a token"))
		case s.kind == "basic":
			auth.set(name, structure(&field{label: "basic", value: structure()}))
		case s.kind == "key":
			auth.set(name, structure(&field{label: "key", value: structure(&field{label: "to", value: structure(
				&field{label: s.in, value: quoted(s.param)},
			)})}))
		case s.kind == "oauth2":
			d.setOAuth(auth, name, s)
		default:
			d.note(place{pointer: "/securitySchemes"}.below(s.name), "the security scheme is of a kind that is not drafted")
		}
		if len(auth.fields) > before {
			d.methods[s.name] = name
		}
	}
	d.noteTogether()
	switch known := d.head.at("auth"); {
	case known != nil:
		joinAuth(known, auth)
		d.methods = nil // The rules have names of their own.
	case len(d.doc.schemes) == 0:
		d.guessAuth(auth)
		fallthrough
	default:
		if len(auth.fields) > 0 {
			d.head.set("auth", auth)
		}
	}
}

// tokenWords say that a header Authorization is for a bearer token.
var tokenWords = regexp.MustCompile(`(?i)bearer|oauth|jwt|access.?(token|code)`)

func (d *drafter) usedSchemes() []*scheme {
	used := map[string]bool{}
	for _, op := range d.doc.ops {
		for _, alt := range op.security {
			mark(used, alt)
		}
	}
	var list []*scheme
	for _, s := range d.doc.schemes {
		if used[s.name] {
			list = append(list, s)
		}
	}
	if len(list) == 0 {
		return d.doc.schemes
	}
	return list
}

// noteTogether says which schemes are needed together: an action is called
// with one.
func (d *drafter) noteTogether() {
	var noted []string
	for _, op := range d.doc.ops {
		for _, alt := range op.security {
			key := strings.Join(alt, " and ")
			if len(alt) > 1 && !contains(noted, key) {
				noted = append(noted, key)
				d.note(op.at, "the security schemes %s are needed together; each is a method of its own, and a call uses one", key)
			}
		}
	}
}

// guessAuth is for documents without security schemes that describe the
// credential as a header of most operations.
func (d *drafter) guessAuth(auth *value) {
	count := map[string]int{}
	for _, op := range d.doc.ops {
		for _, p := range op.params {
			if p.in == "header" && keyHeader.MatchString(p.name) {
				count[p.name]++
			}
		}
	}
	for _, op := range d.doc.ops {
		for _, p := range op.params {
			if n := count[p.name]; p.in != "header" || n*2 < len(d.doc.ops) || n == 0 {
				continue
			}
			guess := structure(&field{label: "key", value: structure(&field{label: "to", value: structure(&field{label: "header", value: quoted(p.name)})})})
			name := "key"
			if strings.EqualFold(p.name, "Authorization") {
				name, guess = "token", structure(&field{label: "bearer", value: structure()})
			}
			auth.set(name, guess, d.assume("most operations have the header %s, and no security scheme is described", p.name))
			d.credential = p.name
			return
		}
	}
}

// keyHeader is a header that carries a credential.
var keyHeader = regexp.MustCompile(`(?i)^(authorization|(x-)?(api|access|auth|app|secret)[-_]?(key|token)|x-auth|.*-api-key|.*-access-token)$`)

// authOf lists the methods of an action that takes not all of them.
func (d *drafter) authOf(op *operation) []string {
	var names []string
	for _, alt := range op.security {
		if len(alt) != 1 || d.methods[alt[0]] == "" {
			return nil
		}
		if name := d.methods[alt[0]]; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) == len(d.methods) {
		return nil
	}
	return names
}
