package twin

import "github.com/porin-dev/porin/compiler/ir"

// batchFaults meet one item of a call that is about many.
func batchFaults() []*definition {
	which := param("item", "2", "which item of the call, from 1; the last where there are not so many")
	return []*definition{
		define("batches/item-refused", StageItems, "one item of a batch is refused, as the rules of its outcomes say; nothing is done with it, and with none where all or nothing is", func(x *exchange, a *Armed) bool {
			i := x.itemOf(a)
			if i < 0 || x.failed[i] != nil {
				return false
			}
			x.failed[i] = x.t.refuse(x.op, refusedItem(a))
			return true
		}, which, param("code", "", "provider code; empty is any that the rules take")).needs(func(t *Twin, o *op, a *Armed) string {
			if why := aBatch(t, o, a); why != "" {
				return why
			}
			if _, ok := t.declared(t.idx.outcome(o), refusedItem(a)); !ok && len(o.Batch.Failures) == 0 {
				return "has no rule by which an outcome is such a failure"
			}
			return ""
		}),
		define("batches/item-missing", StageItems, "one item of a batch is done, and the answer does not tell", func(x *exchange, a *Armed) bool {
			i := x.itemOf(a)
			if i < 0 || x.entry.Batch[i].Untold {
				return false
			}
			x.entry.Batch[i].Untold = true
			return true
		}, which).needs(aBatch),
	}
}

// itemOf is the item that a fault is about; -1 where there is none.
func (x *exchange) itemOf(a *Armed) int { return min(a.number("item"), len(x.failed)) - 1 }

// refusedItem is what an item is refused with, by any rule that can say it.
func refusedItem(a *Armed) failure {
	return failure{code: a.text("code"), hints: []string{"invalid", "conflict", "not_found"}, or: []ir.Class{ir.Rejected}}
}

// aBatch is what faults of items need.
func aBatch(_ *Twin, o *op, _ *Armed) string {
	if o == nil || o.Batch == nil || len(o.uses) == 0 {
		return "is no batch whose items the twin keeps"
	}
	return ""
}
