package twin

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

// orNull is a type that may be null.
func orNull(t *ir.Type) *ir.Type {
	some := *t
	some.Nullable = true
	return &some
}

// TestEndsAgree makes objects that say whether something ended, and when: the time is there
// when they say so, and gone when they do not.
func TestEndsAgree(t *testing.T) {
	when := instant(ir.String, "rfc3339")
	is := func(at, by string, over any) func(*testing.T, *object) bool {
		return func(t *testing.T, o *object) bool {
			said, there := o.get(by)
			if v, _ := o.get(at); there && (said == over) != (v != nil) {
				t.Errorf("%s with %s %v: %s", at, by, said, appendJSON(nil, o))
			}
			return said == over
		}
	}
	for name, c := range map[string]struct {
		of    *ir.Type
		check func(*testing.T, *object) bool // Reports whether it ended.
	}{
		"state":       {objectOf(must("state", enumOf("open", "closed")), must("closed_at", orNull(when))), is("closed_at", "state", "closed")},
		"named state": {objectOf(must("status", ref("Status")), must("canceledAt", orNull(str))), is("canceledAt", "status", "cancelled")},
		"text":        {objectOf(must("state", str), must("merged_at", orNull(when))), is("merged_at", "state", "merged")},
		"flag":        {objectOf(must("is_archived", flag), must("archived_at", orNull(stamp))), is("archived_at", "is_archived", true)},
		"any word":    {objectOf(must("pinned", flag), must("pinned_on", orNull(when))), is("pinned_on", "pinned", true)},
		"never null":  {objectOf(must("deleted", flag), must("deleted_at", when)), is("deleted_at", "deleted", true)},
		"not yet": {objectOf(must("state", enumOf("open", "done")), must("resolved_at", orNull(when))), func(t *testing.T, o *object) bool {
			is("resolved_at", "state", "done")
			s, _ := o.get("state")
			v, _ := o.get("resolved_at")
			if s == "open" && v != nil {
				t.Errorf("%s", appendJSON(nil, o))
			}
			return v != nil
		}},
	} {
		t.Run(name, func(t *testing.T) {
			conn := connector()
			conn.Types = append(conn.Types, named("Status", enumOf("active", "cancelled")))
			x := newIndex(conn, Options{})
			ended, not := 0, 0
			for seed := range uint64(100) {
				s := synth{idx: x, rng: newRNG(seed), now: epoch, presence: usual}
				if c.check(t, s.value(c.of, "", 0).(*object)) {
					ended++
				} else {
					not++
				}
			}
			if ended == 0 || not == 0 && name != "never null" {
				t.Errorf("%d ended and %d did not", ended, not)
			}
		})
	}
	x := newIndex(connector(), Options{})
	for seed := range uint64(50) { // Other times are there, whatever is said.
		s := synth{idx: x, rng: newRNG(seed), now: epoch, presence: usual}
		o := s.value(objectOf(must("state", enumOf("created", "closed")), must("created_at", orNull(when)), must("expires_at", when), may("closed_at", when)), "", 0).(*object)
		if v, ok := o.get("expires_at"); !ok || v == nil {
			t.Errorf("no expires_at: %s", appendJSON(nil, o))
		}
		if v, ok := o.get("closed_at"); ok && (v == nil || textOf(mustAt(t, o, "state")) != "closed") {
			t.Errorf("closed_at: %s", appendJSON(nil, o))
		}
	}
}

// ticketing is a connector of tickets that are opened, closed and opened again.
func ticketing() *ir.Connector {
	c := connector()
	state := enumOf("closed", "open")
	c.Types = append(c.Types, named("Ticket", objectOf(must("id", str), must("title", str), must("state", state), may("closed_at", instant(ir.String, "rfc3339")))))
	c.Groups[0].Actions = append(c.Groups[0].Actions,
		action(&ir.Action{Path: "tickets.create", Method: "POST", URL: text("tickets"), Effect: ir.Create, Params: objectOf(must("title", str)), Returns: ref("Ticket")}),
		action(&ir.Action{Path: "tickets.update", Method: "PATCH", URL: tmpl("tickets/{in.id}"), Effect: ir.Idempotent, Params: objectOf(must("id", str), may("title", str), may("state", state), may("closed_at", str)), Returns: ref("Ticket")}),
	)
	c.Resources = append(c.Resources, &ir.Resource{Name: "tickets", Of: "Ticket", ID: path("id"), Uses: []*ir.ResourceUse{{Do: "create", Action: "tickets.create"}, {Do: "update", Action: "tickets.update", Key: "id"}}})
	return c
}

// TestEndsFollowChanges closes a ticket and opens it again.
func TestEndsFollowChanges(t *testing.T) {
	one := clientOf(t, New(ticketing(), Options{}))
	made := one.do("POST", api+"tickets", `{"title":"a"}`)
	equal(t, "state of a new one", made.at(t, "state"), any("open"))
	equal(t, "closed_at of a new one", made.has("closed_at"), false)
	address := api + "tickets/" + textOf(made.at(t, "id"))
	closed := one.do("PATCH", address, `{"state":"closed"}`)
	when, err := time.Parse(time.RFC3339, textOf(closed.at(t, "closed_at")))
	if err != nil || time.Since(when) > time.Hour {
		t.Errorf("closed at %v, %v", when, err)
	}
	equal(t, "closed_at of one that is renamed", one.do("PATCH", address, `{"title":"b"}`).at(t, "closed_at"), closed.at(t, "closed_at"))
	equal(t, "closed_at of one that is open again", one.do("PATCH", address, `{"state":"open"}`).has("closed_at"), false)
	said := one.do("PATCH", address, `{"state":"open","closed_at":"2020-01-01T00:00:00Z"}`)
	equal(t, "closed_at that was sent", said.at(t, "closed_at"), any("2020-01-01T00:00:00Z"))
}

