package twin

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
)

// Parameters that the address of a next page bears, where an action has one, without
// case and underscores, the best first. A client that follows addresses does not care;
// libraries read them.
var linkParams = []struct {
	name   string
	number bool // Of a page.
}{
	{"cursor", false}, {"page[cursor]", false}, {"pagetoken", false}, {"nexttoken", false},
	{"page", true}, {"pagenumber", true}, {"page[number]", true}, {"pageno", true},
	{"after", false}, {"page[after]", false}, {"startingafter", false},
}

// linkParam is the query parameter that carries the position in the address of a
// next page, and whether it is the number of a page.
func linkParam(a *ir.Action) (name string, number bool) {
	if from := a.Page.From; from != nil && from.Query != "" {
		return from.Query, false
	}
	for _, known := range linkParams {
		for _, p := range a.Places {
			if p.In == "query" && strings.ToLower(strings.ReplaceAll(p.Name, "_", "")) == known.name {
				return p.Name, known.number
			}
		}
	}
	return "page_token", false
}

// address returns this request's address, leading to a position.
func (x *exchange) address(token string) string {
	u := *x.q.url
	v := u.Query()
	name, _ := linkParam(x.op.Action)
	v.Set(name, token)
	u.RawQuery = v.Encode()
	origin := x.q.origin
	switch {
	case x.paging.foreign != "":
		origin, x.paging.worked = x.foreignOrigin(), true
		if x.q.served {
			u.Path = foreignPath + strings.TrimPrefix(u.Path, "/")
		}
	case x.paging.relative:
		origin, x.paging.worked = "", true
	}
	return origin + (&url.URL{Path: u.Path, RawPath: u.RawPath, RawQuery: u.RawQuery}).String()
}

// irregular numbers are of pages that do not begin at a multiple of their size,
// because a fault cut one short: what is beyond is the position itself.
const irregular = 1_000_000_000

// pageNumber writes a position as the number of a page, counted from 1.
func (x *exchange) pageNumber(s *slice, next int) string {
	switch {
	case x.paging.empty: // The page goes on where it began, by another number.
		return strconv.Itoa((x.t.journal.upcoming()+1)*irregular + next)
	case next%s.asked != 0:
		return strconv.Itoa(irregular + next)
	}
	return strconv.Itoa(next/s.asked + 1)
}

// readNumber is the inverse of pageNumber.
func readNumber(s *slice, number string) (next int, ok bool) {
	n, err := strconv.Atoi(number)
	switch {
	case err != nil || n < 1:
		return 0, false
	case n >= irregular:
		return n % irregular, true
	}
	return (n - 1) * s.asked, true
}

// foreignOrigin is an origin that is none of the declared ones. Served, it is
// the same socket under another name.
func (x *exchange) foreignOrigin() string {
	if !x.q.served {
		return "https://" + foreignHost
	}
	host, port, _ := strings.Cut(x.q.host, ":")
	if host == "localhost" {
		host = "127.0.0.1"
	} else {
		host = "localhost"
	}
	return "http://" + host + ":" + port
}
