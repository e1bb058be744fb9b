package gauntlet

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/twin"
)

// wrong is every way to be wrong that the battery must catch: what the client
// does, where it shows, the oracle that has to say so, and what it has to say, as
// the oracle's source has it.
var wrong = []struct{ sin, scenario, oracle, says string }{
	{"", "limits/tier-respected", "limit", "limit %s allows %d, and %d were sent"},
	{"ignores the wait", "limits/429-seconds", "early", "the provider asked to wait %s, and the next request came after %s"},
	{"retries writes", "status/committed-then-lost", "once", "one call, %s, took effect %d times"},
	{"drops the context", "status/committed-then-lost", "once", "%d calls of %s took effect %d times"},
	{"sends another text on retry", "limits/429-create", "once", "%s sent other parameters on its next attempt"},
	{"forgets what is unknown", "status/committed-then-lost", "lost", "%s took effect, and its error does not say that the outcome is unknown"},
	{"believes every 200", "status/200-unconfirmed", "lost", "%s is reported as done, and nothing took effect"},
	{"gives up", "status/503-then-ok", "recovers", "%s failed, and another try would have been served"},
	{"keeps its own copy", "auth/rotation", "recovers", "%s failed, for its credential was not accepted"},
	{"keeps its own copy", "auth/rotation-grace", "recovers", "%s failed, for its credential was not accepted"},
	{"refuses what has no tag", "data/untagged-variant", "recovers", "%s failed, and another try would have been served"},
	{"", "status/outage", "amplify", "%d calls after warm-up sent %d requests: %.2f attempts per call"},
	{"comes back late", "status/outage", "amplify", "%s outlived its deadline by %s"},
	{"refreshes in every goroutine", "auth/expiry-mid-list", "refresh", "two refreshes of one credential were in flight"},
	{"uses before it saves", "auth/expiry", "refresh", "a new token was used before it was persisted"},
	{"does not believe it", "auth/revoked", "dead", "a token that the provider called dead was sent again"},
	{"follows redirects with the token", "transport/redirect-foreign", "origin", "a credential was sent to %s"},
	{"stops at an empty page", "paging/empty-with-next", "complete", "ended without an error after %d of %d items"},
	{"gives what it gave", "paging/duplicate-item", "complete", "gave item %s twice"},
	{"gives what it gave", "paging/item-inserted", "complete", "gave item %s twice"},
	{"forgets the ids", "paging/duplicate-item", "complete", "gave an item without its id"},
	{"makes up an id", "paging/duplicate-item", "complete", "gave item %s, which is not in the list"},
	{"takes a refusal for the end", "paging/past-cap", "complete", "ended without an error after %d of %d items"},
	{"plain errors", "paging/past-cap", "complete", "ended early with an error that is not of the client's type"},
	{"waits for the total", "paging/item-deleted", "ends", "the client sent more than %d requests"},
	{"goes around", "paging/next-equals-current", "ends", "the client sent more than %d requests"},
	{"yields without end", "paging/empty-with-next", "ends", "%s gave %d items, and had not ended"},
	{"stops where it has been", "paging/next-equals-current", "ends", "%s met a page that leads to itself, and gave no error"},
	{"reads numbers as floats", "data/big-int", "lossless", "is another value"},
	{"drops what it does not know", "data/unknown-member", "lossless", "is gone"},
	{"hands on half of an event", "webhooks/every-event", "lossless", "the event: %s %s"},
	{"takes a refusal for a result", "status/every-error", "typed", "%s was refused, and the caller was told that it succeeded"},
	{"plain errors", "status/200-unconfirmed", "typed", "is not of the client's error type"},
	{"plain errors", "status/200-html", "typed", "is not of the client's error type"},
	{"loses the class", "status/200-html", "typed", "has no class"},
	{"prints the token", "status/200-html", "typed", "prints a secret"},
	{"prints the body", "status/200-html", "typed", "prints text of the answer's body: %q"},
	{"says that nothing was found", "status/committed-then-lost", "typed", "has class %s, and no answer arrived"},
	{"says that nothing was found", "status/200-error-envelope", "typed", "has class %s for an answer of class %s"},
	{"loses the code", "status/200-error-envelope", "typed", "does not have the code %s"},
	{"loses the request id", "status/200-error-envelope", "typed", "does not have the request id"},
	{"ignores the deadline", "limits/deadline-while-waiting", "deadline", "%s came back %s after its deadline"},
	{"hangs for ever", "transport/hang-before-headers", "deadline", "the workload did not come back: %s"},
	{"hangs for ever", "transport/hang-before-headers", "bounded", "the client is stuck: %s"},
	{"sends for ever", "status/200-html", "bounded", "the client sent more than %d requests"},
	{"leaves bodies open", "status/503-then-ok", "bounded", "the body of an answer was not closed"},
	{"leaves a goroutine", "status/503-then-ok", "bounded", "%d goroutines are left"},
	{"reads everything", "transport/gzip-bomb", "bounded", "the client read more than %d MiB of one answer"},
	{"one queue for all", "limits/one-account-refused", "isolate", "%s of an account without trouble took %s and %s"},
	{"trusts everybody", "webhooks/tampered", "forged", "a delivery that is %s was handled"},
	{"trusts everybody", "webhooks/wrong-key", "forged", "a delivery that is %s was handled"},
	{"ignores the age", "webhooks/stale", "forged", "a delivery that is %s was handled"},
	{"accepts what it does not handle", "webhooks/tampered", "forged", "a delivery that is %s was accepted"},
	{"trusts nobody", "webhooks/genuine", "forged", "a delivery that is %s was refused"},
	{"adds to the answer of a handshake", "webhooks/handshake", "forged", "a handshake was answered with another text"},
	{"handles a handshake", "webhooks/handshake", "forged", "a handshake was handled as an event"},
	{"handles duplicates", "webhooks/duplicate", "forged", "the event %s was handled %d times, and the delivery has %d"},
	{"prints the token", "status/200-html", "secret", "the error of %s prints a secret"},
	{"logs the token", "status/200-html", "secret", "a line of the log, or an event, holds a secret"},
	{"answers with the secret", "webhooks/genuine", "secret", "the answer to a delivery holds a secret"},
	{"", "data/number-as-string", "drift", "%d answers departed from the contract, and nothing was reported"},
	{"reports drift twice", "data/number-as-string", "drift", "one departure was reported twice"},
	{"reports drift without a path", "data/number-as-string", "drift", "a report has no path or no kind"},
	{"quotes in drift", "data/number-as-string", "drift", "a report tells the value that was sent"},
	{"reports drift of nothing", "data/every-call", "drift", "%d departures were reported, and every answer kept the contract"},
}

