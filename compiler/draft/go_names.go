package draft

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// The compiler makes Go names of the names of the wire, and refuses two that
// come out as one. Documents have such pairs, so the drafter tells them apart.

// packageNames are the keys of names that every generated package has.
var packageNames = []string{
	"client", "new", "app", "newapp", "appconfig", "auth", "error", "errorcode", "opt", "some", "null", "page", "raw",
	"response", "option", "calloption", "settings", "event",
}

// nameKey is the same for names that have the same Go name: what may differ is
// case, and what is neither a letter nor a digit.
func nameKey(parts ...string) string {
	key := strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, strings.Join(parts, ""))
	if key == "" || unicode.IsDigit([]rune(key)[0]) {
		return "x" + key
	}
	return key
}

// goNames are the names of one space, by their keys.
type goNames map[string]bool

// apart returns "" for a name that is free, and takes it; for another, a Go
// name that tells it apart.
func (taken goNames) apart(name string) string {
	if key := nameKey(name); !taken[key] {
		taken[key] = true
		return ""
	}
	return taken.numbered(pascal(spelled(name)))
}

// numbered takes a name, with the first number behind it that makes it free.
func (taken goNames) numbered(name string) string {
	out := name
	for n := 2; taken[nameKey(out)]; n++ {
		out = name + strconv.Itoa(n)
	}
	taken[nameKey(out)] = true
	return out
}

// spelled writes out the signs that names differ by: "date>" and "date<" are
// filters, "+1" and "-1" votes.
func spelled(name string) string {
	if strings.HasPrefix(name, "-") {
		name = "minus" + name
	}
	return strings.NewReplacer("+", " plus ", "<", " less ", ">", " greater ").Replace(name)
}

// namesOfPackage are the names that types must not have: those of every
// package, and what the compiler derives from groups, actions and credentials.
func (d *drafter) namesOfPackage() goNames {
	taken := goNames{}
	for _, key := range packageNames {
		taken[key] = true
	}
	for _, op := range d.ops {
		for i := 1; i < len(op.name); i++ {
			taken[nameKey(append(op.name[:i:i], "service")...)] = true
		}
		taken[nameKey(append(op.name[:len(op.name):len(op.name)], "params")...)] = true
	}
	for _, s := range d.doc.schemes {
		for _, kind := range []string{"", "token", "key", "basic"} {
			taken[nameKey(s.name, kind)] = true
		}
	}
	return taken
}

// paramNames tells the parameters of one action apart. The members of its body
// are parameters, too; they keep their names.
type paramNames struct {
	taken goNames
	seen  map[string]bool // Names of parameters, as sent.
}

func (d *drafter) paramNames(op *operation) *paramNames {
	n := &paramNames{taken: goNames{}, seen: map[string]bool{}}
	if op.body == nil || op.body.schema == nil {
		return n
	}
	for _, m := range d.membersOf(op.body.schema, nil) {
		name := m.name
		if slices.ContainsFunc(op.params, func(p *param) bool { return p.name == name }) {
			name = "body_" + name
		}
		n.taken[nameKey(name)] = true
	}
	return n
}

// of returns the Go name that a parameter needs, or "". A name that is there
// in another place has the place before it.
func (n *paramNames) of(p *param) string {
	if n.seen[p.name] {
		return n.taken.apart(p.in + "_" + p.name)
	}
	n.seen[p.name] = true
	return n.taken.apart(p.name)
}
