// Package cli is the command line: one file a command, each of which parses
// flags, calls a package and prints.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

// The exit codes.
const (
	exitOK     = 0 // Done.
	exitFailed = 1 // Diagnostics of severity error, a failed scenario, or I/O.
	exitUsage  = 2 // The command line was not understood.

	exitInterrupted = 130 // As shells have it: 128 and the number of SIGINT.
)

// errFailed ends a command that has said all there is to say.
var errFailed = errors.New("failed")

// usageError is a mistake in the command line.
type usageError struct{ error }

// Main runs the command line and returns the exit code. The first interrupt
// asks the command to end; the second ends the process.
func Main(args []string, stdout, stderr io.Writer) (code int) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	a := &app{out: stdout, err: stderr}
	defer func() {
		if p := recover(); p != nil {
			code = a.crashed(p)
		}
	}()
	root := newRoot(a)
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	var usage usageError
	switch cmd, err := root.ExecuteContextC(ctx); {
	case err == nil:
		return exitOK
	case ctx.Err() != nil:
		a.printf("porin: interrupted\n")
		return exitInterrupted
	case errors.Is(err, errFailed):
		return exitFailed
	case errors.As(err, &usage):
		a.printf("porin: %s\nRun `%s --help` for how it is used.\n", err, cmd.CommandPath())
		return exitUsage
	default:
		a.printf("porin: %s\n", err)
		return exitFailed
	}
}

// crashed reports a mistake of the compiler. The stack is for whoever mends it.
func (a *app) crashed(p any) int {
	r := &diag.Report{}
	r.Errorf(diag.InternalError, ir.Pos{}, "the compiler stopped: %v", p).
		Note("%s", string(debug.Stack())).
		Help("please report it, with the spec or the part of it that shows it")
	if err := a.report(r, nil); !errors.Is(err, errFailed) {
		a.printf("porin: %s\n", err) // Standard output is gone.
	}
	return exitFailed
}

func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "porin",
		Short: "Compile API connectors: a typed Go client, and a twin that misbehaves like the provider",
		Long: `Porin compiles a connector spec, a folder of CUE files, to a typed Go client
package and to a twin: a simulator of the provider that expires tokens, refuses
calls and loses answers the way the real one does.

  porin draft openapi.json -o connectors/acme   write a spec from an OpenAPI document
  porin vet connectors/acme                     check it
  porin generate connectors/acme                write the Go package beside it
  porin test connectors/acme                    run the client through the twin's faults
  porin twin connectors/acme                    serve the twin to any client

Exit codes: 0 done, 1 errors or failed scenarios, 2 wrong usage, 130 interrupted.`,
		Version:       version(),
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetVersionTemplate("porin {{.Version}}\n")
	root.SetFlagErrorFunc(flagError)
	root.PersistentFlags().BoolVar(&a.json, "json", false, "print JSON for programs, in a stable shape")
	root.PersistentFlags().StringVar(&a.color, "color", "auto", "colour: auto, always or never")
	root.PersistentPreRunE = func(*cobra.Command, []string) error { return a.checkColor() }
	for _, command := range []func(*app) *cobra.Command{draftCommand, vetCommand, generateCommand, showCommand, testCommand, judgeCommand, twinCommand, quirksCommand, explainCommand} {
		cmd := command(a)
		cmd.Args = usageArgs(cmd.Args)
		root.AddCommand(cmd)
	}
	root.Args = usageArgs(cobra.NoArgs)
	return root
}

// usageArgs marks errors about arguments as usage errors, and says what the
// command takes.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case check == nil || check(cmd, args) == nil:
			return nil
		case cmd.HasParent():
			return usageError{fmt.Errorf("the arguments are `%s`, and %s given", cmd.Use, wereGiven(len(args)))}
		}
		var known []string
		for _, c := range cmd.Commands() {
			known = append(known, c.Name())
		}
		return usageError{unknownName("command", args[0], known)}
	}
}

func wereGiven(n int) string {
	switch n {
	case 0:
		return "none is"
	case 1:
		return "1 is"
	}
	return fmt.Sprintf("%d are", n)
}

func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
