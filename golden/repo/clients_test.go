package repo

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var clientsBlock = regexp.MustCompile(`(?s)<!-- clients -->\n(.*)<!-- /clients -->`)

// TestClientsTable holds the table of clients in README.md to docs/clients.md, which
// one run writes together, and the sums of its lines to their groups and to what
// the page lists as failed.
func TestClientsTable(t *testing.T) {
	read := func(name string) (whole, table string) {
		data, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		m := clientsBlock.FindSubmatch(data)
		require.NotNil(t, m, "%s has no table of clients", name)
		return string(data), string(m[1])
	}
	_, short := read("README.md")
	page, long := read("docs/clients.md")
	require.Equal(t, long, short, "make clients writes both")
	lines := strings.Split(strings.TrimSpace(short), "\n")[2:]
	require.NotEmpty(t, lines)
	failed := 0
	for _, line := range lines {
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		passed, exercised := 0, 0
		for _, c := range cells[2 : len(cells)-2] {
			p, e := ratio(t, c)
			passed, exercised = passed+p, exercised+e
		}
		p, e := ratio(t, strings.Trim(cells[len(cells)-2], "*"))
		require.Equal(t, [2]int{p, e}, [2]int{passed, exercised}, line)
		failed += exercised - passed
	}
	require.Equal(t, failed, strings.Count(page, "\n* `"), "scenarios that failed are listed once each")
}

// ratio reads "3/4"; a dash is nothing of nothing.
func ratio(t *testing.T, s string) (part, whole int) {
	a, b, ok := strings.Cut(s, "/")
	if !ok {
		require.Equal(t, "–", s)
		return 0, 0
	}
	part, err := strconv.Atoi(a)
	require.NoError(t, err)
	whole, err = strconv.Atoi(b)
	require.NoError(t, err)
	return part, whole
}
