package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	module     = "github.com/porin-dev/porin"
	envFigures = "PORIN_BENCH_COMPILE" // File that the compiler's cost is written to.
)

// cost is what one process took.
type cost struct {
	Seconds float64
	MB      float64
}

// compileCost compiles the generated package alone, its dependencies being
// built already, and looks at the compiler's own process.
func compileCost(temp string) ([]figure, error) {
	pkg := module + "/connectors/slack"
	if err := goTool(nil, "build", pkg); err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	file := filepath.Join(temp, "compile.json")
	// A flag that changes nothing but the cache key of this one package.
	fresh := fmt.Sprintf("-gcflags=%s=-D=/fresh%d", pkg, time.Now().UnixNano())
	if err := goTool([]string{envFigures + "=" + file}, "build", fresh, "-toolexec="+self+" -toolexec", pkg); err != nil {
		return nil, err
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var c cost
	if err := json.Unmarshal(data, &c); err != nil {
		return nil, err
	}
	return []figure{
		{name: "time", value: c.Seconds, budget: 8, unit: "s"},
		{name: "memory", value: c.MB, budget: 700, unit: "MB"},
	}, nil
}

// timeTool stands between go build and a tool, and notes what compiling the
// generated package takes.
func timeTool(args []string) int {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	start := time.Now()
	err := cmd.Run()
	line := strings.Join(args, " ")
	if strings.HasSuffix(args[0], "compile") && strings.Contains(line, "-p "+module+"/connectors/slack ") {
		data, _ := json.Marshal(costOf(cmd, time.Since(start))) // Two floats always encode.
		if werr := os.WriteFile(os.Getenv(envFigures), data, 0o644); werr != nil {
			fmt.Fprintln(os.Stderr, werr)
			return 1
		}
	}
	if err != nil {
		return 1
	}
	return 0
}

// costOf is what a finished process took.
func costOf(cmd *exec.Cmd, wall time.Duration) cost {
	c := cost{Seconds: wall.Seconds()}
	if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		c.MB = float64(u.Maxrss) / 1024
	}
	return c
}

// goTool runs the go command at the root of the checkout.
func goTool(env []string, args ...string) error {
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go %s: %w\n%s", args[0], err, out)
	}
	return nil
}
