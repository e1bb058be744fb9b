package gauntlet

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/porin-dev/porin/compiler/ir"
)

func TestTimesAreComparedAsInstants(t *testing.T) {
	unix := &ir.Type{Kind: ir.Int, Wire: ir.Wire{Time: []string{"unix"}}}
	milli := &ir.Type{Kind: ir.Int, Wire: ir.Wire{Time: []string{"unix_ms"}}}
	either := &ir.Type{Kind: ir.Int, Wire: ir.Wire{Time: []string{"unix", "rfc3339"}}}
	visit := &ir.Type{Kind: ir.Object, Fields: []*ir.Field{{Name: "at", Type: unix}}}
	typ := &ir.Type{Kind: ir.Object, Fields: []*ir.Field{
		{Name: "made", Type: unix},
		{Name: "seen", Type: milli},
		{Name: "either", Type: either},
		{Name: "visits", Type: &ir.Type{Kind: ir.List, Elem: unix}},
		{Name: "by", Type: &ir.Type{Kind: ir.Map, Elem: visit}},
	}}
	for _, c := range []struct {
		name, wire, got string
		want            []string
	}{
		{"as meant", `{"made": 1704067200, "seen": 1704067200123}`, `{"made": "2024-01-01T00:00:00Z", "seen": "2024-01-01T00:00:00.123Z"}`, nil},
		{"a fraction", `{"made": 1704067200.5}`, `{"made": "2024-01-01T00:00:00.5Z"}`, nil},
		{"seconds as milliseconds", `{"made": 1704067200}`, `{"made": "1970-01-20T17:21:07.2Z"}`, []string{"made"}},
		{"no time at all", `{"made": 1704067200}`, `{"made": 1704067200}`, []string{"made"}},
		{"one that is gone", `{"made": 1704067200}`, `{}`, []string{"made"}},
		{"null and absent", `{"made": null}`, `{"made": null}`, nil},
		{"several forms are not judged", `{"either": 1704067200}`, `{"either": 1704067200}`, nil},
		{"inside lists and maps", `{"visits": [0, 60], "by": {"x": {"at": 60}}}`, `{"visits": ["1970-01-01T00:00:00Z", "1970-01-01T00:01:01Z"], "by": {"x": {"at": 60}}}`, []string{"visits[1]", "by.x.at"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := timesApart(&ir.Connector{}, typ, parse([]byte(c.wire)), parse([]byte(c.got)), "")
			assert.ElementsMatch(t, c.want, got)
		})
	}
}
