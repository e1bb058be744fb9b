package cli

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// TestNowAndThen writes what holds at the time, and nothing when it is over.
func TestNowAndThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var lines []string
		n := &nowAndThen{write: func(line string) { lines = append(lines, line) }, every: 30 * time.Second}
		n.show("1 of 9")
		n.show("2 of 9")
		time.Sleep(31 * time.Second)
		n.show("7 of 9")
		time.Sleep(30 * time.Second)
		n.show("")
		time.Sleep(time.Hour)
		require.Equal(t, []string{"2 of 9", "7 of 9"}, lines)
	})
}
