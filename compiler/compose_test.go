package compiler

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/spec"
)

// Types that double at each step, and a chain in which each extends the one
// before, are flattened once each.
func TestCompositionsEnd(t *testing.T) {
	var b strings.Builder
	b.WriteString("package deep\n\nconnector: {title: \"Deep\", servers: api: url: \"https://deep.test/\"}\nauth: none: none: {}\n#A0: {a0?: string}\n#B0: {b0?: string}\n")
	for i := 1; i <= 60; i++ {
		fmt.Fprintf(&b, "#A%d: #B%d & {a%d?: string}\n#B%d: #A%d & #B%d & {b%d?: string}\n", i, i-1, i, i, i-1, i-1, i)
	}
	b.WriteString("actions: x: get: {doc: \"Gets x.\", GET: \"x\", returns: #A60 & #B60}\n")
	r := &diag.Report{}
	pkg, err := spec.Parse(map[string][]byte{"deep.cue": []byte(b.String())})
	require.NoError(t, err)
	c := Compile(pkg, r)
	require.False(t, r.HasErrors(), "%s", said(r))
	last := c.Types[0]
	for _, typ := range c.Types {
		if typ.Name == "A60" {
			last = typ
		}
	}
	require.Len(t, last.Fields, 120) // a1 to a60 and b0 to b59.
}

func said(r *diag.Report) string {
	var b strings.Builder
	for _, d := range r.Diagnostics() {
		fmt.Fprintf(&b, "%s %s\n", d.Code, d.Message)
	}
	return b.String()
}
