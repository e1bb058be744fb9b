// Command ours is the driver of the client that porin generates for Slack.
package main

import (
	"fmt"
	"os"

	"github.com/porin-dev/porin/connectors/slack/slacktest"
	"github.com/porin-dev/porin/runtime/gauntlet/process"
)

func main() {
	if err := process.Serve(slacktest.Driver(), "", os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
