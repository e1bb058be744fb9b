// Package streamtext writes streams of JSON documents, for what plays a provider.
package streamtext

import (
	"bytes"
	"strings"
)

// Write returns the body of a response whose items are JSON documents without line
// breaks, and its media type. The form is events, lines or array; end is the data of an
// event behind the last item, where there is one.
func Write(form, end string, items [][]byte) (body []byte, media string) {
	var b bytes.Buffer
	switch form {
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

// Array returns a body that Write has written as one JSON array, as far as it goes.
func Array(form, end string, body []byte) []byte {
	var items []string
	switch form {
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
