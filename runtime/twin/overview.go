package twin

// State is an overview of what a twin holds.
type State struct {
	Accounts    []Account         `json:"accounts"`
	Collections []CollectionState `json:"collections"`
}

// CollectionState is the size of what an account has of a resource, and how many objects
// requests made, changed and deleted; one may be of all three. Collections that nothing has
// touched are not listed.
type CollectionState struct {
	Account  string `json:"account"`
	Resource string `json:"resource"`
	Parent   string `json:"parent,omitempty"`
	Objects  int    `json:"objects"`
	Added    int    `json:"added,omitempty"`
	Changed  int    `json:"changed,omitempty"`
	Deleted  int    `json:"deleted,omitempty"`
}

// State returns an overview of the accounts and of the collections in use.
func (t *Twin) State() State {
	s := State{Accounts: t.Accounts(), Collections: []CollectionState{}}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, key := range sortedKeys(t.collections) {
		c := t.collections[key]
		s.Collections = append(s.Collections, CollectionState{
			Account: c.name[0], Resource: c.name[1], Parent: c.name[2],
			Objects: c.size() - len(c.gone), Added: len(c.added), Changed: len(c.updated), Deleted: len(c.gone) - len(c.pending),
		})
	}
	return s
}
