package twin

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
)

// index is the connector, arranged for answering requests. It is not changed
// after it is made.
type index struct {
	seed        uint64
	spec        *ir.Connector
	types       map[string]*ir.Type
	ops         map[string]*op
	servers     []*mount
	endpoints   []*endpoint
	collections map[string]*kind // By resource name, and by action path for lists of no resource.
	ids         map[string]*kind // By the named type of the id.
	limits      map[string]*ir.Limit
	auths       map[string]*ir.Auth
	slots       []*ir.Slot // Where credentials may be, each once.
	scopes      []string   // Every scope that an action asks for.
	settings    map[string]string
	secrets     map[string]string // Webhook secrets, by their name under cred.
}

// op is an action with what other parts of the connector say of it.
type op struct {
	*ir.Action
	uses   []use
	params map[string]*ir.Field // By JSON name.
	result *ir.Type             // Returns, resolved.
	list   *kind                // The collection that it pages over.
	upload []ir.Path            // Members of the result that are addresses to send bytes to.
}

// use is what an action does to a resource.
type use struct {
	*ir.ResourceUse
	kind *kind
}

// kind is a sort of collection: a resource, or the items of a list that no
// resource declares.
type kind struct {
	name    string
	item    *ir.Type
	id      ir.Path
	form    *ir.Type // Type of the id; nil when the item has none.
	within  *ir.Within
	parent  *kind
	missing string
	plain   bool   // The items are no objects: an item is its own id.
	ref     string // Plain items that are ids of a resource: the name of their type.
}

func newIndex(c *ir.Connector, o Options) *index {
	x := &index{
		seed:        o.Seed,
		spec:        c,
		types:       map[string]*ir.Type{},
		ops:         map[string]*op{},
		collections: map[string]*kind{},
		ids:         map[string]*kind{},
		limits:      map[string]*ir.Limit{},
		auths:       map[string]*ir.Auth{},
	}
	for _, t := range c.Types {
		x.types[t.Name] = t
	}
	for _, l := range c.Limits {
		x.limits[l.Name] = l
	}
	for _, a := range c.Auth {
		x.auths[a.Name] = a
	}
	x.addSettings(o)
	x.addSecrets(o)
	for _, a := range c.AllActions() {
		x.addOp(a)
	}
	x.addResources()
	x.addLists()
	x.addUploads()
	x.addSlots()
	x.addMounts()
	return x
}

func (x *index) addOp(a *ir.Action) {
	o := &op{Action: a, params: map[string]*ir.Field{}, result: x.resolve(a.Returns)}
	for _, f := range x.fields(x.resolve(a.Params)) {
		o.params[f.Name] = f
	}
	for _, s := range a.Scopes {
		if !slices.Contains(x.scopes, s) {
			x.scopes = append(x.scopes, s)
		}
	}
	x.ops[a.Path] = o
}

func (x *index) addResources() {
	for _, r := range x.spec.Resources {
		k := &kind{name: r.Name, item: x.resolve(x.types[r.Of]), id: r.ID, within: r.Within, missing: r.Missing}
		k.form = x.typeAt(k.item, k.id)
		x.collections[r.Name] = k
		if t := x.rawTypeAt(k.item, k.id); t != nil && t.Kind == ir.Ref {
			x.ids[t.Ref] = k
		}
		for _, u := range r.Uses {
			if o := x.ops[u.Action]; o != nil {
				o.uses = append(o.uses, use{u, k})
			}
		}
	}
	for _, k := range x.collections {
		if k.within != nil {
			k.parent = x.collections[k.within.Resource]
		}
	}
}

// addLists gives every paged action a collection.
func (x *index) addLists() {
	for path, o := range x.ops {
		for _, u := range o.uses {
			if u.Do == "list" {
				o.list = u.kind
			}
		}
		if o.Page == nil || o.list != nil {
			continue
		}
		if o.list = x.listed(o); o.list != nil {
			continue
		}
		k := &kind{name: path, item: x.resolve(o.Page.Item)}
		x.collections[path], o.list = k, k
		if k.item == nil || k.item.Kind != ir.Object && k.item.Kind != ir.Union {
			k.plain, k.form = true, k.item
			if o.Page.Item != nil {
				k.ref = o.Page.Item.Ref
			}
			continue
		}
		k.id = o.Page.Field
		if len(k.id) == 0 {
			k.id = x.guessID(k.item)
		}
		k.form = x.typeAt(k.item, k.id)
	}
}

// listed returns the resource whose objects a list without a declared use holds.
func (x *index) listed(o *op) *kind {
	item := x.resolve(o.Page.Item)
	for _, r := range x.spec.Resources {
		k := x.collections[r.Name]
		if k.item == nil || k.item != item || o.Page.Style == "last_item" && o.Page.Field.String() != k.id.String() {
			continue
		}
		if k.within == nil || o.params[k.within.Key] != nil {
			return k
		}
	}
	return nil
}

// namesake returns the resource that a member is named after: user and user_id
// after users.
func (x *index) namesake(name string) *kind {
	name = strings.TrimSuffix(name, "_id")
	if k := x.collections[name+"s"]; k != nil && !k.plain {
		return k
	}
	return nil
}

