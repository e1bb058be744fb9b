package twin

// born names an object that a request made: what is within it begins empty.
func born(acct string, k *kind, id string) string { return acct + "\x00" + k.name + "\x00" + id }

// empty forgets what is within an object that is made anew.
func (t *Twin) empty(c *collection, id string) {
	for key, inside := range t.collections {
		if inside.kind.parent == c.kind && inside.name[0] == c.name[0] && inside.name[2] == id {
			delete(t.collections, key)
		}
	}
}
