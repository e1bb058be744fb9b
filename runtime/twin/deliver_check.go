package twin

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/internal/misread"
)

// noSuch is a name of something that there is not.
type noSuch struct{ text string }

// Error says what there is instead.
func (n *noSuch) Error() string { return n.text }

// missing is the error of a name that is none of those that there are.
func missing(what, name string, all []string) error {
	return &noSuch{fmt.Sprintf("twin: no %s %q%s", what, name, misread.Instead(name, all))}
}

// checkDelivery refuses a delivery that cannot be made. The error says what there is in
// place of what is not.
func (t *Twin) checkDelivery(d Delivery) error {
	hook := t.idx.webhook(d.Webhook)
	switch {
	case hook == nil:
		return missing("webhook", d.Webhook, t.webhookNames())
	case t.accountOf(d.Account) == nil:
		return missing("account", d.Account, t.accountNames())
	case d.Challenge && (d.Nth < 0 || d.Nth >= len(hook.Challenge)):
		return fmt.Errorf("twin: webhook %s has %d challenges", hook.Name, len(hook.Challenge))
	case strings.ContainsFunc(d.ID, unicode.IsControl):
		return errors.New("twin: an id with control characters cannot be sent in a header")
	case !d.Challenge && d.Body == nil && eventOf(hook, d.Event) == nil:
		return missing("event of webhook "+hook.Name, d.Event, tags(hook))
	}
	if d.Fault == "" {
		if len(d.Params) > 0 {
			return errors.New("twin: params are those of a fault, and none is named")
		}
		return nil
	}
	if def := definitions[d.Fault]; def == nil || def.bend == nil {
		return missing("webhook fault", d.Fault, deliveryFaults())
	}
	_, err := t.check(Fault{ID: d.Fault, Params: d.Params})
	return err
}

func (t *Twin) webhookNames() []string {
	var all []string
	for _, w := range t.spec.Webhooks {
		all = append(all, w.Name)
	}
	return all
}

func (t *Twin) accountNames() []string {
	var all []string
	for _, a := range t.accounts {
		all = append(all, a.id)
	}
	return all
}

func tags(hook *ir.Webhook) []string {
	var all []string
	for _, e := range hook.Events {
		if !slices.Contains(all, e.Tag) {
			all = append(all, e.Tag)
		}
	}
	return all
}

func deliveryFaults() []string {
	var all []string
	for _, id := range sortedKeys(definitions) {
		if definitions[id].bend != nil {
			all = append(all, id)
		}
	}
	return all
}
