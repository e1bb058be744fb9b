package twin

import (
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

// index is the connector, arranged for answering requests. It is not changed
// after it is made.
type index struct {
	spec      *ir.Connector
	types     map[string]*ir.Type
	ops       map[string]*op
	servers   []*mount
	endpoints []*endpoint
	kinds     map[string]*kind // By resource name, and by action path for lists of no resource.
	ids       map[string]*kind // By the named type of the id.
	of        map[string]*kind // By the type of the objects; nil for one of several.
	nouns     map[string]*kind // By what an object is called.
	named     map[string]*kind // By the name of a member that has an id.
	limits    map[string]*ir.Limit
	auths     map[string]*ir.Auth
	slots     []*ir.Slot // Where credentials may be, each once.
	scopes    []string   // Every scope that an action asks for.
	settings  map[string]string
	secrets   map[string]string // Webhook secrets, by their name under cred.
	patterns  sync.Map          // Of types, compiled when a value is first held against them.
	shapes    sync.Map          // Of object types, made when the first such object is.
}

// op is an action with what other parts of the connector say of it.
type op struct {
	*ir.Action
	uses   []use
	params map[string]*ir.Field // By JSON name.
	result *ir.Type             // Returns, resolved.
	marks  []ir.Mark            // What tells its requests from those of others.
	list   *kind                // The collection that it pages over.
	upload []ir.Path            // Members of the result that are addresses to send bytes to.
	length string               // The parameter that announces how many bytes.
	// What it ends, of a flow that sends bytes.
	completes *completion
	scrolls   *op // The list that it continues.
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
	form    *ir.Type   // Type of the id; nil when the item has none.
	named   []*ir.Type // Types of the parameters that name an object.
	within  *ir.Within
	parent  *kind
	missing string
	assumed bool          // A guess: an id that was never heard of is taken.
	lag     time.Duration // The longest that a read of it may lag.
	job     *ir.Job       // How its objects go on by themselves; nil when they do not.
	plain   bool          // The items are no objects: an item is its own id.
	ref     string        // The type of plain items, by its name.
	source  *kind         // The resource whose ids plain items are.
	lists   []string      // Those of its ids.
	cuts    []ir.Path     // Members that a list goes on from, or begins at: each object has them.
}

func newIndex(c *ir.Connector, o Options) *index {
	x := &index{
		spec:   c,
		types:  map[string]*ir.Type{},
		ops:    map[string]*op{},
		kinds:  map[string]*kind{},
		ids:    map[string]*kind{},
		of:     map[string]*kind{},
		nouns:  map[string]*kind{},
		named:  map[string]*kind{},
		limits: map[string]*ir.Limit{},
		auths:  map[string]*ir.Auth{},
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
	x.addReferences()
	x.addCuts()
	x.addScrolls()
	x.addUploads()
	x.addSlots()
	x.addMounts()
	return x
}

func (x *index) addOp(a *ir.Action) {
	o := &op{Action: a, params: map[string]*ir.Field{}, result: x.resolve(a.Returns), marks: x.spec.Marks(a)}
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
		k := &kind{name: r.Name, item: x.resolve(x.types[r.Of]), id: r.ID, within: r.Within, missing: r.Missing, assumed: r.Assumed, job: r.Job}
		k.form = x.typeAt(k.item, k.id)
		x.kinds[r.Name] = k
		if t := x.rawTypeAt(k.item, k.id); t != nil && t.Kind == ir.Ref {
			x.ids[t.Ref] = k
		}
		for _, u := range r.Uses {
			if o := x.ops[u.Action]; o != nil {
				o.uses = append(o.uses, use{u, k})
				if p := o.params[u.Key]; p != nil {
					k.named = append(k.named, x.resolve(p.Type))
				}
				k.lag = max(k.lag, duration(u.Lag))
			}
		}
	}
	for _, k := range x.kinds {
		if k.within != nil {
			k.parent = x.kinds[k.within.Resource]
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
		if r := x.spec.Listed(o.Action); r != nil {
			o.list = x.kinds[r.Name]
			continue
		}
		k := &kind{name: path, item: x.resolve(o.Page.Item)}
		x.kinds[path], o.list = k, k
		if k.item == nil || k.item.Kind != ir.Object && k.item.Kind != ir.Union {
			k.plain, k.form = true, k.item
			if o.Page.Item != nil {
				k.ref = o.Page.Item.Ref
			}
			continue
		}
		k.id = x.spec.ItemID(o.Action)
		k.form = x.typeAt(k.item, k.id)
	}
}

// addCuts notes which members of objects lists are cut by.
func (x *index) addCuts() {
	for _, o := range x.ops {
		if o.Page == nil {
			continue
		}
		if len(o.Page.Field) > 0 {
			o.list.cuts = append(o.list.cuts, o.Page.Field)
		}
		if o.Page.Split != nil {
			o.list.cuts = append(o.list.cuts, o.Page.Split.Field)
		}
	}
}

// addScrolls makes what continues a list a list of its own: one that begins nowhere.
func (x *index) addScrolls() {
	for _, list := range x.ops {
		then := x.ops[pageCall(list)]
		if then == nil {
			continue
		}
		first, further := *list.Page, *list.Page
		first.To, first.Keep = nil, "cursor_only"
		further.Keep, further.Call = "cursor_only", ""
		if list.Page.Size != nil { // What was asked for at first goes unsaid.
			size := *list.Page.Size
			size.To, further.Size = nil, &size
		}
		begin, goOn := *list.Action, *then.Action
		begin.Page, goOn.Page = &first, &further
		list.Action, then.Action = &begin, &goOn
		then.uses, then.list, then.scrolls = list.uses, list.list, list
	}
}

// scrolled is the path of the list that an action continues; "" when it continues none.
func (x *index) scrolled(action string) string {
	if o := x.ops[action]; o != nil && o.scrolls != nil {
		return o.scrolls.Path
	}
	return ""
}

func pageCall(o *op) string {
	if o.Page == nil {
		return ""
	}
	return o.Page.Call
}

// kindOf returns a resource, or what an action lists.
func (x *index) kindOf(name string) *kind {
	if k := x.kinds[name]; k != nil {
		return k
	}
	if o := x.ops[name]; o != nil {
		return o.list
	}
	return nil
}

// addSlots collects where credentials may be.
func (x *index) addSlots() {
	add := func(s *ir.Slot) {
		if s != nil && !slices.ContainsFunc(x.slots, func(o *ir.Slot) bool { return slotKey(o) == slotKey(s) }) {
			x.slots = append(x.slots, s)
		}
	}
	add(&ir.Slot{Header: "Authorization"})
	for _, a := range x.spec.Auth {
		for _, p := range a.Place {
			add(p.To)
		}
		for _, s := range a.Accepts {
			add(s)
		}
		if a.Sign != nil {
			add(a.Sign.To)
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
			b.WriteString(p.Cut(ref(p)))
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
