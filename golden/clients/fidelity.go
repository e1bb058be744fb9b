package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"

	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/runtime/twin"
)

// errand is a call that both clients are asked for.
type errand struct {
	action string
	list   bool
	params string
}

// pairs are libraries whose requests are held against ours, with what both are asked.
var pairs = []struct {
	client
	errands []errand
}{
	{client{slack, "slack-go", []string{"slackgo"}}, []errand{
		{"auth.test", false, `{}`},
		{"chat.postMessage", false, `{"channel": "C024BE91L", "text": "hello <there> & 100%"}`},
		{"conversations.list", true, `{"limit": 50}`},
		{"conversations.history", true, `{"channel": "C024BE91L", "limit": 50}`},
	}},
	{client{github, "go-github", []string{"gogithub"}}, []errand{
		{"issues.get", false, `{"owner": "octo cat", "repo": "hello-world", "issue_number": 7}`},
		{"issues.create", false, `{"owner": "octocat", "repo": "hello-world", "title": "It <breaks>", "body": "á"}`},
		{"issues.listForRepo", true, `{"owner": "octocat", "repo": "hello-world", "per_page": 50}`},
	}},
	{client{stripe, "stripe-go", []string{"stripego"}}, []errand{
		{"products.get", false, `{"id": "prod_1"}`},
		{"products.create", false, `{"name": "Tea & biscuits"}`},
		{"products.list", true, `{"limit": 50}`},
	}},
}

// difference is a field that two clients send differently; "" is not at all.
type difference struct {
	api, action, field string
	ours, theirs       string
}

func (d difference) String() string {
	shown := func(v string) string {
		if v == "" {
			return "nothing"
		}
		return "`" + v + "`"
	}
	return fmt.Sprintf("%s %s %s: ours %s, theirs %s", d.api, d.action, d.field, shown(d.ours), shown(d.theirs))
}

// tally is how much two clients agree on.
type tally struct {
	client
	requests, fields int
	differences      []difference
}

// fidelity sends both clients of each pair on the same errands, to one twin, and
// compares the requests.
func fidelity(ctx context.Context, b *bench, only string) ([]*tally, error) {
	var all []*tally
	for _, p := range pairs {
		if only != "" && p.api.name != only {
			continue
		}
		if err := b.open(ctx, p.api); err != nil {
			return nil, err
		}
		var commands [2][]string
		for i, c := range []client{{api: p.api}, p.client} {
			command, err := b.driver(ctx, c)
			if err != nil {
				return nil, err
			}
			commands[i] = command
		}
		t := &tally{client: p.client}
		all = append(all, t)
		ours, err := sentBy(ctx, p.api, commands[0], p.errands)
		if err != nil {
			return nil, err
		}
		theirs, err := sentBy(ctx, p.api, commands[1], p.errands)
		if err != nil {
			return nil, err
		}
		for i, e := range p.errands {
			t.compare(e.action, ours[i], theirs[i])
		}
	}
	return all, nil
}

// sentBy has a driver make calls, and returns the first request of each.
func sentBy(ctx context.Context, a *api, command []string, errands []errand) ([]sent, error) {
	spec, _, _ := compiler.Load(a.spec)
	if spec == nil {
		return nil, fmt.Errorf("the spec in %s has errors", a.spec)
	}
	tw := twin.New(spec, twin.Options{Seed: 1})
	w := &wire{to: tw}
	server := httptest.NewServer(w)
	defer server.Close()
	ready := tw.Ready(server.URL)
	t, err := talk(ctx, command, ready)
	if err != nil {
		return nil, err
	}
	defer t.end()
	var all []sent
	for _, e := range errands {
		if _, err := t.call(ready.Accounts[0], e.action, e.list, json.RawMessage(e.params)); err != nil {
			return nil, err
		}
		s := w.take()
		if s == nil {
			return nil, fmt.Errorf("%s sends nothing for %s", command[0], e.action)
		}
		all = append(all, s)
	}
	return all, nil
}

// compare adds what two requests for one action differ in.
func (t *tally) compare(action string, ours, theirs sent) {
	t.requests++
	names := maps.Clone(ours)
	maps.Copy(names, theirs)
	for _, field := range slices.Sorted(maps.Keys(names)) {
		t.fields++
		x, y := ours[field], theirs[field]
		if x != y {
			t.differences = append(t.differences, difference{t.api.name, action, field, x, y})
		}
	}
}

// unexplained returns the differences without a reason, and the reasons without a
// difference.
func unexplained(all []*tally) (open []difference, idle []reason) {
	used := map[int]bool{}
	for _, t := range all {
		for _, d := range t.differences {
			i := slices.IndexFunc(reasons, func(r reason) bool { return r.covers(d) })
			if i < 0 {
				open = append(open, d)
			}
			used[i] = true
		}
	}
	for i, r := range reasons {
		if !used[i] {
			idle = append(idle, r)
		}
	}
	return open, idle
}

// fidelityTable has a line for each pair.
func fidelityTable(all []*tally) string {
	var b strings.Builder
	b.WriteString("| API | beside | requests | fields | alike | differences |\n| --- | --- | ---: | ---: | ---: | ---: |\n")
	for _, t := range all {
		n := len(t.differences)
		fmt.Fprintf(&b, "| %s | %s | %d | %d | %d | %d |\n", t.api.name, t.name, t.requests, t.fields, t.fields-n, n)
	}
	return b.String()
}
