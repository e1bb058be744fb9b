//go:build !unix

package process

import "os/exec"

func isolate(*exec.Cmd) {}

// kill ends a driver.
func kill(cmd *exec.Cmd) { _ = cmd.Process.Kill() }
