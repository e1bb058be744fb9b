package draft

import (
	"strings"

	"github.com/porin-dev/porin/compiler/draft/internal/mend"
	"github.com/porin-dev/porin/spec/quirks"
)

// document is what the drafter knows of an OpenAPI document, whatever its
// version.
type document struct {
	tree    *mend.Tree
	source  string // Name of the file, or address.
	format  string // Swagger 2.0, OpenAPI 3.1.0
	title   string
	version string
	doc     string
	docs    string
	servers []server
	vars    map[string]variable // Of servers, by name.
	schemes []*scheme
	ops     []*operation
	defs    map[string]*definition
	order   []string // Names of defs in the order of the document.
	notes   []Note

	deliveries []*delivery
	extensions extensions // Of the document, and of its info.
}

// extensions are the vendor extensions of one object by name (x-stainless-...),
// with their values as valueOf decodes them. They are evidence: nothing of
// them is written as it is.
type extensions map[string]any

// place is where something stands in the document, as a JSON pointer.
type place struct{ pointer string }

// below returns the place of a member.
func (p place) below(names ...string) place {
	for _, n := range names {
		n = strings.ReplaceAll(strings.ReplaceAll(n, "~", "~0"), "/", "~1")
		p.pointer += "/" + n
	}
	return p
}

type scheme struct {
	at        place
	name      string
	kind      string // oauth2, basic, bearer, key or other
	open      bool   // openIdConnect: a token of an OpenID provider.
	in, param string // key: where it goes
	flow      string // oauth2: code, client or other
	authorize string
	token     string
	doc       string
}

type operation struct {
	at         place
	method     string // GET
	path       string // /users/{id}
	id         string // operationId
	tags       []string
	servers    []server // Its own, in place of those of the document.
	doc        string
	text       string // The description, which may say more than doc.
	docs       string
	deprecated bool
	params     []*param
	body       *body
	answers    []*reply  // By status, in the order of the document.
	reply      *reply    // What a success is.
	failures   []*schema // Schemas of error responses.
	scopes     []string
	security   [][]string // Alternatives, each of schemes that are needed together; nil: nothing is said.
	extensions extensions

	shared bool     // Another operation has the method and the path, but for query and fragment.
	name   []string // Groups and, last, the action.
	server string   // Name of its own server; "" is the first of the document.
	spread []*param // Members of parameters that are spread over the query.
	key    *param   // The header of an idempotency key, which the client fills in.
}

func (o *operation) dotted() string { return strings.Join(o.name, ".") }

// known is the operation as the knowledge base speaks of it.
func (o *operation) known() quirks.Action {
	return quirks.Action{Name: o.dotted(), Method: o.method, Path: o.path}
}

type param struct {
	name, in   string // in: path, query, header, cookie or form
	required   bool
	deprecated bool
	doc        string
	usual      string // What is sent unless the caller says otherwise; "" is nothing.
	style      string // As @style says it, or label or matrix in a path; "" for the usual one.
	at         place
	schema     *schema
	extensions extensions
}

type body struct {
	media  string
	schema *schema
	styles map[string]string // Of members of a form, where the document says how they are written.
	at     place
}

type reply struct {
	code    string // 200, 2XX or default.
	doc     string
	media   string
	several bool    // The document offers other media types as well.
	streams string  // One of those by which it comes as a stream.
	schema  *schema // nil: the document says nothing of it
	example any     // Decoded JSON, with objects as *ordered.
	headers []string
	at      place
}

// definition is a named schema.
type definition struct {
	name   string
	at     place
	schema *schema
	simple bool // It was simplified, or is about to be.
}

type kind int

// The kinds of schemas. refKind is a reference to a definition.
const (
	anyKind kind = iota
	boolKind
	intKind
	numberKind
	stringKind
	bytesKind
	nullKind
	enumKind
	objectKind
	listKind
	mapKind
	unionKind
	allKind
	refKind
)

// schema is one node of a type.
type schema struct {
	at       place
	kind     kind
	nullable bool
	doc      string
	title    string

	ref      string            // refKind: name of the definition.
	enum     []any             // enumKind: strings or int64s.
	fields   []*member         // objectKind, in the order of the document.
	elem     *schema           // listKind and mapKind.
	choices  []choice          // objectKind: what else has to be there.
	needs    []string          // allKind and objectKind: members that are required, in whichever part they are.
	alts     []*schema         // unionKind and allKind.
	tagged   bool              // unionKind: the document names a discriminator.
	tag      string            // unionKind: the member that tells alternatives apart, if the document names one.
	mapping  map[string]string // unionKind: definitions by the value of tag.
	empty    bool              // mapKind: the document says that nothing is in it.
	open     bool              // objectKind: more members are announced.
	format   string
	pattern  string
	min, max *bound
	attrs    []attr // Attributes given by a rule: @time(unix)
	fixed    *value // The type given by a rule, in place of all else.

	preset     any // The default, as valueOf decodes it; nil: none.
	extensions extensions

	secret, readonly, writeonly, deprecated bool
}

type bound struct {
	value     string
	exclusive bool
}

type member struct {
	name     string
	required bool
	schema   *schema
}

func (s *schema) member(name string) *member {
	for _, m := range s.fields {
		if m.name == name {
			return m
		}
	}
	return nil
}
