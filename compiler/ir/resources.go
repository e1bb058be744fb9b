package ir

// Resource ties actions to a collection that they read and change, so that a
// twin can keep state.
type Resource struct {
	Name    string         `json:"name"`
	Pos     Pos            `json:"pos,omitzero"`
	Of      string         `json:"of"`                // Named type of the objects.
	ID      Path           `json:"id"`                // Path of the id in the object.
	Assumed bool           `json:"assumed,omitempty"` // A guess: the id tells the items of no list apart.
	Within  *Within        `json:"within,omitempty"`  // Parent.
	Missing string         `json:"missing,omitempty"` // Provider code for an unknown id.
	Uses    []*ResourceUse `json:"uses"`
	Job     *Job           `json:"job,omitempty"` // Of objects that go on by themselves.
}

// Job is how an object says how far it is.
type Job struct {
	Pos    Pos         `json:"pos,omitzero"`
	Status Path        `json:"status"` // Of the member that says it.
	States []*JobState `json:"states"` // In the order in which a job has them.
	Every  Duration    `json:"every,omitempty"`
	Result []Path      `json:"result,omitempty"` // Members of one that is done.
	Reason []Path      `json:"reason,omitempty"` // Members of one that failed.
}

// Job is the resource whose jobs an action reads one of, and how; nil where it reads none.
func (c *Connector) Job(a *Action) (*Resource, *ResourceUse) {
	if a.Page != nil || a.Returns == nil || a.Reply != "" && a.Reply != "json" {
		return nil, nil
	}
	for _, r := range c.Resources {
		for _, u := range r.Uses {
			if r.Job != nil && u.Do == "get" && u.Action == a.Path {
				return r, u
			}
		}
	}
	return nil, nil
}

// JobState is what a value of the status means.
type JobState struct {
	Value string `json:"value"`
	Means string `json:"means"` // wait, done or failed
}

// Batch says that a call is about many items, each of which may fail alone.
type Batch struct {
	Pos      Pos          `json:"pos,omitzero"`
	Each     string       `json:"each"`          // Parameter that is the list of items.
	Max      int          `json:"max,omitempty"` // Items a call; 0 is not said.
	Results  Path         `json:"results"`       // The list of outcomes in the response.
	Outcome  *Type        `json:"outcome"`       // What it says of one item.
	Failures Path         `json:"failures,omitempty"`
	Match    Path         `json:"match,omitempty"`  // In an item and its outcome; empty is by order.
	Errors   []*ErrorRule `json:"errors,omitempty"` // Of one outcome.
	Atomic   bool         `json:"atomic,omitempty"`
}

// Filter is a parameter of a list that chooses objects.
type Filter struct {
	Param string `json:"param"`
	By    string `json:"by"` // is, from, until or has
	At    Path   `json:"at"` // Of the member, in the object.
}

// Within names the parent of a resource.
type Within struct {
	Resource string `json:"resource"`
	Key      string `json:"key"` // Parameter that names the parent, in actions that do not call it otherwise.
}

// In is the parameter by which an action names the parent.
func (w *Within) In(u *ResourceUse) string {
	if u != nil && u.Within != "" {
		return u.Within
	}
	return w.Key
}

// ResourceUse is what one action does to a resource.
type ResourceUse struct {
	Pos    Pos    `json:"pos,omitzero"`
	Do     string `json:"do"`               // create, get, update, delete or list
	Action string `json:"action"`           // chat.postMessage
	Key    string `json:"key,omitempty"`    // Parameter that names the object: which it is, or what a new one is called.
	Within string `json:"within,omitempty"` // Parameter that names the parent, where it is not that of the resource.
	At     Path   `json:"at,omitempty"`     // Where the object is in the response; for list, the items.
	// Order says what a list begins with: newest, or else the oldest object.
	Order string `json:"order,omitempty"`
	// Set fills members of the object: from a parameter ("in.text") or from
	// the caller's identity ("token.user").
	Set map[string]string `json:"set,omitempty"`
	// Also copies members of the object to other places of the response:
	// {"ts": "ts"} puts the object's ts at the top level.
	Also map[string]string `json:"also,omitempty"`
	// Filters choose the objects of a list.
	Filters []*Filter `json:"filters,omitempty"`
	// Lag is how long a get or a list goes on showing what was before a change.
	Lag Duration `json:"lag,omitempty"`
}
