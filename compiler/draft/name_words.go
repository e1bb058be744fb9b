package draft

import (
	"slices"
	"strings"
)

// methodVerbs are the verbs that methods stand for.
var methodVerbs = map[string]string{
	"GET": "get", "HEAD": "check", "POST": "create", "PUT": "update", "PATCH": "update", "DELETE": "delete", "OPTIONS": "options", "TRACE": "trace",
}

// standard are the verbs that vendors write for one of ours.
var standard = map[string]string{
	"get": "get", "retrieve": "get", "fetch": "get", "read": "get", "show": "get", "describe": "get", "inspect": "get", "view": "get",
	"list": "list", "index": "list", "browse": "list",
	"create": "create", "post": "create", "new": "create",
	"update": "update", "put": "update", "patch": "update", "edit": "update", "modify": "update", "change": "update",
	"delete": "delete", "destroy": "delete",
}

// special are verbs that say more than the method does.
var special = strings.Fields(`
	abort accept acknowledge activate add allow answer append apply approve archive assign attach authenticate authorize backup ban
	calculate cancel capture check claim clear clone close collect commit complete compose confirm connect consume convert copy count
	crosspost deactivate decline decrypt deny deploy deprecate detach disable disconnect dismiss dispatch download duplicate enable encrypt end
	enqueue estimate evaluate exchange execute expand expire export extend finalize find finish fire flag follow force forget forward
	generate grant hide ignore import increment initialize initiate insert install invalidate invite invoke join kick kill leave link load lock login
	logout lookup mark match merge migrate move mute notify open parse pause pin ping place poll preview process promote prune publish pull purge push
	query reactivate reauthorize rebuild recover redeliver refresh refund regenerate register reject release reload remove rename renew reopen
	reorder replace replay reply report request rerun resend reserve reset resize resolve restart restore resume retry return reveal reverse
	revert review revoke rollback rotate run save schedule scan search send set share sign simulate skip snooze snapshot split start stop
	stream submit subscribe suspend swap sync synchronize tag terminate test toggle track transfer trash trigger unarchive unassign unban unblock
	undelete undo uninstall unfollow unlink unlock unmark unmute unpause unpin unpublish unregister unset unshare unstar unsubscribe
	untrash unwrap upload upsert use validate verify void vote wait watch wrap`)

// reading are special verbs that only read, so that a GET may have them as the
// end of its path.
var reading = strings.Fields("check count download estimate export find lookup match poll preview query search stream validate verify wait")

// nouns are special verbs that are as often the name of a thing, so that more
// has to speak for the verb.
var nouns = strings.Fields(`
	check claim comment copy download estimate export file fire flag forward grant import invite link lock login mark match merge move pin ping
	poll preview process promote prune pull push query reply report request reserve reset resume retry return review run save scan schedule search share
	sign skip snapshot split start stop stream tag test track transfer trash trigger upload use void vote wait watch wrap`)

// single are names that end as several do, and are one.
var single = strings.Fields("settings preferences metrics stats statistics details analytics status news progress options info me configuration metadata usage")

func isVerb(w string) bool {
	w = strings.ToLower(w)
	return standard[w] != "" || slices.Contains(special, w)
}

// verbal reports whether a segment says what is done: cancel, addFollowers,
// gdpr-delete.
func verbal(segment string) bool {
	list := words(segment)
	if len(list) == 0 {
		return false
	}
	head, tail := strings.ToLower(list[0]), strings.ToLower(list[len(list)-1])
	if !isVerb(head) || contains(strings.Fields("index browse view show new post put read"), head) || len(list) == 1 && plural(head) {
		return len(list) > 1 && standard[tail] == tail && tail != "list"
	}
	return len(list) == 1 || !slices.Contains(nouns, head) || !plural(tail)
}

// idVerb returns the verb of an operation's id, at its beginning or its end,
// as we write it, or "". bulkCreate is one.
func idVerb(op *operation) string {
	list := words(strings.ToLower(strings.Join(words(ownID(op)), " ")))
	for len(list) > 1 && !isVerb(list[0]) && isVerb(list[1]) && aboutPath(op, list[0]) {
		list = list[1:] // repoDismissReview
	}
	if len(list) == 0 {
		return ""
	}
	head, tail := list[0], list[len(list)-1]
	switch {
	case len(list) > 2 && list[1] == "or" && isVerb(head) && isVerb(list[2]):
		return head + "Or" + capital(list[2])
	case (head == "bulk" || head == "batch") && len(list) > 1:
		if isVerb(list[1]) {
			return head + capital(first(standard[list[1]], list[1]))
		}
		return ""
	case standard[head] != "":
		return standard[head]
	case standard[tail] != "":
		return standard[tail]
	}
	for _, w := range list[1:] {
		if contains(strings.Fields("get list create put update delete"), w) {
			return standard[w]
		}
	}
	switch {
	case isVerb(head):
		return head
	case isVerb(tail) && len(list) > 1 && !slices.Contains(nouns, tail):
		return tail
	}
	return ""
}

// aboutPath reports whether a word is, in short, the tag or a noun of the path.
func aboutPath(op *operation, word string) bool {
	for _, tag := range op.tags {
		if strings.HasPrefix(strings.ToLower(tag), singular(word)) {
			return true
		}
	}
	return slices.ContainsFunc(segmentsOf(op.path), func(s string) bool {
		return strings.HasPrefix(strings.ToLower(s), singular(word))
	})
}

// ownID is the id without what it repeats: the path, or the tag before an
// underscore.
func ownID(op *operation) string {
	id := op.id
	if i := strings.Index(id, op.path); i >= 0 && len(op.path) > 1 {
		return id[i+len(op.path):]
	}
	if i := strings.LastIndexByte(id, '_'); i > 0 && len(op.tags) > 0 && nameKey(id[:i]) == nameKey(op.tags[0]) {
		return id[i+1:]
	}
	return id
}

// unstutter takes the name of the group out of a verb: listPets in pets is
// list. What would be left hanging goes, too.
func unstutter(leaf string, groups []string) string {
	if len(groups) == 0 {
		return leaf
	}
	list := words(leaf)
	noun := words(groups[len(groups)-1])
	for i := 1; i+len(noun) <= len(list); i++ {
		if sameWords(list[i:i+len(noun)], noun) {
			list = slices.Delete(slices.Clone(list), i, i+len(noun))
			i--
		}
	}
	for len(list) > 1 && preposition(list[len(list)-1]) {
		list = list[:len(list)-1]
	}
	if n := len(noun); len(list) > n && sameWords(list[:n], noun) && !preposition(list[n]) {
		list = list[n:]
	}
	return camel(strings.Join(list, " "))
}

func sameWords(a, b []string) bool {
	return slices.EqualFunc(a, b, func(x, y string) bool {
		return singular(strings.ToLower(x)) == singular(strings.ToLower(y))
	})
}

func preposition(w string) bool {
	return slices.Contains([]string{"by", "for", "of", "to", "from", "with", "in", "on", "a", "an", "the", "and"}, strings.ToLower(w))
}
