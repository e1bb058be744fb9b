package ir

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPathNames takes names through the text of a path and of a template.
func TestPathNames(t *testing.T) {
	for _, name := range []string{"plain", "", "a.b", "a[0]", "[^-]+", "it's", "''", `"`, "a']['b", "{in.a}", "}", "a\nb", "${x}", "ключ"} {
		path := Path{{Name: name}, {Name: "then"}}
		steps, err := ParsePath(path.String())
		require.NoError(t, err, path.String())
		require.Equal(t, path, PathOf(steps))

		template := Template{Parts: []Part{{Text: "a{"}, {Scope: "in", Path: path}, {Text: "}b"}}}
		text, err := template.MarshalText()
		require.NoError(t, err)
		var again Template
		require.NoError(t, again.UnmarshalText(text), string(text))
		require.Equal(t, template, again)
	}
}

func TestPathRefuses(t *testing.T) {
	for text, at := range map[string][2]int{"a.": {1, 2}, "a..b": {2, 3}, "['a'": {0, 1}, "['a'b]": {1, 5}, "[x]": {1, 2}, "[]": {1, 2}, "a b": {1, 2}, "a'": {1, 2}} {
		_, err := ParsePath(text)
		e, ok := err.(*SyntaxError)
		require.True(t, ok, text)
		require.Equal(t, at, [2]int{e.From, e.To}, "%s: %s", text, e.Msg)
	}
}

// TestTemplateCuts takes parts of values through the text of a template.
func TestTemplateCuts(t *testing.T) {
	for text, want := range map[string]string{
		"{cred.secret}": "añbcdef", "{cred.secret[0:2]}": "añ", "{cred.secret[2:]}": "bcdef", "{cred.secret[:3]}": "añb", "{cred.secret[1:3]}": "ñb",
		"{cred.secret[0:99]}": "añbcdef", "{cred.secret[99:]}": "", "{cred.secret[5:99]}": "ef",
	} {
		var parsed, again Template
		require.NoError(t, parsed.UnmarshalText([]byte(text)), text)
		require.Len(t, parsed.Parts, 1)
		require.Equal(t, "secret", parsed.Parts[0].Path.String())
		require.Equal(t, want, parsed.Parts[0].Cut("añbcdef"), text)
		require.NoError(t, again.UnmarshalText([]byte(parsed.String())))
		require.Equal(t, parsed, again)
	}
	for _, text := range []string{"{cred.secret[:]}", "{cred.secret[0:0]}", "{cred.secret[3:3]}", "{cred.secret[3:2]}", "{cred.secret[-1:2]}", "{cred.secret[a:2]}", "{cred.secret[0:2][1:]}", "{cred.secret[0:9999999]}"} {
		_, err := ParseTemplate(text)
		require.Error(t, err, text)
	}
}
