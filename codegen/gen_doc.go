package codegen

import (
	"fmt"
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
)

// doc writes doc.go: the package comment, which is what a newcomer reads first.
func (g *generator) doc() {
	about := fmt.Sprintf("Package %s is a client for the %s API.", g.c.Name, g.title)
	if g.c.Doc != "" {
		about += " " + sentence(g.c.Doc)
	}
	if g.c.Docs != "" {
		about += " The vendor's reference is at " + g.c.Docs + "."
	}
	paras := []string{about, g.usage(), "# Authentication", g.authProse()}
	if list := g.firstList(); list != "" {
		paras = append(paras, "# Lists", list)
	}
	if batch := g.firstBatch(); batch != "" {
		paras = append(paras, "# Batches", batch)
	}
	if job := g.firstJob(); job != "" {
		paras = append(paras, "# Jobs", job)
	}
	if file := g.firstDownload(); file != "" {
		paras = append(paras, "# Downloads", file)
	}
	paras = append(paras, "# Errors", g.errorProse())
	if len(g.c.Webhooks) > 0 {
		paras = append(paras, "# Events", fmt.Sprintf("[%sHandler] receives what %s delivers, and answers its handshakes.", g.eventType(g.c.Webhooks[0]), g.title))
	}
	if notes := noteDocs("", g.c.Notes); len(notes) > 0 {
		paras = append(append(paras, "# Notes"), notes...)
	}
	paras = append(paras, "# Tests", fmt.Sprintf("Package %s has a fake of the API with a stub for each method, and a simulator of the provider.", g.test.Name))
	g.files = append(g.files, &source{path: "doc.go", pkg: g.pkg, doc: strings.Join(paras, "\n\n")})
}

// usage is how a client is made.
func (g *generator) usage() string {
	name, args := g.firstAuth()
	if name == "" {
		return ""
	}
	text := fmt.Sprintf("%s.%s(%s)", g.c.Name, name, strings.Join(argNames(args), ", "))
	if g.hasSettings() {
		text += ", " + g.c.Name + ".Settings{...}"
	}
	return fmt.Sprintf("\tclient, err := %s.New(%s)", g.c.Name, text)
}

func (g *generator) authProse() string {
	text := fmt.Sprintf("[New] takes an [Auth], which %s make, and returns a client for one connection.", andList(g.authNames()))
	if len(g.authNames()) == 1 {
		text = fmt.Sprintf("[New] takes an [Auth], which %s makes, and returns a client for one connection.", g.authNames()[0])
	}
	if g.oauth() == nil {
		return text + " Programs with many connections share an [App]."
	}
	if isDevice(g.oauth()) {
		return text + fmt.Sprintf(" Programs that connect the accounts of their users make an [App]: it asks for a code that a user agrees with on another device by [App.%s], keeps their tokens in a store, and renews them. Its [App.Client] is cheap: make one where it is needed.", authName(g.oauth()))
	}
	return text + " Programs that connect the accounts of their users make an [App]: it sends a user to the provider with [App.AuthCodeURL], redeems what they bring back with [App.Exchange], keeps their tokens in a store, and renews them. Its [App.Client] is cheap: make one where it is needed."
}

// firstList explains paging by a method that pages: the first of those with the
// shortest path.
func (g *generator) firstList() string {
	var group *ir.Group
	var list *ir.Action
	for gr, a := range g.c.AllActions() {
		if a.Page != nil && (list == nil || strings.Count(a.Path, ".") < strings.Count(list.Path, ".")) {
			group, list = gr, a
		}
	}
	if list == nil {
		return ""
	}
	return fmt.Sprintf("A method that lists returns one page, such as [%s]; pass its Next to [At] for the one after it. The method beside it, [%s.%s], is an iterator over all items.",
		method(group, list), service(group), list.All)
}

func (g *generator) errorProse() string {
	text := "Every error of a call is an [Error]. Ask with errors.Is for a class, such as [ErrRateLimited] or [ErrNotFound]"
	if len(g.c.Codes) > 0 {
		text += fmt.Sprintf(", or for a code of the provider, such as [%s]", g.codeName(g.c.Codes[0]))
	}
	text += "."
	if g.anyEffect(ir.Create, ir.Irreversible) {
		text += " A write whose answer got lost is not sent again; its error is [ErrOutcomeUnknown]."
	}
	return text
}

func (g *generator) anyEffect(effects ...ir.Effect) bool {
	for _, a := range g.c.AllActions() {
		for _, e := range effects {
			if a.Effect == e {
				return true
			}
		}
	}
	return false
}
