package runtime

import "reflect"

// Opt is an optional value with three states: absent, null and a value. The
// zero Opt is absent. Make one with [Some] or [Null].
type Opt[T any] struct {
	value T
	state optState
}

type optState uint8

const (
	optAbsent optState = iota
	optNull
	optValue
)

// Some returns an Opt that holds v, be it a zero value or not.
func Some[T any](v T) Opt[T] { return Opt[T]{v, optValue} }

// Null returns an Opt that is sent as null.
func Null[T any]() Opt[T] { return Opt[T]{state: optNull} }

// Get returns the value, and whether there is one.
func (o Opt[T]) Get() (T, bool) { return o.value, o.state == optValue }

// Or returns the value, or def when there is none.
func (o Opt[T]) Or(def T) T {
	if o.state == optValue {
		return o.value
	}
	return def
}

// IsNull reports whether the Opt is null.
func (o Opt[T]) IsNull() bool { return o.state == optNull }

// IsSet reports whether the Opt holds a value.
func (o Opt[T]) IsSet() bool { return o.state == optValue }

// IsZero reports whether the Opt is absent. Members tagged omitzero are left
// out then.
func (o Opt[T]) IsZero() bool { return o.state == optAbsent }

// MarshalJSONTo writes the value, or null when there is none.
func (o Opt[T]) MarshalJSONTo(enc *jsonEncoder) error {
	if o.state != optValue {
		return enc.WriteValue(Raw("null"))
	}
	return marshalTo(enc, &o.value)
}

// UnmarshalJSONFrom reads null or a value.
func (o *Opt[T]) UnmarshalJSONFrom(dec *jsonDecoder) error {
	*o = Opt[T]{}
	if dec.PeekKind() == 'n' {
		o.state = optNull
		return dec.SkipValue()
	}
	if err := unmarshalFrom(dec, &o.value); err != nil {
		return err
	}
	o.state = optValue
	return nil
}

// inner is the type of the value.
func (Opt[T]) inner() reflect.Type { return reflect.TypeFor[T]() }
