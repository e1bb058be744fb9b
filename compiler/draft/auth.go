package draft

import (
	"slices"
	"strconv"
	"strings"
)

// setAuth writes the security schemes that operations use; when none says
// which it uses, all of them.
func (d *drafter) setAuth() {
	auth := structure()
	d.methods = map[string]string{}
	d.joinRequired()
	together, taken := structure(), goNames{}
	d.setTogether(together, taken)
	parts := d.onlyTogether()
	for _, s := range d.usedSchemes() {
		if !parts[s.name] {
			d.setScheme(auth, s, taken)
		}
	}
	for _, f := range together.fields {
		auth.set(f.label, f.value)
	}
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

// setScheme writes one scheme as a method.
func (d *drafter) setScheme(auth *value, s *scheme, taken goNames) {
	kind := "token"
	if s.kind == "basic" || s.kind == "key" && !s.isToken() {
		kind = s.kind
	}
	own := methodName(camel(s.name), kind, taken)
	name := labelOf(own)
	switch {
	case s.kind == "key" && s.isToken():
		auth.set(name, structure(&field{label: "bearer", value: structure()}), d.assume("the header Authorization, described as one for a token"))
	case s.isToken():
		auth.set(name, structure(&field{label: "bearer", value: structure()}))
	case s.kind == "basic":
		basic := structure()
		var marks []attr
		if s.keyAlone() {
			basic = structure(&field{label: "user", value: quoted("{cred.key}")}, &field{label: "password", value: quoted("")})
			marks = append(marks, d.assume("its description has a key for the user, and no password"))
		}
		auth.set(name, structure(&field{label: "basic", value: basic}), marks...)
	case s.kind == "key":
		key := structure(&field{label: "to", value: structure(&field{label: s.in, value: quoted(s.param)})})
		var marks []attr
		if word := s.word(); word != "" {
			key.set("value", quoted(word+" {cred.key}"))
			marks = append(marks, d.assume("its description has the word %s before the key", word))
		}
		auth.set(name, structure(&field{label: "key", value: key}), marks...)
	case s.kind == "oauth2":
		d.setOAuth(auth, name, s)
	default:
		d.note(s.at, "the security scheme is of a kind that is not drafted")
		return
	}
	d.methods[s.name] = own
}

// methodName is a name, numbered where it is needed: the type of a credential,
// which the compiler calls by the name and the kind, is one of its own.
func methodName(name, kind string, taken goNames) string {
	key := func(name string) string { return strings.TrimSuffix(nameKey(name), kind) + kind }
	own := name
	for n := 2; taken[key(own)]; n++ {
		own = name + strconv.Itoa(n)
	}
	taken[key(own)] = true
	return own
}

// isToken reports whether a scheme is a bearer token, however it is declared.
func (s *scheme) isToken() bool {
	if s.kind != "key" || s.in != "header" || !strings.EqualFold(s.param, "Authorization") {
		return s.kind == "bearer" || s.kind == "other" && s.open
	}
	if word := s.word(); word != "" {
		return strings.EqualFold(word, "Bearer")
	}
	return tokenWords().MatchString(s.name + " " + s.doc)
}

// keyAlone reports whether a description of basic auth has a key for the user and
// nothing for the password: "`api_key:`", or in words.
func (s *scheme) keyAlone() bool { return noPassword().MatchString(s.doc) }

var noPassword = pattern("(?i)(key|token|secret)[>}\\]]?:['\"`)]|\\b(an? (empty|blank)|without an?|with no) password\\b|\\bno password *([.,;)]|$)|\\bpassword[^.]{0,40} (is|be|as) (left )?(empty|blank|ignored|not (used|needed|required))\\b|\\bleav(e|ing) the password[^.]{0,20} (empty|blank)\\b")

// word is what stands before the key in a header Authorization, as far as the
// description shows it: "Authorization: Token 123".
func (s *scheme) word() string {
	if s.in != "header" || !strings.EqualFold(s.param, "Authorization") {
		return ""
	}
	if m := shownHeader().FindStringSubmatch(s.doc); m != nil {
		return m[1]
	}
	return ""
}

// shownHeader is a header Authorization as descriptions show it, with a word
// before what looks like the place of a key.
var shownHeader = pattern("Authorization['\"`]?: ?['\"`]?([A-Za-z][A-Za-z-]{1,30}) +['\"`]?(?:[<{\\[$:]|[Yy]our|YOUR|[A-Z0-9_]{4,}\\b|[0-9a-f]{6,})")

// tokenWords say that a header Authorization is for a bearer token.
var tokenWords = pattern(`(?i)bearer|oauth|jwt|access.?(token|code)`)

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

// guessAuth is for documents without security schemes that describe the
// credential as a header of most operations, or in their description.
func (d *drafter) guessAuth(auth *value) {
	count := map[string]int{}
	for _, op := range d.doc.ops {
		for _, p := range op.params {
			if p.in == "header" && keyHeader().MatchString(p.name) {
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
	if shown := (&scheme{in: "header", param: "Authorization", doc: d.doc.doc}); strings.EqualFold(shown.word(), "Bearer") || spokenToken().MatchString(d.doc.doc) {
		auth.set("token", structure(&field{label: "bearer", value: structure()}), d.assume("the description of the document speaks of a bearer token, and no security scheme is described"))
	}
}

// spokenToken says in words that calls carry a bearer token.
var spokenToken = pattern(`(?i)\bbearer (access )?(token|authentication|authorization)|\baccess token in the (http )?authorization header`)

// keyHeader is a header that carries a credential.
var keyHeader = pattern(`(?i)^(authorization|(x-)?(api|access|auth|app|secret)[-_]?(key|token)|x-auth|.*-api-key|.*-access-token)$`)

// authOf lists the methods of an action that takes not all of them.
func (d *drafter) authOf(op *operation) []string {
	var names []string
	for _, alt := range op.security {
		name := d.methods[alternative(alt)]
		if name == "" {
			return nil
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) == len(d.methods) {
		return nil
	}
	return names
}
