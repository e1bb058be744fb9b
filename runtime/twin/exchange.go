package twin

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/internal/streamtext"
)

// exchange is one request on its way through the core.
type exchange struct {
	t     *Twin
	q     *request
	to    target
	op    *op // nil when the request is for no action.
	now   time.Time
	in    args
	grant *grant // What the credential is; nil for none or an unknown one.
	acct  *account
	armed []*Armed // Faults that meet the request.
	draws []draw

	flaws    flaws // Of the parameters.
	paging   paging
	bent     []*Armed      // Paging faults that set paging.
	skew     time.Duration // How far the provider's clock is ahead.
	made     *collection   // That a new object was added to.
	place    int           // Of the new object.
	nonce    string        // Of its signature.
	long     *listing      // In the answer, for a list that is made as it is read.
	item     *ir.Type      // What the items of a batch are, while one is done.
	failed   []*answer     // Refusals of items of a batch, by item.
	renonced bool          // The answer gives the nonce that proofs have to have from now on.
	deadAs   string        // The code that calls a grant dead; empty is any that is declared.
	denied   bool          // The user does not consent.
	consent  *consent      // Whose code a request of the provider's own form has.
	proof    *proof        // Of possession; nil until it is asked for.
	answer   *answer       // Set as soon as it is known what to say.
	out      output
	entry    Entry
}

// output is an answer as bytes, with what happens to them on the way.
type output struct {
	status int
	header http.Header
	body   []byte
	rest   *rest // What comes after the body, made as it is read.
	wire   wire
}

// serve is the core: it decides on an answer, changes the state and writes the
// journal, all in one step.
func (t *Twin) serve(q *request) *exchange {
	t.mu.Lock()
	defer t.mu.Unlock()
	x := &exchange{t: t, q: q, now: t.opt.Now()}
	x.to = t.idx.find(q)
	x.op = x.to.op
	x.entry = Entry{
		Time:   x.now,
		Route:  x.to.route,
		Method: q.method,
		Origin: q.origin,
		Path:   q.url.EscapedPath(),
		Action: x.action(),
		Mark:   q.mark,
	}
	x.identify()
	x.read()
	x.meet()
	for _, step := range []func(){
		func() { x.stage(StageArrival) },
		func() { x.stage(StageLimits) },
		x.limit,
		func() { x.stage(StageAuth) },
		x.admit,
		func() { x.stage(StageBefore) },
		x.bend,
		x.perform,
	} {
		if x.answer == nil {
			step()
		}
	}
	x.finish()
	return x
}

// action names what the request is for, as scopes do.
func (x *exchange) action() string {
	switch {
	case x.op != nil:
		return x.op.Path
	case x.to.part():
		return "@" + x.to.route
	}
	return ""
}

// read collects the parameters.
func (x *exchange) read() {
	if len(x.q.body) > 0 {
		x.entry.Body = hexOf(digest(0, string(x.q.body)))
	}
	if x.op == nil {
		x.leaveProofsOut()
		return
	}
	x.in, x.flaws = x.t.idx.collect(x.q, x.to)
	x.entry.Params = x.in.digest()
	x.name()
	if x.op.Key != nil && x.op.Key.To != nil {
		if key, ok := x.q.slot(x.op.Key.To); ok {
			x.entry.Key = KeyDigest(key)
		}
	}
}

// leaveProofsOut makes two runs of one seed have one journal: what a client draws at
// random to be safe (RFC 7636, 4.1; RFC 6749, 10.12; the jti of RFC 7523) is no part of what a body is
// known by.
func (x *exchange) leaveProofsOut() {
	body := string(x.q.body)
	for _, name := range [...]string{"code_verifier", "client_assertion", "code_challenge", "state"} {
		if proof := x.tokenParam(name); proof != "" {
			body = strings.NewReplacer("="+proof, "=", `"`+proof+`"`, `""`).Replace(body) // Of a form, or of JSON.
			x.entry.Body = hexOf(digest(0, body))
		}
	}
}

// meet picks the faults that the request is in the scope of.
func (x *exchange) meet() {
	name := ""
	if x.acct != nil {
		name = x.acct.id
	}
	for _, a := range x.t.faults {
		if !a.spent() && a.meets(x.entry.Action, name, x.now) {
			x.armed = append(x.armed, a)
		}
	}
}

// stage lets the faults of one stage work, in the order of arming. Until there
// is an answer the first fault that gives one ends the stage.
func (x *exchange) stage(s Stage) {
	for _, a := range x.armed {
		if a.def.Stage != s || a.spent() || a.def.about != "" && a.def.about != x.entry.Action || !a.def.apply(x, a) {
			continue
		}
		a.fired++
		x.entry.Faults = append(x.entry.Faults, a.fault.ID)
		if s < StageEffect && x.answer != nil {
			return
		}
	}
}

// bend lets the paging faults say how the page is to be. Whether they had any
// effect shows once it is made.
func (x *exchange) bend() {
	for _, a := range x.armed {
		if a.def.Stage == StagePaging && !a.spent() && x.op != nil && x.op.Page != nil && a.def.apply(x, a) {
			x.bent = append(x.bent, a)
		}
	}
}

