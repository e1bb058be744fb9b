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
	_, between := separator(style)
	switch {
	case style == StyleJSON || kind != '[' && kind != '{':
		appendPair(b, name, rawText(v))
	case style == StyleDeep || style == StyleBrackets:
		appendBrackets(b, name, v)
	case between != "":
		appendJoined(b, name, v, between)
	case kind == '{' && style == StyleSpread:
		ms, _ := members(v) // The value was written by the encoder.
		for _, m := range ms {
			appendStyled(b, m.name, m.value, StyleRepeat)
		}
	case kind == '[':
		for _, e := range elements(v) {
			appendPair(b, name, rawText(e))
		}
	default:
		appendPair(b, name, string(v))
	}
}

// separator is what stands between the texts of a list that is one value, plain and as it
// is in a query or a form; "" where a style has none.
func separator(style Style) (plain, escaped string) {
	switch style {
	case StyleComma:
		return ",", ","
	case StyleSpace:
		return " ", "%20"
	case StylePipe:
		return "|", "%7C"
	}
	return "", ""
}

// appendJoined writes a list as one value, and an object as its names and
// values in turn. What is between them is as it stands, and escaped within an
// element.
func appendJoined(b *strings.Builder, name string, v Raw, between string) {
	for i, text := range texts(v) {
		if i == 0 {
			appendPair(b, name, text)
			continue
		}
		b.WriteString(between)
		b.WriteString(url.QueryEscape(text))
	}
}

// appendBrackets writes what [inBrackets] makes of a value.
func appendBrackets(b *strings.Builder, name string, v Raw) {
	inBrackets(name, v, func(name string, v Raw) { appendPair(b, name, rawText(v)) })
}

// inBrackets names what is in a list a[], and in an object a[b], and what is within
// them likewise. A list of objects is numbered, for a[][b] would not say which object
// a member belongs to.
func inBrackets(name string, v Raw, each func(name string, v Raw)) {
	switch v.Kind() {
	case '{':
		ms, _ := members(v) // The value was written by the encoder.
		for _, m := range ms {
			inBrackets(name+"["+m.name+"]", m.value, each)
		}
	case '[':
		for i, e := range elements(v) {
			index := ""
			if kind := e.Kind(); kind == '{' || kind == '[' {
				index = strconv.Itoa(i)
			}
			inBrackets(name+"["+index+"]", e, each)
		}
	default:
		each(name, v)
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

// joined writes a member as one text: a list with commas, an object likewise
// where that is its style, anything else that is no text as JSON. In a path, what
// stands between the commas is escaped.
func joined(v Raw, style Style, path bool) string {
	all := []string{rawText(v)}
	if kind := v.Kind(); kind == '[' || kind == '{' && style == StyleComma {
		all = texts(v)
	}
	for i := range all {
		if path {
			all[i] = url.PathEscape(all[i])
		}
	}
	return strings.Join(all, ",")
}

// texts are the elements of a list, or the names and values of an object.
func texts(v Raw) []string {
	var all []string
	if v.Kind() == '{' {
		ms, _ := members(v) // The value was written by the encoder.
		for _, m := range ms {
			all = append(all, m.name, rawText(m.value))
		}
		return all
	}
	for _, e := range elements(v) {
		all = append(all, rawText(e))
	}
	return all
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
