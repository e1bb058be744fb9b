package runtime

import "errors"

// Decimal is a number that is kept as the text it was written in, so that no
// digit of an amount is lost. It is sent as it was received, as a number or as
// a string, and always as a string where the provider's type is one. The zero
// Decimal is absent.
type Decimal struct{ id ID }

// NewDecimal returns a decimal that is sent as a JSON number, unless the
// provider's type is a string. It returns an error when text is not a JSON number
// (RFC 8259, 6).
func NewDecimal(text string) (Decimal, error) {
	if raw := Raw(text); raw.Kind() != '0' || !raw.IsValid() {
		return Decimal{}, errors.New("a decimal must be written as a JSON number")
	}
	return Decimal{ID{text, true}}, nil
}

// String returns the number as it was written.
func (d Decimal) String() string { return d.id.text }

// IsZero reports whether the decimal is absent. The number 0 is not.
func (d Decimal) IsZero() bool { return d.id.IsZero() }

// MarshalJSONTo writes the number in its own form.
func (d Decimal) MarshalJSONTo(enc *jsonEncoder) error {
	if d.id.number {
		return writeNumber(enc, d.id.text)
	}
	return writeText(enc, d.id.text)
}

// UnmarshalJSONFrom reads a number, a string or null.
func (d *Decimal) UnmarshalJSONFrom(dec *jsonDecoder) error {
	switch dec.PeekKind() {
	case '0', 'n':
		return d.id.UnmarshalJSONFrom(dec)
	case '"':
		raw, err := dec.ReadValue()
		d.id = ID{text: unquote(raw)}
		return err
	}
	var n float64 // For the error of reading anything else as a number.
	return unmarshalFrom(dec, &n)
}
