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

// apart returns Go names for those of the names that would not have one of
// their own, or one that is too long. Of several, those with signs are spelled
// out, and those that come later numbered.
func (taken goNames) apart(names []string) map[string]string {
	count := map[string]int{}
	for _, name := range names {
		count[nameKey(name)]++
	}
	own := map[string]string{}
	for _, name := range names {
		key := nameKey(name)
		plain := count[key] == 1 || spelled(name) == name
		if plain && !taken[key] && len(key) <= 2*longestName {
			taken[key] = true
			continue
		}
		own[name] = pascal(spelled(name))
	}
	for _, name := range names {
		if own[name] != "" {
			own[name] = taken.numbered(own[name])
		}
	}
	return own
}

// apartMembers returns Go names for the members of an object that need one.
func apartMembers(list []*member) map[string]string {
	names := make([]string, 0, len(list))
	for _, m := range list {
		names = append(names, m.name)
	}
	return goNames{}.apart(names)
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

// paramNames returns Go names for parameters of an action that need one. The
// members of its body are parameters, too; they keep their names. A name that
// is there in another place has the place before it.
func (d *drafter) paramNames(op *operation) map[*param]string {
	seen := map[string]bool{}
	var names []string
	unique := map[*param]string{}
	for _, in := range append(slices.Clone(places), "form") {
		for _, p := range op.params {
			if p.in != in || d.leftToClient(op, p) {
				continue
			}
			unique[p] = p.name
			if seen[p.name] {
				unique[p] = p.in + "_" + p.name
			}
			seen[p.name] = true
			names = append(names, unique[p])
		}
	}
	taken := goNames{}
	if op.body != nil && op.body.schema != nil {
		members := d.membersOf(op.body.schema)
		own := apartMembers(members)
		for _, m := range members {
			switch {
			case own[m.name] != "":
				taken[nameKey(own[m.name])] = true
			case seen[m.name]:
				taken[nameKey("body", m.name)] = true
			default:
				taken[nameKey(m.name)] = true
			}
		}
	}
	own := taken.apart(names)
	out := map[*param]string{}
	for p, name := range unique {
		out[p] = own[name]
	}
	return out
}
