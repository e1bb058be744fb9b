package draft

import (
	"slices"
	"strings"
)

// What a document states and a draft has no words for is noted, with its place.
func (d *drafter) noteUnsaid() {
	d.noteJobs()
	d.noteHeaders()
	for _, m := range statedLimit().FindAllString(d.doc.doc, 3) {
		d.note(place{pointer: "/info/description"}, "it speaks of a limit, %q; whose calls share it is not said, and no limit is drafted", strings.Join(strings.Fields(m), " "))
	}
}

// statedLimit is a rate in words: 100 requests per minute.
var statedLimit = pattern(`(?i)\b[0-9][0-9,.]* ?(api )?(requests?|calls?|queries|transactions)\s*(/|per|an?|each|every)\s*([0-9]+ )?(second|sec|minute|min|hour|day|month)s?\b`)

// noteJobs says which calls answer before they are done.
func (d *drafter) noteJobs() {
	for _, op := range d.ops {
		if marked, _ := op.extensions["x-ms-long-running-operation"].(bool); marked {
			d.note(op.at, "the call starts a job that goes on after the answer; the client does not wait for it")
			continue
		}
		for _, a := range op.answers {
			i := slices.IndexFunc(a.headers, jobHeader().MatchString)
			if a.code == "202" && i >= 0 {
				d.note(a.at, "the answer 202 names a job in the header %s; the client does not wait for it", a.headers[i])
			}
		}
	}
}

// jobHeader has the address at which the state of a job is asked.
var jobHeader = pattern(`(?i)^(location|content-location|operation-location|.*-asyncoperation)$`)

// noteHeaders says which headers of answers are described and come out nowhere:
// results are bodies.
func (d *drafter) noteHeaders() {
	var names []string
	at, limits, id := place{}, false, d.requestHeader()
	for _, op := range d.ops {
		for _, a := range op.answers {
			for _, h := range a.headers {
				switch {
				case usedHeader().MatchString(h), strings.EqualFold(h, id), jobHeader().MatchString(h):
					continue
				case slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, h) }):
					continue
				case len(names) == 0:
					at = a.at
				}
				names = append(names, h)
				limits = limits || limitHeader().MatchString(h)
			}
		}
	}
	if len(names) == 0 {
		return
	}
	if limits {
		d.note(at, "headers of answers report a limit (%s); no limit is drafted, because what shares it is not said", listed(slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !limitHeader().MatchString(n) })))
	}
	if rest := slices.DeleteFunc(names, limitHeader().MatchString); len(rest) > 0 {
		d.note(at, "headers of answers are described that results do not carry: %s", listed(rest))
	}
}

// listed names a few of many.
func listed(names []string) string {
	const most = 8
	if len(names) > most {
		return strings.Join(names[:most], ", ") + " and others"
	}
	return strings.Join(names, ", ")
}

var (
	// usedHeader is for the runtime, for page rules, or for the connection.
	usedHeader  = pattern(`(?i)^(retry-after|link|content-(type|length|encoding|disposition)|date|server|connection|transfer-encoding|vary|cache-control|set-cookie|strict-transport-security|access-control-.*|x-content-type-options|cf-.*)$`)
	limitHeader = pattern(`(?i)rate-?limit|-remaining$`)
	requestID   = pattern(`(?i)^(x-)?([a-z]+-)?(request|correlation|trace|debug)-?id$`)
)

// requestHeader is the header with the provider's id of a request, as answers
// describe it, or empty.
func (d *drafter) requestHeader() string {
	for _, op := range d.doc.ops {
		for _, a := range op.answers {
			if i := slices.IndexFunc(a.headers, requestID().MatchString); i >= 0 {
				return a.headers[i]
			}
		}
	}
	return ""
}
