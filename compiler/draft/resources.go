package draft

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// resource is a collection of objects of one type, with the actions that create,
// read, change and list them. The document does not say so: it follows from two
// paths, /pets and /pets/{petId}, whose actions answer with the same type.
type resource struct {
	name   string
	path   string    // Of the collection, as the document has it.
	item   string    // Of one object.
	of     string    // Definition of the objects.
	id     []string  // Path in an object: what the last parameter of item names.
	within *resource // Whose objects have such a collection each.
	parent string    // The parameter that names the object of within, in most actions.
	nested []string  // Other paths of collections that the same objects are in.
	crowd  []string  // Parameters of the collections' paths that name nothing that is kept.
	uses   []*resourceUse
}

// resourceUse is what one action does to a resource.
type resourceUse struct {
	do   string // create, get, update, delete or list
	op   *operation
	key  string            // The parameter that names the object.
	up   string            // The one that names the object of within.
	at   []string          // Where the object is in the reply.
	also map[string]string // Members of the reply that are members of the object.
	of   [][]string        // list: where the reply has lists of the type.
}

// siblings are the operations of a collection: of its path, and of that of one object.
type siblings struct {
	many, one []*operation
}

// findResources finds what the actions keep. A person, or the knowledge base, who
// declares resources declares all of them.
func (d *drafter) findResources() {
	if contains(d.o.Skip, "resources:") || slices.ContainsFunc(d.rules.spec, func(r specRule) bool { return r.text.field("resources") != nil }) {
		return
	}
	all, order := d.siblings()
	byAddress := map[string]*resource{}
	for _, address := range order {
		if r := d.resourceOf(all[address]); r != nil {
			byAddress[address] = r
			d.resources = append(d.resources, r)
			d.types.inline[r.of] = false
		}
	}
	own := maps.Clone(byAddress)
	d.mergeNested(all, order, byAddress)
	for _, address := range order {
		if r := own[address]; r != nil && byAddress[address] == r {
			above := parentAddress(address)
			r.setWithin(byAddress[above], strings.Count(above, "/")+1)
		}
	}
	d.nameResources()
}

// siblings lists the operations of every path that has items, by its address, and
// the addresses in the order of the document.
func (d *drafter) siblings() (all map[string]*siblings, order []string) {
	all = map[string]*siblings{}
	for _, op := range d.ops {
		parts := pathParts(op.path)
		n := len(parts)
		if n == 0 || matching(d.rules.methods, op.known()) != nil {
			continue
		}
		item := n > 1 && parts[n-1] == aParameter && !strings.Contains(parts[n-2], "{") && !versionSegment().MatchString(parts[n-2])
		if item {
			parts = parts[:n-1]
		}
		address := op.server + " " + strings.Join(parts, "/")
		if all[address] == nil {
			all[address] = &siblings{}
			order = append(order, address)
		}
		if item {
			all[address].one = append(all[address].one, op)
		} else {
			all[address].many = append(all[address].many, op)
		}
	}
	return all, order
}

// aParameter stands for a part of a path that is a parameter, whatever its name.
const aParameter = "{}"

// pathParts are the parts of a path, without the names of parameters and the ending
// of a file.
func pathParts(path string) []string {
	path, _, _ = strings.Cut(path, "?")
	parts := segmentsOf(path)
	for i, s := range parts {
		s = fileEnding().ReplaceAllString(s, "")
		if m := reference().FindString(s); m == s && s != "" {
			s = aParameter
		}
		parts[i] = s
	}
	return parts
}

// pathParams are the names of the parameters of a path, in order.
func pathParams(path string) []string {
	var names []string
	for _, m := range reference().FindAllStringSubmatch(path, -1) {
		names = append(names, m[1])
	}
	return names
}

// parentAddress is the address of the collection whose objects have one each.
func parentAddress(address string) string {
	up := address[:max(0, strings.LastIndexByte(address, '/'))]
	above, ok := strings.CutSuffix(up, "/"+aParameter)
	if !ok {
		return ""
	}
	return above
}

// setWithin names the parent, by the parameter that is the part of every path at a place.
func (r *resource) setWithin(parent *resource, place int) {
	count := map[string]int{}
	for _, u := range r.uses {
		names := pathParams(u.op.path)
		if u.key != "" && contains(names, u.key) {
			names = names[:len(names)-1]
		}
		for _, name := range names {
			if !contains(r.crowd, name) {
				r.crowd = append(r.crowd, name)
			}
		}
		if parent != nil && len(r.nested) == 0 {
			u.up = reference().FindStringSubmatch(segmentsOf(u.op.path)[place])[1]
			count[u.up]++
		}
	}
	if len(count) == 0 {
		return
	}
	r.within, r.crowd = parent, nil
	for _, u := range r.uses {
		if count[u.up] > count[r.parent] {
			r.parent = u.up
		}
	}
}

// nameResources gives each resource the last noun of its path, and as many before it
// as tell it from others; one whose path has no noun is called like its objects.
func (d *drafter) nameResources() {
	taken := map[string]bool{}
	for _, op := range d.doc.ops {
		taken[op.dotted()] = true // The twin keeps lists of no resource by these names.
	}
	for words := 1; words < 4; words++ {
		count := map[string]int{}
		for _, r := range d.resources {
			count[r.called(words)]++
		}
		for _, r := range d.resources {
			if name := r.called(words); r.name == "" && count[name] == 1 && !taken[name] {
				r.name, taken[name] = name, true
			}
		}
	}
	for _, r := range d.resources {
		base := r.called(1)
		for n := 2; r.name == ""; n++ {
			if name := base + strconv.Itoa(n); !taken[name] {
				r.name, taken[name] = name, true
			}
		}
	}
}

// called is what a resource is called by some words of its path.
func (r *resource) called(words int) string {
	if name := nounOf(r.path, words); name != "" {
		return name
	}
	return strings.Join(lowered(r.of[strings.LastIndexByte(r.of, '.')+1:]), "_")
}

// nounOf is what a path calls its things: the last of its parts that are no
// parameters, or several.
func nounOf(path string, count int) string {
	var nouns []string
	for _, s := range pathParts(path) {
		if !strings.Contains(s, "{") && !versionSegment().MatchString(s) {
			if noun := strings.Join(lowered(s), "_"); noun != "" {
				nouns = append(nouns, noun)
			}
		}
	}
	return strings.Join(nouns[max(0, len(nouns)-count):], "_")
}
