package twin

import (
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Durations are written as Go writes them: "1.5s".
var (
	writeSpans = json.WithMarshalers(json.MarshalToFunc(func(e *jsontext.Encoder, d time.Duration) error {
		return e.WriteToken(jsontext.String(d.String()))
	}))
	readSpans = json.WithUnmarshalers(json.UnmarshalFromFunc(func(d *jsontext.Decoder, to *time.Duration) error {
		var s string
		if err := json.UnmarshalDecode(d, &s); err != nil {
			return err
		}
		v, err := time.ParseDuration(s)
		*to = v
		return err
	}))
)

// document is how the twin's own documents are written.
var document = json.JoinOptions(json.Deterministic(true), jsontext.Multiline(true))

// MarshalJSONTo writes an entry with its durations as text.
func (e Entry) MarshalJSONTo(to *jsontext.Encoder) error {
	type plain Entry
	return json.MarshalEncode(to, plain(e), writeSpans)
}

// UnmarshalJSONFrom reads what MarshalJSONTo writes.
func (e *Entry) UnmarshalJSONFrom(from *jsontext.Decoder) error {
	type plain Entry
	return json.UnmarshalDecode(from, (*plain)(e), readSpans)
}

// MarshalJSONTo writes a scope with its durations as text.
func (s Scope) MarshalJSONTo(to *jsontext.Encoder) error {
	type plain Scope
	return json.MarshalEncode(to, plain(s), writeSpans)
}

// UnmarshalJSONFrom reads what MarshalJSONTo writes.
func (s *Scope) UnmarshalJSONFrom(from *jsontext.Decoder) error {
	type plain Scope
	return json.UnmarshalDecode(from, (*plain)(s), readSpans)
}