// limit draws from the declared limits, or refuses.
func (x *exchange) limit() {
	if x.op == nil || !x.to.allowed || len(x.op.Limits) == 0 {
		return
	}
	l := x.t.limits
	draws, wait := l.check(x.op.Limits, x.plan(), x.limitKey, x.now)
	x.draws = draws
	if wait == 0 {
		l.take(draws, x.now)
	} else {
		x.answer = x.limited(wait)
		l.report(x.answer, draws, x.now)
	}
	x.entry.Limits = l.states(draws)
}

// plan is what the account pays for.
func (x *exchange) plan() string {
	if x.acct == nil {
		return x.t.opt.Plan
	}
	return x.acct.plan
}

// limited is the declared refusal for a wait.
func (x *exchange) limited(wait time.Duration) *answer {
	return x.t.refuse(x.op, failure{class: ir.RateLimited, hints: []string{"ratelimit", "rate_limit", "limit"}, wait: wait})
}

// limitKey returns what the request is, as one part of what shares a limit.
func (x *exchange) limitKey(by string) string {
	switch by {
	case "app":
		return x.t.opt.ClientID
	case "action":
		return x.op.Path
	case "ip":
		return "client"
	}
	if name, ok := strings.CutPrefix(by, "in."); ok {
		return textOf(x.in[name])
	}
	if x.acct != nil {
		return x.acct.id
	}
	return ""
}

// perform answers what nothing refused.
func (x *exchange) perform() {
	switch x.to.route {
	case RouteAction:
		x.answer = x.act()
	case RouteToken:
		x.answer = x.t.exchangeToken(x)
	case RouteAuthorize:
		x.answer = x.t.authorize(x)
	case RoutePushed:
		x.answer = x.t.push(x)
	case RouteDevice:
		if x.q.method == http.MethodPost {
			x.answer = x.t.pair(x)
		} else {
			x.answer = x.t.agree(x)
		}
	case RouteUpload:
		x.answer = x.t.receive(x)
	case RouteForeign:
		x.answer = plain(http.StatusOK, "text/plain; charset=utf-8", "another origin\n")
	default:
		x.answer = x.nowhere()
	}
}

// finish lets the late faults work, writes the answer as bytes and keeps the
// journal.
func (x *exchange) finish() {
	a := x.answer
	if x.paging.worked {
		for _, b := range x.bent {
			b.fired++
			x.entry.Faults = append(x.entry.Faults, b.fault.ID)
		}
	}
	if a.class == "" && x.op != nil && a.status < 400 {
		x.stage(StageData)
	}
	if x.to.route == RouteToken {
		x.stage(StageData)
	}
	x.stage(StageAfter)
	a = x.answer
	x.challenge(a)
	x.out.status, x.out.header = a.status, a.header
	x.encode(a)
	x.stage(StageBody)
	x.stage(StageWire)
	a = x.answer // A lost answer may have been replaced by a proxy's.
	x.entry.Status = x.out.status
	if !x.out.wire.answers() {
		x.entry.Status = 0
	}
	x.entry.Lost = x.out.wire.loses()
	x.entry.Class, x.entry.Code = string(a.class), a.code
	if x.op != nil && a.class == "" && x.entry.Status != 0 {
		class, code := x.t.classify(x.op, a)
		x.entry.Class, x.entry.Code = string(class), code
	}
	x.entry.Wait = a.wait
	x.entry.Duration = x.t.opt.Latency
	x.t.journal.add(&x.entry)
}

// encode writes an answer's body and headers.
func (x *exchange) encode(a *answer) {
	if x.out.header == nil {
		x.out.header = http.Header{}
	}
	h := x.out.header
	h.Set("Date", x.t.date(x.now.Add(x.skew)))
	x.requestID(a)
	items, streams := a.body.([]any)
	switch streams = streams && x.op != nil && x.op.Stream != nil; {
	case a.bytes != nil || a.body == nil:
		x.out.body = a.bytes
	case streams:
		texts := make([][]byte, len(items))
		for i, item := range items {
			texts[i] = appendJSON(nil, item)
		}
		x.out.body, a.media = streamtext.Write(x.op.Stream.As, x.op.Stream.End, x.op.Stream.Header(), texts)
		x.entry.Items = len(items)
	default:
		x.out.body, x.out.rest = x.rest(appendJSON(nil, a.body))
	}
	if len(x.out.body) > 0 && h.Get("Content-Type") == "" {
		media := a.media
		if media == "" {
			media = "application/json; charset=utf-8"
		}
		h.Set("Content-Type", media)
	}
}

// date is a time in a header. Most answers are of the same second as the one before.
func (t *Twin) date(at time.Time) string {
	if second := at.Unix(); t.dated == "" || t.datedAt != second {
		t.dated, t.datedAt = at.UTC().Format(http.TimeFormat), second
	}
	return t.dated
}

// requestID puts a request id where the rules read one.
func (x *exchange) requestID(a *answer) {
	for _, rule := range x.t.rules(x.op) {
		if rule.Request == nil {
			continue
		}
		if rule.Request.Header != "" || a.class != "" {
			writeSource(a, rule.Request, "req-"+strconv.Itoa(x.t.journal.upcoming()), false)
		}
	}
}

// restate gives an answer another status, and the class and code that the rules
// read out of it then.
func (x *exchange) restate(status int) {
	x.answer.status = status
	class, code := x.t.classify(x.op, x.answer)
	x.answer.class, x.answer.code = class, code
}

// plain is an answer that is not JSON.
func plain(status int, media, body string) *answer {
	return &answer{status: status, header: http.Header{}, media: media, bytes: []byte(body)}
}
