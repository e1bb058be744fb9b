package twin

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

// walk follows a list to its end as its page rule says, and returns the ids.
func walk(t *testing.T, c *client, first, items, id string, next func(g got, seen int) string) (ids []string, pages int) {
	t.Helper()
	for address := first; address != ""; pages++ {
		if pages > 50 {
			t.Fatal("the list does not end")
		}
		g := c.get(address)
		list, ok := g.body.([]any)
		if items != "" {
			list = g.list(t, items)
		} else if !ok {
			t.Fatalf("not a list: %s", g.raw)
		}
		for _, v := range list {
			if id != "" {
				v = mustAt(t, v, id)
			}
			ids = append(ids, textOf(v))
		}
		address = next(g, len(ids))
		time.Sleep(3 * time.Second) // Under the limit.
	}
	return ids, pages
}

func byCursor(base string) func(got, int) string {
	return func(g got, _ int) string {
		v, ok := at(g.body, path("meta.next_cursor"))
		if !ok || v == "" {
			return ""
		}
		return base + "&cursor=" + url.QueryEscape(textOf(v))
	}
}

func sameIDs(t *testing.T, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Fatalf("got %d ids, want %d:\n%v\n%v", len(got), len(want), got, want)
	}
}

func TestEveryStyleOfPaging(t *testing.T) {
	inBubble(t, Options{Volume: map[string]int{"orders.list": 250}}, func(t *testing.T, tw *Twin) {
		c := clientOf(t, tw)
		base := api + "channels.list?limit=7"
		ids, pages := walk(t, c, base, "channels", "id", byCursor(base))
		sameIDs(t, ids, tw.IDs("", "channels", ""))
		equal(t, "pages", pages, 4)

		base = api + "members.list?channel=" + c.channelID()
		ids, _ = walk(t, c, base, "members", "", byCursor(base))
		sameIDs(t, ids, tw.IDs("", "users", ""))

		ids, _ = walk(t, c, api+"users.list", "users", "id", func(g got, seen int) string {
			if textOf(g.at(t, "total")) == strconv.Itoa(seen) {
				return ""
			}
			return api + "users.list?offset=" + strconv.Itoa(seen)
		})
		sameIDs(t, ids, tw.IDs("", "users", ""))

		page := 1
		ids, _ = walk(t, c, api+"orders", "orders", "id", func(g got, _ int) string {
			equal(t, "pages", textOf(g.at(t, "pages")), "3")
			if page++; g.at(t, "more") == false {
				return ""
			}
			return api + "orders?page=" + strconv.Itoa(page)
		})
		sameIDs(t, ids, tw.IDs("", "orders.list", ""))

		link := regexp.MustCompile(`<([^>]+)>; rel="next"`)
		ids, pages = walk(t, c, api+"notes?per_page=9", "", "id", func(g got, _ int) string {
			if m := link.FindStringSubmatch(g.header.Get("Link")); m != nil {
				return m[1]
			}
			return ""
		})
		sameIDs(t, ids, tw.IDs("", "notes.list", ""))
		equal(t, "pages", pages, 3)

		ids, _ = walk(t, c, api+"drafts", "drafts", "id", func(g got, _ int) string { return textOf(g.at(t, "next")) })
		sameIDs(t, ids, tw.IDs("", "drafts.list", ""))

		ids, _ = walk(t, c, api+"audits", "data", "id", func(g got, _ int) string {
			if g.at(t, "has_more") == false {
				return ""
			}
			list := g.list(t, "data")
			return api + "audits?after=" + textOf(mustAt(t, list[len(list)-1], "id"))
		})
		sameIDs(t, ids, tw.IDs("", "audits.list", ""))
	})
}

