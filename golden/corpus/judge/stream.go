package judge

import (
	"encoding/csv"
	"strings"

	"github.com/porin-dev/porin/golden/corpus/smoke"
)

// items are the documents of an answer that is a stream of them; ok is whether it is one.
func items(a *smoke.Response) (list []any, ok bool, err error) {
	media, _, _ := strings.Cut(a.Header.Get("Content-Type"), ";")
	var texts []string
	switch strings.TrimSpace(media) {
	case "text/csv":
		list, err = rows(string(a.Body))
		return list, true, err
	case "application/x-ndjson":
		texts = strings.Split(string(a.Body), "\n")
	case "text/event-stream":
		for _, line := range strings.Split(string(a.Body), "\n") {
			data, _ := strings.CutPrefix(line, "data:")
			texts = append(texts, data)
		}
	default:
		return nil, false, nil
	}
	for _, text := range texts {
		if strings.TrimSpace(text) == "" {
			continue
		}
		v, err := parse([]byte(text))
		if err != nil {
			return nil, true, err
		}
		list = append(list, v)
	}
	return list, true, nil
}

// rows are those of a table, as objects of text.
func rows(body string) (list []any, err error) {
	all, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	if err != nil || len(all) == 0 {
		return nil, err
	}
	for _, cells := range all[1:] {
		row := object{}
		for i, cell := range cells {
			row[all[0][i]] = said(cell)
		}
		list = append(list, row)
	}
	return list, nil
}

// asCells is a result as the cells of a table would have it.
func asCells(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = asCells(v[i])
		}
		return v
	case object:
		for name := range v {
			v[name] = asCells(v[name])
		}
		return v
	}
	return said(text(v))
}

// said is a cell, or "" of one that says no more: results leave out false and 0.
func said(cell string) string {
	if cell == "false" || cell == "0" {
		return ""
	}
	return cell
}
