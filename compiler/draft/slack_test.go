package draft

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/format"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/golden/openapi"
	"github.com/porin-dev/porin/spec/quirks"
)

// connector is the committed spec that the real document is drafted for.
const connector = "../../connectors/slack"

// corpus reads a real document by its name. One that is missing fails the
// test: it would prove nothing.
func corpus(t *testing.T, name string) []byte {
	t.Helper()
	text, err := openapi.Text(name)
	require.NoError(t, err)
	return text
}

func slack(t *testing.T, change func(*Options)) *Result {
	t.Helper()
	document := corpus(t, "slack")
	index, err := quirks.Load()
	require.NoError(t, err)
	o := Options{Document: document, Index: index}
	if change != nil {
		change(&o)
	}
	r, err := Draft(context.Background(), o)
	require.NoError(t, err)
	return r
}

func TestSlackWhole(t *testing.T) {
	r := slack(t, nil)
	t.Logf("1 document, %d operations, %d actions, %d types, %d notes", r.Stats.Operations, r.Stats.Actions, r.Stats.Types, len(r.Notes))
	require.Equal(t, 174, r.Stats.Operations)
	require.Equal(t, 176, r.Stats.Actions, "the two upload actions are not in the document")
	v := evaluate(t, r.Name, r.Files)

	actions := map[string]cue.Value{}
	collect(t, v.LookupPath(cue.ParsePath("actions")), nil, actions)
	require.Len(t, actions, 176)
	for name, a := range actions {
		docs, err := a.LookupPath(cue.ParsePath("docs")).String()
		require.NoError(t, err, name)
		require.Equal(t, "https://docs.slack.dev/reference/methods/"+name, docs)
		for _, place := range []string{"query", "form", "body", "header"} {
			require.False(t, a.LookupPath(cue.MakePath(cue.Str(place), cue.Str("token").Optional())).Exists(), "%s takes the token", name)
		}
		require.False(t, a.LookupPath(cue.MakePath(cue.Str("returns"), cue.Str("ok").Optional())).Exists(), "%s returns ok", name)
		require.True(t, a.LookupPath(cue.ParsePath("limits")).Exists(), "%s has no limit", name)
	}
}

func TestSlackSameEveryTime(t *testing.T) {
	one, two := slack(t, nil), slack(t, nil)
	require.Equal(t, one, two)
}

func TestSlackIsFormatted(t *testing.T) {
	for _, f := range slack(t, nil).Files {
		out, err := format.Source(f.Content)
		require.NoError(t, err)
		require.Equal(t, string(out), string(f.Content), f.Name)
		require.Less(t, bytes.Count(f.Content, []byte("\n")), 1500, f.Name)
		for i, line := range strings.Split(string(f.Content), "\n") {
			require.Less(t, len(line), 180, "%s:%d", f.Name, i+1)
		}
	}
}

// Sentences of the vendor, from operations, parameters and schemas.
var vendorSentences = []string{
	"Fetches a conversation's history",
	"Fewer than the requested number",
	"Paginate through collections",
	"Authentication token",
	"Schema for successful response",
	"Sends a message to a channel",
}

func TestSlackDescriptions(t *testing.T) {
	text := join(slack(t, nil).Files)
	for _, s := range vendorSentences {
		require.False(t, strings.Contains(text, s), s)
	}
	with := join(slack(t, func(o *Options) { o.Descriptions = true }).Files)
	require.True(t, strings.Contains(with, "Sends a message to a channel"))
}

func TestSlackNeverPromotesCreates(t *testing.T) {
	r := slack(t, nil)
	actions := map[string]cue.Value{}
	collect(t, evaluate(t, r.Name, r.Files).LookupPath(cue.ParsePath("actions")), nil, actions)
	creates := []string{
		"chat.postMessage", "chat.meMessage", "chat.postEphemeral", "chat.scheduleMessage", "conversations.create",
		"conversations.invite", "usergroups.create", "reminders.add", "files.upload", "admin.teams.create",
		"admin.users.invite", "views.open", "views.push", "dialog.open", "oauth.v2.access", "apps.permissions.request",
		"files.remote.share", "files.completeUploadExternal", "calls.add", "stars.add",
	}
	for _, name := range creates {
		a, ok := actions[name]
		require.True(t, ok, name)
		require.True(t, a.LookupPath(cue.ParsePath("POST")).Exists(), "%s is called with GET, which would make it a read", name)
		if effect := a.LookupPath(cue.ParsePath("effect")); effect.Exists() {
			s, err := effect.String()
			require.NoError(t, err)
			require.Equal(t, "create", s, name)
		}
	}
}

