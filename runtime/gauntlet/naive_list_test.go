package gauntlet

import (
	"context"
	"iter"
	"net/url"
	"strconv"

	"github.com/go-json-experiment/json"
)

// List reads a list by hand: by cursor, or as the list goes on.
func (s *naiveSession) List(ctx context.Context, action string, params JSON) iter.Seq2[JSON, error] {
	switch action {
	case "books.shelved":
		return s.counted(ctx, params)
	case "books.scrolled":
		return s.scrolled(ctx, params)
	case "books.added":
		return s.windowed(ctx, params)
	}
	return func(yield func(JSON, error) bool) {
		seen, before := map[string]bool{}, map[string]bool{}
		in, _ := parse(params).(map[string]any)
		for cursor := ""; ; {
			answer, err := s.do(ctx, "books?limit="+plain(in["limit"])+"&cursor="+url.QueryEscape(cursor), nil)
			if err != nil {
				yield(nil, err)
				return
			}
			page, _ := parse(answer).(map[string]any)
			items, _ := page["books"].([]any)
			if before = s.give(items, before, yield); before == nil {
				return
			}
			cursor = plain(page["next"])
			if cursor == "" || len(items) == 0 && s.sin == "stops at an empty page" {
				return
			}
			if seen[cursor] && s.sin == "stops where it has been" {
				return
			}
			if seen[cursor] && s.sin != "goes around" {
				yield(nil, &naiveError{Failure: Failure{Class: "unknown", Text: "the cursor repeats"}})
				return
			}
			seen[cursor] = true
		}
	}
}

// counted reads the list that goes on from a count.
func (s *naiveSession) counted(ctx context.Context, params JSON) iter.Seq2[JSON, error] {
	return func(yield func(JSON, error) bool) {
		before := map[string]bool{}
		in, _ := parse(params).(map[string]any)
		total := 0
		for offset := 0; ; {
			answer, err := s.do(ctx, "shelved?limit="+plain(in["limit"])+"&offset="+strconv.Itoa(offset), nil)
			if err != nil && offset > 0 && s.sin == "takes a refusal for the end" {
				return
			}
			if err != nil {
				yield(nil, err)
				return
			}
			page, _ := parse(answer).(map[string]any)
			items, _ := page["books"].([]any)
			if before = s.give(items, before, yield); before == nil {
				return
			}
			offset += len(items)
			if total == 0 {
				total, _ = strconv.Atoi(plain(page["total"]))
			}
			if len(items) == 0 && s.sin != "waits for the total" || offset >= total && s.sin == "waits for the total" {
				return
			}
		}
	}
}

// give yields the items of a page that the page before did not have, and returns
// the ids of the page; nil when the caller wants no more.
func (s *naiveSession) give(items []any, before map[string]bool, yield func(JSON, error) bool) map[string]bool {
	page := map[string]bool{}
	for _, item := range items {
		book, _ := item.(map[string]any)
		id := plain(book["id"])
		page[id] = true
		if cover, _ := book["cover"].(map[string]any); s.sin == "refuses what has no tag" && plain(cover["kind"]) == "" {
			yield(nil, &naiveError{Failure: Failure{Class: "decode"}})
			return nil
		}
		switch s.sin {
		case "forgets the ids":
			delete(book, "id")
		case "makes up an id":
			book["id"] = id + "0"
		}
		if before[id] && s.sin != "gives what it gave" {
			continue
		}
		b, err := json.Marshal(untyped(item))
		if !yield(b, err) {
			return nil
		}
		for s.sin == "yields without end" {
			if !yield(b, err) {
				return nil
			}
		}
	}
	return page
}

// untyped turns parsed numbers into what the JSON package writes as they were.
func untyped(v any) any {
	switch v := v.(type) {
	case number:
		return JSON(v)
	case []any:
		for i := range v {
			v[i] = untyped(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = untyped(v[name])
		}
	}
	return v
}
