package main

import (
	"context"
	"fmt"
	"os"
	"strings"
)

// held compares requests with those of other clients, or sends them to stripe-mock.
func held(ctx context.Context, mock bool, only string, write bool) error {
	b, err := openBench()
	if err != nil {
		return err
	}
	defer b.close()
	if mock {
		m, err := againstMock(ctx, b)
		if err == nil {
			fmt.Print(m.text())
		}
		return err
	}
	return b.compared(ctx, only, write)
}

// compared prints what two clients of an API send differently, and writes
// docs/fidelity.md.
func (b *bench) compared(ctx context.Context, only string, write bool) error {
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

[stripe-mock](https://github.com/stripe/stripe-mock) holds requests against Stripe's own document. ` + "`" + `go run ./golden/clients -mock` + "`" + ` drafts a part of Stripe (products, prices,
customers, coupons, refunds, payment intents, invoice items, charges: 103 actions), calls each once with parameters that the twin makes, and prints what is refused, and why:
stripe-mock v0.203.0 accepts all 103. A test holds that, and that it refuses a product without a name, with a member that Stripe does not know, and with a name that is no text.
` + "`" + `make corpus` + "`" + ` sends what each of the 594 actions of the whole document sent, and accepts no refusal.
`
