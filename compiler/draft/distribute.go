package draft

import "slices"

// A composition of members and alternatives, {skip?: bool} and one of two
// objects, is one of two objects that have skip as well.

// distributed returns the alternatives of a composition, each with the members
// of the other parts, or nil when the parts are not objects and alternatives of
// objects alone.
func (d *drafter) distributed(s *schema, parts []*schema) *schema {
	alts := []*schema{{at: s.at, kind: objectKind}}
	tagged, steps := false, maxParts
	for _, part := range parts {
		of, ok := d.objectsOf(part, nil, &steps)
		if !ok || len(alts)*len(of) > maxAlternatives {
			return nil
		}
		tagged = tagged || d.follow(part).tagged
		var with []*schema
		for _, a := range alts {
			for _, o := range of {
				c := *a
				c.fields, c.open = overlaid(a.fields, o.fields), a.open || o.open
				c.choices = slices.Concat(a.choices, o.choices)
				with = append(with, &c)
			}
		}
		alts = with
	}
	lines := 0
	for _, a := range alts {
		lines += d.size(a)
	}
	if lines > maxLines {
		return nil
	}
	for i, a := range alts {
		alts[i] = clone(a)
		alts[i].require(s.needs)
	}
	out := d.simplifyUnion(&schema{at: s.at, kind: unionKind, alts: alts, tagged: tagged})
	if out.kind == anyKind {
		return nil
	}
	return out
}

// alternatives reports whether a part of a composition is one of several things.
func (d *drafter) alternatives(s *schema) bool {
	if s.kind == refKind {
		d.simplifyNamed(s.ref)
	}
	return d.follow(s).kind == unionKind
}

// What is written out at most: alternatives of one composition, the parts that are
// looked at, and about how many lines all of it takes.
const (
	maxAlternatives = 24
	maxParts        = 500
	maxLines        = 2000
)

// objectsOf returns a part of a composition as objects written in place, of which
// it is one, and whether it can be written so. Within are the definitions on the
// way to it, steps are the parts that may still be looked at.
func (d *drafter) objectsOf(s *schema, within []string, steps *int) ([]*schema, bool) {
	if *steps--; *steps < 0 {
		return nil, false
	}
	for s.kind == refKind {
		def := d.doc.defs[s.ref]
		if def == nil || slices.Contains(within, s.ref) {
			return nil, false
		}
		within = append(slices.Clone(within), s.ref)
		d.simplifyNamed(s.ref)
		s = def.schema
	}
	switch s.kind {
	case objectKind:
		return []*schema{s}, true
	case unionKind:
		var all []*schema
		for _, a := range s.alts {
			of, ok := d.objectsOf(a, within, steps)
			if !ok {
				return nil, false
			}
			all = append(all, of...)
		}
		return all, true
	case allKind:
		whole := &schema{at: s.at, kind: objectKind, needs: s.needs}
		for _, part := range s.alts {
			of, ok := d.objectsOf(part, within, steps)
			if !ok || len(of) != 1 {
				return nil, false
			}
			whole.fields = overlaid(whole.fields, of[0].fields)
			whole.choices = append(whole.choices, of[0].choices...)
			whole.needs = append(slices.Clone(whole.needs), of[0].needs...)
		}
		whole = clone(whole)
		whole.require(whole.needs)
		whole.needs = nil
		return []*schema{whole}, true
	}
	return nil, false
}
