package runtime

import (
	"net/url"
	"strconv"
	"strings"
)

// appendStyled writes one member to a query or a form. Null is written as an
// empty value, an empty list not at all. What a style has no form for, such as
// a list within a list, is written as JSON.
func appendStyled(b *strings.Builder, name string, v Raw, style Style) {
	kind := v.Kind()
	switch {
	case style == StyleJSON && kind != '"' || kind != '[' && kind != '{':
		appendPair(b, name, rawText(v))
	case style == StyleDeep || style == StyleBrackets:
		appendBrackets(b, name, v)
	case kind == '[' && style == StyleComma:
		appendComma(b, name, v)
	case kind == '[':
		for _, e := range elements(v) {
			appendPair(b, name, rawText(e))
		}
	default:
		appendPair(b, name, string(v))
	}
}

// appendComma writes a list as one value. The commas between the elements are
// bare, those within them escaped.
func appendComma(b *strings.Builder, name string, v Raw) {
	for i, e := range elements(v) {
		if i == 0 {
			appendPair(b, name, rawText(e))
			continue
		}
		b.WriteByte(',')
		b.WriteString(url.QueryEscape(rawText(e)))
	}
}

// appendBrackets writes a list as a[]=1 and an object as a[b]=1, and what is
// within them likewise. A list of objects is numbered, for a[][b]=1 would not
// say which object a member belongs to.
func appendBrackets(b *strings.Builder, name string, v Raw) {
	switch v.Kind() {
	case '{':
		ms, _ := members(v) // The value was written by the encoder.
		for _, m := range ms {
			appendBrackets(b, name+"["+m.name+"]", m.value)
		}
	case '[':
		for i, e := range elements(v) {
			index := ""
			if kind := e.Kind(); kind == '{' || kind == '[' {
				index = strconv.Itoa(i)
			}
			appendBrackets(b, name+"["+index+"]", e)
		}
	default:
		appendPair(b, name, rawText(v))
	}
}

func appendPair(b *strings.Builder, name, value string) {
	if b.Len() > 0 {
		b.WriteByte('&')
	}
	b.WriteString(url.QueryEscape(name))
	b.WriteByte('=')
	b.WriteString(url.QueryEscape(value))
}

// commaList writes a member as one text: a list with commas, anything else
// that is no text as JSON.
func commaList(v Raw) string {
	if v.Kind() != '[' {
		return rawText(v)
	}
	var texts []string
	for _, e := range elements(v) {
		texts = append(texts, rawText(e))
	}
	return strings.Join(texts, ",")
}

// elements splits an array.
func elements(v Raw) []Raw {
	s := newScan(v, nil)
	if _, err := s.dec.ReadToken(); err != nil {
		return nil
	}
	var all []Raw
	for s.dec.PeekKind() != ']' {
		e, err := s.read()
		if err != nil {
			break
		}
		all = append(all, e)
	}
	return all
}
