package runtime

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

// StreamCSV are the rows of a table (RFC 4180) behind one with the names of the columns.
// The value says of columns what their cells hold; those that it does not name hold text.
// A row of another length than the first is an error that says the line, and so is one
// that is cut. A line break inside of a cell is read as a line feed.
type StreamCSV []Column

// Column is what the cells of a column hold.
type Column struct {
	Name string
	Cell Cell
}

// Cell is what a cell holds.
type Cell uint8

// What cells hold. One that is empty is no member of its row, but for text.
const (
	CellText   Cell = iota // Text, which may be empty.
	CellWord               // Text that is never empty: a time, an id, one of several words.
	CellNumber             // A number.
	CellBool               // A truth value: true, false, 1 or 0, in letters of any case.
)

// fits takes what may be a table: it has many names, and documents have others.
func (StreamCSV) fits(media string) bool {
	return !strings.HasSuffix(media, "json") && !strings.HasSuffix(media, "xml") && !strings.HasSuffix(media, "html")
}

func (s StreamCSV) items(r *itemReader) func() (Raw, error) {
	t := &table{end: bodyEnd{from: r}}
	return func() (Raw, error) {
		if t.rows == nil {
			names, err := t.begin()
			if err != nil {
				return nil, err
			}
			t.columns = s.named(names)
		}
		row, err := t.next()
		if err != nil {
			return nil, err
		}
		item := Raw{'{'}
		for i, c := range t.columns {
			cell := c.value(row[i])
			if cell == nil {
				continue
			}
			if len(item) > 1 {
				item = append(item, ',')
			}
			item = append(append(appendQuote(item, c.Name), ':'), cell...)
		}
		return append(item, '}'), nil
	}
}

// named are the columns of a table by the names in its first row.
func (s StreamCSV) named(names []string) []Column {
	columns := make([]Column, len(names))
	for i, name := range names {
		columns[i].Name = name
		for _, c := range s {
			if c.Name == name {
				columns[i].Cell = c.Cell
			}
		}
	}
	return columns
}

// value is a cell as JSON, or nil. What is not of its column stays text, for the decoder
// to repair or refuse.
func (c Column) value(cell string) Raw {
	switch {
	case cell == "" && c.Cell != CellText:
		return nil
	case c.Cell == CellNumber && Raw(cell).Kind() == '0' && Raw(cell).IsValid():
		return Raw(cell)
	case c.Cell == CellBool && (cell == "1" || strings.EqualFold(cell, "true")):
		return Raw("true")
	case c.Cell == CellBool && (cell == "0" || strings.EqualFold(cell, "false")):
		return Raw("false")
	}
	return quote(cell)
}

// table reads the rows of a body.
type table struct {
	end     bodyEnd
	rows    *csv.Reader
	mark    int64 // Bytes of a mark at the beginning.
	columns []Column
}

// begin reads the names of the columns.
func (t *table) begin() ([]string, error) {
	text := bufio.NewReader(&t.end)
	if mark, _ := text.Peek(3); len(trimBOM(mark)) < len(mark) {
		n, _ := text.Discard(3)
		t.mark = int64(n)
	}
	t.rows = csv.NewReader(text)
	return t.next()
}

// next reads a row.
func (t *table) next() ([]string, error) {
	row, err := t.rows.Read()
	last := t.end.reached && t.mark+t.rows.InputOffset() == t.end.read
	fault, isFault := errors.AsType[*csv.ParseError](err)
	switch {
	case isFault && last && errors.Is(err, csv.ErrQuote), err == nil && last && t.end.from.unsure && t.end.last != '\n':
		return nil, io.ErrUnexpectedEOF
	case isFault && errors.Is(err, csv.ErrFieldCount):
		return nil, fmt.Errorf("%w: the row on line %d has %d cells, and the first one %d", errNoTable, fault.Line, len(row), t.rows.FieldsPerRecord)
	case isFault:
		return nil, fmt.Errorf("%w: line %d: %w", errNoTable, fault.Line, fault.Err)
	}
	return row, err
}

var errNoTable = errors.New("the body is not CSV")

// bodyEnd notes how a body ends.
type bodyEnd struct {
	from    *itemReader
	read    int64
	last    byte
	reached bool
}

func (e *bodyEnd) Read(p []byte) (int, error) {
	n, err := e.from.Read(p)
	if n > 0 {
		e.read, e.last = e.read+int64(n), p[n-1]
	}
	e.reached = e.reached || err == io.EOF
	return n, err
}
