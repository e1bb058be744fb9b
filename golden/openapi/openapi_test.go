package openapi

import (
	"compress/gzip"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDir(t *testing.T) {
	t.Setenv("PORIN_CORPUS", "elsewhere")
	dir, err := Dir()
	require.NoError(t, err)
	require.Equal(t, "elsewhere", dir)

	t.Setenv("PORIN_CORPUS", "")
	top := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(top, "porin", "golden", "openapi"), 0o755))
	t.Chdir(filepath.Join(top, "porin", "golden"))
	dir, err = Dir()
	require.NoError(t, err)
	require.Equal(t, filepath.Join(top, "shared", "openapi"), dir)
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PORIN_CORPUS", dir)
	_, err := Find("*")
	require.ErrorContains(t, err, "no document")

	require.NoError(t, os.WriteFile(filepath.Join(dir, "a-b.yaml"), []byte("plain"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "INDEX.tsv"), nil, 0o644))
	f, err := os.Create(filepath.Join(dir, "a.json.gz"))
	require.NoError(t, err)
	z := gzip.NewWriter(f)
	_, err = z.Write([]byte("packed"))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	require.NoError(t, f.Close())

	found, err := Find("a*")
	require.NoError(t, err)
	require.Len(t, found, 2)
	text, err := Text("a")
	require.NoError(t, err)
	require.Equal(t, "packed", string(text))
	text, err = Text("a-b")
	require.NoError(t, err)
	require.Equal(t, "plain", string(text))

	t.Setenv("PORIN_CORPUS", filepath.Join(dir, "none"))
	_, err = Find("*")
	require.ErrorContains(t, err, "set PORIN_CORPUS")
}
