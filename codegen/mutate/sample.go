package mutate

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
)

// Kinds are all kinds of rules, as they are declared.
var Kinds = []Kind{
	PageParameter, PageEnd, PageStart, PageBy, PageSize, PageItems, PageFrom,
	HeaderName, HeaderValue, Unit, ErrorWhen, ErrorClass, CodePath, RequestPath, WaitPath,
	Effect, KeyPlace, LimitRate, LimitKey, LimitCost,
	BatchMost, BatchMatch, BatchResults, BatchAtomic,
	SignaturePart, EventPath, Handshake,
	CredentialPlace, TokenPath, Expiry, ScopeSeparator, Grant,
	FieldType, TimeFormat,
}

// Of returns the mutants whose rules are of some kinds.
func Of(mutants []*Mutant, kinds []Kind) []*Mutant {
	var some []*Mutant
	for _, m := range mutants {
		if slices.Contains(kinds, m.Kind) {
			some = append(some, m)
		}
	}
	return some
}

// Sample returns n mutants, as many of each kind as there can be, in the order of their
// ids. Seed and mutants alone decide which: a rule that is added to the spec pushes out
// one of its own kind at most, or one of a larger one.
func Sample(mutants []*Mutant, n int, seed uint64) []*Mutant {
	if n >= len(mutants) {
		return mutants
	}
	lot := func(m *Mutant) uint64 {
		sum := sha256.Sum256(fmt.Append(nil, seed, m.Kind, m.What))
		return binary.BigEndian.Uint64(sum[:])
	}
	drawn := slices.SortedFunc(slices.Values(mutants), func(a, b *Mutant) int {
		return cmp.Or(cmp.Compare(lot(a), lot(b)), cmp.Compare(a.ID, b.ID))
	})
	place := map[*Mutant]int{} // Among those of its kind.
	ofKind := map[Kind]int{}
	for _, m := range drawn {
		place[m] = ofKind[m.Kind]
		ofKind[m.Kind]++
	}
	slices.SortStableFunc(drawn, func(a, b *Mutant) int { return cmp.Compare(place[a], place[b]) })
	drawn = drawn[:n]
	slices.SortFunc(drawn, func(a, b *Mutant) int { return cmp.Compare(a.ID, b.ID) })
	return drawn
}
