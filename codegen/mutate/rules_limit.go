package mutate

import (
	"slices"

	"github.com/porin-dev/porin/compiler/ir"
)

func (l *list) limits() {
	for _, limit := range l.c.Limits {
		users := l.under(limit)
		at := func(kind Kind, format string, args ...any) *Mutant {
			m := l.at(kind, limit.Pos, "", format, args...)
			m.Actions = users
			return m
		}
		if limit.Calls > 0 && limit.Shape != "gap" {
			set(at(LimitRate, "limit %s allows %d in place of %d", limit.Name, 2*limit.Calls, limit.Calls), &limit.Calls, 2*limit.Calls)
		}
		if d, ok := half(limit.Per); ok {
			set(at(LimitRate, "limit %s counts in %s in place of %s", limit.Name, d, limit.Per), &limit.Per, d)
		}
		if limit.Shape == "unknown" {
			continue
		}
		for i, part := range limit.By {
			if part == "app" || part == "ip" {
				continue // One process has one of each.
			}
			if part == "action" && len(users) == 1 {
				continue
			}
			by := slices.Delete(slices.Clone(limit.By), i, i+1)
			set(at(LimitKey, "limit %s does not count by %s", limit.Name, part), &limit.By, by)
		}
		if !slices.Contains(limit.By, "action") && len(users) > 1 {
			set(at(LimitKey, "limit %s counts by action", limit.Name), &limit.By, append(slices.Clone(limit.By), "action"))
		}
	}
}

// under lists the actions that draw from a limit.
func (l *list) under(limit *ir.Limit) []string {
	var paths []string
	for _, a := range l.c.AllActions() {
		if slices.ContainsFunc(a.Limits, func(u *ir.LimitUse) bool { return u.Limit == limit.Name }) {
			paths = append(paths, a.Path)
		}
	}
	return paths
}

// half is half of a duration of a spec.
func half(d ir.Duration) (ir.Duration, bool) {
	halves := map[ir.Duration]ir.Duration{"1s": "500ms", "1m": "30s", "1h": "30m", "1d": "12h"}
	h, ok := halves[d]
	return h, ok
}
