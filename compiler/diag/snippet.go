package diag

import (
	"bytes"
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
)

// Sources holds the text of files by the name that positions use. Places in
// other files are shown without a snippet.
type Sources map[string][]byte

// line returns a line of a file without its line break.
func (s Sources) line(file string, n int) (string, bool) {
	src, ok := s[file]
	if !ok || n < 1 {
		return "", false
	}
	for ; n > 1; n-- {
		i := bytes.IndexByte(src, '\n')
		if i < 0 {
			return "", false
		}
		src = src[i+1:]
	}
	if i := bytes.IndexByte(src, '\n'); i >= 0 {
		src = src[:i]
	}
	return string(bytes.TrimSuffix(src, []byte("\r"))), true
}

// snippet is one source line with a span, in columns from 0; to is exclusive.
type snippet struct {
	text     string
	from, to int
}

// ellipsis marks where a long line is cut.
const ellipsis = "..."

// cutLine lays out the line of a span and, when it is wider than width, cuts
// it around the span. Of a span over several lines the first one is marked up
// to its end. A width of 0 cuts nothing.
func cutLine(line string, at ir.Pos, width int) snippet {
	gs := glyphs(line)
	from, to := columns(gs, line, at)
	total := 0
	if n := len(gs); n > 0 {
		total = gs[n-1].col + gs[n-1].width
	}
	if width <= 0 || total <= width {
		return snippet{join(gs, 0, total), from, to}
	}
	width = max(width, 4*len(ellipsis))
	start, end := window(from, to, total, width)
	head, tail := "", ""
	if start > 0 {
		head = ellipsis
	}
	if end < total {
		tail = ellipsis
	}
	shift := len(head) - start
	return snippet{
		text: head + join(gs, start, end) + tail,
		from: from + shift,
		to:   max(min(to, end), from+1) + shift,
	}
}

// columns translates the bytes of a span to columns. An empty span, or one
// past the end of the line, is one column wide.
func columns(gs []glyph, line string, at ir.Pos) (from, to int) {
	endByte := at.EndCol - 1
	if at.EndLine > at.Line {
		endByte = len(strings.TrimRight(line, " \t"))
	}
	from, to = columnOf(gs, at.Col-1), columnOf(gs, endByte)
	return from, max(to, from+1)
}

func columnOf(gs []glyph, offset int) int {
	end := 0
	for _, g := range gs {
		if g.offset >= offset {
			return g.col
		}
		end = g.col + g.width
	}
	return end
}

// window chooses the columns to show: the span with some context on both
// sides, or the beginning of a span that is wider than that. The ellipses at
// the cut ends take their part of the width.
func window(from, to, total, width int) (start, end int) {
	context := width / 4
	if to+context <= width-len(ellipsis) {
		return 0, width - len(ellipsis)
	}
	start = min(max(to+context-width+2*len(ellipsis), 0), max(from-context, 0))
	end = start + width - 2*len(ellipsis)
	if end+len(ellipsis) >= total {
		return total - width + len(ellipsis), total
	}
	return start, end
}

func join(gs []glyph, start, end int) string {
	var b strings.Builder
	for _, g := range gs {
		if g.col >= start && g.col+g.width <= end {
			b.WriteString(g.text)
		}
	}
	return b.String()
}
