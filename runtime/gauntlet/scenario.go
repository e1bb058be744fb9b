package gauntlet

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/twin"
)

// Scenario is one workload under one kind of trouble.
type Scenario struct {
	ID    string // Stable: "auth/expiry-mid-list".
	Title string // What happens, in a line.
	Right string // What a right client does about it.

	// Roles are those that the workload needs. Needs says why the scenario is
	// impossible for another reason; nil and "" are possible.
	Roles []Role
	Needs func(*Plan) string
	Every func(*Plan) []*ir.Action // The workload needs one of these actions at least.
	Suits string                   // The fault whose work RoleSuited is for.

	Declared bool // The workload tries everything of a kind that the spec declares.
	Past     bool // The lists have more items than their caps.
	Parts    bool // Collections have as many objects as batches have items of several calls.
	Full     bool // The lists have two pages of the size that is given unasked, both full.
	Spare    int  // Further accounts, where callers have credentials.

	Pages     int           // Pages that the list fills, which is then read in small ones; 0 leaves Volume.
	Volume    int           // Objects in each collection; 0 is the twin's default.
	Whole     bool          // Objects have every member that is declared.
	Accounts  int           // 0 is 1.
	TokenLife time.Duration // 0 is the twin's default.
	MaxWait   time.Duration // What the driver is told to wait at most; 0 is its default.
	WarmUp    int           // Calls that the oracle amplify leaves out.
	Crowd     bool          // Callers are at it at once.
	Overlap   bool          // The webhook's secret is being rotated: two of them count.
	Replaced  bool          // The application's certificate is another one than the tokens are bound to.
	Refreshes int           // Refreshes that the workload needs; 0 is any number.

	callers  int  // The most callers that are at it at once; 0 is as many as the workload has.
	timeline bool // The result has a timeline.

	Faults  []Arm // Each has to take effect, or the scenario is not exercised.
	Run     func(*Env) error
	Oracles []string
}

// Arm is a fault for a role.
type Arm struct {
	Fault    string
	On       Role                     // The fault meets the role's action,
	Action   string                   // or what a twin's scope names.
	Each     func(*Plan) []*ir.Action // The fault meets each of these actions, Times times each.
	Member   bool                     // The fault meets one required member of what the role's action answers, not its id.
	Account  int                      // From 1; 0 is every account.
	Nth      int
	Times    int
	From, To time.Duration
	Params   map[string]string
}

// Role is what a workload needs of a connector.
type Role string

// The roles. See [Plan] for what fills them.
const (
	RoleList    Role = "list"
	RoleRead    Role = "read"
	RoleCreate  Role = "create"
	RoleUpdate  Role = "update"
	RoleKeyed   Role = "keyed"
	RoleLimited Role = "limited"
	RolePaced   Role = "paced"
	RoleOAuth   Role = "oauth"
	RoleWebhook Role = "webhook"
	RoleStream  Role = "stream"

	RolePromisedList Role = "promised list"
	RolePromisedRead Role = "promised read"
	RoleEnumList     Role = "enum list"
	RoleTagged       Role = "tagged"

	// RoleSuited is a read or a list whose answer the fault in Suits can change.
	RoleSuited Role = "suited"
)

// missing says why a role is not filled.
var missing = map[Role]string{
	RoleList:    "no action pages over a list",
	RoleRead:    "no action reads one object",
	RoleCreate:  "no action creates something",
	RoleUpdate:  "no action updates a whole object that another one gets",
	RoleKeyed:   "no write takes an idempotency key",
	RoleLimited: "no read is under a declared limit of calls in a time",
	RolePaced:   "no action is under a declared distance between calls",
	RoleOAuth:   "no OAuth 2.0 method gives refresh tokens",
	RoleWebhook: "no webhook with events is verified",
	RoleStream:  "no action answers with a stream",

	RolePromisedList: "no list of items with an id promises another member of them",
	RolePromisedRead: "no read promises a member of its answer besides an id",
	RoleEnumList:     "no list of items with an id has a member of them of which the values are known",
	RoleTagged:       "no list or read always has a variant of a union with a tag in its answer",

	RoleSuited: "no read and no list answers with anything that the fault could change",
}

// Group is the group of the fault table that the scenario belongs to.
func (s *Scenario) Group() string {
	group, _, _ := strings.Cut(s.ID, "/")
	return group
}

