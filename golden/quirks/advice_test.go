package main

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/compiler/draft"
	"github.com/porin-dev/porin/spec/quirks"
)

// shownFloor is how many facts without a rule stand as notes in the drafts of
// the documents at hand. One that is lost was renamed, or its place was.
const shownFloor = 260

// TestAdvice drafts every document of a known API, and counts the facts
// without a rule that stand in some draft.
//
//	go test ./golden/quirks -run TestAdvice -v
func TestAdvice(t *testing.T) {
	index, err := quirks.Load()
	require.NoError(t, err)
	sets, err := index.All()
	require.NoError(t, err)
	shown, all := 0, 0
	for _, set := range sets {
		var texts strings.Builder
		for _, d := range append(own(t, set.Name), vendors(t, set.Name)...) {
			r, err := draft.Draft(context.Background(), draft.Options{Document: d.text, Index: index})
			require.NoError(t, err, d.name)
			for _, f := range r.Files {
				texts.Write(f.Content)
			}
		}
		here := 0
		for _, f := range set.Facts {
			if f.Rule != nil {
				continue
			}
			all++
			if strings.Contains(texts.String(), `"`+f.ID+"\": {\n") {
				here++
			}
		}
		t.Logf("%s: %d", set.Name, here)
		shown += here
	}
	t.Logf("%d of %d facts without a rule are shown", shown, all)
	require.GreaterOrEqual(t, shown, shownFloor)
}
