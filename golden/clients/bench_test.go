package main

import (
	"os"
	"testing"

	"github.com/porin-dev/porin/golden/openapi"
)

// benchFor opens the bench of a test at the top of the checkout. Without the corpus the
// test is skipped.
func benchFor(t *testing.T) *bench {
	t.Helper()
	t.Chdir("../..")
	corpus, err := openapi.Dir()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(corpus); err != nil {
		t.Skipf("there are no documents in %s", corpus)
	}
	b, err := openBench()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.close)
	return b
}

func TestKnown(t *testing.T) {
	for _, only := range []string{"", "slack", "twilio"} {
		if err := known(only); err != nil {
			t.Error(err)
		}
	}
	const want = `-only "slak" is no API here; there are slack, stripe, github, petstore, adyen, twilio`
	if err := known("slak"); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
