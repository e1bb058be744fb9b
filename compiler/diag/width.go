package diag

import (
	"unicode"
	"unicode/utf8"
)

// tabStop is how far apart tab stops are in a snippet.
const tabStop = 4

// glyph is what one rune of a source line looks like in a terminal.
type glyph struct {
	text   string
	offset int // Byte offset in the source line.
	col    int // First column it takes, from 0.
	width  int // Columns it takes; 0 for a combining mark.
}

// glyphs lays a source line out in columns. A tab becomes spaces up to the
// next tab stop. What a terminal would obey instead of show (control
// characters, direction overrides) and bytes that are no UTF-8 become U+FFFD.
func glyphs(line string) []glyph {
	out := make([]glyph, 0, len(line))
	col := 0
	for i, r := range line {
		g := glyph{text: string(r), offset: i, col: col, width: runeWidth(r)}
		switch {
		case r == '\t':
			g.width = tabStop - col%tabStop
			g.text = "    "[:g.width]
		case r == utf8.RuneError || unsafeRune(r):
			g.text, g.width = "\uFFFD", 1
		}
		out = append(out, g)
		col += g.width
	}
	return out
}

// printable is text that a terminal shows and does not obey. Line breaks stay.
func printable(s string) string {
	clean := func(r rune) rune {
		if r != '\n' && unsafeRune(r) {
			return utf8.RuneError
		}
		return r
	}
	return mapRunes(clean, s)
}

func mapRunes(f func(rune) rune, s string) string {
	out := make([]rune, 0, len(s))
	for _, r := range s {
		out = append(out, f(r))
	}
	return string(out)
}

// unsafeRune reports control characters, and the marks that reorder text and
// so can make a line read as what it is not (CVE-2021-42574).
func unsafeRune(r rune) bool {
	return unicode.IsControl(r) || r >= '\u202A' && r <= '\u202E' || r >= '\u2066' && r <= '\u2069'
}

// runeWidth is the number of columns that most terminals give a rune.
func runeWidth(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case r >= 0x1100 && unicode.Is(wide, r):
		return 2
	}
	return 1
}

// wide holds the ranges that Unicode's East Asian Width (UAX 11) calls wide or
// full-width, joined where what lies between is unassigned.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x1100, Hi: 0x115F, Stride: 1}, // Hangul initial consonants
		{Lo: 0x231A, Hi: 0x231B, Stride: 1}, // watch, hourglass
		{Lo: 0x23E9, Hi: 0x23EC, Stride: 1},
		{Lo: 0x25FD, Hi: 0x25FE, Stride: 1},
		{Lo: 0x2614, Hi: 0x2615, Stride: 1},
		{Lo: 0x2648, Hi: 0x2653, Stride: 1},
		{Lo: 0x26AA, Hi: 0x26AB, Stride: 1},
		{Lo: 0x26BD, Hi: 0x26BE, Stride: 1},
		{Lo: 0x26C4, Hi: 0x26C5, Stride: 1},
		{Lo: 0x26F2, Hi: 0x26F5, Stride: 1},
		{Lo: 0x2705, Hi: 0x2705, Stride: 1},
		{Lo: 0x270A, Hi: 0x270B, Stride: 1},
		{Lo: 0x2728, Hi: 0x2728, Stride: 1},
		{Lo: 0x274C, Hi: 0x274E, Stride: 1},
		{Lo: 0x2753, Hi: 0x2757, Stride: 1},
		{Lo: 0x2795, Hi: 0x2797, Stride: 1},
		{Lo: 0x2B1B, Hi: 0x2B1C, Stride: 1},
		{Lo: 0x2B50, Hi: 0x2B55, Stride: 1},
		{Lo: 0x2E80, Hi: 0x303E, Stride: 1}, // CJK radicals and punctuation
		{Lo: 0x3041, Hi: 0x4DBF, Stride: 1}, // kana to CJK extension A
		{Lo: 0x4E00, Hi: 0xA4CF, Stride: 1}, // CJK and Yi
		{Lo: 0xA960, Hi: 0xA97F, Stride: 1},
		{Lo: 0xAC00, Hi: 0xD7A3, Stride: 1}, // Hangul syllables
		{Lo: 0xF900, Hi: 0xFAFF, Stride: 1},
		{Lo: 0xFE30, Hi: 0xFE6F, Stride: 1},
		{Lo: 0xFF01, Hi: 0xFF60, Stride: 1}, // full-width forms
		{Lo: 0xFFE0, Hi: 0xFFE6, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x16FE0, Hi: 0x18CFF, Stride: 1}, // Tangut, Khitan
		{Lo: 0x1B000, Hi: 0x1B2FF, Stride: 1}, // kana supplements
		{Lo: 0x1F004, Hi: 0x1F004, Stride: 1},
		{Lo: 0x1F0CF, Hi: 0x1F0CF, Stride: 1},
		{Lo: 0x1F18E, Hi: 0x1F19A, Stride: 1},
		{Lo: 0x1F200, Hi: 0x1F265, Stride: 1},
		{Lo: 0x1F300, Hi: 0x1F64F, Stride: 1}, // pictographs, emoticons
		{Lo: 0x1F680, Hi: 0x1F6FC, Stride: 1},
		{Lo: 0x1F7E0, Hi: 0x1F7F0, Stride: 1},
		{Lo: 0x1F90C, Hi: 0x1FAFF, Stride: 1},
		{Lo: 0x20000, Hi: 0x3FFFD, Stride: 1}, // CJK extensions B and later
	},
}
