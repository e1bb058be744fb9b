package twin

import (
	"cmp"
	"html"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
)

// pageHead begins a page for people; it looks like the one that a twin is steered from.
const pageHead = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<style>
:root { color-scheme: light dark; --ink: #1d2430; --dim: #667085; --paper: #fbfbf9; --card: #fff; --line: #e4e4de; --key: #3b5bdb; --bad: #b42318 }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8ec; --dim: #98a2b3; --paper: #14171c; --card: #1b1f26; --line: #2b313b; --key: #91a7ff; --bad: #ff8070 } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif }
main { max-width: 30rem; margin: 0 auto; padding: 1.5rem; display: grid; gap: 1.25rem }
h1 { font-size: 1.4rem; margin: 0 } p, ul { margin: .3rem 0 } code { font: 13px/1.55 ui-monospace, monospace; overflow-wrap: anywhere }
section { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1rem }
label { display: block; font-size: .85rem; color: var(--dim); margin: .8rem 0 }
select, button { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: .35rem; padding: .3rem .8rem }
button { cursor: pointer } button.key { background: var(--key); border-color: var(--key); color: #fff }
.dim { color: var(--dim) } .bad { color: var(--bad) }
</style>
`

// consentPage asks the person at a browser whether they agree.
func (t *Twin) consentPage(x *exchange, v url.Values, m *ir.Auth, back *url.URL) *answer {
	var b strings.Builder
	say := func(parts ...string) { // Every second part is text of others.
		for i, part := range parts {
			if i%2 == 1 {
				part = html.EscapeString(part)
			}
			b.WriteString(part)
		}
	}
	title := cmp.Or(t.spec.Title, t.spec.Name)
	say("<title>", title, ": consent</title>\n<main>\n<header><h1>", title, "</h1><span class=\"dim\">a twin of the provider</span></header>\n<section>\n")
	say("<p><code>", v.Get("client_id"), "</code> asks for access, and goes on at <code>", cmp.Or(back.Host, back.Scheme+":"), "</code>.</p>\n")
	if scopes := splitScopes(v.Get("scope"), m.OAuth2.ScopeSep); len(scopes) > 0 {
		say("<p>It asks for</p>\n<ul>\n")
		for _, scope := range scopes {
			say("<li><code>", scope, "</code></li>\n")
		}
		say("</ul>\n")
	}
	say("<form method=\"post\">\n<input type=\"hidden\" name=\"form\" value=\"", t.formOf(x, strconv.FormatInt(x.now.Add(formLife).Unix(), 10)), "\">\n")
	say("<label>In the name of <select name=\"account\">")
	for _, a := range t.accounts {
		chosen := ""
		if a.id == v.Get("login_hint") {
			chosen = " selected"
		}
		say("<option"+chosen+">", a.id, "</option>")
	}
	say("</select></label>\n<button class=\"key\" name=\"do\" value=\"allow\">Allow</button>\n<button name=\"do\" value=\"deny\">Deny</button>\n</form>\n</section>\n</main>\n")
	return htmlPage(http.StatusOK, b.String())
}

// refusePage tells why the endpoint does nothing: a person on a page, and a program in a line.
func (x *exchange) refusePage(status int, why string) *answer {
	if !x.q.browses() {
		return plain(status, "text/plain; charset=utf-8", why+"\n")
	}
	return htmlPage(status, "<title>"+html.EscapeString(why)+"</title>\n<main>\n<section>\n<p class=\"bad\" role=\"alert\">"+html.EscapeString(why)+"</p>\n</section>\n</main>\n")
}

// htmlPage is a page that runs nothing, and that no other page shows in a frame.
func htmlPage(status int, body string) *answer {
	a := plain(status, "text/html; charset=utf-8", pageHead+body)
	a.header.Set("Cache-Control", "no-store")
	a.header.Set("Content-Security-Policy", "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'none'")
	a.header.Set("Referrer-Policy", "no-referrer")
	return a
}
