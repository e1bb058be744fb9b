package draft

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"cuelang.org/go/cue/literal"

	"github.com/porin-dev/porin/spec/quirks"
)

// How much advice stands at one place: more than a few notes are not read.
const (
	notesAtAction    = 3
	notesAtGroup     = 3
	notesAtConnector = 5
)

// notedActions is how many actions a note is written at. One about more stands
// once, at the group or the connector.
const notedActions = 5

// writeAdvice puts facts that no rule expresses at what they are about: at
// actions, at a group, or at the connector. The surer ones come first, and those
// of low confidence are left to searches.
func (d *drafter) writeAdvice() {
	if d.o.Quirks == nil {
		return
	}
	t := d.adviceTargets()
	for _, f := range adviceByWeight(d.o.Quirks.Facts) {
		places := t.placesOf(f)
		for _, p := range places {
			t.notes[p] = append(t.notes[p], f)
		}
	}
	for _, a := range d.actions {
		t.write(a.value, strings.Join(a.name, "."), notesAtAction)
	}
	d.writeGroupAdvice(t)
	t.write(d.head.at("connector"), "", notesAtConnector)
	d.stats.Advice = len(t.shown)
}

// adviceByWeight lists the facts without a rule: what is certain first, then
// what the vendor says, in the order of the file.
func adviceByWeight(facts []*quirks.Fact) []*quirks.Fact {
	var list []*quirks.Fact
	for _, f := range facts {
		if f.Rule == nil && f.Confidence != "low" {
			list = append(list, f)
		}
	}
	weight := func(f *quirks.Fact) int {
		w := 0
		if f.Confidence == "high" {
			w -= 2
		}
		if f.How == "documented" {
			w--
		}
		return w
	}
	slices.SortStableFunc(list, func(a, b *quirks.Fact) int { return cmp.Compare(weight(a), weight(b)) })
	return list
}

// adviceTargets are the places that facts can be about. An action has its name
// as place, a group its own, and the connector "".
type adviceTargets struct {
	actions []quirks.Action
	base    string              // Path of the server, which paths of facts may begin with.
	groups  map[string][]string // Names of groups by their last word, in small letters.
	notes   map[string][]*quirks.Fact
	shown   map[string]bool // Ids of the facts that are written.
}

// adviceTargets lists all of the document, chosen or not: whether a fact is
// about few actions does not depend on the choice.
func (d *drafter) adviceTargets() *adviceTargets {
	t := &adviceTargets{groups: map[string][]string{}, notes: map[string][]*quirks.Fact{}, shown: map[string]bool{}}
	if len(d.doc.servers) > 0 {
		if u, err := url.Parse(d.doc.servers[0].url); err == nil {
			t.base = strings.TrimSuffix(u.Path, "/")
		}
	}
	known := map[string]bool{}
	add := func(a quirks.Action, name []string) {
		if known[a.Name] {
			return
		}
		known[a.Name] = true
		t.actions = append(t.actions, a)
		for i := range name[:len(name)-1] {
			word, group := strings.ToLower(name[i]), strings.Join(name[:i+1], ".")
			if !contains(t.groups[word], group) {
				t.groups[word] = append(t.groups[word], group)
			}
		}
	}
	for _, op := range d.doc.ops {
		add(op.known(), op.name)
	}
	for _, a := range d.actions {
		add(quirks.Action{Name: strings.Join(a.name, ".")}, a.name)
	}
	return t
}

// placesOf finds what a fact is about, by each of the patterns that it names.
// Words that are no pattern and no group are nothing that a spec has.
func (t *adviceTargets) placesOf(f *quirks.Fact) []string {
	if f.On == "" || f.On == "*" {
		return []string{""}
	}
	var places []string
	for part := range strings.SplitSeq(f.On, ",") {
		part = strings.TrimSpace(part)
		hits := t.matching(part)
		group, isGroup := t.group(part, f.Area)
		switch {
		case isGroup:
			hits = []string{group}
		case len(hits) > notedActions:
			hits = []string{""}
		}
		for _, h := range hits {
			if !contains(places, h) {
				places = append(places, h)
			}
		}
	}
	if len(places) > 2*notedActions {
		return []string{""}
	}
	return places
}

