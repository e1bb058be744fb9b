package gauntlet

import "time"

func evolutionScenarios() []*Scenario {
	return []*Scenario{
		{
			ID:      "evolution/unknown-enum",
			Title:   "a member takes a value that is new",
			Right:   "The new value arrives as it is; the list goes on, and the departure is reported once.",
			Roles:   []Role{RoleEnumList},
			MaxWait: days,
			Faults:  []Arm{{Fault: "data/unknown-enum", On: RoleEnumList}},
			Run:     readLongList,
			Oracles: []string{"recovers", "complete", "lossless", "drift"},
		},
		{
			ID:      "evolution/action-gone",
			Title:   "an action is gone",
			Right:   "The call fails with a typed error and is not sent again.",
			Roles:   []Role{RoleRead},
			Faults:  []Arm{{Fault: "evolution/gone", On: RoleRead}},
			Run:     times(30, RoleRead),
			Oracles: []string{"typed", "amplify", "secret", "bounded"},
		},
		{
			ID:      "evolution/field-removed",
			Title:   "a required member is not sent any more",
			Right:   "The call succeeds, and the departure is reported once.",
			Roles:   []Role{RolePromisedRead},
			Faults:  []Arm{{Fault: "evolution/field-removed", On: RolePromisedRead, Member: true}},
			Run:     times(3, RolePromisedRead),
			Oracles: []string{"recovers", "drift"},
		},
		{
			ID:      "evolution/type-changed",
			Title:   "a member changes its type",
			Right:   "The call succeeds with what can be read, or fails with a typed error; the departure is reported once.",
			Roles:   []Role{RoleSuited},
			Suits:   "evolution/type-changed",
			Whole:   true,
			Faults:  []Arm{{Fault: "evolution/type-changed", On: RoleSuited}},
			Run:     askSuited(3),
			Oracles: []string{"typed", "drift", "bounded"},
		},
		{
			ID:      "evolution/field-renamed",
			Title:   "a required member has another name",
			Right:   "The call succeeds, the new member is kept, and the departure is reported once.",
			Roles:   []Role{RolePromisedRead},
			Faults:  []Arm{{Fault: "evolution/field-renamed", On: RolePromisedRead, Member: true}},
			Run:     times(3, RolePromisedRead),
			Oracles: []string{"recovers", "lossless", "drift"},
		},
		{
			ID:      "evolution/required-field",
			Title:   "an action needs a parameter that nobody knew of",
			Right:   "The call fails with the provider's code and is not sent again.",
			Roles:   []Role{RoleRead},
			Faults:  []Arm{{Fault: "evolution/required-field", On: RoleRead}},
			Run:     times(30, RoleRead),
			Oracles: []string{"typed", "amplify", "secret"},
		},
		{
			ID:      "evolution/version-refused",
			Title:   "the provider does not serve this version any more",
			Right:   "The call fails with the provider's code and is not sent again.",
			Roles:   []Role{RoleRead},
			Faults:  []Arm{{Fault: "evolution/version-refused", On: RoleRead}},
			Run:     times(30, RoleRead),
			Oracles: []string{"typed", "amplify", "secret"},
		},
		{
			ID:      "evolution/deprecated",
			Title:   "answers announce a sunset",
			Right:   "The calls go on as before.",
			Roles:   []Role{RoleRead},
			MaxWait: time.Hour,
			Faults:  []Arm{{Fault: "evolution/deprecated", On: RoleRead}},
			Run:     times(2, RoleRead),
			Oracles: []string{"recovers", "bounded"},
		},
	}
}
