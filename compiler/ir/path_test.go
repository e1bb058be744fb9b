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
