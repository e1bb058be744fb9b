//go:build !unix

package output

import "os"

// hold does nothing where folders cannot be locked.
func hold(*os.Root) (release func(), alone bool) { return func() {}, false }
