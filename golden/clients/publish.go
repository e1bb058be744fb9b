package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"
)

// block is the table in README.md and docs/clients.md.
var block = regexp.MustCompile(`(?s)<!-- clients -->\n.*<!-- /clients -->`)

// publish writes the tables, and what failed.
func publish(rows []*row, conditions string) error {
	short := "<!-- clients -->\n" + table(rows) + "<!-- /clients -->"
	readme, err := os.ReadFile("README.md")
	if err != nil {
		return err
	}
	if !block.Match(readme) {
		return fmt.Errorf("README.md has no place for the table: <!-- clients -->")
	}
	if err := os.WriteFile("README.md", block.ReplaceAllLiteral(readme, []byte(short)), 0o644); err != nil {
		return err
	}
	text := cite(fmt.Sprintf(page, strings.TrimSpace(conditions), short, drafted(), failures(rows), unclaimed(rows)))
	return os.WriteFile("docs/clients.md", []byte(text), 0o644)
}

// drafted says which actions the specs that are not in the repository have.
func drafted() string {
	var b strings.Builder
	for _, a := range apis {
		if a.document != "" {
			fmt.Fprintf(&b, "* %s: `%s`\n", a.name, strings.ReplaceAll(a.only, ",", "`, `"))
		}
	}
	return b.String()
}

const page = `# Other people's clients

Client libraries, each behind a driver that sets it up as its own documentation says with its retries on ([golden/sdk](../golden/sdk); those that oapi-codegen
generates: [golden/clients/oapi](../golden/clients/oapi)), in the scenarios of
` + "`porin test`" + ` that can be judged from outside ([judge.md](judge.md)): passed of exercised. What a client does not claim to do is *not offered*, and
counts neither way. "porin" is the client that is generated from the same spec.

%s

%s

What the table does not say: a scenario asks for what the gauntlet thinks right, which the maintainers of a library may see otherwise; many leave retry to
their callers on purpose. A client of one call has less to get wrong than one of a hundred. The drivers of
generated clients tell the status of a refusal, and not the code in its body.
<!-- cited --><!-- /cited -->

But for Slack's, the specs are drafted from the APIs' OpenAPI documents, for some actions:

%s
## What failed

The rule that was broken (` + "`porin explain RULE`" + `), how, and the last lines of the twin's journal; ` + "`porin judge`" + ` with
` + "`--scenario`" + ` and ` + "`--html`" + ` shows a timeline of all its calls and requests. Where we found that
upstream says something about it, that is linked.
%s
## What is not offered

Scenarios by the reason that the client, or its driver, does not claim them.

%s`