// left is what no client in process can be made to leave behind: what an oracle says
// of evidence that is put together by hand.
var left = []struct {
	oracle, says string
	evidence     func(*Evidence)
}{
	{"once", "%s sent another key on its next attempt", func(ev *Evidence) {
		ev.asks(&ir.Action{Path: "notes.create", Effect: ir.Keyed}, twin.Entry{Key: "a"}, twin.Entry{Key: "b"})
	}},
	{"refresh", "a refresh token that was used up was sent again", func(ev *Evidence) {
		refresh := twin.Entry{Route: twin.RouteToken, Grant: "refresh_token"}
		rotated := refresh
		rotated.Time, rotated.TokenState = refresh.Time.Add(time.Minute), twin.TokenRotated
		ev.Entries = []twin.Entry{refresh, rotated}
	}},
	{"refresh", "account %s was refreshed %d times, and %d would do", func(ev *Evidence) {
		ev.Scenario.Refreshes = 1
		for i := range 2 {
			ev.Entries = append(ev.Entries, twin.Entry{Route: twin.RouteToken, Grant: "refresh_token", Status: 200, Time: ev.Start.Add(time.Duration(i) * time.Hour)})
		}
	}},
	{"origin", "a credential arrived at %s", func(ev *Evidence) { // From outside, what leaves the client is not seen.
		ev.Entries = []twin.Entry{{Route: twin.RouteForeign, TokenState: "valid", Origin: "https://elsewhere.example"}}
	}},
	{"complete", "gave %d items, and the list has %d", func(ev *Evidence) { ev.counts(3) }},
	{"complete", "gave %d items without an error, and the list has %d", func(ev *Evidence) { ev.counts(1) }},
	{"lossless", "is no object any more", func(ev *Evidence) { ev.answers(`{"a": {"b": 1}}`, `{"a": 0}`) }},
	{"lossless", "is another list", func(ev *Evidence) { ev.answers(`{"a": [1, 2]}`, `{"a": [1]}`) }},
	{"lossless", "%s: %s is another time in the result", func(ev *Evidence) { // Told by generated drivers.
		r := ev.answers(`{"at": 1704067200}`, `{"at": 1704067200}`)
		r.Action.Returns = &ir.Type{Kind: ir.Object, Fields: []*ir.Field{{Name: "at", Type: &ir.Type{Kind: ir.Int, Wire: ir.Wire{Time: []string{"unix"}}}}}}
		r.Times = []JSON{JSON(`{"at": "1970-01-20T17:21:07.2Z"}`)}
	}},
	{"forged", "a handshake was answered with another text", func(ev *Evidence) {
		ev.Events = []*Delivered{{Genuine: true, Status: 200, Handshake: true, WantHeader: map[string][]string{"X-Hook-Secret": {"a"}}}}
	}},
	{"secret", "line %d of the journal holds a secret", func(ev *Evidence) { // Which is the twin's own.
		ev.Entries = []twin.Entry{{Seq: 1, Path: "/notes/" + canary}}
	}},
	{"secret", "a drift report holds a secret", func(ev *Evidence) { // From outside, where there is no log.
		ev.Drifts = []Drift{{"notes.get", canary, "missing"}}
	}},
}

