package twin

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// The groups of faults.
const (
	GroupTransport = "transport"
	GroupStatus    = "status"
	GroupLimits    = "limits"
	GroupAuth      = "auth"
	GroupData      = "data"
	GroupPaging    = "paging"
	GroupBatches   = "batches"
	GroupWebhooks  = "webhooks"
	GroupEvolution = "evolution"
)

// Stage is when a fault works. A request passes the stages in this order, and
// what a stage before [StageEffect] answers ends the way there: the request has
// then no effect. The late stages change the answer that there is.
type Stage int

// The stages.
const (
	StageArrival  Stage = iota + 1 // Before anything is looked at: the connection, the address.
	StageLimits                    // Before the declared limits are drawn from.
	StageAuth                      // Before the credential is checked.
	StageBefore                    // Instead of the effect.
	StagePaging                    // While a page is cut.
	StageItems                     // While the items of a batch are done.
	StageEffect                    // The action itself; no fault works here.
	StageData                      // On the members of a success.
	StageAfter                     // On the status and headers of the answer, after the effect.
	StageBody                      // On the bytes of the body.
	StageWire                      // On the way to the client.
	StageDelivery                  // On a webhook delivery.
)

// FaultKind is an entry of the catalogue.
type FaultKind struct {
	ID     string       `json:"id"`
	Group  string       `json:"group"`
	Doc    string       `json:"doc"`
	Stage  Stage        `json:"stage"`
	Params []FaultParam `json:"params,omitempty"`
}

// FaultParam is a parameter of a fault, given as text.
type FaultParam struct {
	Name    string   `json:"name"`
	Default string   `json:"default"`
	Kind    string   `json:"kind"`            // What the text has to be: text, number or duration.
	Of      []string `json:"of,omitempty"`    // The texts that there are, when not every text will do.
	Names   string   `json:"names,omitempty"` // What of the spec it is the name of: limit or member.
	Min     int      `json:"min,omitempty"`
	Max     int      `json:"max,omitempty"` // Of a number.
	Doc     string   `json:"doc"`
}

// The kinds of parameters.
const (
	KindText     = "text"
	KindNumber   = "number"
	KindDuration = "duration"
)

// definition is a kind with what it does.
type definition struct {
	FaultKind
	about string // The part of the twin that it meets where the scope names none: "@token".

	// apply does it to a request, and reports whether it had any effect there.
	apply func(*exchange, *Armed) bool
	// bend does it to a delivery.
	bend func(*delivery, *Armed) bool
	// lacks says why it never has an effect on an action; nil is on each it may.
	lacks func(*Twin, *op, *Armed) string
}

// definitions is the catalogue by id.
var definitions = tabulate(
	transportFaults(),
	statusFaults(),
	limitFaults(),
	authFaults(),
	dataFaults(),
	pagingFaults(),
	batchFaults(),
	webhookFaults(),
	evolutionFaults(),
)

func tabulate(groups ...[]*definition) map[string]*definition {
	all := map[string]*definition{}
	for _, group := range groups {
		for _, d := range group {
			d.Group, _, _ = strings.Cut(d.ID, "/")
			all[d.ID] = d
		}
	}
	return all
}

// Catalogue returns every kind of fault, sorted by id.
func Catalogue() []FaultKind {
	all := make([]FaultKind, 0, len(definitions))
	for _, d := range definitions {
		all = append(all, d.FaultKind)
	}
	slices.SortFunc(all, func(a, b FaultKind) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// Lookup returns a kind of fault by its id.
func Lookup(id string) (FaultKind, bool) {
	d, ok := definitions[id]
	if !ok {
		return FaultKind{}, false
	}
	return d.FaultKind, true
}

// define makes an entry that works on requests.
func define(id string, stage Stage, doc string, apply func(*exchange, *Armed) bool, params ...FaultParam) *definition {
	return &definition{FaultKind: FaultKind{ID: id, Doc: doc, Stage: stage, Params: params}, apply: apply}
}

// onToken makes an entry that meets the token endpoint.
func onToken(d *definition) *definition {
	d.about = "@" + RouteToken
	return d
}

// param makes a parameter of the kind that its default is of.
func param(name, otherwise, doc string) FaultParam {
	p := FaultParam{Name: name, Default: otherwise, Kind: KindText, Doc: doc}
	if _, err := strconv.Atoi(otherwise); err == nil {
		p.Kind = KindNumber
		p.Min, p.Max = bounds(name)
	} else if _, err := time.ParseDuration(otherwise); err == nil {
		p.Kind = KindDuration
	}
	return p
}

// bounds are those of the numbers of a name.
func bounds(name string) (low, high int) {
	switch name {
	case "rate":
		return 0, 100 // Percent.
	case "at":
		return 0, 1000
	case "status":
		return 300, 599
	case "mib":
		return 1, 512
	case "cost", "seconds":
		return 0, 1_000_000
	}
	return 1, 1_000_000
}

// memberParam is the parameter that says which member of an answer is meant.
func memberParam() FaultParam {
	return FaultParam{Name: "member", Kind: KindText, Names: namesMember, Doc: "name of the member; empty is one that the seed picks"}
}

// oneOf makes a parameter that is one of some texts, the first by default.
func oneOf(name, doc string, texts ...string) FaultParam {
	return FaultParam{Name: name, Default: texts[0], Kind: KindText, Of: texts, Doc: doc}
}
