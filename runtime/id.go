package runtime

import "strconv"

// ID is an identifier that a provider writes as a string or as a number,
// sometimes both. It keeps the form it was received in and is written back in
// it. IDs are comparable: "12" and 12 are two IDs, with the same [ID.String].
// The zero ID is absent.
type ID struct {
	text   string
	number bool
}

// StringID returns an ID that is written as a string.
func StringID(s string) ID { return ID{text: s} }

// NumberID returns an ID that is written as a number.
func NumberID(n int64) ID { return ID{strconv.FormatInt(n, 10), true} }

// String returns the ID without quotes.
func (id ID) String() string { return id.text }

// IsZero reports whether the ID is absent or the empty string.
func (id ID) IsZero() bool { return id == ID{} }

// MarshalJSONTo writes the ID in its own form.
func (id ID) MarshalJSONTo(enc *jsonEncoder) error {
	if id.number {
		return enc.WriteValue(Raw(id.text))
	}
	return marshalTo(enc, id.text)
}

// UnmarshalJSONFrom reads a string, a number of any size, or null.
func (id *ID) UnmarshalJSONFrom(dec *jsonDecoder) error {
	switch dec.PeekKind() {
	case '0':
		raw, err := dec.ReadValue()
		*id = ID{string(raw), true}
		return err
	case 'n':
		*id = ID{}
		return dec.SkipValue()
	}
	*id = ID{}
	return unmarshalFrom(dec, &id.text)
}
