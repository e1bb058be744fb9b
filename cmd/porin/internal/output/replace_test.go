package output

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestReplace keeps the permissions of a file and the link to it, leaves nothing beside
// it, and says what cannot be written.
func TestReplace(t *testing.T) {
	dir := t.TempDir()
	file, link := filepath.Join(dir, "page.html"), filepath.Join(dir, "link.html")
	require.NoError(t, Replace(file, []byte("one")))
	require.NoError(t, os.Chmod(file, 0o600))
	require.NoError(t, os.Symlink(file, link))
	require.NoError(t, Replace(link, []byte("two")))

	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, "two", string(text))
	info, err := os.Lstat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode())
	info, err = os.Lstat(link)
	require.NoError(t, err)
	require.NotZero(t, info.Mode()&os.ModeSymlink)

	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 2)
	require.ErrorIs(t, Replace(filepath.Join(dir, "none", "page.html"), nil), os.ErrNotExist)
}
