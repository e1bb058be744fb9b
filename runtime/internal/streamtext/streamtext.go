// Package streamtext writes streams of JSON documents, for what plays a provider.
package streamtext

import (
	"bytes"
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
)

// Write returns the body of a response whose items are JSON documents without line
// breaks, and its media type.
func Write(s *ir.Stream, items [][]byte) (body []byte, media string) {
	var b bytes.Buffer
	switch s.As {
	case "events":
		for _, item := range items {
			event(&b, item)
		}
		if s.End != "" {
			event(&b, []byte(s.End))
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
func Array(s *ir.Stream, body []byte) []byte {
	var items []string
	switch s.As {
	case "events":
		for _, e := range strings.SplitAfter(string(body), "\n\n") {
			if data, ok := strings.CutPrefix(strings.TrimSuffix(e, "\n\n"), "data: "); ok && data != s.End && strings.HasSuffix(e, "\n\n") {
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
