package runtime

import (
	"strconv"
	"strings"
	"time"
)

// A list with a cap is read in parts. The position of a page in a later part is the
// quoted key that its part begins with, before the position within the part.

// part is the position at which the part of a key begins.
func part(key string) string { return strconv.Quote(key) }

// parted takes a position apart; ok is false for one in the first part.
func parted(rule *PageRule, at string) (key, rest string, ok bool) {
	if rule.Split == nil || !strings.HasPrefix(at, `"`) {
		return "", at, false
	}
	quoted, err := strconv.QuotedPrefix(at)
	if err != nil {
		return "", at, false
	}
	key, err = strconv.Unquote(quoted)
	return key, at[len(quoted):], err == nil
}

// beginAnew sends the key that a part begins with, and not where the caller wanted
// to begin.
func (k *call) beginAnew(p *params, to, key string) {
	p.keep(func(m member) bool { return m.name != to })
	split, value := k.op.Page.Split, quote(key)
	if Raw(key).Kind() == '0' && split.Number {
		value = Raw(key)
	}
	p.set(named(split.To).Field, value)
}

// window sends the beginning and the end of a window. What begins at no time that
// can be read is left as it is, and is the only window.
func (k *call) window(p *params, at string) {
	rule := k.op.Page
	from, until := named(rule.To).Field, named(rule.Until).Field
	if at == "" {
		at = rawText(p.find(from))
	}
	begin, err := parseInstant(rule.Time, at)
	if err != nil {
		return
	}
	limit, err := parseInstant(rule.Time, rawText(p.find(until)))
	if err != nil {
		limit = k.app.cfg.clock.Now()
	}
	k.req.until = limit
	end := begin.Add(rule.Span)
	if end.After(limit) {
		end = limit
	} else if end.Before(limit) {
		k.req.after = formatInstant(rule.Time, end)
	}
	p.set(from, instantValue(rule.Time, begin))
	p.set(until, instantValue(rule.Time, end))
}

// parseInstant reads a time of one of the forms of the spec language.
func parseInstant(form, text string) (time.Time, error) {
	switch form {
	case "unix":
		return parseUnix(text, time.Second)
	case "unix_ms":
		return parseUnix(text, time.Millisecond)
	}
	return time.Parse(instantLayout(form), text)
}

// formatInstant is the inverse of parseInstant.
func formatInstant(form string, t time.Time) string {
	switch form {
	case "unix":
		return string(formatUnix(t))
	case "unix_ms":
		return strconv.FormatInt(t.UnixMilli(), 10)
	}
	return t.UTC().Format(instantLayout(form))
}

func instantLayout(form string) string {
	switch form {
	case "rfc3339":
		return time.RFC3339Nano
	case "date":
		return time.DateOnly
	}
	return form
}

func instantValue(form string, t time.Time) Raw {
	text := formatInstant(form, t)
	if form == "unix" || form == "unix_ms" {
		return Raw(text)
	}
	return quote(text)
}
