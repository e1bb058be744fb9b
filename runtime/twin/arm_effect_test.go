package twin

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/compiler/ir"
)

// A fault that can have no effect on what its scope names is refused, with why and with
// what it has one on.
func TestArmInVain(t *testing.T) {
	for _, one := range []struct {
		fault, action, member, says string
	}{
		{"paging/size-capped", "channels.get", "", "twin: fault paging/size-capped has no effect on channels.get, which has no pages; it has on audits.list, channels.list, drafts.list, members.list, "},
		{"paging/total-wrong", "channels.list", "", "channels.list, which states no total; it has on orders.list, users.list"},
		{"paging/item-deleted", "notes.list", "", "notes.list, which does not go on from a count; it has on orders.list, users.list"},
		{"paging/duplicate-item", "users.list", "", "users.list, which goes on from a count; it has on audits.list"},
		{"paging/foreign-next", "channels.list", "", "channels.list, which names the next page by no address; it has on drafts.list, notes.list, pins.list"},
		{"paging/empty-with-next", "audits.list", "", "audits.list, which says nowhere in its answers what leads to the next page"},
		{"paging/size-capped", "@token", "", "@token, which has no pages"},
		{"limits/tier-lowered", "users.list", "", "users.list, which draws on no limit; it has on channels.list, messages.post"},
		{"limits/neighbour", "files.ticket", "", "files.ticket, which draws on no limit"},
		{"data/null", "channels.delete", "", "channels.delete, which has no member in its result that it could change"},
		{"data/big-int", "auth.test", "", "auth.test, which has no member in its result that it could change"},
		{"data/unknown-enum", "channels.list", "name", "channels.list, which has no member in its result that it could change"},
		{"data/missing", "@token", "", "@token, which has no result that the spec describes"},
		{"evolution/type-changed", "channels.list", "labels", "channels.list, which has no member in its result"},
		{"status/committed-then-lost", "users.list", "", "users.list, which changes nothing; it has on channels.create, channels.createMany, channels.delete"},
		{"auth/scope-reduced", "users.list", "", "users.list, which names no scope; it has on channels.create, channels.list, messages.post"},
		{"auth/token-endpoint-500", "users.list", "", "users.list: it is about @token; it has on @token"},
		{"auth/early-expiry", "@token", "", "@token, which takes no credential of an account"},
		{"status/503", "events", "", "events, which is a webhook; it has on "},
		{"webhooks/stale", "users.list", "", "users.list, which is no webhook; it has on events"},
		{"webhooks/stale", "shared", "", "shared, which has nothing in its deliveries that it could change; it has on events"},
		{"webhooks/two-signatures", "events", "", "events, which has nothing in its deliveries that it could change; it has on listed"},
		{"webhooks/unproved", "*", "", "twin: fault webhooks/unproved has no effect on anything in the spec"},
	} {
		f := Fault{ID: one.fault, Scope: Scope{Action: one.action}}
		if one.member != "" {
			f.Params = map[string]string{"member": one.member}
		}
		_, err := New(connector(), Options{}).Arm(f)
		require.ErrorIs(t, err, ErrInVain, "%s on %s", one.fault, one.action)
		require.Contains(t, err.Error(), one.says)
	}
}

// A fault without a scope is refused where anything in the spec is for it.
func TestArmInVainEverywhere(t *testing.T) {
	c := connector()
	c.Groups[0].Actions = slices.DeleteFunc(c.Groups[0].Actions, func(a *ir.Action) bool { return a.Page != nil })
	c.Resources, c.Webhooks, c.Auth = nil, nil, nil
	tw := New(c, Options{})
	for _, id := range []string{"paging/depth-cap", "webhooks/wrong-key", "auth/early-expiry", "auth/rotation", "auth/token-endpoint-500"} {
		_, err := tw.Arm(Fault{ID: id})
		require.ErrorIs(t, err, ErrInVain, id)
		require.Contains(t, err.Error(), "anything in the spec")
	}
	_, err := tw.Arm(Fault{ID: "status/503"})
	require.NoError(t, err)
}

// What is refused has no effect: of every fault on every action, none that is refused
// would have fired.
func TestInVainIsTrue(t *testing.T) {
	for _, id := range slices.Sorted(maps.Keys(definitions)) {
		if id == "transport/gzip-bomb" || id == "data/huge-body" || definitions[id].bend != nil {
			continue // Slow, and on each; or not on requests.
		}
		inBubble(t, Options{}, func(t *testing.T, tw *Twin) {
			c := clientOf(t, tw)
			refused := map[string]*Armed{}
			for _, action := range sortedKeys(tw.idx.ops) {
				f := Fault{ID: id, Scope: Scope{Action: action}}
				if _, err := tw.Arm(f); errors.Is(err, ErrInVain) {
					refused[action] = &Armed{twin: tw, fault: f, def: definitions[id], since: tw.opt.Now(), memo: map[string]string{}}
				}
				tw.DisarmAll()
			}
			for _, action := range sortedKeys(refused) {
				tw.faults = []*Armed{refused[action]}
				for _, r := range routes(c) {
					c.try(r) //nolint:errcheck // Whether it fails is the fault's business.
				}
				require.Zero(t, refused[action].fired, "%s on %s", id, action)
			}
		})
	}
}
