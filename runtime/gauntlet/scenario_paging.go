package gauntlet

import (
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

// days is the patience of workloads that a small limit makes long.
const days = 10 * 24 * time.Hour

func pagingScenarios() []*Scenario {
	return []*Scenario{
		{
			ID:      "paging/whole-list",
			Title:   "a long list, and nothing goes wrong",
			Right:   "Every item exactly once, and the list ends.",
			Roles:   []Role{RoleList},
			Pages:   5,
			MaxWait: days,
			Run:     readLongList,
			Oracles: []string{"complete", "recovers", "ends", "lossless", "bounded"},
		},
		{
			ID:      "paging/every-list",
			Title:   "each list is read to its end, and nothing goes wrong",
			Right:   "Every item exactly once, and each list ends.",
			Every:   everyList,
			Pages:   3,
			MaxWait: days,
			Run:     eachCall(everyList),
			Oracles: []string{"complete", "recovers", "ends", "lossless", "drift", "bounded"},
		},
		{
			ID:      "paging/every-size",
			Title:   "each list is read without saying how large a page is, and pages are smaller than the client asks for",
			Right:   "The declared size is asked for, and a page that is smaller is not the end, unless the spec says so.",
			Every:   everySized,
			MaxWait: days,
			Faults:  []Arm{{Fault: "paging/size-capped", Each: everySized}},
			Run:     readInDeclaredSize(everySized),
			Oracles: []string{"complete", "recovers", "ends"},
		},
		{
			ID:      "paging/every-full-page",
			Title:   "each list that ends with a short page is read without saying how large a page is, and the last page is full",
			Right:   "The declared size is asked for; a full page leads to an empty one, and a short one to nothing.",
			Every:   everyShort,
			Full:    true,
			MaxWait: days,
			Run:     readInDeclaredSize(everyShort),
			Oracles: []string{"complete", "recovers", "ends"},
		},
		{
			ID:      "paging/every-split",
			Title:   "each list that can begin anew behind its cap holds more items than that",
			Right:   "It begins anew where the spec says, as often as it takes: every item exactly once.",
			Every:   everySplit,
			Past:    true,
			MaxWait: days,
			Run:     eachCall(everySplit),
			Oracles: []string{"complete", "recovers", "ends"},
		},
		{
			ID:      "paging/every-expired",
			Title:   "the place in each list that can begin anew is forgotten once",
			Right:   "It begins anew behind the last item, where the spec says: every item exactly once.",
			Every:   everyAnew,
			Pages:   3,
			MaxWait: days,
			Faults:  []Arm{{Fault: "paging/cursor-expired", Each: everyAnew, Nth: 2, Times: 1}},
			Run:     eachCall(everyAnew),
			Oracles: []string{"complete", "recovers", "ends"},
		},
		{
			ID:      "paging/every-scroll",
			Title:   "the action that a list goes on with is answered with 503 once",
			Right:   "It is sent again, where that is safe: no page is passed over.",
			Every:   everyScroll,
			Pages:   3,
			MaxWait: days,
			Faults:  []Arm{{Fault: "status/503", Each: everyFurther, Times: 1}},
			Run:     eachCall(everyScroll),
			Oracles: []string{"complete", "recovers", "ends"},
		},
		{
			ID:      "paging/empty-with-next",
			Title:   "a page is empty and leads on",
			Right:   "An empty page is the end only where the spec says so.",
			Roles:   []Role{RoleList},
			Needs:   emptyLeadsOn,
			Pages:   3,
			MaxWait: days,
			Faults:  []Arm{{Fault: "paging/empty-with-next", On: RoleList, Nth: 2, Times: 1}},
			Run:     readLongList,
			Oracles: []string{"complete", "recovers", "ends"},
		},
		{
			ID:      "paging/short-page",
			Title:   "a page holds fewer items than were asked for and leads on",
			Right:   "A short page is the end only where the spec says so.",
			Roles:   []Role{RoleList},
			Needs:   shortLeadsOn,
			Pages:   3,
			MaxWait: days,
			Faults:  []Arm{{Fault: "paging/short-page", On: RoleList, Nth: 1, Times: 1}},
			Run:     readLongList,
			Oracles: []string{"complete", "recovers", "ends"},
		},
		{
			ID:      "paging/size-capped",
			Title:   "the provider serves smaller pages than it was asked for",
			Right:   "The page that came decides where the next one begins.",
			Roles:   []Role{RoleList},
			Needs:   shortLeadsOn,
			Pages:   2,
			MaxWait: days,
			Faults:  []Arm{{Fault: "paging/size-capped", On: RoleList}},
			Run:     readLongList,
			Oracles: []string{"complete", "recovers", "ends"},
		},
		{
			ID:      "paging/last-unmarked",
			Title:   "nothing marks the last page",
			Right:   "The list ends all the same.",
			Roles:   []Role{RoleList},
			Pages:   2,
			MaxWait: days,
			Faults:  []Arm{{Fault: "paging/last-unmarked", On: RoleList}},
			Run:     readLongList,
			Oracles: []string{"complete", "ends", "typed"},
		},
		{
			ID:      "paging/total-wrong",
			Title:   "the stated total is wrong",
			Right:   "A total is a hint: the list ends where the pages end.",
			Roles:   []Role{RoleList},
			Needs:   hasTotal,
			Pages:   2,
			MaxWait: days,
			Faults:  []Arm{{Fault: "paging/total-wrong", On: RoleList}},
			Run:     readLongList,
			Oracles: []string{"complete", "recovers", "ends"},
		},
		{
			ID:      "paging/relative-next",
			Title:   "the address of the next page is relative",
			Right:   "It is resolved against the page that it came with (RFC 3986, 5).",
			Roles:   []Role{RoleList},
			Needs:   addressLeads,
			Pages:   3,
			MaxWait: days,
			Faults:  []Arm{{Fault: "paging/relative-next", On: RoleList}},
			Run:     readLongList,
			Oracles: []string{"complete", "recovers", "ends"},
		},
		{
			ID:      "paging/next-equals-current",
			Title:   "a page leads to itself",
			Right:   "The repeated cursor is an error; the client does not go around.",
			Roles:   []Role{RoleList},
			Needs:   providerLeads,
			Pages:   3,
			MaxWait: days,
			Faults:  []Arm{{Fault: "paging/next-equals-current", On: RoleList}},
			Run:     readLongList,
			Oracles: []string{"ends", "typed", "secret", "bounded"},
		},
		{
			ID:      "paging/cursor-expired",
			Title:   "the place in the list is not valid any more",
			Right:   "It begins anew where the spec says how; else the list ends with a typed error, never as if it were whole.",
			Roles:   []Role{RoleList},
			Needs:   providerLeads,
			Pages:   3,
			MaxWait: days,
			Faults:  []Arm{{Fault: "paging/cursor-expired", On: RoleList, Nth: 2}},
			Run:     readLongList,
			Oracles: []string{"complete", "ends", "typed", "secret"},
		},
		{
			ID:      "paging/foreign-next",
			Title:   "the next page is said to be at another origin",
			Right:   "The credential stays at home: the list ends with an error.",
			Roles:   []Role{RoleList},
			Needs:   addressLeads,
			Pages:   3,
			MaxWait: days,
			Faults:  []Arm{{Fault: "paging/foreign-next", On: RoleList, Nth: 1}},
			Run:     readLongList,
			Oracles: []string{"origin", "complete", "ends", "typed"},
		},
		{
			ID:      "paging/item-inserted",
			Title:   "an item is put in front of the list while it is read by position",
			Right:   "The item that moved onto the next page is not given twice.",
			Roles:   []Role{RoleList},
			Needs:   all(counted, declared),
			Pages:   3,
			MaxWait: days,
			Faults:  []Arm{{Fault: "paging/item-inserted", On: RoleList}},
			Run:     readLongList,
			Oracles: []string{"complete", "recovers", "ends"},
		},
		{
			ID:      "paging/item-deleted",
			Title:   "an item that was read is deleted while the list is read by position",
			Right:   "What moved onto the page before is out of reach; everything else is given, and the list ends.",
			Roles:   []Role{RoleList},
			Needs:   all(counted, declared),
			Pages:   3,
			MaxWait: days,
			Faults:  []Arm{{Fault: "paging/item-deleted", On: RoleList}},
			Run:     readLongList,
			Oracles: []string{"complete", "recovers", "ends"},
		},
		{
			ID:      "paging/duplicate-item",
			Title:   "each page begins with the last item of the page before",
			Right:   "It is given once.",
			Roles:   []Role{RoleList},
			Needs:   all(uncounted, declared),
			Pages:   3,
			MaxWait: days,
			Faults:  []Arm{{Fault: "paging/duplicate-item", On: RoleList}},
			Run:     readLongList,
			Oracles: []string{"complete", "recovers", "ends"},
		},
		{
			ID:      "paging/past-cap",
			Title:   "a list holds more items than the provider serves of one",
			Right:   "It begins anew behind its cap where the spec says how; else the list ends with a typed error, never as if it were whole.",
			Roles:   []Role{RoleList},
			Needs:   hasCap,
			Past:    true,
			MaxWait: days,
			Run:     readLongList,
			Oracles: []string{"complete", "ends", "typed"},
		},
		{
			ID:      "paging/depth-cap",
			Title:   "pages beyond a depth are refused",
			Right:   "The list ends with a typed error: what is missing is not passed over.",
			Roles:   []Role{RoleList},
			Pages:   4,
			Faults:  []Arm{{Fault: "paging/depth-cap", On: RoleList}},
			Run:     readList,
			Oracles: []string{"complete", "ends", "typed", "bounded"},
		},
	}
}

func ends(p *Plan, how string) bool {
	for _, e := range p.List.Page.End {
		if e == how {
			return true
		}
	}
	return false
}

func emptyLeadsOn(p *Plan) string {
	return unless(!ends(p, "empty") && !ends(p, "short") && leads(p.List.Page), "an empty page is the end of the list, as the spec says")
}

func shortLeadsOn(p *Plan) string {
	if p.List.Page.Style == "window" {
		return "a page is a window of time, and has no size"
	}
	return unless(!ends(p, "short"), "a short page is the end of the list, as the spec says")
}

// leads reports whether the provider says where the next page is.
func leads(p *ir.Page) bool { return p.From != nil }

func providerLeads(p *Plan) string {
	return unless(leads(p.List.Page), "the client counts pages itself")
}

func addressLeads(p *Plan) string {
	return unless(p.List.Page.Style == "link", "the next page is named by a cursor, not by an address")
}

// positional reports whether the client counts what it has seen.
func positional(p *ir.Page) bool { return p.Style == "offset" || p.Style == "number" }

func counted(p *Plan) string {
	return unless(positional(p.List.Page), "the list goes on from a place of its own, not from a count")
}

func uncounted(p *Plan) string {
	return unless(!positional(p.List.Page), "the client counts items or pages itself")
}

// declared says why items of the list may come twice.
func declared(p *Plan) string {
	return unless(p.Spec.ListedID(p.List) != nil, "no resource declares what tells the items of the list apart")
}

// all gives the first reason of several.
func all(needs ...func(*Plan) string) func(*Plan) string {
	return func(p *Plan) string {
		for _, why := range needs {
			if why == nil {
				continue
			}
			if reason := why(p); reason != "" {
				return reason
			}
		}
		return ""
	}
}

func hasCap(p *Plan) string {
	return unless(p.List.Page.Cap > 0, "the provider serves the whole of the list")
}

func hasTotal(p *Plan) string {
	ended := ends(p, "total") || ends(p, "pages")
	return unless((p.List.Page.Total != nil || p.List.Page.Pages != nil) && !ended, "no total is stated, or it is the end of the list, as the spec says")
}
