package compiler

import (
	"net/http"
	"strconv"
	"strings"

	"cuelang.org/go/cue"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

// lowerChallenge lowers a handshake.
func (c *compilation) lowerChallenge(n node) *ir.Challenge {
	ch := &ir.Challenge{
		Pos: n.pos(), Method: n.get("method").str(), When: *c.lowerWhen(n.get("when")),
		Open: n.get("open").str(), Token: n.get("token").str(), Status: n.get("status").int(),
	}
	if ch.Method == http.MethodPost {
		ch.Method = ""
	}
	if ch.Status == 0 {
		ch.Status = http.StatusOK
	}
	for _, q := range n.get("query").fields() {
		ch.Query = append(ch.Query, c.lowerMatches(q, ir.Path{{Name: q.name}})...)
	}
	c.wantReason(n.get("open"), "a handshake that anybody may ask for needs a reason",
		"say in a sentence what protects the endpoint instead")
	if l := n.get("learn"); l.exists() {
		ch.Learn = c.lowerSource(l)
	}
	if f := n.get("confirm"); f.exists() {
		ch.Confirm = c.lowerFetch(f)
	}
	ch.Sign = c.lowerChallengeSign(n.get("sign"))
	c.lowerReply(n.get("reply"), ch)
	return ch
}

func (c *compilation) lowerChallengeSign(n node) *ir.ChallengeSign {
	if !n.exists() {
		return nil
	}
	return &ir.ChallengeSign{
		Algorithm: n.get("algorithm").str(), Encoding: n.get("encoding").str(),
		Signed: c.lowerTemplate(n.get("signed"), scopes{allowed: []string{"body", "header", "query"}}),
	}
}

func (c *compilation) lowerReply(n node, ch *ir.Challenge) {
	reply := scopes{allowed: []string{"body", "header", "query"}}
	if ch.Sign != nil {
		reply.allowed = append(reply.allowed, "signature")
	}
	if t := n.get("text"); t.exists() {
		ch.Text = c.lowerTemplate(t, reply)
	}
	for _, f := range n.get("json").fields() {
		m := &ir.ReplyMember{Name: f.name}
		switch f.concrete().Kind() {
		case cue.IntKind:
			m.Literal = strconv.Itoa(f.int())
		case cue.BoolKind:
			m.Literal = strconv.FormatBool(f.bool())
		default:
			m.Value = c.lowerTemplate(f, reply)
		}
		ch.JSON = append(ch.JSON, m)
	}
	ch.Headers = c.lowerNamedHeaders(n.get("headers").fields(), reply)
}

// wantReason reports a reason that is none.
func (c *compilation) wantReason(n node, what, help string) {
	if n.sound() && len(strings.TrimSpace(n.str())) < 20 {
		c.report.Errorf(diag.VerifyNoneUnexplained, n.pos(), "%s", what).Label("anyone can send events").Help("%s", help)
	}
}
