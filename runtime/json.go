package runtime

import (
	"bytes"
	"errors"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// This file is the package's one way to JSON. From Go 1.27 on the imports
// become the standard library's; nothing else has to change.

// Raw is a JSON value as it was received. A struct keeps the members it does
// not know in a field Extra Raw with the tag `json:",embed"`.
type Raw = jsontext.Value

type (
	jsonDecoder     = jsontext.Decoder
	jsonEncoder     = jsontext.Encoder
	jsonKind        = jsontext.Kind
	jsonOptions     = json.Options
	jsonMismatch    = json.SemanticError
	jsonSyntaxError = jsontext.SyntacticError
)

// lenient reads what a strict reader refuses: names that come twice, of which
// the last counts, and invalid UTF-8, which becomes U+FFFD.
var lenient = json.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))

var errDuplicateName = jsontext.ErrDuplicateName

// marshal writes v. Go strings that are not UTF-8 are an error.
func marshal(v any, opts ...jsonOptions) ([]byte, error) { return json.Marshal(v, opts...) }

// unmarshal reads one value that fills the data.
func unmarshal(data []byte, v any, opts ...jsonOptions) error {
	return json.Unmarshal(data, v, opts...)
}

// marshalTo and unmarshalFrom are for the methods of this package's types.
func marshalTo(enc *jsonEncoder, v any) error     { return json.MarshalEncode(enc, v) }
func unmarshalFrom(dec *jsonDecoder, v any) error { return json.UnmarshalDecode(dec, v) }

// UnmarshalRaw reads one JSON value into v, a pointer, as leniently about
// names and characters as responses are read. Generated unions use it.
func UnmarshalRaw(data Raw, v any) error { return json.Unmarshal(data, v, lenient) }

// MarshalRaw writes v as JSON. Generated unions use it.
func MarshalRaw(v any) (Raw, error) { return json.Marshal(v) }

// unquote returns the text of a JSON string, invalid UTF-8 replaced.
func unquote(v Raw) string {
	text, _ := jsontext.AppendUnquote(nil, v) // An error is about invalid UTF-8 only; the text stands.
	return string(text)
}

// quote returns text as a JSON string.
func quote(text string) Raw { return appendQuote(nil, text) }

// appendQuote appends text as a JSON string.
func appendQuote(b []byte, text string) Raw {
	v, _ := jsontext.AppendQuote(b, text) // As above.
	return v
}

// rawText is the text of a string without its quotes, and that of any other
// value as it stands. It is empty for null and for an absent value.
func rawText(v Raw) string {
	switch v.Kind() {
	case '"':
		return unquote(v)
	case 'n', 0:
		return ""
	}
	return string(v)
}

// trimBOM cuts the byte order mark that some servers send (RFC 8259, 8.1, lets
// a reader ignore it).
func trimBOM(data []byte) []byte { return bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")) }

// writeNumber writes a number, as text where the tag of the member has the option
// string: the provider's type is one then.
func writeNumber(enc *jsonEncoder, number string) error {
	if text, _ := json.GetOption(enc.Options(), json.StringifyNumbers); text {
		return enc.WriteValue(quote(number))
	}
	return enc.WriteValue(Raw(number))
}

// writeText writes a string, whatever the options: those of a number are an error where
// a string is marshalled.
func writeText(enc *jsonEncoder, text string) error { return enc.WriteToken(jsontext.String(text)) }

// marshalBytes are the options of [marshalSent], and write every []byte as the text that
// replace returns for it.
func marshalBytes(replace func([]byte) string) jsonOptions {
	return json.JoinOptions(json.Deterministic(true), json.WithMarshalers(json.JoinMarshalers(reveals, json.MarshalToFunc(func(enc *jsonEncoder, b []byte) error {
		return enc.WriteToken(jsontext.String(replace(b)))
	}))))
}

// reveals writes a [Secret] as its text. It serves what is sent to the provider
// alone.
var reveals = json.MarshalToFunc(func(enc *jsonEncoder, s Secret) error {
	return enc.WriteToken(jsontext.String(s.Reveal()))
})

// marshalSent writes the parameters of a call with their secrets. Looking for
// secrets costs at every value, and few calls have one, so that is done only
// for parameters that came out with the word that stands for one. A [Raw] is written
// byte for byte, and the members of a map in order: the same parameters are the same
// request.
func marshalSent(v any) ([]byte, error) {
	if raw, ok := v.(Raw); ok {
		return raw, nil
	}
	data, err := marshal(v, json.Deterministic(true))
	if err != nil || !bytes.Contains(data, []byte(redacted)) {
		return data, err
	}
	return marshal(v, json.Deterministic(true), json.WithMarshalers(reveals))
}

// memberOf is the top-level member that an error of marshal is about, or "".
func memberOf(err error) string {
	var at jsontext.Pointer
	if mismatch, ok := errors.AsType[*jsonMismatch](err); ok {
		at = mismatch.JSONPointer
	}
	if syntax, ok := errors.AsType[*jsonSyntaxError](err); ok && at == "" {
		at = syntax.JSONPointer
	}
	for name := range at.Tokens() {
		return name
	}
	return ""
}

// isInvalidUTF8 reports whether a strict reader refused the text's encoding.
func isInvalidUTF8(err error) bool {
	syntax, ok := errors.AsType[*jsonSyntaxError](err)
	return ok && syntax.Err != nil && strings.Contains(syntax.Err.Error(), "UTF-8")
}
