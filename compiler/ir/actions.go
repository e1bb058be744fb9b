package ir

// Group is a level of the actions tree. Its Go name is a service.
type Group struct {
	Name    string    `json:"name"`  // chat
	Path    string    `json:"path"`  // admin.apps
	Field   string    `json:"field"` // Apps: the field of the client, or of the service above.
	Go      string    `json:"go"`    // AdminApps: the service type is AdminAppsService.
	Pos     Pos       `json:"pos,omitzero"`
	Doc     string    `json:"doc,omitempty"`
	Notes   []*Note   `json:"notes,omitempty"`
	Groups  []*Group  `json:"groups,omitempty"`
	Actions []*Action `json:"actions,omitempty"`
}

// Effect says what sending an action twice does. It gates automatic retry.
type Effect string

// The effects.
const (
	Read         Effect = "read"         // Changes nothing.
	Idempotent   Effect = "idempotent"   // Twice is the same as once.
	Keyed        Effect = "keyed"        // Twice with the same key is the same as once.
	Create       Effect = "create"       // Twice makes two.
	Irreversible Effect = "irreversible" // Twice makes two, and neither can be undone.
)

// Action is one typed operation with every inherited rule resolved.
type Action struct {
	Name string `json:"name"`          // postMessage
	Path string `json:"path"`          // chat.postMessage
	Go   string `json:"go"`            // PostMessage: the method. All names the method that iterates.
	All  string `json:"all,omitempty"` // "All" beside List, "AllMembers" beside Members; only with Page.

	Parts string `json:"parts,omitempty"` // "CreateManyInParts" beside CreateMany: sends any number of items; only with Batch.
	Open  string `json:"open,omitempty"`  // "OpenContent" beside Content: reads the file as it arrives; only of a file that is read.
	Wait  string `json:"wait,omitempty"`  // "Wait" beside Get: waits for the job that the action reads; see [Connector.Job].
	Pos   Pos    `json:"pos,omitzero"`
	Doc   string `json:"doc,omitempty"`
	Docs  string `json:"docs,omitempty"` // Address of the vendor's page.

	Method string   `json:"method"`
	Server string   `json:"server"`
	URL    Template `json:"url"` // Relative to the server; scopes "in" and "conn".
	Effect Effect   `json:"effect"`

	// Params is everything the caller gives, in source order: path, query,
	// header and cookie parameters and the members of an object body.
	// Its Fields carry Go names unique within the action.
	Params  *Type     `json:"params,omitempty"` // Kind Object, or nil when there is nothing to give.
	Places  []*Place  `json:"places,omitempty"` // Where each field of Params goes, in the same order.
	Body    *Body     `json:"body,omitempty"`
	Headers []*Header `json:"headers,omitempty"`

	Returns *Type   `json:"returns,omitempty"` // nil: nothing is decoded. Of a stream, one item.
	Reply   string  `json:"reply,omitempty"`   // json (the default), text or raw
	Stream  *Stream `json:"stream,omitempty"`  // The response is items that come one by one.

	Page       *Page        `json:"page,omitempty"`
	Auth       []string     `json:"auth,omitempty"` // Names of auth methods that may be used; empty is any.
	Scopes     []string     `json:"scopes,omitempty"`
	Limits     []*LimitUse  `json:"limits,omitempty"`
	Errors     []*ErrorRule `json:"errors,omitempty"` // Effective: action, then group, then connector rules. In JSON without the last.
	Codes      []string     `json:"codes,omitempty"`  // Provider codes documented for it.
	Key        *Key         `json:"key,omitempty"`
	Recover    *Recover     `json:"recover,omitempty"`
	Batch      *Batch       `json:"batch,omitempty"`
	Retry      *Retry       `json:"retry,omitempty"`
	Timeout    Duration     `json:"timeout,omitempty"` // Of one attempt.
	Deprecated string       `json:"deprecated,omitempty"`
	Notes      []*Note      `json:"notes,omitempty"`

	// Origin says where each inherited part came from, by part name:
	// "limits": chat.cue:12:2.
	Origin map[string]Pos `json:"origin,omitempty"`
}

// Stream is how the items of a response that is a stream stand in it.
type Stream struct {
	Pos Pos    `json:"pos,omitzero"`
	As  string `json:"as"`            // events, lines, array or csv
	End string `json:"end,omitempty"` // Of events: data that is no item and ends the stream.

	Columns []*Column `json:"columns,omitempty"` // Of csv.
}

// Column is a member of the rows of a table.
type Column struct {
	Name string `json:"name"`
	Cell string `json:"cell"` // text, word, number or bool
}

// Cell says what the cells of a column hold: "" of one that is not declared.
func (s *Stream) Cell(column string) string {
	for _, c := range s.Columns {
		if c.Name == column {
			return c.Cell
		}
	}
	return ""
}

// Header are the names of the columns.
func (s *Stream) Header() []string {
	names := make([]string, len(s.Columns))
	for i, c := range s.Columns {
		names[i] = c.Name
	}
	return names
}

