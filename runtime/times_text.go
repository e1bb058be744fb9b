package runtime

import (
	"strconv"
	"time"
)

// UnixText is a time that is written as seconds since 1970 in a string: "1700000000".
// The zero value is absent.
type UnixText struct{ time.Time }

// UnixMilliText is a time that is written as milliseconds since 1970 in a string. The
// zero value is absent.
type UnixMilliText struct{ time.Time }

// MarshalJSONTo writes the seconds as text, or null for the zero value.
func (t UnixText) MarshalJSONTo(enc *jsonEncoder) error {
	return marshalTimeText(enc, t.Time, formatUnix(t.Time))
}

// UnmarshalJSONFrom reads a number in a string, or null as the zero value.
func (t *UnixText) UnmarshalJSONFrom(dec *jsonDecoder) (err error) {
	t.Time, err = unmarshalTimeText(dec, time.Second)
	return err
}

// MarshalJSONTo writes the milliseconds as text, or null for the zero value.
func (t UnixMilliText) MarshalJSONTo(enc *jsonEncoder) error {
	return marshalTimeText(enc, t.Time, strconv.AppendInt(nil, t.UnixMilli(), 10))
}

// UnmarshalJSONFrom reads a number in a string, or null as the zero value.
func (t *UnixMilliText) UnmarshalJSONFrom(dec *jsonDecoder) (err error) {
	t.Time, err = unmarshalTimeText(dec, time.Millisecond)
	return err
}

func marshalTimeText(enc *jsonEncoder, t time.Time, number []byte) error {
	if t.IsZero() {
		return enc.WriteValue(Raw("null"))
	}
	return enc.WriteValue(quote(string(number)))
}

func unmarshalTimeText(dec *jsonDecoder, unit time.Duration) (time.Time, error) {
	var text *string
	if err := unmarshalFrom(dec, &text); err != nil || text == nil {
		return time.Time{}, err
	}
	if number := Raw(*text); number.Kind() == '0' && number.IsValid() {
		return parseUnix(*text, unit)
	}
	return time.Time{}, errNoTime
}
