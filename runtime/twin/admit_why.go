package twin

import (
	"encoding/base64"
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
)

// credentials names the methods that an action takes credentials of.
func (o *op) credentials(c *ir.Connector) string {
	names := o.Auth
	if len(names) == 0 {
		for _, m := range c.Auth {
			names = append(names, m.Name)
		}
	}
	return strings.Join(names, " or ")
}

// unknown says of a credential that is none of the twin's what is known of it: nothing, or
// that of basic auth one half is right.
func (x *exchange) unknown() string {
	const why = "the credential is none that the twin gave out"
	text, ok := strings.CutPrefix(wireForm(&ir.Slot{Header: "Authorization"}, x.q.header.Get("Authorization")), "basic ")
	if !ok {
		return why
	}
	b, err := base64.StdEncoding.DecodeString(text)
	user, pass, found := strings.Cut(string(b), ":")
	if err != nil || !found {
		return "what follows Basic is not user:password in base64 (RFC 7617, 2)"
	}
	for _, a := range x.t.accounts {
		for _, g := range a.grants {
			if g.method.Kind != "basic" || renderTemplate(g.method.User, x.t.credRef(g)) != user {
				continue
			}
			switch want := g.method.Pass; {
			case pass == "":
				return "the user is that of " + a.id + ", and " + g.method.Name + " wants the password " + want.String() + ", not an empty one"
			case want.IsZero():
				return "the user is that of " + a.id + ", and " + g.method.Name + " wants an empty password"
			default:
				return "the user is that of " + a.id + ", and the password is another than " + want.String()
			}
		}
	}
	return why
}