// TestPagesByNumberInLinks goes by the number of the page that a link names, as
// libraries do that keep no address.
func TestPagesByNumberInLinks(t *testing.T) {
	link := regexp.MustCompile(`[?&]page=(\d+)[^>]*>; rel="next"`)
	for _, fault := range []string{"", "paging/short-page", "paging/empty-with-next"} {
		inBubble(t, Options{}, func(t *testing.T, tw *Twin) {
			c := clientOf(t, tw)
			if fault != "" {
				arm(t, tw, Fault{ID: fault, Scope: Scope{Nth: 2}})
			}
			var numbers []string
			ids, _ := walk(t, c, api+"pins?per_page=9", "", "id", func(g got, _ int) string {
				m := link.FindStringSubmatch(g.header.Get("Link"))
				if m == nil {
					return ""
				}
				numbers = append(numbers, m[1])
				return api + "pins?per_page=9&page=" + m[1]
			})
			sameIDs(t, ids, tw.IDs("", "pins.list", ""))
			if fault == "" {
				equal(t, "numbers", strings.Join(numbers, " "), "2 3")
			}
			failed(t, c.get(api+"pins?page=0"), "invalid_cursor", ir.CursorExpired, c.last())
		})
	}
}

func TestPagesWithDeletedItems(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, tw *Twin) {
		c := clientOf(t, tw)
		all := tw.IDs("", "channels", "")
		for _, id := range append(all[:1:1], all[18:]...) {
			c.do("DELETE", api+"channels/"+id, nil)
		}
		base := api + "channels.list?limit=17"
		ids, pages := walk(t, c, base, "channels", "id", byCursor(base))
		sameIDs(t, ids, all[1:18])
		equal(t, "pages", pages, 1)
	})
}

func TestCursorIsBoundToItsList(t *testing.T) {
	inBubble(t, Options{Accounts: 2}, func(t *testing.T, tw *Twin) {
		c := clientOf(t, tw)
		g := c.get(api + "channels.list?limit=5")
		cursor := url.QueryEscape(textOf(g.at(t, "meta.next_cursor")))
		equal(t, "other size", len(c.get(api+"channels.list?limit=3&cursor="+cursor).list(t, "channels")), 3)
		for _, address := range []string{"channels.list?kind=public&cursor=" + cursor, "channels.list?cursor=" + cursor + "A", "channels.list?cursor=bm8"} {
			failed(t, c.get(api+address), "invalid_cursor", ir.CursorExpired, c.last())
		}
		two, _ := tw.Account("acct-2")
		c.token = two.Token.Access
		failed(t, c.get(api+"channels.list?cursor="+cursor), "invalid_cursor", ir.CursorExpired, c.last())
	})
}

func TestPageSizeIsCapped(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, tw *Twin) {
		c := clientOf(t, tw)
		equal(t, "default", len(c.get(api+"channels.list").list(t, "channels")), 10)
		equal(t, "most", len(c.get(api+"channels.list?limit=500").list(t, "channels")), 20)
		equal(t, "journal", *c.last().Page, PageState{From: 0, Items: 20, Size: 20, Asked: 500, Next: c.last().Page.Next})
	})
}

