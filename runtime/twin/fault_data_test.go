package twin

import (
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/porin-dev/porin/compiler/ir"
)

func TestDataFaults(t *testing.T) {
	// Each case gets a page of channels made with the fault, and the same page
	// made without.
	type pair struct{ bad, good *object }
	items := func(t *testing.T, c *client) (out []pair, raw string) {
		g := c.get(api + "channels.list")
		c.tw.DisarmAll()
		good := c.get(api+"channels.list").list(t, "channels")
		for i, v := range g.list(t, "channels") {
			out = append(out, pair{v.(*object), good[i].(*object)})
		}
		return out, g.raw
	}
	changed := func(check func(was, is any, there bool) bool) func(*testing.T, *client) {
		return func(t *testing.T, c *client) {
			pairs, raw := items(t, c)
			n := 0
			for _, p := range pairs {
				for _, m := range p.good.members {
					is, there := p.bad.get(m.name)
					if string(appendJSON(nil, is)) == string(appendJSON(nil, m.value)) && there {
						continue
					}
					if _, nested := m.value.(*object); !nested && !check(m.value, is, there) {
						t.Fatalf("%s was %v and is %v", m.name, m.value, is)
					}
					n++
				}
			}
			if n == 0 {
				t.Fatalf("nothing changed in %s", raw)
			}
		}
	}
	text := func(v any) bool { _, ok := v.(string); return ok }
	isNum := func(v any) bool { _, ok := v.(number); return ok }
	whole := func(check func(t *testing.T, g got)) func(*testing.T, *client) {
		return func(t *testing.T, c *client) { check(t, c.get(api+"channels.list")) }
	}
	everyFault(t, GroupData, map[string]func(*testing.T, *client){
		"missing":               changed(func(_, _ any, there bool) bool { return !there }),
		"null":                  changed(func(_, is any, there bool) bool { return there && is == nil }),
		"empty-string-for-null": changed(func(was, is any, _ bool) bool { return is == "" }),
		"unknown-enum":          changed(func(_, is any, _ bool) bool { return is == "value_of_tomorrow" }),
		"id-other-type":         changed(func(was, is any, _ bool) bool { return text(was) == isNum(is) }),
		"big-int":               changed(func(was, is any, _ bool) bool { return isNum(was) && is == number("9007199254740993") }),
		"number-as-string":      changed(func(was, is any, _ bool) bool { return isNum(was) && text(is) }),
		"single-for-list":       changed(func(was, is any, _ bool) bool { return text(is) }),
		"type-changed":          changed(func(was, is any, _ bool) bool { _, ok := is.(*object); return ok }),
		"date-formats":          changed(func(was, is any, _ bool) bool { return isNum(was) && is == "2024-01-01T09:00:00Z" }),
		"unknown-member": func(t *testing.T, c *client) {
			_, raw := items(t, c)
			equal(t, "there", strings.Contains(raw, `"member_of_tomorrow":{"since":9007199254740993}`), true)
		},
		"untagged-variant": func(t *testing.T, c *client) {
			g := c.get(api + "messages.list?channel=" + c.channelID())
			_, ok := g.list(t, "messages")[0].(*object).get("type")
			equal(t, "tag", ok, false)
		},
		"duplicate-key": func(t *testing.T, c *client) {
			pairs, raw := items(t, c)
			equal(t, "more", len(pairs[0].bad.members) > len(pairs[0].good.members) || strings.Contains(raw, "null"), true)
		},
		"invalid-utf8": func(t *testing.T, c *client) {
			_, raw := items(t, c)
			equal(t, "valid", utf8.ValidString(raw), false)
		},
		"deep-nesting": func(t *testing.T, c *client) {
			equal(t, "deep", strings.Contains(c.get(api+"channels.list").raw, strings.Repeat("[", 20_000)), true)
		},
		"bom":                whole(func(t *testing.T, g got) { equal(t, "bom", strings.HasPrefix(g.raw, "\xef\xbb\xbf{"), true) }),
		"empty-body":         whole(func(t *testing.T, g got) { equal(t, "body", g.raw, "") }),
		"wrong-content-type": whole(func(t *testing.T, g got) { equal(t, "type", g.header.Get("Content-Type"), "text/html; charset=utf-8") }),
		"no-content-type":    whole(func(t *testing.T, g got) { equal(t, "type", g.header.Get("Content-Type"), "") }),
		"trailing-garbage":   whole(func(t *testing.T, g got) { equal(t, "end", strings.HasSuffix(g.raw, "-->\n"), true) }),
		"null-document":      whole(func(t *testing.T, g got) { equal(t, "body", g.raw, "null") }),
		"huge-body":          whole(func(t *testing.T, g got) { equal(t, "huge", len(g.raw) > 16<<20, true) }),
	})
}

