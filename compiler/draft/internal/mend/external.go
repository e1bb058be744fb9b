package mend

import (
	"net/url"
	"path"
	"strconv"
	"strings"
)

// maxFiles is how many other files are read.
const maxFiles = 1000

// load reads the file that a reference names, or reports why not.
func (t *Tree) load(place cursor, ref string) *file {
	name := join(place.file.name, ref)
	if place.file == t.main {
		name = join(t.name, ref)
	}
	if name == t.name {
		return t.main // A document that names itself.
	}
	f, known := t.files[name]
	if known && f != nil {
		return f
	}
	if known || len(t.files) >= maxFiles {
		t.repair(ExternalRef, place, t.loss(), "the reference %q leads out of the document", place.node.Value)
		return nil
	}
	t.files[name] = nil
	if t.Open == nil {
		t.repairHelp(ExternalRef, place, "bundle the document into one file first, for example with `npx @redocly/cli bundle`",
			t.loss(), "the reference %q leads out of the document", place.node.Value)
		return nil
	}
	text, err := t.Open(name)
	if err != nil {
		t.repairHelp(ExternalRef, place, err.Error(), t.loss(), "the reference %q leads out of the document", place.node.Value)
		return nil
	}
	root, err := t.parse(text)
	if err != nil {
		t.repair(ExternalRef, place, t.loss(), "the reference %q leads to a file that cannot be parsed", place.node.Value)
		return nil
	}
	f = &file{name: name, root: root}
	t.files[name] = f
	return f
}

// join makes a reference relative to what the base is relative to.
func join(base, ref string) string {
	if u, err := url.Parse(base); err == nil && u.Host != "" {
		if r, err := url.Parse(ref); err == nil {
			return u.ResolveReference(r).String()
		}
		return ref
	}
	if strings.Contains(ref, "://") || path.IsAbs(ref) {
		return ref
	}
	if p, err := url.PathUnescape(ref); err == nil {
		ref = p
	}
	return path.Join(path.Dir(base), ref)
}

// nameOf returns the name of a schema: its own, or for one in another file, or
// in a box of definitions inside another schema, one that it is given.
func (t *Tree) nameOf(c cursor) (string, bool) {
	if c.up == nil {
		if c.file == t.main {
			return "", false
		}
		base := path.Base(c.file.name)
		return t.promote(c, strings.TrimSuffix(base, path.Ext(base))), true
	}
	box := c.up.pointer()
	if c.file == t.main && box == t.definitions() {
		return c.name, true
	}
	in := path.Base(box)
	if c.file == t.main && in != "$defs" && in != "definitions" && in != "schemas" {
		return "", false
	}
	return t.promote(c, c.name), true
}

// promote gives a schema a name among the definitions.
func (t *Tree) promote(c cursor, name string) string {
	pointer := c.pointer()
	if known, ok := t.promoted[pointer]; ok {
		return known
	}
	free := name
	for n := 2; ; n++ {
		own, _ := t.resolve(t.main, t.definitions()+"/"+escape(free))
		if own == nil && !t.taken[free] {
			break
		}
		free = name + strconv.Itoa(n)
	}
	t.promoted[pointer], t.taken[free] = free, true
	t.pending = append(t.pending, promotion{free, c})
	return free
}
