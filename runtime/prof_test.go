package runtime

import (
	"context"
	"strings"
	"testing"
)

func BenchmarkProf(b *testing.B) {
	post := benchPost{"C1", strings.Repeat("hello ", 20)}
	posted := []byte(`{"ok":true,"channel":"C1","ts":"1700000000.000100","message":{"ts":"1700000000.000100","text":"hello","user":"U1","blocks":[{"type":"section"}]}}`)
	c, api := benchClient(b, posted)
	op := testOp(api)
	op.Method, op.Effect, op.Body.As, op.Limits, op.Required = "POST", EffectCreate, BodyJSON, []LimitUse{{}}, []string{"channel"}
	b.ReportAllocs()
	for b.Loop() {
		var out benchPosted
		if err := c.Do(context.Background(), op, post, &out, nil); err != nil {
			b.Fatal(err)
		}
	}
}
