package draft

import "strings"

// The words that effects are judged by are those of the operation's id, in
// which the verb is mostly first, and of the last part of its path that is not
// a parameter, which is a verb where the path is not one of nouns.

// writes are verbs that change something whatever the method.
var writes = strings.Fields(`add approve complete create delete insert invite open post publish push remove revoke send set share
	install uninstall update upload exec execute`)

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
