package draft

// successFlags are members by which a reply says that a call worked.
var successFlags = []string{"ok", "success", "succeeded", "issuccess", "successful"}

// failedReply is how replies of a success status say that a call failed: a flag
// that is false beside the text or the code of the failure.
type failedReply struct {
	flag string
	envelope
}

// bodyFailure returns the shape that at least half of the replies share which
// are objects, and three of them at the least: a flag alone is no sign that
// failures have a status of success.
func (d *drafter) bodyFailure() (failedReply, bool) {
	counts := map[failedReply]int{}
	var best failedReply
	objects := 0
	for _, op := range d.doc.ops {
		if op.reply == nil || op.reply.schema == nil {
			continue
		}
		whole := d.plainly(op.reply.schema)
		if whole.kind != objectKind {
			continue
		}
		objects++
		flag := d.firstOf(whole, successFlags, func(x *schema) bool { return x.kind == boolKind && x.fixed == nil })
		if flag == nil {
			continue
		}
		r := failedReply{pathOf(flag.name), d.besideFlag(whole)}
		if r.envelope == (envelope{}) {
			continue
		}
		counts[r]++
		if counts[r] > counts[best] {
			best = r
		}
	}
	return best, counts[best] >= 3 && counts[best]*2 >= objects
}

// besideFlag finds the code and the text of a failure in a reply that may be
// one: members called so, and not the message of any reply.
func (d *drafter) besideFlag(whole *schema) envelope {
	text := func(x *schema) bool { return x.kind == stringKind || x.kind == enumKind }
	var e envelope
	if m := d.firstOf(whole, []string{"error", "errormessage", "errordescription", "errormsg"}, text); m != nil {
		e.message = pathOf(m.name)
	}
	if m := d.firstOf(whole, []string{"errorcode", "errcode"}, func(x *schema) bool { return text(x) || countKind(x) }); m != nil {
		e.code = pathOf(m.name)
	}
	for _, m := range whole.fields {
		inner := d.plainly(m.schema)
		if e == (envelope{}) && nameKey(m.name) == "error" && inner.kind == objectKind {
			e = d.namesIn(inner, pathOf(m.name))
		}
		if e == (envelope{}) && nameKey(m.name) == "errors" && inner.kind == listKind {
			first := pathOf(m.name) + "[0]"
			switch one := d.plainly(inner.elem); one.kind {
			case stringKind:
				e.message = first
			case objectKind:
				e = d.namesIn(one, first)
			}
		}
	}
	return e
}

// rule writes the rule for such replies.
func (r failedReply) rule(a attr) *value {
	rule := structure(&field{label: "when", value: structure(
		&field{label: "status", value: quoted("2xx")},
		&field{label: "body", value: structure(&field{label: labelOf(r.flag), value: text("false")})},
	)})
	r.write(rule)
	rule.set("class", quoted("rejected"), a)
	return rule
}
