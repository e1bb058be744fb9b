package quirks

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func slack(t *testing.T) *Set {
	t.Helper()
	x, err := Load()
	require.NoError(t, err)
	s := x.Named("Slack")
	require.NotNil(t, s)
	return s
}

func TestFor(t *testing.T) {
	x, err := Load()
	require.NoError(t, err)
	require.Equal(t, "slack", x.For("slack.com", "").Name)
	require.Equal(t, "slack", x.For("", "Slack Web API").Name)
	require.Nil(t, x.For("slack.com.example", "Something"))
	require.Nil(t, x.For("", ""))
	require.Nil(t, x.Named("nobody"))
}

// TestFactsAreSourced holds the knowledge base to what makes it one: each fact
// says where it can be checked.
func TestFactsAreSourced(t *testing.T) {
	s := slack(t)
	require.Greater(t, len(s.Facts), 80)
	id := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	for _, f := range s.Facts {
		require.Regexp(t, id, f.ID)
		u, err := url.Parse(strings.Fields(f.Src)[0])
		require.NoError(t, err, f.ID)
		require.Equal(t, "https", u.Scheme, f.ID)
		require.True(t, strings.HasSuffix(f.Claim, "."), "%s: a claim is a sentence", f.ID)
		if f.Rule != nil {
			require.NotEmpty(t, f.Rule.Why, f.ID)
			require.Less(t, len(f.Rule.Why), 90, "%s: the reason stands on a line of the spec", f.ID)
		}
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

func TestFind(t *testing.T) {
	s := slack(t)
	require.Len(t, s.Find(""), len(s.Facts))
	found := s.Find("Cursor EMPTY")
	require.Equal(t, "cursor-empty-string-is-end", found[0].ID)
	require.Empty(t, s.Find("no fact says this"))
}

func TestMatch(t *testing.T) {
	require.True(t, Match([]string{"chat.*"}, "chat.scheduledMessages.list"))
	require.True(t, Match([]string{"users.info", "chat.postMessage"}, "chat.postMessage"))
	require.False(t, Match([]string{"chat.*"}, "chats.list"))
	require.False(t, Match(nil, "chat.postMessage"))
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
		"a date that is none":         {`how: "observed"`, `how: "observed", seen: "last year"`},
	} {
		_, err := Parse("sample.cue", []byte(strings.Replace(file, change[0], change[1], 1)))
		require.Error(t, err, name)
		require.Contains(t, err.Error(), "sample.cue", "%s: the error names the file", name)
	}
}

func TestLoadNamesTheAPI(t *testing.T) {
	schema, err := files.ReadFile(schemaFile)
	require.NoError(t, err)
	_, err = load(fstest.MapFS{
		schemaFile:   {Data: schema},
		"broken.cue": {Data: []byte("package broken\napi: title: 3\n")},
	})
	require.ErrorContains(t, err, "the quirks of broken")
}
