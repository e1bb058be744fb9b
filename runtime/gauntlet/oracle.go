package gauntlet

import (
	"slices"
	"time"

	"github.com/porin-dev/porin/runtime/twin"
)

// Oracle is one rule that a client of any library has to keep. It judges what
// the provider saw, and what the sessions reported.
type Oracle struct {
	ID    string
	Rule  string
	How   string // How it is measured.
	judge func(*Evidence) Verdict
}

// Judge returns the oracle's verdict.
func (o *Oracle) Judge(ev *Evidence) Verdict {
	v := o.judge(ev)
	v.Oracle, v.Rule = o.ID, o.Rule
	return v
}

// Oracles returns every oracle, in the order of the documentation.
func Oracles() []*Oracle {
	return []*Oracle{
		{
			"limit",
			"measured at the server, never more than the declared limit over any window",
			"The times at which requests arrived are counted anew, per declared limit and per what shares it: by window, by distance or by how many were in flight. Exercised when the workload reached the limit.",
			judgeLimit,
		},
		{
			"early",
			"no request sooner than the provider asked",
			"After an answer that names a wait, the next request of the same account for the same action is looked for. Requests that were under way already do not count.",
			judgeEarly,
		},
		{
			"once",
			"no write took effect twice; the same key and body on every attempt",
			"The changes that the twin made are counted per call, over all of its attempts.",
			judgeOnce,
		},
		{
			"lost",
			"every write the client reports as done took effect; an unknown outcome is reported as unknown",
			"What the session said of each write is compared with the changes that the twin made.",
			judgeLost,
		},
		{
			"items",
			"every item of a batch has one outcome, which is the provider's, and none is done twice",
			"What the session said of each item is compared with what the twin did with it, over all requests of the call, and with what the answers that arrived told.",
			judgeItems,
		},
		{
			"recovers",
			"what the provider serves on another try, or to a renewed token, is served to the caller",
			"Asked only where the trouble passes or is harmless: every call of the workload has to succeed. A client that gives up is safe, and of no use.",
			judgeRecovers,
		},
		{
			"amplify",
			"under a full outage at most 1.1 attempts per call after warm-up, and a call never outlives its deadline",
			"The requests of each call are counted while nothing works, after the calls that a client may need to notice.",
			judgeAmplify,
		},
		{
			"refresh",
			"at most one refresh in flight per credential; the new token was persisted before use",
			"Requests to the token endpoint are compared in time, and every access token that left the client with what the token store had been given by then.",
			judgeRefresh,
		},
		{
			"dead",
			"no request with a token known dead; a disconnected account gives the typed error after at most one probe",
			"After an answer says that a token is expired or revoked, requests with that very token are counted. One is a probe; the second fails.",
			judgeDead,
		},
		{
			"origin",
			"no credential left for another origin",
			"Every request that left the client for an origin that the spec does not declare is searched for credentials, and so is what arrived there.",
			judgeOrigin,
		},
		{
			"complete",
			"every item of a list exactly once, or the documented exception, reported",
			"The ids of the items that the caller got are compared with those that the twin holds. A list may end early with a typed error, never without one. Of a stream, the items are counted.",
			judgeComplete,
		},
		{
			"ends",
			"every list ends; a repeated cursor is an error, not a loop",
			"A page that was served is asked for at most twice, and a workload has a bound on its requests. A page that leads to itself has to end in an error.",
			judgeEnds,
		},
		{
			"lossless",
			"unknown members survive a read-modify-write; no value changed type or precision",
			"Each result is compared, member by member, with the bytes that the client read. A member that says no more than its absence may be left out, and a number that came as text may be put right.",
			judgeLossless,
		},
		{
			"typed",
			"every failure is the connector's error type with class, provider code, request id where sent, and no body or secret in its text",
			"Each error is compared with the last answer that its call got, as the spec classes it. Text of twelve characters or more that stood in the body may not be printed, but for the code.",
			judgeTyped,
		},
		{
			"deadline",
			"context deadline and cancellation honoured within 50 ms, also while waiting, refreshing and reading",
			"The time at which each call came back is compared with the end of its context.",
			judgeDeadline,
		},
		{
			"bounded",
			"memory stays under the declared cap whatever the provider sends; bodies closed; no goroutine left",
			"The bytes that were read of each answer, whether its body was closed, and the goroutines that are left two minutes after the app was closed.",
			judgeBounded,
		},
		{
			"isolate",
			"one account's trouble does not slow the others",
			"Calls of the accounts that no fault is aimed at have to succeed within a second.",
			judgeIsolate,
		},
		{
			"forged",
			"no forged, stale or replayed event accepted; no genuine one refused; duplicates processed once",
			"The answer to each delivery, and how often the caller ran for it, are compared with what the delivery was.",
			judgeForged,
		},
		{
			"secret",
			"no credential in the text of an error, an event, a line of a log, an answer to a delivery or a line of the journal",
			"Each is searched for every credential that the twin ever issued: errors as %v and %+v print them, events of a generated client as %+v prints them, and what the runtime's logobserver writes of them at every level. Nobody reads the log of a client that is a process of its own: there it is errors, reports of drift, answers and the journal.",
			judgeSecret,
		},
		{
			"drift",
			"every departure from the contract is reported once, with path and kind, without the value",
			"Reports are counted while faults break the contract. Asked only of libraries that report drift.",
			judgeDrift,
		},
	}
}

func oracle(id string) *Oracle {
	all := Oracles()
	if i := slices.IndexFunc(all, func(o *Oracle) bool { return o.ID == id }); i >= 0 {
		return all[i]
	}
	return nil
}

// Evidence is what a run left behind.
type Evidence struct {
	Plan     *Plan
	Scenario *Scenario
	Start    time.Time

	Entries []twin.Entry // The twin's journal.
	Dropped int          // Entries that the journal let go.
	Calls   []*Record    // What the workload asked of sessions, in order of start.
	Sends   []*Sent      // What left the client, in order.
	Events  []*Delivered // What was delivered to the webhook handler.
	Drifts  []Drift
	Log     []string       // What the library logged, and what its events print.
	Fired   map[string]int // How often each fault took effect.

	Accounts   []string             // Ids, in order.
	Expected   map[listing][]string // Ids of the items that lists must give.
	Secrets    []string             // Canaries.
	Goroutines []string             // Functions that still ran after the app was closed.
	Stuck      string               // Why the run did not end by itself.
	Drifting   bool                 // The driver reports drift.
	Lacks      func(Feature) bool   // What the library does not claim to do.
	Ahead      int                  // Pages that lists are read ahead.
	Outside    bool                 // The client is a process of its own: what is inside of it is not seen.
}

// listing is a list as an account sees it.
type listing struct{ account, action string }

// of returns the journal entries that a call caused.
func (ev *Evidence) of(r *Record) []twin.Entry {
	var out []twin.Entry
	for _, e := range ev.Entries {
		if s := ev.send(e); s != nil && s.Call == r {
			out = append(out, e)
		}
	}
	return out
}
