package streamtext

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// writeTable writes items as rows behind the names of the columns (RFC 4180). What an
// item has beside them is lost.
func writeTable(b *bytes.Buffer, columns []string, items [][]byte) {
	row(b, columns)
	for _, item := range items {
		cells := make([]string, len(columns))
		d := jsontext.NewDecoder(bytes.NewReader(item), jsontext.AllowDuplicateNames(true))
		_, _ = d.ReadToken()
		for d.PeekKind() == '"' {
			name, _ := d.ReadToken()
			at := slices.Index(columns, name.String())
			value, err := d.ReadValue()
			if err != nil {
				break
			}
			if at >= 0 {
				cells[at] = cell(value)
			}
		}
		row(b, cells)
	}
}

// cell is a JSON value as it stands in a cell.
func cell(v jsontext.Value) string {
	switch v.Kind() {
	case 'n':
		return ""
	case '"':
		text, _ := jsontext.AppendUnquote(nil, v)
		return string(text)
	}
	return string(v)
}

func row(b *bytes.Buffer, cells []string) {
	for i, c := range cells {
		if i > 0 {
			b.WriteByte(',')
		}
		if strings.ContainsAny(c, ",\"\r\n") || c == "" && len(cells) == 1 {
			c = `"` + strings.ReplaceAll(c, `"`, `""`) + `"`
		}
		b.WriteString(c)
	}
	b.WriteString("\r\n")
}

// readTable returns the rows of a table as JSON objects, as far as they go.
func readTable(body string, kind func(column string) string) (items []string) {
	if whole := strings.LastIndexByte(body, '\n'); whole >= 0 {
		body = body[:whole+1]
	}
	rows := csv.NewReader(strings.NewReader(body))
	names, err := rows.Read()
	for err == nil {
		var cells []string
		if cells, err = rows.Read(); err != nil {
			break
		}
		var members []string
		for i, c := range cells {
			if value := valueOf(c, kind(names[i])); value != "" {
				members = append(members, quoted(names[i])+":"+value)
			}
		}
		items = append(items, "{"+strings.Join(members, ",")+"}")
	}
	return items
}

func valueOf(cell, kind string) string {
	switch {
	case cell == "" && kind != "text":
		return ""
	case kind == "number", kind == "bool":
		return cell
	}
	return quoted(cell)
}

func quoted(text string) string {
	v, _ := jsontext.AppendQuote(nil, text)
	return string(v)
}