// TestMailHasAddresses makes mails, and what only looks like one.
func TestMailHasAddresses(t *testing.T) {
	isAddress := func(v any) bool { return strings.HasSuffix(textOf(v), "@example.com") }
	x := newIndex(connector(), Options{})
	s := synth{idx: x, rng: newRNG(1), now: epoch, presence: whole}
	mail := s.value(objectOf(must("from", str), must("to", listOf(str)), must("cc", listOf(str)), must("replyTo", str), must("subject", str)), "", 0)
	for _, p := range []string{"from", "replyTo", "to.0", "cc.0"} {
		equal(t, p, isAddress(mustAt(t, mail, p)), true)
	}
	equal(t, "a mail to oneself", mustAt(t, mail, "from") == mustAt(t, mail, "replyTo"), false)
	equal(t, "subject", isAddress(mustAt(t, mail, "subject")), false)
	equal(t, "the start of a span", isAddress(mustAt(t, s.value(objectOf(must("from", str), must("to", str)), "", 0), "from")), false)

	c := connector()
	c.Groups[0].Actions = append(c.Groups[0].Actions, action(&ir.Action{Path: "mails.send", Method: "POST", URL: text("mails"), Effect: ir.Create, Params: objectOf(must("from", str), must("to", listOf(str)), must("subject", str))}))
	sent, err := parseJSON(New(c, Options{}).Example("", "mails.send"))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "from of an example", isAddress(mustAt(t, sent, "from")), true)
}

// TestZonesAgree makes what tells of a time zone in several ways.
func TestZonesAgree(t *testing.T) {
	x := newIndex(connector(), Options{})
	of := objectOf(must("tz", str), must("tz_label", str), must("tz_offset", num), must("timeZone", str), must("utc_offset", str), must("profile", objectOf(must("timezone", str))),
		must("others", listOf(objectOf(must("tz", str)))))
	var names []string
	for seed := range uint64(30) {
		s := synth{idx: x, rng: newRNG(seed), now: epoch, presence: usual}
		v := s.value(of, "", 0)
		at, err := time.LoadLocation(textOf(mustAt(t, v, "tz")))
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, at.String())
		_, offset := epoch.In(at).Zone()
		equal(t, "offset", textOf(mustAt(t, v, "tz_offset")), itoaTest(offset))
		equal(t, "utc_offset", textOf(mustAt(t, v, "utc_offset")), epoch.In(at).Format("-07:00"))
		equal(t, "label", strings.HasSuffix(textOf(mustAt(t, v, "tz_label")), " Time"), true)
		for _, p := range []string{"timeZone", "profile.timezone"} {
			equal(t, p, textOf(mustAt(t, v, p)), at.String())
		}
	}
	slices.Sort(names)
	equal(t, "zones", len(slices.Compact(names)), len(zones))
}

// TestEndsOfJobs makes a job and waits for it: when it was completed is told once it is.
func TestEndsOfJobs(t *testing.T) {
	c := ticketing()
	c.Types = append(c.Types, named("Export", objectOf(must("id", str), must("status", enumOf("queued", "completed")), must("completed_at", orNull(instant(ir.String, "rfc3339"))))))
	c.Groups[0].Actions = append(c.Groups[0].Actions,
		action(&ir.Action{Path: "exports.create", Method: "POST", URL: text("exports"), Effect: ir.Create, Params: objectOf(may("of", str)), Returns: ref("Export")}),
		action(&ir.Action{Path: "exports.get", URL: tmpl("exports/{in.id}"), Params: objectOf(must("id", str)), Returns: ref("Export")}),
	)
	c.Resources = append(c.Resources, &ir.Resource{Name: "exports", Of: "Export", ID: path("id"), Job: &ir.Job{Status: path("status"), States: []*ir.JobState{{Value: "queued", Means: "waiting"}, {Value: "completed", Means: "done"}}},
		Uses: []*ir.ResourceUse{{Do: "create", Action: "exports.create"}, {Do: "get", Action: "exports.get", Key: "id"}}})
	inBubbleOf(t, c, func(t *testing.T, tw *Twin) {
		one := clientOf(t, tw)
		made := one.do("POST", api+"exports", `{}`)
		equal(t, "completed_at", made.at(t, "completed_at"), nil)
		time.Sleep(time.Minute)
		done := one.get(api + "exports/" + textOf(made.at(t, "id")))
		equal(t, "status", done.at(t, "status"), any("completed"))
		equal(t, "completed_at of a job that is done", done.at(t, "completed_at") != nil, true)
		old := one.get(api + "exports/" + tw.IDs("", "exports", "")[0])
		equal(t, "completed_at of one that began with it", old.at(t, "completed_at") != nil, true)
	})
}
