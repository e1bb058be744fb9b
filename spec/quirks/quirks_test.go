package quirks

import (
	"net/url"
	"strings"
	"testing"

	"cuelang.org/go/cue/format"
	"github.com/stretchr/testify/require"
)

func index(t testing.TB) *Index {
	t.Helper()
	x, err := Load()
	require.NoError(t, err)
	return x
}

func slack(t *testing.T) *Set {
	t.Helper()
	s, err := index(t).Named("Slack")
	require.NoError(t, err)
	require.NotNil(t, s)
	return s
}

func TestFor(t *testing.T) {
	x := index(t)
	for _, c := range []struct{ host, title, want string }{
		{"slack.com", "", "slack"},
		{"", "Slack Web API", "slack"},
		{"slack.com.example", "Something", ""},
		{"", "", ""},
		{"{store}.myshopify.com", "", "shopify"},
		{"your-domain.atlassian.net", "The Jira Cloud platform REST API", "jira"},
		{"your-domain.atlassian.net", "The Confluence Cloud REST API", ""},
		{"acme.zendesk.com", "Support API", "zendesk"},
		{"acme.zendesk.com", "Sunshine Conversations API", ""},
		{"www.googleapis.com", "Drive", "google"},
		{"", "Notion API - Public Beta", "notion"},
	} {
		set, err := x.For(c.host, c.title)
		require.NoError(t, err)
		got := ""
		if set != nil {
			got = set.Name
		}
		require.Equal(t, c.want, got, "%q at %q", c.title, c.host)
	}
	set, err := x.Named("nobody")
	require.NoError(t, err)
	require.Nil(t, set)
}

// TestFilesHold holds the embedded files to the schema, which loading does
// not, and to what makes a knowledge base of them: each fact says where it can
// be checked.
func TestFilesHold(t *testing.T) {
	pages, err := pagesOf(files)
	require.NoError(t, err)
	require.Len(t, pages, 30)
	for _, p := range pages {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			require.Empty(t, check(p))
			formatted, err := format.Source(p.src)
			require.NoError(t, err)
			require.Equal(t, string(formatted), string(p.src), "format it as cue fmt does")
			facts, err := readFacts(p)
			require.NoError(t, err)
			seen := map[string]bool{}
			for _, f := range facts {
				require.False(t, seen[f.ID], "%s is there twice", f.ID)
				seen[f.ID] = true
				sourced(t, f)
			}
		})
	}
}

func sourced(t *testing.T, f *Fact) {
	t.Helper()
	u, err := url.Parse(strings.Fields(f.Src)[0])
	require.NoError(t, err, f.ID)
	require.Equal(t, "https", u.Scheme, f.ID)
	require.True(t, strings.HasSuffix(f.Claim, "."), "%s: a claim is a sentence", f.ID)
	require.Contains(t, Areas(), f.Area, f.ID)
	if f.Rule != nil {
		require.NotEmpty(t, f.Rule.Why, f.ID)
		require.Less(t, len(f.Rule.Why), 90, "%s: the reason stands on a line of the spec", f.ID)
	}
}

func TestRules(t *testing.T) {
	s := slack(t)
	require.Nil(t, s.Fact("no-version-header").Rule, "advice has no rule")
	require.Nil(t, s.Fact("no-such-fact"))

	tiers := s.Fact("tier-map-common-methods").Rule.Limits
	require.Equal(t, "tier1", tiers[0].Name)
	require.Contains(t, tiers[0].List, "apps.uninstall")

	page := s.Fact("cursor-empty-string-is-end").Rule.Page
	require.Equal(t, []string{"cursor", "limit"}, page.Params)
	require.Contains(t, page.Use, `end: ["no_cursor"]`)

	rule := s.Fact("unix-times").Rule
	require.Contains(t, rule.Fields, "@time(unix)", "attributes come through")
	require.Contains(t, s.Fact("tokens-revoked-event-has-user-ids").Rule.Spec, "#TokensRevoked")
}

func TestMatch(t *testing.T) {
	require.True(t, Match([]string{"chat.*"}, "chat.scheduledMessages.list"))
	require.True(t, Match([]string{"users.info", "chat.postMessage"}, "chat.postMessage"))
	require.False(t, Match([]string{"chat.*"}, "chats.list"))
	require.False(t, Match(nil, "chat.postMessage"))
}

func TestIn(t *testing.T) {
	list := Action{Name: "issues.list", Method: "GET", Path: "/repos/{owner}/{repo}/issues"}
	for pattern, want := range map[string]bool{
		"issues.*":                         true,
		"issues":                           false,
		"/repos/{owner}/{repo}/issues":     true,
		"/repos/{user}/{name}/issues":      true,
		"GET /repos/{owner}/{repo}/issues": true,
		"PUT /repos/{owner}/{repo}/issues": false,
		"/repos/*":                         true,
		"/repos/{owner}":                   false,
		"*/issues":                         true,
		"GET *":                            false,
		"*":                                true,
	} {
		require.Equal(t, want, list.In([]string{pattern}), pattern)
	}
}

const file = `package sample
api: {title: "Sample", hosts: ["sample.example"]}
facts: one: {area: "auth", claim: "A claim.", src: "https://sample.example", confidence: "high", how: "observed"}
`

func TestParse(t *testing.T) {
	s, err := Parse("sample.cue", []byte(file))
	require.NoError(t, err)
	require.Equal(t, "sample", s.Name)
	require.Equal(t, "A claim.", s.Facts[0].Claim)

	for name, change := range map[string][2]string{
		"an area that does not exist": {`"auth"`, `"authn"`},
		"no source":                   {`src: "https://sample.example", `, ``},
		"a field nobody knows":        {`how: "observed"`, `how: "observed", why: "x"`},
		"a rule nobody knows":         {`how: "observed"`, `how: "observed", rule: paging: {}`},
		"not CUE":                     {`facts:`, `facts`},
		"an id with capitals":         {`one:`, `One:`},
		"a reference":                 {`"A claim."`, `facts.two`},
		"a date that is none":         {`how: "observed"`, `how: "observed", seen: "last year"`},
	} {
		_, err := Parse("sample.cue", []byte(strings.Replace(file, change[0], change[1], 1)))
		require.Error(t, err, name)
		require.Contains(t, err.Error(), "sample.cue", "%s: the error names the file", name)
	}
}
