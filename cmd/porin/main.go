// Command porin compiles connector specs to Go client packages and twins.
package main

import (
	"os"

	"github.com/porin-dev/porin/cmd/porin/internal/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], os.Stdout, os.Stderr))
}
