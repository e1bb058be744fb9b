package draft

import (
	"slices"
	"strings"
)

// setEffect writes the effect where it is not the one of the method. A guess
// is only made towards caution, or where sending twice plainly ends in one
// state: a create is never called anything else.
func (d *drafter) setEffect(v *value, op *operation) {
	name := op.dotted()
	if r := matching(d.rules.effects, name); r != nil {
		v.set("effect", quoted(r.name), d.why(r.fact))
		return
	}
	if matching(d.rules.methods, name) != nil {
		return
	}
	list := words(op.name[len(op.name)-1])
	verb := strings.ToLower(list[0])
	switch op.method {
	case "GET":
		if slices.Contains(writes, verb) {
			v.set("effect", quoted("create"), d.assume("a GET whose name says that it writes: %s", verb))
		}
	case "POST", "PATCH":
		if slices.Contains(settles, verb) && !slices.ContainsFunc(list, makes) {
			v.set("effect", quoted("idempotent"), d.assume("a second %s changes nothing more", verb))
		}
	}
}

// writes are verbs that change something whatever the method.
var writes = []string{
	"add", "approve", "complete", "create", "delete", "insert", "invite", "open", "post", "publish", "push", "remove",
	"revoke", "send", "set", "share", "uninstall", "update", "upload",
}

// settles are verbs that say which state is left: what is archived stays
// archived.
var settles = []string{
	"archive", "close", "delete", "disable", "enable", "leave", "mark", "remove", "rename", "restrict", "revoke", "set",
	"unarchive", "update",
}

// makes reports whether a word says that something new comes to be.
func makes(word string) bool {
	return slices.Contains([]string{"add", "create", "insert", "new", "post", "send", "upsert"}, strings.ToLower(word))
}