const canary = "pk-canary-1"

func TestOraclesJudgeWhatIsLeft(t *testing.T) {
	for _, l := range left {
		t.Run(l.oracle+"/"+l.says, func(t *testing.T) {
			ev := &Evidence{
				Plan: &Plan{Spec: &ir.Connector{}}, Scenario: &Scenario{}, Secrets: []string{canary},
				Expected: map[listing][]string{}, Lacks: func(Feature) bool { return false },
			}
			l.evidence(ev)
			if v := oracle(l.oracle).Judge(ev); v.Outcome != Fail || !said(l.says, v.Why) {
				t.Errorf("%s: %s", v.Outcome, v.Why)
			}
		})
	}
}

// asks adds a call, and what was sent for it.
func (ev *Evidence) asks(a *ir.Action, sent ...twin.Entry) *Record {
	r := &Record{ID: len(ev.Calls) + 1, Action: a}
	ev.Calls = append(ev.Calls, r)
	for _, e := range sent {
		ev.Sends = append(ev.Sends, &Sent{ID: len(ev.Sends) + 1, Call: r, Status: 200})
		e.Mark, e.Action = strconv.Itoa(len(ev.Sends)), a.Path
		ev.Entries = append(ev.Entries, e)
	}
	return r
}

// counts adds a list of two items without ids, and how many the caller got.
func (ev *Evidence) counts(n int) {
	list := &ir.Action{Path: "notes.list", Page: &ir.Page{Item: &ir.Type{Kind: ir.Object}}}
	r := ev.asks(list)
	r.Lists, r.Items = true, make([]JSON, n)
	ev.Expected[listing{"", list.Path}] = make([]string, 2)
}

// answers adds a call with what was on the wire, and what the caller got.
func (ev *Evidence) answers(wire, got string) *Record {
	r := ev.asks(&ir.Action{Path: "notes.get", Effect: ir.Read}, twin.Entry{})
	ev.Sends[len(ev.Sends)-1].Body, r.Result = []byte(wire), JSON(got)
	return r
}

// said reports whether a verdict says what the source of an oracle has as a format.
func said(format, why string) bool {
	verb := regexp.MustCompile(`%(\\\.\d)?[a-z]`)
	return regexp.MustCompile(verb.ReplaceAllString(regexp.QuoteMeta(format), ".*")).MatchString(why)
}

// around are formats that another text is put into.
var around = map[string]bool{"%s %s": true, "the error of %s %s": true, "%s: %s %s in the result": true, "%s: item %d %s": true}

// Whatever an oracle can say of a client, a wrong client or evidence has made it say.
func TestEveryClauseIsTried(t *testing.T) {
	tried := map[string]bool{}
	for _, w := range wrong {
		tried[w.says] = true
	}
	for _, w := range wrongPages {
		tried[w.says] = true
	}
	for _, w := range wrongKeys {
		tried[w.says] = true
	}
	for _, w := range asked {
		tried[w.says] = true
	}
	for _, l := range left {
		tried[l.says] = true
	}
	for _, b := range brokenStreams {
		tried[b.says] = true
	}
	for _, b := range brokenBatches {
		tried[b.says] = true
	}
	all := clauses(t)
	for text, at := range all {
		if !tried[text] && !around[text] {
			t.Errorf("%s: nothing makes an oracle say %q", at, text)
		}
	}
	for text := range tried {
		if text != "" && all[text] == (token.Position{}) {
			t.Errorf("no oracle says %q", text)
		}
	}
}

// clauses are the formats of what oracles fail with, and where: those given to failed
// and overdue, and the reasons that their functions return.
func clauses(t *testing.T) map[string]token.Position {
	t.Helper()
	files, err := filepath.Glob("oracle_*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no oracles: %v", err)
	}
	set, out := token.NewFileSet(), map[string]token.Position{}
	note := func(e ast.Expr) {
		if call, ok := e.(*ast.CallExpr); ok && len(call.Args) > 0 {
			if f, ok := call.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Sprintf" {
				e = call.Args[0]
			}
		}
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if text, _ := strconv.Unquote(lit.Value); strings.Contains(text, " ") {
				out[text] = set.Position(lit.Pos())
			}
		}
	}
	for _, name := range append(files, "value.go") {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Name.Name == "kind" || f.Name.Name == "count" { // Which name what was delivered.
				continue
			}
			ast.Inspect(f, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.CallExpr:
					if f, ok := n.Fun.(*ast.Ident); ok && (f.Name == "failed" || f.Name == "overdue") {
						note(n.Args[1])
					}
				case *ast.ReturnStmt:
					for _, e := range n.Results {
						note(e)
					}
				}
				return true
			})
		}
	}
	return out
}
