package state_test

import (
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/golden/schemes/state"
	"github.com/porin-dev/porin/golden/schemes/state/statetest"
	"github.com/porin-dev/porin/runtime/twin"
)

func TestClientGoesOnWithDownload(t *testing.T) {
	withClient(t, func(t *testing.T, sim *statetest.Sim, c *state.Client, _ string) {
		made, err := c.Files.Attach(t.Context(), state.FilesAttachParams{Name: "notes.txt", Content: []byte("some notes")})
		require.NoError(t, err)
		whole, err := c.Files.Content(t.Context(), state.FilesContentParams{ID: made.ID})
		require.NoError(t, err)

		fault, err := sim.Arm(twin.Fault{ID: "transport/reset-mid-body", Scope: twin.Scope{Action: "files.content"}, Times: 2})
		require.NoError(t, err)
		file, err := c.Files.OpenContent(t.Context(), state.FilesContentParams{ID: made.ID})
		require.NoError(t, err)
		defer file.Close()
		data, err := io.ReadAll(file)
		require.NoError(t, err)
		assert.Equal(t, string(whole), string(data))
		assert.EqualValues(t, len(whole), file.Size)
		assert.Equal(t, 2, fault.Fired())
	})
}