// Place is where a parameter goes.
type Place struct {
	Field string `json:"field"` // JSON name in the Go struct; unique within the action.
	In    string `json:"in"`    // path, query, header, cookie or body
	Name  string `json:"name"`  // Name on the wire.
	Style string `json:"style,omitempty"`
}

// Body says how the body is encoded.
type Body struct {
	As    string `json:"as"`              // json, form, multipart, text or raw
	Field string `json:"field,omitempty"` // Params field that is the whole body, when the body is not an object of named members.
	Type  string `json:"type,omitempty"`  // Content-Type, where it is not the usual one.
}

// Page is how a list goes on. Exactly one of the style fields is set.
type Page struct {
	Pos   Pos    `json:"pos,omitzero"`
	Items Path   `json:"items"` // Empty: the response is the list.
	Item  *Type  `json:"item"`  // Element type.
	Style string `json:"style"` // cursor, offset, number, link, last_item, scroll or window

	From  *Source `json:"from,omitempty"`  // cursor, link, scroll: where the next one is read.
	To    *Slot   `json:"to,omitempty"`    // Where it is sent. nil for link; for scroll a parameter of Call, for window the beginning.
	Call  string  `json:"call,omitempty"`  // scroll: the action that continues.
	By    string  `json:"by,omitempty"`    // offset: items or pages
	Start int     `json:"start,omitempty"` // number: 0 or 1
	Field Path    `json:"field,omitempty"` // last_item: the path of the key in the item; window: that of its time.

	Until *Slot    `json:"until,omitempty"` // window: where its end is sent.
	Span  Duration `json:"span,omitempty"`  // window: its length.

	End   []string `json:"end,omitempty"` // Any of: no_cursor, empty, short, more, total, pages
	More  *Source  `json:"more,omitempty"`
	Total *Source  `json:"total,omitempty"`
	Pages *Source  `json:"pages,omitempty"`

	Size *PageSize `json:"size,omitempty"`
	Keep string    `json:"keep,omitempty"` // all (the default) or cursor_only
	Cap  int       `json:"cap,omitempty"`  // Items the provider serves at most.
	// Split is how a list goes on beyond the cap; nil is not at all.
	Split *PageSplit `json:"split,omitempty"`
}

// PageSplit begins a list anew where its cap ended it.
type PageSplit struct {
	Field Path  `json:"field"` // Of the item: the list is in its order.
	To    *Slot `json:"to"`    // Where the last value is sent, which the list begins with then.
}

// PageSize is how the size of a page is asked for.
type PageSize struct {
	To      *Slot `json:"to"`
	Default int   `json:"default,omitempty"`
	Max     int   `json:"max,omitempty"`
}

// Source is where a value is read from: a header, or a path in the body.
type Source struct {
	Pos    Pos    `json:"pos,omitzero"`
	Header string `json:"header,omitempty"`
	Link   string `json:"link,omitempty"` // Relation of a Link header (RFC 8288).
	Query  string `json:"query,omitempty"`
	Body   Path   `json:"body,omitempty"`
	As     string `json:"as,omitempty"` // Unit of a wait or time: seconds, ms, unix, unix_ms, http_date, duration, rfc3339
}

// Slot is where a value is put in a request. Exactly one field is set.
type Slot struct {
	Query  string `json:"query,omitempty"`
	Header string `json:"header,omitempty"`
	Path   string `json:"path,omitempty"`
	Body   Path   `json:"body,omitempty"`
	Cookie string `json:"cookie,omitempty"`
}

// Key is an idempotency key.
type Key struct {
	To  *Slot  `json:"to"`
	TTL string `json:"ttl,omitempty"`
}

// Recover finds out whether a create with an unknown outcome took effect.
type Recover struct {
	Call string   `json:"call"`
	With []*Given `json:"with,omitempty"`
	Find Path     `json:"find,omitempty"` // The thing in its response; empty: the response.
	Put  Path     `json:"put,omitempty"`  // The thing in the result; empty: the result.
}

// Given is a parameter of one action that is made of those of another.
type Given struct {
	Field string   `json:"field"`
	Value Template `json:"value"` // Scope "in".
}

// Param is the parameter whose value it has as it is, where it is no other text.
func (g *Given) Param() (string, bool) {
	if p := g.Value.Parts; len(p) == 1 && p[0].Scope == "in" && len(p[0].Path) == 1 {
		return p[0].Path[0].Name, true
	}
	return "", false
}

// Literal is its text where that refers to nothing.
func (g *Given) Literal() (string, bool) {
	if p := g.Value.Parts; len(p) == 1 && p[0].Scope == "" {
		return p[0].Text, true
	}
	return "", false
}

// Retry narrows or widens the automatic retry of an action.
type Retry struct {
	Pos     Pos      `json:"pos,omitzero"`
	Max     int      `json:"max"` // Attempts in all. 1 is no retry.
	Classes []string `json:"classes,omitempty"`
}

// LimitUse is a bucket that a call draws from.
type LimitUse struct {
	Limit string `json:"limit"`
	Cost  int    `json:"cost"`
	Pos   Pos    `json:"pos,omitzero"`
}
