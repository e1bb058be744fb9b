package runtime

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// The forms of streams. Each has a type of its own, so that a program links the ones
// that it reads.
const (
	StreamLines streamLines = 0 // A JSON document on each line (NDJSON, JSON Lines, and RFC 7464).
	StreamArray streamArray = 0 // The elements of one JSON array.
)

// StreamEvents are server-sent events (WHATWG HTML, 9.2), of which the data of each is
// an item. The value is the data of the event that ends the stream; without one, the
// end of the response does.
type StreamEvents string

type (
	streamLines uint8
	streamArray uint8
)

func (StreamEvents) fits(media string) bool { return media == "text/event-stream" }
func (streamLines) fits(string) bool        { return true } // It has many names.
func (streamArray) fits(string) bool        { return true }

// items dispatches an event on the blank line behind it. One that was not finished when
// the response ends is no item, and that is told.
func (end StreamEvents) items(r *itemReader) func() (Raw, error) {
	lines := &eventLines{r: bufio.NewReader(r)}
	return func() (Raw, error) {
		var data []byte
		some := false
		for {
			line, err := lines.next()
			switch {
			case err == io.EOF && end == "" && !some, err == io.EOF && end.is(data):
				return nil, io.EOF
			case err == io.EOF:
				return nil, io.ErrUnexpectedEOF
			case err != nil:
				return nil, err
			case len(line) == 0 && end.is(data):
				return nil, io.EOF
			case len(line) == 0 && len(data) > 0:
				return data, nil
			case len(line) == 0:
				some = false
				continue
			}
			name, value, _ := bytes.Cut(line, []byte(":"))
			if string(name) != "data" {
				continue // A comment, a name, an id, a wait, or a field that nobody knows.
			}
			if some {
				data = append(data, '\n')
			}
			data, some = append(data, bytes.TrimPrefix(value, []byte(" "))...), true
		}
	}
}

// is reports whether the data of an event ends the stream.
func (end StreamEvents) is(data []byte) bool { return end != "" && string(data) == string(end) }

// eventLines reads lines that end with a line feed, a carriage return or both, and does
// not wait for the second of both.
type eventLines struct {
	r      *bufio.Reader
	begun  bool
	passed bool // A carriage return ended the line before.
	line   []byte
}

// next returns a line without its end, until the next call. What stands behind the last
// end is no line.
func (l *eventLines) next() ([]byte, error) {
	l.line = l.line[:0]
	for {
		if _, err := l.r.Peek(1); err != nil {
			if err == io.EOF && len(l.line) > 0 {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
		chunk, _ := l.r.Peek(l.r.Buffered())
		if l.passed {
			l.passed = false
			if chunk[0] == '\n' {
				_, _ = l.r.Discard(1)
				continue
			}
		}
		i := bytes.IndexAny(chunk, "\r\n")
		if i < 0 {
			l.line = append(l.line, chunk...)
			_, _ = l.r.Discard(len(chunk))
			continue
		}
		l.line = append(l.line, chunk[:i]...)
		l.passed = chunk[i] == '\r'
		_, _ = l.r.Discard(i + 1)
		if !l.begun {
			l.begun, l.line = true, trimBOM(l.line)
		}
		return l.line, nil
	}
}

// items takes what stands behind the last line break for an item, too, as JSON Lines has
// it. A number there may be a part of one where nothing says that the body is whole.
func (streamLines) items(r *itemReader) func() (Raw, error) {
	lines := bufio.NewReader(r)
	return func() (Raw, error) {
		for {
			line, err := lines.ReadBytes('\n')
			if err != nil && err != io.EOF {
				return nil, err
			}
			line = bytes.TrimSpace(bytes.TrimPrefix(trimBOM(line), []byte("\x1e")))
			if err == io.EOF && r.unsure && Raw(line).Kind() == '0' {
				return nil, io.ErrUnexpectedEOF
			}
			if len(line) > 0 {
				return line, nil // The end comes with the next read.
			}
			if err != nil {
				return nil, err
			}
		}
	}
}

func (streamArray) items(r *itemReader) func() (Raw, error) {
	var dec *jsonDecoder
	return func() (Raw, error) {
		if dec == nil {
			text := bufio.NewReader(r)
			if mark, _ := text.Peek(3); len(trimBOM(mark)) < len(mark) {
				_, _ = text.Discard(3)
			}
			dec = jsontext.NewDecoder(text, lenient)
			if dec.PeekKind() != '[' {
				v, err := dec.ReadValue() // Of a failure, perhaps.
				return v.Clone(), cmp.Or(arrayFault(err), errNoArray)
			}
			if _, err := dec.ReadToken(); err != nil {
				return nil, arrayFault(err)
			}
		}
		if dec.PeekKind() != ']' {
			v, err := dec.ReadValue()
			return v.Clone(), arrayFault(err)
		}
		if _, err := dec.ReadToken(); err != nil {
			return nil, arrayFault(err)
		}
		if _, err := dec.ReadToken(); err != io.EOF {
			return nil, cmp.Or(arrayFault(err), errNoArray)
		}
		return nil, io.EOF
	}
}

var errNoArray = fmt.Errorf("%w of one array", errNotJSON)

// arrayFault is what is wrong with an array, without a word of it.
func arrayFault(err error) error {
	if err == nil {
		return nil
	}
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		return io.ErrUnexpectedEOF
	}
	if syntax, ok := errors.AsType[*jsonSyntaxError](err); ok {
		return fmt.Errorf("%w: fault at byte %d", errNotJSON, syntax.ByteOffset)
	}
	return err
}
