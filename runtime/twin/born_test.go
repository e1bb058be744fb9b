package twin

import "testing"

// TestMadeObjectsBeginEmpty lists what is within an object that was just made, and within
// one that was there.
func TestMadeObjectsBeginEmpty(t *testing.T) {
	tw := New(connector(), Options{})
	c := clientOf(t, tw)
	list := func(channel string) int {
		t.Helper()
		return len(c.get(api+"messages.list?limit=20&channel="+channel).list(t, "messages"))
	}
	id := textOf(c.do("POST", api+"channels", `{"name":"launch"}`).at(t, "channel.id"))
	equal(t, "of a new channel", list(id), 0)
	c.do("POST", api+"messages.post", `{"channel":"`+id+`","text":"first"}`)
	equal(t, "after a message", list(id), 1)
	equal(t, "of one that was there", list(c.channelID()), 20)
}

// TestStateCounts holds what the overview says against what was done.
func TestStateCounts(t *testing.T) {
	tw := New(connector(), Options{})
	c := clientOf(t, tw)
	counts := func(what string, objects, added, changed, deleted int) {
		t.Helper()
		for _, s := range tw.State().Collections {
			if s.Resource == "channels" {
				equal(t, what, [4]int{s.Objects, s.Added, s.Changed, s.Deleted}, [4]int{objects, added, changed, deleted})
			}
		}
	}
	id := textOf(c.do("POST", api+"channels", `{"name":"launch"}`).at(t, "channel.id"))
	counts("one made", 26, 1, 0, 0)
	c.do("POST", api+"channels", `{"name":"landing"}`)
	counts("two made", 27, 2, 0, 0)
	c.do("PUT", api+"channels/"+id, `{"name":"landed"}`)
	counts("one changed", 27, 2, 1, 0)
	c.do("PUT", api+"channels/"+c.channelID(), `{"name":"old"}`)
	counts("one that was there changed", 27, 2, 2, 0)
	c.do("DELETE", api+"channels/"+id, nil)
	counts("one deleted", 26, 2, 2, 1)
}
