package draft

import (
	"regexp"
	"sync"
)

// pattern returns a regular expression that is compiled when it is first asked
// for. The drafter has dozens, and is linked into commands that ask for none.
func pattern(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