func TestPagingFaults(t *testing.T) {
	list := api + "channels.list?limit=5"
	second := func(t *testing.T, c *client) string {
		return list + "&cursor=" + url.QueryEscape(textOf(c.get(list).at(t, "meta.next_cursor")))
	}
	cases := map[string]func(t *testing.T, c *client){
		"empty-with-next": func(t *testing.T, c *client) {
			g := c.get(list)
			equal(t, "items", len(g.list(t, "channels")), 0)
			next := textOf(g.at(t, "meta.next_cursor"))
			c.tw.DisarmAll()
			base := list
			ids, _ := walk(t, c, list+"&cursor="+url.QueryEscape(next), "channels", "id", byCursor(base))
			sameIDs(t, ids, c.tw.IDs("", "channels", ""))
		},
		"short-page": func(t *testing.T, c *client) {
			ids, pages := walk(t, c, list, "channels", "id", byCursor(list))
			sameIDs(t, ids, c.tw.IDs("", "channels", ""))
			equal(t, "pages", pages, 25)
		},
		"size-capped": func(t *testing.T, c *client) {
			equal(t, "items", len(c.get(api+"channels.list?limit=20").list(t, "channels")), 15)
			equal(t, "items of a small page", len(c.get(api+"channels.list?limit=15").list(t, "channels")), 7)
			equal(t, "items of the smallest page", len(c.get(api+"channels.list?limit=1").list(t, "channels")), 1)
			equal(t, "faults of the smallest page", len(c.last().Faults), 0)
		},
		"last-unmarked": func(t *testing.T, c *client) {
			g := c.get(api + "audits?after=" + c.tw.IDs("", "audits.list", "")[20])
			equal(t, "marked", g.has("has_more") && mustAt(t, g.body, "has_more") == false, false)
		},
		"next-equals-current": func(t *testing.T, c *client) {
			g := c.get(second(t, c))
			cursor := textOf(g.at(t, "meta.next_cursor"))
			equal(t, "cursor", textOf(c.get(list+"&cursor="+url.QueryEscape(cursor)).at(t, "meta.next_cursor")), cursor)
		},
		"cursor-expired": func(t *testing.T, c *client) {
			failed(t, c.get(second(t, c)), "invalid_cursor", ir.CursorExpired, c.last())
		},
		"duplicate-item": func(t *testing.T, c *client) {
			ids, _ := walk(t, c, list, "channels", "id", byCursor(list))
			equal(t, "ids", len(ids), 29)
			equal(t, "fifth", ids[4], ids[5])
		},
		"item-inserted": func(t *testing.T, c *client) {
			one, two := c.get(api+"users.list"), c.get(api+"users.list?offset=10")
			equal(t, "id", mustAt(t, two.list(t, "users")[0], "id"), mustAt(t, one.list(t, "users")[9], "id"))
		},
		"item-deleted": func(t *testing.T, c *client) {
			two := c.get(api + "users.list?offset=10")
			equal(t, "id", textOf(mustAt(t, two.list(t, "users")[0], "id")), c.tw.IDs("", "users", "")[11])
		},
		"relative-next": func(t *testing.T, c *client) {
			equal(t, "next", strings.HasPrefix(textOf(c.get(api+"drafts").at(t, "next")), "/v1/drafts?"), true)
		},
		"foreign-next": func(t *testing.T, c *client) {
			next := textOf(c.get(api+"drafts").at(t, "next"))
			equal(t, "next", strings.HasPrefix(next, "https://foreign.invalid/v1/drafts?"), true)
			c.get(next)
			equal(t, "route", c.last().Route, RouteForeign)
		},
		"total-wrong": func(t *testing.T, c *client) {
			equal(t, "total", textOf(c.get(api+"users.list").at(t, "total")) != "25", true)
		},
		"depth-cap": func(t *testing.T, c *client) {
			c.tw.DisarmAll()
			arm(t, c.tw, Fault{ID: "paging/depth-cap", Params: map[string]string{"items": "10"}})
			c.get(api + "users.list?offset=10")
			equal(t, "class", c.last().Class, string(ir.Invalid))
		},
	}
	everyFault(t, GroupPaging, cases)
}

// everyFault runs the case of each fault of a group with the fault armed, and
// checks that the journal tells of it.
func everyFault(t *testing.T, group string, cases map[string]func(*testing.T, *client)) {
	t.Helper()
	for _, k := range Catalogue() {
		if k.Group != group {
			continue
		}
		name := strings.TrimPrefix(k.ID, group+"/")
		run := cases[name]
		if run == nil {
			t.Errorf("no case for %s", k.ID)
			continue
		}
		t.Run(name, func(t *testing.T) {
			inBubble(t, Options{}, func(t *testing.T, tw *Twin) {
				arm(t, tw, Fault{ID: k.ID})
				run(t, clientOf(t, tw))
				if !slices.ContainsFunc(tw.Journal().Entries(), func(e Entry) bool { return slices.Contains(e.Faults, k.ID) }) {
					t.Fatal("the journal does not tell of the fault")
				}
			})
		})
	}
}

func TestHeadAndUnknownMethods(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, tw *Twin) {
		c := clientOf(t, tw)
		g := c.do(http.MethodHead, api+"auth.test", nil)
		equal(t, "status", g.status, 200)
		equal(t, "body", g.raw, "")
	})
}
