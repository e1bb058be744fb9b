package ir

// Kind says what a type is on the wire.
type Kind string

// The kinds of types.
const (
	Any    Kind = "any" // Any JSON value, kept as it came.
	Bool   Kind = "bool"
	Int    Kind = "int" // 64 bits.
	Float  Kind = "float"
	String Kind = "string"
	Bytes  Kind = "bytes"
	Object Kind = "object"
	List   Kind = "list"
	Map    Kind = "map" // String keys.
	Union  Kind = "union"
	Enum   Kind = "enum" // Strings or ints of a known set, open on the wire.
	Ref    Kind = "ref"  // A named type.
)

// Type is a named type or an inline one.
type Type struct {
	Kind Kind   `json:"kind"`
	Name string `json:"name,omitempty"` // Of a definition, without "#". Empty for inline types.
	Go   string `json:"go,omitempty"`   // Go type name, for named types and for inline objects, enums and unions.
	Pos  Pos    `json:"pos,omitzero"`
	Doc  string `json:"doc,omitempty"`

	Ref      string    `json:"ref,omitempty"`      // Kind Ref: the name of the type.
	Fields   []*Field  `json:"fields,omitempty"`   // Kind Object, in source order.
	Embeds   []string  `json:"embeds,omitempty"`   // Kind Object: named types composed in with "&".
	Choices  []*Choice `json:"choices,omitempty"`  // Kind Object: all of them hold.
	Elem     *Type     `json:"elem,omitempty"`     // Kinds List and Map.
	Variants []*Type   `json:"variants,omitempty"` // Kind Union.
	Enum     []any     `json:"enum,omitempty"`     // Kind Enum: strings, or int64s. A single member is a constant. A bool constant is here too, with Kind Bool.
	Nullable bool      `json:"nullable,omitempty"`

	Min     *Bound `json:"min,omitempty"` // Number bounds; for lists and strings, of the length.
	Max     *Bound `json:"max,omitempty"`
	Pattern string `json:"pattern,omitempty"`

	Wire Wire `json:"wire,omitzero"`

	// In and Out report whether the type is reachable from what actions send
	// and from what they receive.
	In  bool `json:"in,omitempty"`
	Out bool `json:"out,omitempty"`
}

// Bound is one end of a range.
type Bound struct {
	Value     string `json:"value"` // A decimal number.
	Exclusive bool   `json:"exclusive,omitempty"`
}

// Field is a member of an object.
type Field struct {
	Name     string `json:"name"` // On the wire.
	Go       string `json:"go"`
	Pos      Pos    `json:"pos,omitzero"`
	Doc      string `json:"doc,omitempty"`
	Type     *Type  `json:"type"`
	Required bool   `json:"required,omitempty"`
	Default  any    `json:"default,omitempty"` // From `*x | T`.

	Deprecated string `json:"deprecated,omitempty"` // The advice of @deprecated.
	ReadOnly   bool   `json:"read_only,omitempty"`  // Of answers alone.
	WriteOnly  bool   `json:"write_only,omitempty"` // Of requests alone.
	CreateOnly bool   `json:"create_only,omitempty"`
}

// Promised reports whether an answer has the member for certain.
func (f *Field) Promised() bool { return f.Required && !f.WriteOnly }

// Wire holds the details that attributes add to a type.
type Wire struct {
	Time    []string `json:"time,omitempty"`  // unix, unix_ms, rfc3339, date, or a Go layout. The first is written, all are read.
	Style   string   `json:"style,omitempty"` // comma, repeat, brackets or deep
	Secret  bool     `json:"secret,omitempty"`
	PII     string   `json:"pii,omitempty"`
	Decimal bool     `json:"decimal,omitempty"` // A number kept as text.
	ID      bool     `json:"id,omitempty"`      // A string or a number.
	Lenient []string `json:"lenient,omitempty"`
	Stream  string   `json:"stream,omitempty"`
}
