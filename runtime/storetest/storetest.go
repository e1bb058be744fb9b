// Package storetest tells whether a [runtime.TokenStore] is right.
package storetest

import (
	"testing"

	"github.com/porin-dev/porin/runtime"
)

// Open makes an empty store and returns a function that opens it once more, as
// another replica would.
type Open func(t *testing.T) (again func() runtime.TokenStore)

// Run tests stores that open makes, each in a subtest of its own. Leases run
// out by the store's own clock, so that it takes some seconds.
func Run(t *testing.T, open Open) {
	for name, check := range map[string]func(*testing.T, func() runtime.TokenStore){
		"Absent":               absent,
		"KeepsEverything":      keepsEverything,
		"Versions":             versions,
		"KeysAreApart":         keysAreApart,
		"LeaseExcludes":        leaseExcludes,
		"LeaseOfAnother":       leaseOfAnotherVersion,
		"LeaseRunsOut":         leaseRunsOut,
		"LeaseBeforeToken":     leaseBeforeToken,
		"SaveEndsLease":        saveEndsLease,
		"OthersDoNotRelease":   othersDoNotRelease,
		"OneSaves":             oneSaves,
		"OneLeases":            oneLeases,
		"ReadersSeeWhole":      readersSeeWhole,
		"GivenUp":              givenUp,
		"CrashBetweenTheSteps": crashBetweenTheSteps,
	} {
		t.Run(name, func(t *testing.T) { check(t, open(t)) })
	}
}
