package twin

import (
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"

	"github.com/porin-dev/porin/compiler/ir"
)

// Sizes of pages where nothing is declared.
const (
	sizeDefault = 100
	sizeMost    = 1000
)

// paging is how faults bend the page that a request gets.
type paging struct {
	size       int    // 0: as asked for.
	start      int    // Moves the first position.
	empty      bool   // No items; the page goes on where it would have begun.
	repeat     bool   // What leads on leads here.
	expired    bool   // The position is not known any more.
	unmarked   bool   // The mark of the end is left out.
	duplicate  bool   // The last item of the page before comes first.
	badTotal   bool   // The total is off.
	relative   bool   // Addresses are relative.
	foreign    string // Addresses are of this origin.
	deepest    int    // Positions from here on are refused; 0 is none.
	worked     bool   // The page went on, or was refused, as bent.
	continuing bool   // The request was for a page after the first.
}

// slice is the page of a list that a request gets.
type slice struct {
	rule  *ir.Page
	c     *collection
	from  int // Position of the first item.
	to    int // Position after the last.
	size  int
	last  bool
	items []any
}

// list answers a list, by page where the action has a page rule. It returns a
// refusal, or nil.
func (x *exchange) list(k *kind, u *ir.ResourceUse, a *answer) *answer {
	rule := x.op.Page
	var place ir.Path
	if u != nil {
		place = u.At
	}
	parent := ""
	if k.within != nil {
		parent = textOf(x.in[k.within.Key])
	}
	c := x.t.collection(x.owner(), k, parent)
	if rule == nil {
		s := &slice{c: c, to: min(c.size(), sizeMost), last: true}
		x.t.collect(s, x)
		a.body = put(a.body, place, s.items)
		return nil
	}
	s, refused := x.position(rule, c)
	if refused != nil {
		return refused
	}
	x.t.collect(s, x)
	a.body = put(a.body, rule.Items, s.items)
	next := x.mark(s, a)
	x.entry.Page = &PageState{From: s.from, Items: len(s.items), Size: s.size, Next: next}
	return nil
}

// position works out which page a request asks for.
func (x *exchange) position(rule *ir.Page, c *collection) (*slice, *answer) {
	s := &slice{rule: rule, c: c, size: x.pageSize(rule)}
	sent := ""
	if rule.To != nil {
		sent, _ = x.q.slot(rule.To)
	} else {
		sent, _ = firstOf(x.q.query, linkParam(rule))
	}
	x.paging.continuing = sent != ""
	ok := true
	switch {
	case sent == "":
	case rule.Style == "offset":
		n, err := strconv.Atoi(sent)
		if s.from, ok = n, err == nil && n >= 0; rule.By == "pages" {
			s.from *= s.size
		}
	case rule.Style == "number":
		n, err := strconv.Atoi(sent)
		s.from, ok = (n-rule.Start)*s.size, err == nil && n >= rule.Start
	case rule.Style == "last_item":
		s.from, ok = x.after(c, rule, sent)
	default:
		var parent string
		if s.from, parent, ok = x.readCursor(sent); ok && parent != "" {
			s.c = x.t.collection(x.owner(), c.kind, parent)
		}
	}
	if x.paging.expired && sent != "" {
		ok, x.paging.worked = false, true
	}
	if !ok {
		return nil, x.t.refuse(x.op, failure{class: ir.CursorExpired, hints: []string{"cursor", "page", "invalid"}, or: []ir.Class{ir.Invalid, ir.Rejected}})
	}
	if deepest := x.deepest(rule); deepest > 0 && s.from >= deepest {
		x.paging.worked = x.paging.deepest > 0
		return nil, x.t.refuse(x.op, failure{class: ir.Invalid, hints: []string{"limit", "page", "invalid"}, or: []ir.Class{ir.Rejected}})
	}
	return s, nil
}

// deepest returns the position from which a list is refused.
func (x *exchange) deepest(rule *ir.Page) int {
	if x.paging.deepest > 0 {
		return x.paging.deepest
	}
	if rule.Style == "offset" || rule.Style == "number" {
		return rule.Cap
	}
	return 0
}

// pageSize returns the size asked for, within what is declared.
func (x *exchange) pageSize(rule *ir.Page) int {
	n, most := sizeDefault, sizeMost
	if p := rule.Size; p != nil {
		if p.Default > 0 {
			n = p.Default
		}
		if p.Max > 0 {
			most = p.Max
		}
		if p.To != nil {
			if sent, ok := x.q.slot(p.To); ok {
				if v, err := strconv.Atoi(sent); err == nil && v > 0 {
					n = v
				}
			}
		}
	}
	n = min(n, most)
	if cut := x.paging.size; cut > 0 && cut < n {
		x.paging.worked = true
		n = cut
	}
	return n
}

