// Package streamtext writes streams of JSON documents, for what plays a provider.
package streamtext

import (
	"bytes"
	"strings"
)

// Write returns the body of a response whose items are JSON documents without line
// breaks, and its media type. The form is events, lines, array or csv; end is the data of
// an event behind the last item, where there is one, and columns are those of a table.
func Write(form, end string, columns []string, items [][]byte) (body []byte, media string) {
	var b bytes.Buffer
	switch form {
	case "csv":
		writeTable(&b, columns, items)
		return b.Bytes(), "text/csv; charset=utf-8"
	case "events":
		for _, item := range items {
			event(&b, item)
		}
		if end != "" {
			event(&b, []byte(end))
		}
		return b.Bytes(), "text/event-stream"
	case "lines":
		for _, item := range items {
			b.Write(item)
			b.WriteByte('\n')
		}
		return b.Bytes(), "application/x-ndjson"
	}
	b.WriteByte('[')
	b.Write(bytes.Join(items, []byte(",")))
	b.WriteByte(']')
	return b.Bytes(), "application/json; charset=utf-8"
}

func event(b *bytes.Buffer, data []byte) {
	b.WriteString("data: ")
	b.Write(data)
	b.WriteString("\n\n")
}

// Array returns a body that Write has written as one JSON array, as far as it goes. Of a
// table, the kind of a cell is text, word, number or bool, by the name of its column.
func Array(form, end string, kind func(column string) string, body []byte) []byte {
	var items []string
	switch form {
	case "csv":
		items = readTable(string(body), kind)
	case "events":
		for _, e := range strings.SplitAfter(string(body), "\n\n") {
			if data, ok := strings.CutPrefix(strings.TrimSuffix(e, "\n\n"), "data: "); ok && data != end && strings.HasSuffix(e, "\n\n") {
				items = append(items, data)
			}
		}
	case "lines":
		items = strings.Split(strings.TrimSpace(string(body)), "\n")
	default:
		return body
	}
	return []byte("[" + strings.Join(items, ",") + "]")
}
