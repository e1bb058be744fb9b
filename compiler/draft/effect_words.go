package draft

import (
	"regexp"
	"slices"
	"strings"
)

// The words that effects are judged by are those of the operation's id, in
// which the verb is mostly first, and of the last part of its path that is not
// a parameter, which is a verb where the path is not one of nouns.

// writes are verbs that change something whatever the method.
var writes = strings.Fields(`add approve complete create delete insert invite open post publish push remove revoke send set share
	uninstall update upload exec execute`)

// writePaths are those of them that, as the last part of a path, are no noun.
var writePaths = strings.Fields(`approve create delete exec execute insert remove revoke uninstall logout attach portforward`)

// settles are verbs that say which state is left: what is archived stays
// archived.
var settles = strings.Fields(`accept acknowledge activate apply approve archive assign associate ban block bookmark cancel clear close complete
	deactivate decline delete demote deprecate detach disable disassociate disconnect dismiss downgrade edit enable end expire favorite
	favourite finish follow freeze grant hide ignore join kick leave like link lock mark modify move mute open pause pin promote
	publish reject release remove rename reopen replace resolve restore restrict resume revoke set show snooze star stop suspend tag trash
	unarchive unassign unban unblock undelete unfavorite unfollow unfreeze unhide uninstall unlike unlink unlock unmark unmute
	unpin unpublish unrestrict unsnooze unstar unsubscribe unsuspend untag untrash unvote unwatch update upsert void vote recover
	abort pass`)

// vagueVerbs are those of them that say so only behind the key of a thing: to
// publish may be to send a message, to open or to apply may make something.
var vagueVerbs = strings.Fields(`accept apply associate attach clear complete connect finish grant join link open pass promote publish recover release replace show watch`)

// opposites are verbs that say so where a path with the opposite stands beside
// them: containers/{id}/start is undone by containers/{id}/stop, and
// jobs/{id}/start runs a job once more.
var opposites = map[string]string{
	"start": "stop", "connect": "disconnect", "attach": "detach", "subscribe": "unsubscribe", "invite": "kick", "run": "stop", "open": "close",
}

// secrets are what a call that gets one makes.
var secrets = strings.Fields(`token session login credential code secret password`)

// relations are what is added to a thing at most once.
var relations = strings.Fields(`tag label follower assignee watcher vote reaction pin favorite like reviewer dependency bookmark project`)

// searches are verbs of calls that only read, whatever their method.
var searches = strings.Fields(`search query list find filter lookup browse scan get fetch read retrieve preview estimate calculate compute validate parse
	render introspect encrypt decrypt wrapkey unwrapkey autocomplete suggest count similar typeahead download describe`)

// searchEnds are those of them that, as the last word of several in a path,
// still are verbs: facet-search, and not price-list.
var searchEnds = strings.Fields(`search query lookup preview read validate estimate`)

// finalVerbs are of what cannot be taken back: money that moves, messages that
// go out, what is destroyed for good.
var finalVerbs = strings.Fields(`send resend pay refund capture transfer charge broadcast purge prune wipe erase dispatch withdraw disburse gdpr`)

// finalNouns are of the same, where one is made.
var finalNouns = strings.Fields(`refund capture transfer payout payment charge donation sms withdrawal reversal`)

// spoken are what goes out to people when it is made with a sender and a
// recipient.
var spoken = strings.Fields(`message call fax sms mms email mail`)

// money are things whose cancelling is an affair of money.
var money = strings.Fields(`payment payments charge charges transfer transfers refund refunds payout payouts order orders donation donations
	authorization authorizations authorisation authorisations capture captures`)

// makers are words that say that something new comes to be, or happens again.
var makers = strings.Fields(`add append book buy charge clone confirm copy create decrement draft duplicate emit enqueue execute export fork generate import
	increment insert invite issue launch make new notify order pay ping place post process provision publish reset redeliver refresh register regenerate renew
	request rerun resend restart retry rotate run schedule send sign simulate exec spawn submit subscribe swap sync test track trigger upload verify write log
	enroll purchase redeem transfer withdraw deposit replay rollback`)

// idWords are the words of an operation's id from the verb on. What a vendor
// puts in front, a group or the method, is left out; an id that only repeats
// the path says nothing.
func (o *operation) idWords() []string {
	if dottedPath(o.path) != "" {
		return nil
	}
	id := o.id
	if i := strings.LastIndexAny(id, "./:"); i >= 0 {
		id = id[i+1:]
	}
	if m := groupPrefix.FindStringSubmatch(id); m != nil {
		id = m[1]
	}
	list := lowered(id)
	said := list
	if len(said) > 1 && strings.EqualFold(said[0], o.method) {
		said = said[1:]
	}
	inPath := lowered(o.path)
	if !slices.ContainsFunc(said, func(w string) bool { return !slices.Contains(inPath, w) }) {
		return nil
	}
	return list
}

