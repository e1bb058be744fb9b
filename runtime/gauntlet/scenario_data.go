package gauntlet

func dataScenarios() []*Scenario {
	return []*Scenario{
		{
			ID:      "data/every-call",
			Title:   "each action is called once, and nothing goes wrong",
			Right:   "Each is served, with every member as it came, and there is nothing to report.",
			Every:   everyCall,
			MaxWait: days,
			Run:     eachCall(everyCall),
			Oracles: []string{"recovers", "lossless", "drift", "bounded"},
		},
		{
			ID:      "data/every-member",
			Title:   "each action is called once, and answers with all that is declared, rare members too",
			Right:   "Every member is read as it came, and there is nothing to report.",
			Every:   everyAction,
			Whole:   true,
			Volume:  2,
			MaxWait: days,
			Run:     eachCall(everyAction),
			Oracles: []string{"recovers", "lossless", "drift", "bounded"},
		},
		{
			ID:      "data/unknown-member",
			Title:   "objects come with a member that no document names",
			Right:   "The member is kept, and is there when the object is written.",
			Roles:   []Role{RoleRead},
			Faults:  []Arm{{Fault: "data/unknown-member", On: RoleRead}},
			Run:     readOnce,
			Oracles: []string{"lossless", "recovers"},
		},
		{
			ID:      "data/unknown-member-in-list",
			Title:   "items of a list come with a member that no document names",
			Right:   "Every item keeps it.",
			Roles:   []Role{RoleList},
			Faults:  []Arm{{Fault: "data/unknown-member", On: RoleList}},
			Run:     readList,
			Oracles: []string{"lossless", "recovers", "complete"},
		},
		{
			ID:      "data/missing-field",
			Title:   "one item in twenty of a long list lacks a required member",
			Right:   "The list goes on, and the departure is reported.",
			Roles:   []Role{RolePromisedList},
			Volume:  10_000,
			MaxWait: days,
			Faults:  []Arm{{Fault: "data/missing", On: RolePromisedList, Member: true, Params: map[string]string{"rate": "5"}}},
			Run:     readLongList,
			Oracles: []string{"complete", "recovers", "drift", "bounded"},
		},
		{
			ID:      "data/null",
			Title:   "a member is null where the document knows no null",
			Right:   "Null is read as nothing there; the call succeeds, and the departure is reported.",
			Roles:   []Role{RolePromisedRead},
			Faults:  []Arm{{Fault: "data/null", On: RolePromisedRead, Member: true}},
			Run:     times(1, RolePromisedRead),
			Oracles: []string{"recovers", "lossless", "drift"},
		},
		{
			ID:      "data/big-int",
			Title:   "a number is beyond 2^53",
			Right:   "Every digit arrives.",
			Roles:   []Role{RoleRead},
			Faults:  []Arm{{Fault: "data/big-int", On: RoleRead}},
			Run:     readOnce,
			Oracles: []string{"lossless", "recovers"},
		},
		{
			ID:      "data/number-as-string",
			Title:   "a number comes as a string",
			Right:   "It is read as what it says, and the departure is reported once.",
			Roles:   []Role{RoleRead},
			Faults:  []Arm{{Fault: "data/number-as-string", On: RoleRead}},
			Run:     times(3, RoleRead),
			Oracles: []string{"recovers", "lossless", "drift"},
		},
		{
			ID:      "data/duplicate-key",
			Title:   "an object names a member twice",
			Right:   "The last one counts, as every browser has it.",
			Roles:   []Role{RoleRead},
			Faults:  []Arm{{Fault: "data/duplicate-key", On: RoleRead}},
			Run:     readOnce,
			Oracles: []string{"recovers", "lossless"},
		},
		{
			ID:      "data/bom",
			Title:   "the body begins with a byte order mark",
			Right:   "The mark is skipped (RFC 8259, 8.1).",
			Roles:   []Role{RoleRead},
			Faults:  []Arm{{Fault: "data/bom", On: RoleRead}},
			Run:     readOnce,
			Oracles: []string{"recovers", "lossless"},
		},
		{
			ID:      "data/invalid-utf8",
			Title:   "a string holds bytes that are not UTF-8",
			Right:   "What cannot be read is replaced; the call succeeds.",
			Roles:   []Role{RoleRead},
			Faults:  []Arm{{Fault: "data/invalid-utf8", On: RoleRead}},
			Run:     readOnce,
			Oracles: []string{"recovers", "bounded"},
		},
		{
			ID:      "data/trailing-garbage",
			Title:   "something follows the document",
			Right:   "The document counts, or a typed error says what is wrong.",
			Roles:   []Role{RoleRead},
			Faults:  []Arm{{Fault: "data/trailing-garbage", On: RoleRead}},
			Run:     readOnce,
			Oracles: []string{"typed", "deadline", "bounded"},
		},
		{
			ID:      "data/single-for-list",
			Title:   "a list of one comes as its only item",
			Right:   "It is read as a list of one, and the departure is reported.",
			Roles:   []Role{RoleRead},
			Faults:  []Arm{{Fault: "data/single-for-list", On: RoleRead}},
			Run:     readOnce,
			Oracles: []string{"recovers", "drift"},
		},
		{
			ID:      "data/id-other-type",
			Title:   "an id is a number where it was a string",
			Right:   "The id arrives as it was written.",
			Roles:   []Role{RoleRead},
			Faults:  []Arm{{Fault: "data/id-other-type", On: RoleRead}},
			Run:     readOnce,
			Oracles: []string{"recovers", "lossless"},
		},
		{
			ID:      "data/empty-string-for-null",
			Title:   "an empty string stands for no value",
			Right:   "It is read as no value; the call succeeds.",
			Roles:   []Role{RoleRead},
			Faults:  []Arm{{Fault: "data/empty-string-for-null", On: RoleRead}},
			Run:     readOnce,
			Oracles: []string{"recovers", "lossless"},
		},
		{
			ID:      "data/date-formats",
			Title:   "a time comes in another format than the document says",
			Right:   "A known format is read; another one is reported and costs no call.",
			Roles:   []Role{RoleRead},
			Faults:  []Arm{{Fault: "data/date-formats", On: RoleRead}},
			Run:     readOnce,
			Oracles: []string{"recovers", "drift"},
		},
		{
			ID:      "data/wrong-content-type",
			Title:   "JSON comes with the content type of a web page",
			Right:   "The data are read, or a typed error says what is wrong.",
			Roles:   []Role{RoleRead},
			Faults:  []Arm{{Fault: "data/wrong-content-type", On: RoleRead}},
			Run:     readOnce,
			Oracles: []string{"lossless", "typed", "deadline", "bounded"},
		},
		{
			ID:      "data/huge-body",
			Title:   "an answer is many megabytes long",
			Right:   "Reading stops at the client's cap, or the answer is read whole.",
			Roles:   []Role{RoleRead},
			Faults:  []Arm{{Fault: "data/huge-body", On: RoleRead}},
			Run:     readOnce,
			Oracles: []string{"lossless", "bounded", "typed", "deadline"},
		},
		{
			ID:      "data/deep-nesting",
			Title:   "a member nests ten thousand levels deep",
			Right:   "Reading it ends, with the data or with a typed error.",
			Roles:   []Role{RoleRead},
			Faults:  []Arm{{Fault: "data/deep-nesting", On: RoleRead}},
			Run:     readOnce,
			Oracles: []string{"lossless", "bounded", "typed", "deadline"},
		},
		{
			ID:      "data/empty-body",
			Title:   "an answer of 200 has no body",
			Right:   "Nothing is made up: the call fails with a typed error.",
			Roles:   []Role{RoleRead},
			Faults:  []Arm{{Fault: "data/empty-body", On: RoleRead}},
			Run:     readOnce,
			Oracles: []string{"typed", "deadline", "bounded"},
		},
		{
			ID:      "data/no-content-type",
			Title:   "JSON comes without a content type",
			Right:   "It is read as what was declared.",
			Roles:   []Role{RoleRead},
			Faults:  []Arm{{Fault: "data/no-content-type", On: RoleRead}},
			Run:     readOnce,
			Oracles: []string{"recovers", "lossless", "bounded"},
		},
		{
			ID:      "data/null-document",
			Title:   "the document is null",
			Right:   "Null is no result: the call ends, typed.",
			Roles:   []Role{RoleRead},
			Faults:  []Arm{{Fault: "data/null-document", On: RoleRead}},
			Run:     readOnce,
			Oracles: []string{"typed", "secret", "deadline", "bounded"},
		},
		{
			ID:      "data/untagged-variant",
			Title:   "a variant of a union comes without its tag",
			Right:   "The rest is read, and the value is kept as it came.",
			Roles:   []Role{RoleTagged},
			Faults:  []Arm{{Fault: "data/untagged-variant", On: RoleTagged}},
			Run:     askTagged,
			Oracles: []string{"recovers", "lossless", "complete"},
		},
		{
			ID:      "data/type-changed",
			Title:   "a promised member comes with another type",
			Right:   "The rest is read and nothing is lost; the departure is reported.",
			Roles:   []Role{RolePromisedRead},
			Faults:  []Arm{{Fault: "data/type-changed", On: RolePromisedRead, Member: true}},
			Run:     times(1, RolePromisedRead),
			Oracles: []string{"recovers", "drift"},
		},
	}
}

func askTagged(e *Env) error {
	c, err := e.Open(1)
	if err != nil {
		return err
	}
	c.ask(e.Plan.Tagged, patience)
	return nil
}

func readLongList(e *Env) error {
	c, err := e.Open(1)
	if err != nil {
		return err
	}
	c.ListWithin(e.Plan.listOf(e.scenario), days)
	return nil
}