func TestSlackOnly(t *testing.T) {
	r := slack(t, func(o *Options) { o.Only = []string{"chat.*", "users.info"} })
	actions := map[string]cue.Value{}
	collect(t, evaluate(t, r.Name, r.Files).LookupPath(cue.ParsePath("actions")), nil, actions)
	require.Contains(t, actions, "users.info")
	require.Contains(t, actions, "chat.scheduledMessages.list")
	require.Len(t, actions, 11)
	require.Len(t, r.Files, 1, "a small spec is one file")

	_, err := Draft(context.Background(), Options{Document: corpus(t, "slack"), Only: []string{"nothing.*"}})
	var e *Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, NoActions, e.Kind)
}

// TestSlackWithoutQuirks shows that the drafter knows nothing of Slack itself.
func TestSlackWithoutQuirks(t *testing.T) {
	r := slack(t, func(o *Options) { o.Index = nil })
	evaluate(t, r.Name, r.Files)
	text := join(r.Files)
	require.False(t, strings.Contains(text, "@why("), "a fact without a source")
	require.False(t, strings.Contains(text, "_cursor &"), "a rule without a fact")
	require.True(t, strings.Contains(text, "#ObjsMessage"), "a prefix was taken off")
}

// TestCommittedIsCurrent drafts what people's files of the connector leave,
// and holds the committed drafts against it. PORIN_UPDATE=1 rewrites them.
func TestCommittedIsCurrent(t *testing.T) {
	paths, err := filepath.Glob(connector + "/*.cue")
	require.NoError(t, err)
	var skip []string
	var own []File
	committed := map[string]string{}
	for _, p := range paths {
		b, err := os.ReadFile(p)
		require.NoError(t, err)
		if strings.HasPrefix(filepath.Base(p), "api") {
			committed[filepath.Base(p)] = string(b)
			continue
		}
		names, err := Declared(p, b)
		require.NoError(t, err)
		skip = append(skip, names...)
		own = append(own, File{filepath.Base(p), b})
	}
	r := slack(t, func(o *Options) { o.Skip = skip })
	drafted := map[string]string{}
	for _, f := range r.Files {
		drafted[f.Name] = string(f.Content)
	}
	if os.Getenv("PORIN_UPDATE") != "" && !sameTexts(drafted, committed) {
		update(t, committed, drafted)
		t.Fatal("the drafted files were rewritten; read the difference and run again")
	}
	require.Equal(t, drafted, committed, "run this test with PORIN_UPDATE=1")

	for _, f := range own {
		formatted, err := format.Source(f.Content)
		require.NoError(t, err)
		require.Equal(t, string(formatted), string(f.Content), f.Name)
	}
	v := evaluate(t, r.Name, append(r.Files, own...))
	actions := map[string]cue.Value{}
	collect(t, v.LookupPath(cue.ParsePath("actions")), nil, actions)
	require.Len(t, actions, 176)
}

func sameTexts(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if b[k] != v {
			return false
		}
	}
	return true
}

func update(t *testing.T, old, now map[string]string) {
	for name := range old {
		require.NoError(t, os.Remove(filepath.Join(connector, name)))
	}
	for name, text := range now {
		require.NoError(t, os.WriteFile(filepath.Join(connector, name), []byte(text), 0o644))
	}
}

// evaluate builds the files as one package, as `cue vet -c=false` does, with
// no schema.
func evaluate(t *testing.T, name string, files []File) cue.Value {
	t.Helper()
	in := build.NewContext().NewInstance(name, nil)
	for _, f := range files {
		require.NoError(t, in.AddFile(f.Name, f.Content))
	}
	require.NoError(t, in.Complete())
	v := cuecontext.New().BuildInstance(in)
	require.NoError(t, v.Validate(cue.Concrete(false)))
	return v
}

// collect finds the actions of a tree: structs with a method.
func collect(t *testing.T, v cue.Value, path []string, into map[string]cue.Value) {
	t.Helper()
	for _, m := range methods {
		if v.LookupPath(cue.MakePath(cue.Str(m))).Exists() {
			into[strings.Join(path, ".")] = v
			return
		}
	}
	it, err := v.Fields()
	require.NoError(t, err)
	for it.Next() {
		if it.Value().IncompleteKind() == cue.StructKind {
			collect(t, it.Value(), append(path[:len(path):len(path)], it.Selector().Unquoted()), into)
		}
	}
}

func join(files []File) string {
	var b strings.Builder
	for _, f := range files {
		b.Write(f.Content)
	}
	return b.String()
}
