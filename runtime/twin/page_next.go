package twin

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
)

// mark writes what leads to the next page, or that there is none, and returns a
// digest of it.
func (x *exchange) mark(s *slice, a *answer) string {
	rule := s.rule
	next := s.to
	if s.view.partial() && counted(rule) {
		next = s.nth + len(s.items)
	}
	if x.paging.repeat && !s.last {
		next, x.paging.worked = s.from, true
	}
	token := ""
	if !s.last || alwaysLeads(rule) && !x.paging.unmarked {
		token = x.token(s, next)
	}
	if rule.From != nil {
		x.writeNext(s, a, token)
	}
	if rule.More != nil {
		x.writeMore(rule, a, s.last)
	}
	total := s.count() - x.paging.start // What came to the front counts, and what was deleted does not.
	if x.paging.badTotal {
		total, x.paging.worked = total+total/2+7, true
	}
	if rule.Total != nil {
		writeSource(a, rule.Total, strconv.Itoa(total), true)
	}
	if rule.Pages != nil {
		writeSource(a, rule.Pages, strconv.Itoa((total+s.size-1)/s.size), true)
	}
	if token == "" {
		return ""
	}
	return hexOf(digest(0, token))
}

// alwaysLeads reports whether the last page has a cursor, too: what ends the list is
// something else, as with Dropbox and Elasticsearch.
func alwaysLeads(rule *ir.Page) bool {
	return (rule.Style == "cursor" || rule.Style == "scroll") && !slices.Contains(rule.End, "no_cursor")
}

// token writes a place as what leads there.
func (x *exchange) token(s *slice, next int) string {
	switch s.rule.Style {
	case "offset":
		return strconv.Itoa(next + s.rule.Start)
	case "last_item", "number", "window":
		return strconv.Itoa(next)
	case "link":
		if _, number := linkParam(x.op.Action); number {
			return x.pageNumber(s, next)
		}
	}
	return x.cursor(s, s.anchor(next))
}

// writeMore writes the member or header that says whether there is more.
func (x *exchange) writeMore(rule *ir.Page, a *answer, last bool) {
	if last && x.paging.unmarked {
		x.paging.worked = true
		remove(a.body, rule.More.Body)
		return
	}
	if rule.More.Header != "" {
		a.header.Set(rule.More.Header, strconv.FormatBool(!last))
		return
	}
	a.body = x.putDeclared(a.body, rule.More.Body, !last)
}

// writeNext writes the cursor, or the address of the next page, where the rule
// reads it.
func (x *exchange) writeNext(s *slice, a *answer, token string) {
	from := s.rule.From
	isURL := byAddress(s.rule)
	if token == "" {
		x.writeEnd(s.rule, a, isURL)
		return
	}
	if isURL {
		token = x.address(token)
	}
	switch {
	case from.Link != "":
		name := from.Header
		if name == "" {
			name = "Link"
		}
		a.header.Add(name, "<"+token+`>; rel="`+from.Link+`"`)
	case from.Header != "":
		a.header.Set(from.Header, token)
	default:
		a.body = x.putDeclared(a.body, from.Body, token)
	}
}

// byAddress reports whether the next page is named by its address.
func byAddress(rule *ir.Page) bool {
	return rule.Style == "link" || rule.From.Link != "" || rule.From.Query != ""
}

// writeEnd writes that a list is over: the member that would lead on is left
// out, or empty where the type requires it.
func (x *exchange) writeEnd(rule *ir.Page, a *answer, isURL bool) {
	if len(rule.From.Body) == 0 {
		return
	}
	f := x.t.idx.field(x.t.idx.resolve(x.t.idx.parentType(x.op.result, rule.From.Body)), rule.From.Body[len(rule.From.Body)-1].Name)
	switch {
	case x.paging.unmarked || f == nil || !f.Required:
		x.paging.worked = x.paging.unmarked
		remove(a.body, rule.From.Body)
	case f.Type.Nullable:
		a.body = x.putDeclared(a.body, rule.From.Body, nil)
	default:
		a.body = x.putDeclared(a.body, rule.From.Body, "")
	}
}

// cursor writes a position as a token that is good for this list, this account
// and these parameters only.
func (x *exchange) cursor(s *slice, next int) string {
	parent := ""
	if s.rule.Keep == "cursor_only" {
		parent = s.c.name[2]
	}
	salt := 0
	if x.paging.empty { // The page goes on where it began, by another token.
		salt = x.t.journal.upcoming() + 1
	}
	if parent == "" && x.numbered() {
		return strconv.FormatUint((uint64(next)*sealed+x.sealNumber(next))*salted+uint64(salt)%salted, 10)
	}
	text := strconv.Itoa(next) + "." + x.seal(next, parent) + "." + strconv.Itoa(salt) + "." + parent
	return base64.RawURLEncoding.EncodeToString([]byte(text))
}

// startCursor leads to the beginning of a list, where the first page has to be
// asked for by a token, too.
const startCursor = "start"

// readCursor is the inverse of cursor. It reports false for a token that is not
// of this list.
func (x *exchange) readCursor(token string) (next int, parent string, ok bool) {
	if token == startCursor {
		return 0, "", true
	}
	if n, err := strconv.ParseUint(token, 10, 64); err == nil && x.numbered() {
		next = int(n / salted / sealed)
		return next, "", n/salted%sealed == x.sealNumber(next)
	}
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return 0, "", false
	}
	at, rest, _ := strings.Cut(string(b), ".")
	seal, rest, _ := strings.Cut(rest, ".")
	_, parent, _ = strings.Cut(rest, ".")
	next, err = strconv.Atoi(at)
	return next, parent, err == nil && seal == x.seal(next, parent)
}

func (x *exchange) seal(next int, parent string) string {
	query := ""
	if rule := x.op.Page; rule.Keep != "cursor_only" {
		link, _ := linkParam(x.op.Action)
		query = x.in.digest(slotName(rule.To), sizeName(rule), link)
	}
	list := x.op
	if list.scrolls != nil {
		list = list.scrolls
	}
	return hexOf(digest(x.t.opt.Seed, "cursor", x.owner(), list.Path, query, parent, strconv.Itoa(next)))[:10]
}

// A cursor that is a number ends with a seal of so many values, and with a salt: one of a
// list of millions is still exact in a float64.
const (
	sealed = 100_000
	salted = 100
)

// numbered reports whether the parameter that a cursor comes back in takes numbers alone.
func (x *exchange) numbered() bool {
	rule := x.op.Page
	name, _ := linkParam(x.op.Action)
	if rule.To != nil {
		name = slotName(rule.To)
	}
	for _, p := range x.op.Places {
		if p.Name == name && x.op.params[p.Field] != nil {
			t := x.t.idx.resolve(x.op.params[p.Field].Type)
			return t != nil && t.Kind == ir.Int
		}
	}
	return false
}

func (x *exchange) sealNumber(next int) uint64 {
	return digest(x.t.opt.Seed, "number", x.seal(next, "")) % sealed
}

func sizeName(rule *ir.Page) string {
	if rule.Size == nil {
		return ""
	}
	return slotName(rule.Size.To)
}

// slotName is the name of the parameter that a slot stands for.
func slotName(s *ir.Slot) string {
	switch {
	case s == nil:
		return ""
	case s.Query != "":
		return s.Query
	case s.Header != "":
		return s.Header
	case s.Cookie != "":
		return s.Cookie
	case s.Path != "":
		return s.Path
	}
	return s.Body.String()
}
