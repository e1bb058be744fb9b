package ir

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// Pos is a span in a source file. Lines and columns count from 1, columns in
// bytes; the end is exclusive. The zero Pos means that no source is known.
type Pos struct {
	File            string
	Line, Col       int
	EndLine, EndCol int
}

// IsValid reports whether p names a place in a file.
func (p Pos) IsValid() bool { return p.Line > 0 }

// String returns file:line:col.
func (p Pos) String() string {
	if !p.IsValid() {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// Contains reports whether q starts within p.
func (p Pos) Contains(q Pos) bool {
	end := Pos{File: p.File, Line: p.EndLine, Col: p.EndCol}
	return p.Compare(q) <= 0 && q.Compare(end) < 0
}

// Compare orders positions by file, line and column.
func (p Pos) Compare(q Pos) int {
	return cmp.Or(strings.Compare(p.File, q.File), cmp.Compare(p.Line, q.Line), cmp.Compare(p.Col, q.Col))
}

// MarshalText writes file:line:col-line:col.
func (p Pos) MarshalText() ([]byte, error) {
	if !p.IsValid() {
		return []byte(p.File), nil
	}
	return fmt.Appendf(nil, "%s:%d:%d-%d:%d", p.File, p.Line, p.Col, p.EndLine, p.EndCol), nil
}

// UnmarshalText reads what MarshalText writes. Text of another form is taken
// as a file name alone.
func (p *Pos) UnmarshalText(b []byte) error {
	*p = Pos{File: string(b)}
	head, end, ok := cutLast(string(b), "-")
	if !ok {
		return nil
	}
	head, col, ok1 := cutLast(head, ":")
	file, line, ok2 := cutLast(head, ":")
	endLine, endCol, ok3 := strings.Cut(end, ":")
	if !ok1 || !ok2 || !ok3 {
		return nil
	}
	var q Pos
	for _, n := range []struct {
		text string
		to   *int
	}{{line, &q.Line}, {col, &q.Col}, {endLine, &q.EndLine}, {endCol, &q.EndCol}} {
		v, err := strconv.Atoi(n.text)
		if err != nil {
			return nil
		}
		*n.to = v
	}
	q.File = file
	*p = q
	return nil
}

func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