// Impossible says why the connector's spec has nothing for the scenario; "" when
// it has.
func (s *Scenario) Impossible(p *Plan) string {
	for _, r := range s.Roles {
		if r == RoleSuited && s.suited(p) != nil {
			continue
		}
		if !p.fills(r) {
			return missing[r]
		}
	}
	if s.Accounts > 1 && p.OAuth == nil && (p.Static == nil || p.Static.Kind == "none") {
		return "callers have no credential, so that all of them are one account"
	}
	if s.Every != nil && len(s.Every(p)) == 0 {
		return "no action is of the kind that it tries"
	}
	if s.Needs != nil {
		return s.Needs(p)
	}
	return ""
}

// suited is the action of [RoleSuited].
func (s *Scenario) suited(p *Plan) *ir.Action { return p.suited(s.Suits) }

func (p *Plan) fills(r Role) bool {
	switch r {
	case RoleOAuth:
		return p.OAuth != nil
	case RoleWebhook:
		return p.Webhook != nil
	}
	return p.role(r) != nil
}

// role returns the action of a role, or nil.
func (p *Plan) role(r Role) *ir.Action {
	switch r {
	case RoleList:
		return p.List
	case RoleRead:
		return p.Read
	case RoleCreate:
		return p.Create
	case RoleUpdate:
		return p.Update
	case RoleKeyed:
		return p.Keyed
	case RoleLimited:
		return p.Limited
	case RolePaced:
		return p.Paced
	case RoleStream:
		return p.Stream
	case RolePromisedList:
		return p.PromisedList
	case RolePromisedRead:
		return p.PromisedRead
	case RoleEnumList:
		return p.EnumList
	case RoleTagged:
		return p.Tagged
	}
	return nil
}

// options are those of the scenario's twin.
func (s *Scenario) options(p *Plan, seed uint64) twin.Options {
	accounts := s.Accounts
	if s.Spare > 0 && (p.OAuth != nil || len(p.given()) > 0) {
		accounts = 1 + s.Spare
	}
	o := twin.Options{Seed: seed, Accounts: accounts, TokenLife: s.TokenLife, Latency: latency, Whole: s.Whole, CertificateReplaced: s.Replaced}
	volume := min(s.Volume, maxPages*givenPage(p.listOf(s)))
	if s.Pages > 0 { // The last page is half full.
		_, size := p.pageSize(p.List)
		if s.Every != nil {
			size = p.largestPage(s.Every(p))
		}
		volume = s.Pages*size - size/2
	}
	if s.Full {
		volume = 2 * p.largestGiven(s.Every(p))
	}
	if s.Parts {
		volume = p.largestBatch()
	}
	if most := p.most(); s.Past {
		volume = p.largestCap(s)*5/2 + 1
	} else if most > 0 {
		volume = min(cmp.Or(volume, usualItems), most)
	}
	if volume > 0 {
		o.Volume = map[string]int{"*": volume}
	}
	return o
}

// largestGiven is the largest page that lists give unasked, within reason.
func (p *Plan) largestGiven(lists []*ir.Action) int {
	size := 1
	for _, a := range lists {
		size = max(size, min(givenPage(a), usualPage))
	}
	return size
}

// largestCap is the largest cap of the lists that a scenario reads.
func (p *Plan) largestCap(s *Scenario) int {
	if s.Every == nil {
		return p.List.Page.Cap
	}
	most := 0
	for _, a := range s.Every(p) {
		most = max(most, a.Page.Cap)
	}
	return most
}

// largestBatch is how many items the largest of the batches has that go in parts.
func (p *Plan) largestBatch() int {
	items := 0
	for _, b := range p.batches() {
		items = max(items, b.items())
	}
	return items
}

// most is how many items every list can hold without an error; 0 is any number.
func (p *Plan) most() int {
	least := 0
	for _, a := range p.Spec.AllActions() {
		if a.Page != nil && a.Page.Cap > 0 && a.Page.Split == nil && (least == 0 || a.Page.Cap <= least) {
			least = a.Page.Cap - 1
		}
	}
	return least
}

// troubles reports whether the scenario's faults are aimed at an account.
func (s *Scenario) troubles(account string, ev *Evidence) bool {
	return slices.ContainsFunc(s.Faults, func(a Arm) bool {
		return a.Account == 0 || a.Account <= len(ev.Accounts) && ev.Accounts[a.Account-1] == account
	})
}

// Scenarios returns the whole battery, in the order of a report.
func Scenarios() []*Scenario {
	return slices.Concat(
		transportScenarios(),
		statusScenarios(),
		keyScenarios(),
		limitScenarios(),
		authScenarios(),
		deviceScenarios(),
		pushedScenarios(),
		proofScenarios(),
		dataScenarios(),
		pagingScenarios(),
		batchScenarios(),
		jobScenarios(),
		webhookScenarios(),
		evolutionScenarios(),
	)
}