// guessID finds the member that tells the items of an undeclared list apart.
func (x *index) guessID(t *ir.Type) ir.Path {
	for _, name := range []string{"id", "uuid", "key", "name"} {
		for _, f := range x.fields(t) {
			if f.Name == name {
				return ir.Path{{Name: name}}
			}
		}
	}
	return nil
}

// addUploads finds the results of actions that a flow sends bytes to.
func (x *index) addUploads() {
	for _, f := range x.spec.Flows {
		for _, s := range f.Steps {
			rest, ok := strings.CutPrefix(s.URL, "step.")
			if !ok {
				continue
			}
			name, path, _ := strings.Cut(rest, ".")
			for _, from := range f.Steps {
				if o := x.ops[from.Call]; o != nil && from.Name == name {
					o.upload = append(o.upload, pathOf(path))
				}
			}
		}
	}
}

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
	for _, h := range s.Hosts {
		if rest, ok := strings.CutPrefix(h, "*."); ok {
			return "acme." + rest
		}
		return h
	}
	return "acme.example.com"
}

func (x *index) addSecrets(o Options) {
	x.secrets = map[string]string{}
	maps.Copy(x.secrets, o.Secrets)
	for _, w := range x.spec.Webhooks {
		name := secretName(w)
		if name != "" && x.secrets[name] == "" {
			x.secrets[name] = madeSecret(w, newRNG(o.Seed, "secret", name))
		}
	}
}

// addSlots collects where credentials may be.
func (x *index) addSlots() {
	x.slots = append(x.slots, &ir.Slot{Header: "Authorization"})
	for _, a := range x.spec.Auth {
		for _, p := range a.Place {
			if p.To != nil && !slices.ContainsFunc(x.slots, func(s *ir.Slot) bool { return slotKey(s) == slotKey(p.To) }) {
				x.slots = append(x.slots, p.To)
			}
		}
	}
}

// webhook returns a webhook by name; the empty name is the first.
func (x *index) webhook(name string) *ir.Webhook {
	for _, w := range x.spec.Webhooks {
		if name == "" || w.Name == name {
			return w
		}
	}
	return nil
}

func (x *index) resolve(t *ir.Type) *ir.Type {
	for range 100 {
		if t == nil || t.Kind != ir.Ref {
			return t
		}
		t = x.types[t.Ref]
	}
	return nil
}

// fields returns the members of an object type, those of its embeds first.
func (x *index) fields(t *ir.Type) []*ir.Field {
	if t == nil {
		return nil
	}
	if len(t.Embeds) == 0 {
		return t.Fields
	}
	return x.flatten(t, 0)
}

func (x *index) flatten(t *ir.Type, depth int) []*ir.Field {
	if t == nil || depth > 20 {
		return nil
	}
	var all []*ir.Field
	for _, name := range t.Embeds {
		all = append(all, x.flatten(x.resolve(x.types[name]), depth+1)...)
	}
	return append(all, t.Fields...)
}

// rawTypeAt returns the type at a path, unresolved; nil when there is none.
func (x *index) rawTypeAt(t *ir.Type, p ir.Path) *ir.Type {
	for _, s := range p {
		t = x.resolve(t)
		switch {
		case t == nil:
			return nil
		case s.Name == "" || t.Kind == ir.List || t.Kind == ir.Map:
			t = t.Elem
		default:
			f := x.field(t, s.Name)
			if f == nil {
				return nil
			}
			t = f.Type
		}
	}
	return t
}

func (x *index) typeAt(t *ir.Type, p ir.Path) *ir.Type {
	if len(p) == 0 {
		return nil
	}
	return x.resolve(x.rawTypeAt(t, p))
}

func (x *index) field(t *ir.Type, name string) *ir.Field {
	for _, f := range x.fields(t) {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// slotKey names a slot.
func slotKey(s *ir.Slot) string {
	switch {
	case s.Header != "":
		return "header " + strings.ToLower(s.Header)
	case s.Query != "":
		return "query " + s.Query
	case s.Cookie != "":
		return "cookie " + s.Cookie
	case s.Path != "":
		return "path " + s.Path
	}
	return "body " + s.Body.String()
}

// render fills the settings into a template of the scope conn.
func (x *index) render(t ir.Template) string {
	return renderTemplate(t, func(p ir.Part) string {
		if p.Scope == "conn" {
			return x.settings[p.Path.String()]
		}
		return ""
	})
}

// renderTemplate writes a template, asking for each reference.
func renderTemplate(t ir.Template, ref func(ir.Part) string) string {
	var b strings.Builder
	for _, p := range t.Parts {
		if p.Scope == "" {
			b.WriteString(p.Text)
		} else {
			b.WriteString(ref(p))
		}
	}
	return b.String()
}

// parseURL reads an address; what is not one is the empty URL.
func parseURL(s string) *url.URL {
	u, err := url.Parse(s)
	if err != nil {
		return &url.URL{}
	}
	return u
}