// TestDataFaultWithoutEffect arms faults on an answer that already is what they would
// make of it: none of them counts as fired.
func TestDataFaultWithoutEffect(t *testing.T) {
	same := objectOf(must("none", listOf(str)), must("gone", num), must("text", num), must("kind", enumOf("value_of_tomorrow")))
	body := func() *object {
		return &object{members: []member{{"none", []any{}}, {"gone", nil}, {"text", "7"}, {"kind", "value_of_tomorrow"}, {"label", "x"}, {"labels", []any{"x", "y"}}}}
	}
	for _, c := range []struct {
		id, member string
		fires      bool
	}{
		{"data/single-for-list", "", false},
		{"data/single-for-list", "labels", true},
		{"data/null", "gone", false},
		{"data/null", "none", true},
		{"data/number-as-string", "", false},
		{"data/unknown-enum", "", false},
		{"data/missing", "kind", true},
		{"evolution/type-changed", "label", true},
	} {
		inBubble(t, Options{}, func(t *testing.T, tw *Twin) {
			o := *tw.idx.ops["auth.test"]
			o.result = objectOf(append(same.Fields, may("label", str), may("labels", listOf(str)))...)
			if c.id == "data/single-for-list" && c.member == "" {
				o.result = same
			}
			def := definitions[c.id]
			a := &Armed{twin: tw, def: def, fault: Fault{ID: c.id, Params: map[string]string{"member": c.member}}, memo: map[string]string{}}
			x := &exchange{t: tw, op: &o, answer: &answer{body: body()}}
			equal(t, c.id+" fires on "+c.member, def.apply(x, a), c.fires)
			equal(t, c.id+" changes "+c.member, string(appendJSON(nil, x.answer.body)) != string(appendJSON(nil, body())), c.fires)
		})
	}
	for id, out := range map[string]output{
		"data/null-document":      {body: []byte("null"), header: http.Header{"Content-Type": {"application/json"}}},
		"data/wrong-content-type": {body: []byte("<p>"), header: http.Header{"Content-Type": {"text/html; charset=utf-8"}}},
		"data/no-content-type":    {body: []byte("{}"), header: http.Header{}},
		"data/empty-body":         {header: http.Header{}},
	} {
		equal(t, id+" fires", definitions[id].apply(&exchange{out: out}, nil), false)
	}
}

func TestDataFaultRateAndMember(t *testing.T) {
	inBubble(t, Options{Volume: map[string]int{"users": 1000}}, func(t *testing.T, tw *Twin) {
		c := clientOf(t, tw)
		arm(t, tw, Fault{ID: "data/missing", Params: map[string]string{"member": "name", "rate": "5"}})
		missing := 0
		for i := range 20 {
			for _, v := range c.get(api+"users.list?count=50&offset="+itoaTest(i*50)).list(t, "users") {
				if _, ok := v.(*object).get("name"); !ok {
					missing++
				}
			}
		}
		if missing < 25 || missing > 75 {
			t.Fatalf("%d of 1000 miss the member, want about 50", missing)
		}
	})
}

func TestEvolutionFaults(t *testing.T) {
	everyFault(t, GroupEvolution, map[string]func(*testing.T, *client){
		"gone": func(t *testing.T, c *client) { equal(t, "status", c.get(api+"auth.test").status, 410) },
		"required-field": func(t *testing.T, c *client) {
			c.do("POST", api+"channels", `{"name":"x"}`)
			equal(t, "class", c.last().Class, string(ir.Invalid))
		},
		"version-refused": func(t *testing.T, c *client) {
			c.get(api + "auth.test")
			equal(t, "class", c.last().Class, string(ir.Invalid))
		},
		"deprecated": func(t *testing.T, c *client) {
			g := c.get(api + "auth.test")
			equal(t, "deprecation", g.header.Get("Deprecation"), "@946684800")
			equal(t, "sunset", g.header.Get("Sunset"), "Fri, 31 Mar 2000 00:00:00 GMT")
		},
		"field-removed": func(t *testing.T, c *client) {
			bad := c.get(api + "auth.test")
			equal(t, "members", bad.has("user_id") && bad.has("team"), false)
		},
		"field-renamed": func(t *testing.T, c *client) {
			equal(t, "renamed", strings.Contains(c.get(api+"auth.test").raw, `_v2":`), true)
		},
		"type-changed": func(t *testing.T, c *client) {
			equal(t, "object", strings.Contains(c.get(api+"auth.test").raw, `{"value":`), true)
		},
	})
}

// A fault draws from its own seed where it has one, whatever was armed before it, and from
// the twin's otherwise.
func TestSeedOfFault(t *testing.T) {
	lost := func(t *testing.T, before int, own *uint64) (missing string) {
		inBubble(t, Options{Volume: map[string]int{"channels": 60}}, func(t *testing.T, tw *Twin) {
			for range before {
				arm(t, tw, Fault{ID: "status/503", Scope: Scope{Action: "channels.create"}})
			}
			arm(t, tw, Fault{ID: "data/missing", Params: map[string]string{"member": "name", "rate": "50"}, Seed: own})
			for _, v := range clientOf(t, tw).get(api+"channels.list").list(t, "channels") {
				_, there := v.(*object).get("name")
				missing += map[bool]string{true: ".", false: "x"}[there]
			}
		})
		return missing
	}
	seven, eight := uint64(7), uint64(8)
	equal(t, "one seed", lost(t, 1, &seven), lost(t, 2, &seven))
	equal(t, "another seed", lost(t, 1, &seven) == lost(t, 1, &eight), false)
	equal(t, "the twin's seed", lost(t, 1, nil) == lost(t, 2, nil), false)
}
