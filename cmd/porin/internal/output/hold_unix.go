//go:build unix

package output

import (
	"os"
	"syscall"
)

// hold waits until no other run writes to the folder. The system lets go of it
// when the process ends in any way. Where a file system has no locks, it is not
// alone.
func hold(root *os.Root) (release func(), alone bool) {
	f, err := root.Open(".")
	if err != nil {
		return func() {}, false
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
	return func() { f.Close() }, err == nil
}