// dottedPath is the last name of a path that is written with dots:
// chat.postMessage.
func dottedPath(path string) string {
	segments := segmentsOf(path)
	if len(segments) == 0 {
		return ""
	}
	last := strings.TrimSuffix(strings.TrimSuffix(segments[len(segments)-1], ".json"), ".xml")
	if i := strings.LastIndex(last, "."); i > 0 && !strings.Contains(last, "{") {
		return last[i+1:]
	}
	return ""
}

// groupPrefix is an id with a group in front: Contacts_search.
var groupPrefix = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*_([A-Za-z0-9]+)$`)

func lowered(name string) []string {
	list := words(name)
	for i, w := range list {
		list[i] = strings.ToLower(w)
	}
	return list
}

// pathWords are the words of the last part of the path that is no parameter,
// and whether a parameter stands before it.
func (o *operation) pathWords() (list []string, behind bool) {
	if name := dottedPath(o.path); name != "" {
		return lowered(name), true
	}
	segments := segmentsOf(o.path)
	for i := len(segments) - 1; i >= 0; i-- {
		if s := segments[i]; !strings.HasPrefix(s, "{") {
			name, rest, _ := strings.Cut(s, "{")
			if name == "" {
				name = rest
			}
			name = strings.TrimSuffix(name, ".json")
			return lowered(name), i > 0 && strings.Contains(segments[i-1], "{")
		}
	}
	return nil, false
}

// verbWords are the words that may be the verb: the first of the id and the
// first of the path's last part.
func (o *operation) verbWords() []string {
	var out []string
	if id := o.idWords(); len(id) > 0 {
		out = append(out, id[0])
	}
	if path, _ := o.pathWords(); len(path) > 0 {
		out = append(out, path[0])
	}
	if len(out) == 0 {
		out = append(out, lowered(o.name[len(o.name)-1])...)
	}
	return out
}

// writingVerb is the verb of a GET that writes, or nothing.
func writingVerb(op *operation) string {
	id := op.idWords()
	if len(id) == 0 {
		id = lowered(op.name[len(op.name)-1])
	}
	if len(id) > 0 && slices.Contains(writes, id[0]) {
		return id[0]
	}
	if path, _ := op.pathWords(); len(path) > 0 {
		w := path[0]
		if len(path) == 1 && slices.Contains(writePaths, w) || slices.Contains(writes, w) && len(segmentsOf(op.path)) == 1 {
			return w
		}
	}
	return ""
}

// makesByName returns the word that says that something new comes to be.
func makesByName(op *operation) string {
	for _, w := range op.verbWords() {
		if slices.Contains(makers, w) {
			return w
		}
	}
	for _, w := range append(op.idWords(), lowered(dottedPath(op.path))...) {
		if slices.Contains([]string{"create", "insert", "new", "append", "increment", "function", "script"}, w) {
			return w
		}
	}
	return ""
}

// readsByName reports whether the name or the path of an operation says that
// it looks for something.
func readsByName(op *operation) bool {
	id := op.idWords()
	path, _ := op.pathWords()
	if len(path) > 0 {
		last := path[len(path)-1]
		if slices.Contains(searchEnds, last) && (len(path) == 1 || last != "read") || len(path) == 1 && slices.Contains(searches, last) {
			return len(id) == 0 || !slices.Contains(makers, id[0]) || last == "preview"
		}
	}
	if len(id) > 1 && slices.Contains(secrets, singular(id[len(id)-1])) {
		return false // A token that is got is made.
	}
	if len(id) > 0 && slices.Contains(searches, id[0]) && makesByName(op) == "" {
		return len(path) == 0 || !slices.Contains(settles, path[0])
	}
	return len(id) == 0 && len(path) > 1 && makesByName(op) == "" && slices.Contains([]string{"get", "list", "search", "find"}, path[0])
}

// settlesState says why the state after a call is the one after two.
func (d *drafter) settlesState(op *operation) string {
	id := op.idWords()
	path, behind := op.pathWords()
	verbs := op.verbWords()
	if slices.Contains(verbs, "add") && (addsRelation(id) || addsRelation(path) || len(path) == 1 && addsRelation(beforeLast(op.path))) {
		return "what is added is there once"
	}
	if d.updates(op) {
		return "its summary says that it sets values of a thing"
	}
	if makesByName(op) != "" {
		return ""
	}
	if len(id) > 0 && slices.Contains(settles, id[0]) && (behind || !slices.Contains(vagueVerbs, id[0])) {
		return "a second " + id[0] + " changes nothing more"
	}
	if len(path) == 0 {
		return ""
	}
	if len(segmentsOf(op.path)) == 1 && len(id) == 0 && slices.Contains(settles, path[0]) && !slices.Contains(vagueVerbs, path[0]) {
		return "a second " + path[0] + " changes nothing more" // setWebhook
	}
	for _, w := range []string{path[0], path[len(path)-1]} {
		if slices.Contains(settles, w) && (behind || (len(path) == 1 || w == "delete") && !slices.Contains(vagueVerbs, w)) {
			return "a second " + w + " changes nothing more"
		}
	}
	if undo := opposites[path[0]]; undo != "" && len(path) == 1 && d.hasPath(strings.TrimSuffix(op.path, path[0])+undo) {
		return "a second " + path[0] + " changes nothing more: there is " + undo
	}
	return ""
}

func (d *drafter) hasPath(path string) bool {
	return slices.ContainsFunc(d.doc.ops, func(op *operation) bool { return op.path == path })
}

// setting says in words that a call sets values of a thing.
var settingWords = regexp.MustCompile(`(?i)^(updates?|modif(y|ies)|edits?|changes?|restores?|replaces?|renames?|sets?) `)

// updates reports whether a POST to a thing sets its values.
func (d *drafter) updates(op *operation) bool {
	if !strings.HasSuffix(strings.TrimSuffix(op.path, ".json"), "}") || !settingWords.MatchString(op.doc) {
		return false
	}
	return slices.ContainsFunc(d.doc.ops, func(other *operation) bool { return other.path == op.path && other.method == "GET" })
}

// beforeLast are the words of a path without the last.
func beforeLast(path string) []string {
	list := lowered(path)
	return list[:max(len(list)-1, 0)]
}

// addsRelation reports whether what is added is a tag or the like.
func addsRelation(lists ...[]string) bool {
	for _, list := range lists {
		if len(list) > 0 && slices.Contains(relations, singular(list[len(list)-1])) {
			return true
		}
		if len(list) > 1 && slices.Contains(relations, singular(list[1])) {
			return true
		}
	}
	return false
}

// finalWord returns the word that says that a call cannot be undone.
func (d *drafter) finalWord(op *operation) string {
	id := op.idWords()
	path, _ := op.pathWords()
	for _, list := range [][]string{id, path} {
		if len(list) == 0 {
			continue
		}
		if slices.Contains(finalVerbs, list[0]) || len(list) > 1 && slices.Contains(finalVerbs, list[len(list)-1]) {
			return list[0]
		}
	}
	one := strings.HasSuffix(strings.TrimSuffix(op.path, ".json"), "}")
	if len(path) > 0 && !one {
		noun := singular(path[len(path)-1])
		if slices.Contains(finalNouns, noun) || slices.Contains(spoken, noun) && d.hasRecipient(op) {
			return noun
		}
	}
	cancels := func(list []string) bool { return len(list) > 0 && strings.HasPrefix(list[0], "cancel") }
	if cancels(id) || cancels(path) {
		for _, w := range lowered(op.path + " " + op.id) {
			if slices.Contains(money, w) {
				return w
			}
		}
	}
	return ""
}

// hasRecipient reports whether a call names a sender and a recipient.
func (d *drafter) hasRecipient(op *operation) bool {
	var names []string
	for _, p := range op.params {
		names = append(names, strings.ToLower(p.name))
	}
	if op.body != nil && op.body.schema != nil {
		for _, m := range d.plainly(op.body.schema).fields {
			names = append(names, strings.ToLower(m.name))
		}
	}
	return slices.Contains(names, "to") && slices.Contains(names, "from")
}

// idempotencyKeys are names of the parameter that makes two calls one.
var idempotencyKeys = regexp.MustCompile(`(?i)^(x-)?idempoten(cy|t)[-_]?(key|id|token)$|^idempotency$`)

// idempotencyKey returns the place and the name of the parameter for an
// idempotency key. A header for it is from then on the client's affair.
func (d *drafter) idempotencyKey(op *operation) (in, name string) {
	for _, p := range op.params {
		if p.in == "header" && idempotencyKeys.MatchString(p.name) {
			op.key = p
			return p.in, p.name
		}
	}
	if op.body == nil || op.body.schema == nil {
		return "", ""
	}
	for _, m := range d.plainly(op.body.schema).fields {
		if idempotencyKeys.MatchString(m.name) && d.plainly(m.schema).kind == stringKind {
			return "body", m.name
		}
	}
	return "", ""
}