// group is the one that a part names, as "chat.*" or by its word alone. What
// is delivered is not about the group of actions that is called after it.
func (t *adviceTargets) group(part, area string) (string, bool) {
	name, all := strings.CutSuffix(part, ".*")
	if strings.ContainsAny(name, " */{") || !all && area == "webhook" {
		return "", false
	}
	words := strings.Split(strings.ToLower(name), ".")
	for _, g := range t.groups[words[len(words)-1]] {
		if strings.EqualFold(g, name) {
			return g, true
		}
	}
	if found := t.groups[words[0]]; len(words) == 1 && len(found) == 1 {
		return found[0], true
	}
	return "", false
}

// matching lists the actions that a pattern is about, by name or by path. The
// path may begin with that of the server, and have :id for {id}.
func (t *adviceTargets) matching(part string) []string {
	method, path, both := strings.Cut(part, " ")
	if !both {
		method, path = "", part
	}
	if strings.Contains(path, " ") || !strings.ContainsAny(path, "./") || strings.Contains(path, "://") {
		return nil
	}
	if strings.Contains(path, "/") {
		path = colonParams(path)
	}
	var hits []string
	for _, a := range t.actions {
		full := a
		full.Path = t.base + a.Path
		if pattern := []string{strings.TrimSpace(method + " " + path)}; a.In(pattern) || full.In(pattern) {
			hits = append(hits, a.Name)
		}
	}
	return hits
}

// colonParams writes the parameters of a path in braces, /users/:id, and has any
// beginning for one without a slash: oauth2/token.
func colonParams(path string) string {
	if !strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "*") {
		path = "*/" + path
	}
	segments := strings.Split(path, "/")
	for i, s := range segments {
		if name, ok := strings.CutPrefix(s, ":"); ok {
			segments[i] = "{" + name + "}"
		}
	}
	return strings.Join(segments, "/")
}

// writeGroupAdvice writes the notes of groups, each before its actions. A group
// with something called notes has no room for them.
func (d *drafter) writeGroupAdvice(t *adviceTargets) {
	written := map[string]bool{}
	var out []*drafted
	for _, a := range d.actions {
		for i := range a.name[:len(a.name)-1] {
			group := a.name[:i+1]
			place := strings.Join(group, ".")
			if written[place] {
				continue
			}
			written[place] = true
			if contains(t.groups["notes"], place+".notes") || slices.ContainsFunc(t.actions, func(a quirks.Action) bool { return a.Name == place+".notes" }) {
				continue
			}
			if v := structure(); t.write(v, place, notesAtGroup) {
				out = append(out, &drafted{append(slices.Clone(group), "notes"), v.at("notes")})
			}
		}
		out = append(out, a)
	}
	d.actions = out
}

// write writes the notes of a place, at most so many, and reports whether
// there are any.
func (t *adviceTargets) write(v *value, place string, most int) bool {
	facts := t.notes[place]
	if len(facts) == 0 {
		return false
	}
	notes := structure()
	for _, f := range varied(facts, most) {
		t.shown[f.ID] = true
		note := structure(&field{label: "text", value: &value{paragraph: strings.TrimSpace(f.Claim + " " + f.Advice)}})
		if src := strings.Fields(f.Src); len(src) > 0 {
			note.set("src", quoted(strings.TrimRight(src[0], ";,")))
		}
		notes.set(labelOf(f.ID), note)
	}
	notes.tall, notes.braced = true, true
	v.set("notes", notes)
	return true
}

// varied chooses some facts: the first of each area before the second of any.
// They stay in their order.
func varied(facts []*quirks.Fact, most int) []*quirks.Fact {
	chosen := map[*quirks.Fact]bool{}
	for len(chosen) < min(len(facts), most) {
		seen := map[string]bool{}
		for _, f := range facts {
			if !chosen[f] && !seen[f.Area] && len(chosen) < most {
				chosen[f], seen[f.Area] = true, true
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(facts), func(f *quirks.Fact) bool { return !chosen[f] })
}

// folded is a text as a CUE string of several lines, with as many tabs before
// each. It is read as one line.
func folded(s string, depth int) string {
	var lines []string
	line := ""
	for _, w := range strings.Fields(s) {
		if line != "" && len(line)+1+len(w)+8*depth > width+20 {
			lines = append(lines, line)
			line = ""
		}
		line = strings.TrimPrefix(line+" "+w, " ")
	}
	return literal.String.WithTabIndent(depth).Quote(strings.Join(append(lines, line), "\n"))
}
