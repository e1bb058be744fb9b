package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRecordedTakesThePassingSetting(t *testing.T) {
	file := filepath.Join(t.TempDir(), "peers.tsv")
	require.NoError(t, os.WriteFile(file, []byte("name\ttool\tmode\toperations\tgen_s\tops_generated\tloc\tbuild_s\tbuild_rss_mb\toverall\n"+
		"a\togen\tdefault\t2\t0.5\t\t\t\t\tgen_fail\n"+
		"a\togen\tlenient\t2\t0.7\t2\t900\t3.5\t100\tpass\n"+
		"a\tother\tdefault\t2\t9\t2\t1\t1\t1\tpass\n"+
		"b\togen\tdefault\t2\t0.1\t1\t90\t0.1\t10\tpass\n"), 0o644))
	got, err := readRecorded(file, "")
	require.NoError(t, err)
	require.Len(t, got, 2)
	assert.True(t, got["a"].Passes())
	assert.Equal(t, "lenient", got["a"].Setting)
	assert.Equal(t, 450.0, got["a"].linesAnOperation())
	assert.Equal(t, 3.5, got["a"].Build.Seconds)
	assert.False(t, got["b"].Passes(), "an operation is missing")

	_, err = readRecorded(filepath.Join(t.TempDir(), "absent"), "")
	require.Error(t, err)
}

// TestMediansAreOfWhatThePeerPasses: a document that the peer fails on says
// nothing of its speed.
func TestMediansAreOfWhatThePeerPasses(t *testing.T) {
	measured := func(name string, seconds float64, lines int, failed string) *result {
		return &result{Generator: name, Setting: "default", Generate: cost{Seconds: seconds}, Lines: lines, Operations: 1, Failed: failed}
	}
	rows := []*row{
		{Name: "a", Operations: 1, Results: []*result{measured("porin", 1, 100, ""), measured("peer", 2, 400, "")}},
		{Name: "b", Operations: 1, Results: []*result{measured("porin", 3, 100, ""), measured("peer", 4, 200, "")}},
		{Name: "c", Operations: 1, Results: []*result{measured("porin", 9, 100, ""), measured("peer", 1, 900, "build")}},
	}
	var b strings.Builder
	printTable(&b, rows)
	out := strings.Join(strings.Fields(b.String()), " ")
	assert.Contains(t, out, "passes 2 of 3 documents, 2 in its default setting; porin passes 3 of them")
	assert.Contains(t, out, "generate, seconds 3.00 2.00 0.62")
	assert.Contains(t, out, "lines an operation 300.00 100.00 0.38")
	assert.Contains(t, out, "falls short: build")
}

// TestPeersAreNamed refuses a generator that is not there before anything is built.
func TestPeersAreNamed(t *testing.T) {
	_, err := run(t.Context(), "*", []string{"oapi-codegen", "ogen"}, true, "", "")
	require.EqualError(t, err, `-peers "ogen" is no generator here; there are oapi-codegen and go-swagger`)
}
