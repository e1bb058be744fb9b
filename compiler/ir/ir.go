// Package ir is what a spec means once it is checked: plain data with a
// position on every node. The client generator, the twin, `porin show` and the
// documentation read it; only the compiler writes it.
//
// The package imports the standard library alone. Values are not changed after
// compilation and may be read from any number of goroutines.
package ir

// Version is the version of the JSON form. It changes when a reader of the
// previous form would misread the new one.
const Version = 1

// Connector is one spec, lowered and checked.
type Connector struct {
	Version int    `json:"version"`
	Name    string `json:"name"` // CUE package name; also the Go package name.
	Pos     Pos    `json:"pos,omitzero"`
	Title   string `json:"title,omitempty"`
	Doc     string `json:"doc,omitempty"`
	Docs    string `json:"docs,omitempty"` // Address of the vendor's reference.

	Notes     []*Note      `json:"notes,omitempty"`
	Settings  []*Setting   `json:"settings,omitempty"`
	Servers   []*Server    `json:"servers,omitempty"`
	Headers   []*Header    `json:"headers,omitempty"` // Sent with every request.
	Timeout   Duration     `json:"timeout,omitempty"` // Of one attempt.
	Auth      []*Auth      `json:"auth,omitempty"`    // In the order declared; the first is the default.
	Limits    []*Limit     `json:"limits,omitempty"`
	Errors    []*ErrorRule `json:"errors,omitempty"` // Connector rules, after group and action rules.
	Codes     []*Code      `json:"codes,omitempty"`  // Every provider code named anywhere, sorted.
	Types     []*Type      `json:"types,omitempty"`  // Named types, in source order.
	Groups    []*Group     `json:"groups,omitempty"` // Tree of groups with their actions.
	Resources []*Resource  `json:"resources,omitempty"`
	Webhooks  []*Webhook   `json:"webhooks,omitempty"`
	Flows     []*Flow      `json:"flows,omitempty"`
	Syncs     []*Sync      `json:"syncs,omitempty"`
	Hooks     []*Hook      `json:"hooks,omitempty"`
	Tests     []*Test      `json:"tests,omitempty"`
	Evidence  []*Evidence  `json:"evidence,omitempty"` // Every @why and @assumed, by position.
}

// Setting is a fact of one connection, such as a subdomain.
type Setting struct {
	Name     string   `json:"name"`
	Go       string   `json:"go,omitempty"`
	Pos      Pos      `json:"pos,omitzero"`
	Doc      string   `json:"doc,omitempty"`
	Type     string   `json:"type"` // string, int, bool, enum, url, host or label
	From     string   `json:"from"` // user, operator, callback, token or discover
	At       string   `json:"at,omitempty"`
	Action   string   `json:"action,omitempty"` // From "discover": the action asked.
	Required bool     `json:"required,omitempty"`
	Default  string   `json:"default,omitempty"`
	Enum     []string `json:"enum,omitempty"`
	Pattern  string   `json:"pattern,omitempty"`
	Hosts    []string `json:"hosts,omitempty"` // Hosts a captured url or host may name; "*." matches one or more labels.
}

// Note is a fact for people, which changes nothing.
type Note struct {
	Name string `json:"name"` // Id of the fact.
	Pos  Pos    `json:"pos,omitzero"`
	Text string `json:"text"` // Sentences, on one line.
	Src  string `json:"src,omitempty"`
}

// Server is a base URL. The first one is the default.
type Server struct {
	Name string   `json:"name"`
	Pos  Pos      `json:"pos,omitzero"`
	Doc  string   `json:"doc,omitempty"`
	URL  Template `json:"url"`
}

// Header is a header with a fixed or templated value.
type Header struct {
	Name  string   `json:"name"`
	Pos   Pos      `json:"pos,omitzero"`
	Value Template `json:"value"`
}

// Code is one provider error code with its exported Go name.
type Code struct {
	Value string `json:"value"`
	Go    string `json:"go"` // ErrNotInChannel
}

// Evidence says where a rule comes from.
type Evidence struct {
	Pos   Pos    `json:"pos,omitzero"`
	Path  string `json:"path"` // Field it is attached to: actions.chat.postMessage.limits
	How   string `json:"how"`  // documented, observed or assumed
	Why   string `json:"why"`
	Src   string `json:"src,omitempty"`
	Seen  string `json:"seen,omitempty"`
	Quirk string `json:"quirk,omitempty"` // Id of the fact in the knowledge base.
}

// Hook is Go code that the generated package requires at compile time.
type Hook struct {
	Name string `json:"name"`
	Pos  Pos    `json:"pos,omitzero"`
	At   string `json:"at"`
	Why  string `json:"why"`
}

// Test is an exchange with virtual time.
type Test struct {
	Name string `json:"name"`
	Pos  Pos    `json:"pos,omitzero"`
	Doc  string `json:"doc,omitempty"`
	Call string `json:"call"`
	Body any    `json:"body,omitempty"` // The test as written; its backend comes later.
}
