// Package quirks is the knowledge base: sourced facts on how real APIs behave,
// one embedded CUE file an API. A fact may carry a rule, which the drafter
// applies; a fact without one is advice.
//
// Values are not changed after loading and may be read from any number of
// goroutines.
package quirks

// API is one API, and how its documents are recognised.
type API struct {
	Name   string   // Name of the file: slack.
	Title  string   // Slack Web API
	Hosts  []string // Hosts of its servers, as patterns.
	Titles []string // Titles of its documents, as patterns.
	Except []string // Titles, as patterns, of other APIs' documents at these hosts.
}

// Set is what is known about one API.
type Set struct {
	API
	Facts []*Fact // In the order of the file, which is the order in which rules apply.
}

// Fact is one verifiable statement about the API.
type Fact struct {
	ID         string `json:"id"`
	Area       string `json:"area"` // auth, rate_limit, pagination, error, ...
	Claim      string `json:"claim"`
	Src        string `json:"src"`             // Where it can be checked.
	Seen       string `json:"seen,omitempty"`  // Date of the last check: 2026, 2026-08 or 2026-08-31.
	Since      string `json:"since,omitempty"` // Date or version from which on it holds.
	Confidence string `json:"confidence"`      // high, medium or low
	How        string `json:"how"`             // documented or observed
	On         string `json:"on,omitempty"`    // What it is about: patterns of actions, groups or words; empty is the whole API.
	Effect     string `json:"effect,omitempty"`
	Advice     string `json:"advice,omitempty"`
	Rule       *Rule  `json:"-"` // nil for a fact that remains advice.
}

// Rule is what a drafted spec says because of a fact. Fields that hold CUE
// are source text of a struct's members, checked for syntax.
type Rule struct {
	Why         string            // The reason as a spec states it.
	Spec        string            // CUE: sections of a spec.
	Params      string            // CUE: parameters by name, with their types.
	Actions     []string          // Patterns of the actions that Params is about; nil is all.
	Required    []Named           // Patterns of actions by a parameter that they need.
	Fields      string            // CUE: members of replies by name, with their types.
	Set         []Source          // What actions say besides, by pattern.
	Unpaged     []string          // Patterns of actions that do not page.
	Limits      []Named           // Patterns of actions by limit.
	Page        *Page             // nil: the fact is not about paging.
	Effects     []Named           // Patterns of actions by effect.
	Methods     []Named           // Patterns of actions by HTTP method.
	Deprecated  []Pair            // Advice by pattern of actions.
	Failure     map[string]string // Paths in the body of a failure: code, message and request.
	Envelope    []string          // Members of replies that error rules read.
	Credentials []string          // Parameters that carry the credential.
	Scopes      map[string]string // Present names of scopes by the document's.
	Codes       map[string]string // Error codes as they are sent by the document's.
	NoScopes    []string          // Words that stand for no scope.
	Docs        string            // Address of an action's page, with {action}.
	Prefixes    []string          // Prefixes of type names that say nothing.
	Names       map[string]string // Names of types, by the name without prefix.
}

// Named is a list under a name.
type Named struct {
	Name string
	List []string
}

// Pair is a text under a name.
type Pair struct {
	Name, Text string
}

// Source is CUE under a name.
type Source struct {
	Name, CUE string
}

// Of returns the text of the first pattern that matches, and whether one does.
func Of(pairs []Pair, a Action) (string, bool) {
	for _, p := range pairs {
		if a.is(p.Name) {
			return p.Text, true
		}
	}
	return "", false
}

// Page is how the actions that match it list.
type Page struct {
	Name    string   // Name of the rule in the drafted spec.
	Actions []string // Patterns of the actions; nil is all.
	Params  []string // Parameters that a matching action has.
	Members []string // Paths that its reply has.
	Send    string   // CUE: parameters that the document leaves out.
	Reply   string   // CUE: members that the document leaves out of the reply.
	Use     string   // CUE: the page rule, without items.
	Items   []Pair   // Path of the items by pattern of actions, where the reply does not tell.
}

// Fact returns the fact with the id, or nil.
func (s *Set) Fact(id string) *Fact {
	for _, f := range s.Facts {
		if f.ID == id {
			return f
		}
	}
	return nil
}

// Rules counts the facts that a draft applies.
func (s *Set) Rules() int {
	n := 0
	for _, f := range s.Facts {
		if f.Rule != nil {
			n++
		}
	}
	return n
}

// Areas lists what facts are about.
func Areas() []string {
	return []string{
		"auth", "rate_limit", "pagination", "error", "schema", "idempotency", "webhook", "versioning", "upload", "consistency", "bulk", "other",
	}
}