// after returns the position that follows the item with a key.
func (x *exchange) after(c *collection, rule *ir.Page, key string) (int, bool) {
	if rule.Field.String() == c.kind.id.String() {
		p, ok := c.find(key)
		return p + 1, ok
	}
	for p := range c.size() {
		if v, ok := at(x.t.object(c, p), rule.Field); ok && textOf(v) == key && !c.gone[p] {
			return p + 1, true
		}
	}
	return 0, false
}

// collect makes the items of a slice.
func (t *Twin) collect(s *slice, x *exchange) {
	p := s.from + x.paging.start
	end := s.c.size()
	if s.rule != nil && s.rule.Cap > 0 {
		end = min(end, s.rule.Cap)
	}
	want := s.size
	if s.rule == nil {
		want = s.to
	}
	s.items = make([]any, 0, max(0, min(want, end-p)))
	if x.paging.duplicate && p > 0 && p < end {
		s.items = append(s.items, t.item(s.c, p-1))
		x.paging.worked = true
	}
	if x.paging.empty && p < end {
		want = 0
		x.paging.worked = true
	}
	for ; p < end && want > 0; p++ {
		if !s.c.gone[p] {
			s.items = append(s.items, t.item(s.c, p))
			want--
		}
	}
	s.to = p
	for p < end && s.c.gone[p] { // What is left may all be deleted.
		p++
	}
	s.last = p >= end
}

// item returns an object as it stands in a list.
func (t *Twin) item(c *collection, p int) any {
	if c.kind.plain {
		return c.idValue(c.id(p))
	}
	return t.object(c, p)
}

// mark writes what leads to the next page, or that there is none, and returns a
// digest of it.
func (x *exchange) mark(s *slice, a *answer) string {
	rule := s.rule
	next := s.to
	if x.paging.repeat && !s.last {
		next, x.paging.worked = s.from, true
	}
	token := ""
	if !s.last {
		token = x.cursor(s, next)
		if rule.Style == "last_item" || rule.Style == "offset" || rule.Style == "number" {
			token = strconv.Itoa(next)
		}
	}
	if rule.From != nil {
		x.writeNext(s, a, token)
	}
	if rule.More != nil {
		x.writeMore(rule, a, s.last)
	}
	total := s.c.size() - len(s.c.gone)
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

// writeMore writes the member or header that says whether there is more.
func (x *exchange) writeMore(rule *ir.Page, a *answer, last bool) {
	if last && x.paging.unmarked {
		x.paging.worked = true
		return
	}
	if rule.More.Header != "" {
		a.header.Set(rule.More.Header, strconv.FormatBool(!last))
		return
	}
	a.body = put(a.body, rule.More.Body, !last)
}

// writeNext writes the cursor, or the address of the next page, where the rule
// reads it.
func (x *exchange) writeNext(s *slice, a *answer, token string) {
	from := s.rule.From
	isURL := s.rule.Style == "link" || from.Link != "" || from.Query != ""
	if token == "" {
		x.writeEnd(s.rule, a, isURL)
		return
	}
	if isURL {
		token = x.address(s.rule, token)
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
		a.body = put(a.body, from.Body, token)
	}
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
		a.body = put(a.body, rule.From.Body, nil)
	default:
		a.body = put(a.body, rule.From.Body, "")
	}
}

// linkParam is the query parameter that carries the position in an address.
func linkParam(rule *ir.Page) string {
	if rule.From != nil && rule.From.Query != "" {
		return rule.From.Query
	}
	return "page_token"
}

// address returns this request's address, leading to a position.
func (x *exchange) address(rule *ir.Page, token string) string {
	u := *x.q.url
	v := u.Query()
	v.Set(linkParam(rule), token)
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

// cursor writes a position as a token that is good for this list, this account
// and these parameters only.
func (x *exchange) cursor(s *slice, next int) string {
	parent := ""
	if s.rule.Keep == "cursor_only" {
		parent = s.c.name[2]
	}
	salt := ""
	if x.paging.empty { // The page goes on where it began, by another token.
		salt = strconv.Itoa(x.t.journal.upcoming())
	}
	text := strconv.Itoa(next) + "." + x.seal(next, parent) + "." + salt + "." + parent
	return base64.RawURLEncoding.EncodeToString([]byte(text))
}

// readCursor is the inverse of cursor. It reports false for a token that is not
// of this list.
func (x *exchange) readCursor(token string) (next int, parent string, ok bool) {
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
		query = x.in.digest(slotName(rule.To), sizeName(rule), linkParam(rule))
	}
	return hexOf(digest(x.t.opt.Seed, "cursor", x.owner(), x.op.Path, query, parent, strconv.Itoa(next)))[:10]
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
