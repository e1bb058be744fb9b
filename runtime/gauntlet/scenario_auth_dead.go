package gauntlet

import (
	"fmt"
	"time"

	"github.com/porin-dev/porin/runtime/twin"
)

// mostDeadCodes is how many codes a scenario tries, with an account each.
const mostDeadCodes = 12

// deadCodes are the codes that call a grant dead in an answer to a refresh.
func (p *Plan) deadCodes() []string {
	if p.OAuth == nil || p.OAuth.OAuth2.Dead == nil || len(p.OAuth.OAuth2.Dead.Body) != 1 {
		return nil
	}
	m := p.OAuth.OAuth2.Dead.Body[0]
	if m.Op != "eq" && m.Op != "in" {
		return nil
	}
	var codes []string
	for _, v := range m.Values[:min(len(m.Values), mostDeadCodes)] {
		if code, ok := v.(string); ok {
			codes = append(codes, code)
		}
	}
	return codes
}

// meetEveryDeadCode has a refresh refused with each code, of an account of its own.
func meetEveryDeadCode(e *Env) error {
	for i, code := range e.Plan.deadCodes() {
		c, err := e.Renewing(i + 1)
		if err != nil {
			return err
		}
		if err := e.arm([]Arm{{Fault: "auth/revoked-at-refresh", Times: 1, Params: map[string]string{"code": code}}}); err != nil {
			return err
		}
		e.Twin.Expire(c.id)
		r := c.CallWithin(e.Plan.Read, 20*time.Second)
		switch {
		case e.broken != nil:
			return nil
		case r.Err == nil:
			return fmt.Errorf("a refresh was refused with %s, and the call is served", code)
		case r.Failure.Class != "" && r.Failure.Class != "disconnected":
			return fmt.Errorf("%s says that the grant is gone, and the call fails as %s", code, r.Failure.Class)
		}
		if !e.Plan.OAuth.OAuth2.Attended() { // Who needs no user goes on asking.
			continue
		}
		asked := e.tokenRequests()
		time.Sleep(2 * time.Minute)
		c.CallWithin(e.Plan.Read, 20*time.Second)
		if e.tokenRequests() > asked {
			return fmt.Errorf("%s says that the grant is gone, and the token endpoint is asked again", code)
		}
	}
	return nil
}

// tokenRequests is how often the token endpoint was asked.
func (e *Env) tokenRequests() int {
	n := 0
	for _, entry := range e.Twin.Journal().Entries() {
		if entry.Route == twin.RouteToken {
			n++
		}
	}
	return n
}
