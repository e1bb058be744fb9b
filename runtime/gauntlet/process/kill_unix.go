//go:build unix

package process

import (
	"os/exec"
	"syscall"
)

// isolate gives a driver a process group, so that what it starts ends with it.
func isolate(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// kill ends a driver and what it started.
func kill(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
