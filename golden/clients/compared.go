package main

import (
	"context"
	"fmt"
	"os"
	"strings"
)

// compared prints what two clients of an API send differently, and writes
// docs/fidelity.md.
func compared(ctx context.Context, only string, write bool) error {
	b, err := openBench()
	if err != nil {
		return err
	}
	defer b.close()
	if err := b.prepare(ctx, false); err != nil {
		return err
	}
	all, err := fidelity(ctx, b, only)
	if err != nil {
		return err
	}
	fmt.Print(fidelityTable(all))
	if only != "" {
		for _, t := range all {
			for _, d := range t.differences {
				fmt.Println(d)
			}
		}
		return nil
	}
	open, idle := unexplained(all)
	for _, d := range open {
		fmt.Println("unexplained:", d)
	}
	for _, r := range idle {
		fmt.Printf("a reason without a difference: %+v\n", r)
	}
	if len(open)+len(idle) > 0 {
		return fmt.Errorf("%d differences are unexplained, and %d reasons explain nothing", len(open), len(idle))
	}
	if !write {
		return nil
	}
	return os.WriteFile("docs/fidelity.md", fmt.Appendf(nil, fidelityPage, fidelityTable(all), reasonTable()), 0o644)
}

func reasonTable() string {
	var b strings.Builder
	b.WriteString("| API | action | field | why |\n| --- | --- | --- | --- |\n")
	for _, r := range reasons {
		fmt.Fprintf(&b, "| %s | %s | `%s` | %s |\n", r.api, r.action, r.field, r.why)
	}
	return b.String()
}

const fidelityPage = `# The same request by other clients

Our generated client and an official or well-known library are asked for the same calls of one twin, and the requests are compared field by field: method, path,
headers but for those that say how bytes travel, each parameter, and where the parameters are. ` + "`go run ./golden/clients -fidelity`" + ` prints and writes this page; a
test holds it: each difference has a reason, and each reason a difference.

%s
## Why they differ

%s
## stripe-mock

[stripe-mock](https://github.com/stripe/stripe-mock) holds requests against Stripe's own document. ` + "`" + `make corpus` + "`" + ` sends it what each of the 594
actions of a connector of the whole document sent, once more, and accepts no refusal; the first of these requests that has a body is sent with a member that Stripe does not know,
too, and has to be refused. ` + "`" + `go run ./golden/corpus -only stripe -vet=false` + "`" + ` does it for Stripe alone.
`
