package runtime

// Shapes are what a spec promises of the objects of a type, beyond the types of
// their members: those that are always there, and the known values of enums. A
// generated package has a variable for each type that an operation returns and
// of which there is something to say; operations refer to them, so that a
// program links those of the operations that it calls.
//
// Mostly there is one shape. Types that hold each other share their Shapes, for
// Go has no variables whose values refer to each other.
type Shapes []Shape

// Shape lists the members of an object of which something is promised, sorted
// by name.
type Shape []Member

// Member is what is promised of a member, or of a whole result.
type Member struct {
	Name     string
	Required bool // It is always there,
	Null     bool // but may be null.

	Each   string   // The lists and maps around the values, from the outside: "[" for a list, "{" for a map.
	Values []string // Every known value of an enum, strings without quotes.
	Of     *Shapes  // Where the shape of the values is; nil is the Shapes that the member stands in.
	At     int      // Which of them, from 1. 0 is the first of Of, and none when Of is nil.
}

// shape returns the shape of a member's values, if there is one, and where
// members in it that have no Of find theirs.
func (m *Member) shape(in *Shapes) (Shape, *Shapes) {
	at := m.At
	if m.Of != nil {
		in, at = m.Of, max(at, 1)
	}
	if in == nil || at < 1 || at > len(*in) {
		return nil, nil
	}
	return (*in)[at-1], in
}

// find returns the index of a member by its quoted name, or -1.
func (s Shape) find(quoted Raw) int {
	name := quoted[1 : len(quoted)-1]
	for _, c := range name {
		if c == '\\' {
			name = []byte(unquote(quoted))
			break
		}
	}
	low, high := 0, len(s)
	for low < high {
		mid := int(uint(low+high) / 2)
		switch have := s[mid].Name; {
		case have == string(name):
			return mid
		case have < string(name):
			low = mid + 1
		default:
			high = mid
		}
	}
	return -1
}

// knows reports whether a value is one of those of an enum. Null and what is no
// scalar are departures of another kind.
func (m *Member) knows(v Raw) bool {
	kind := v.Kind()
	if kind == 'n' || kind == '{' || kind == '[' {
		return true
	}
	plain := v
	if kind == '"' {
		plain = v[1 : len(v)-1]
	}
	for _, known := range m.Values {
		if known == string(plain) {
			return true
		}
	}
	for _, known := range m.Values { // Written in another way.
		if sameValue(kind, v, known) {
			return true
		}
	}
	return false
}
