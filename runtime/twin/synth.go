package twin

import (
	"encoding/base64"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

// Depths at which made values stop growing: optional members and list elements
// first, and required members, of which a type of no finite value has no end,
// at last.
const (
	depthOptional = 4
	depthRequired = 40

	// Of whole values the optional members go deeper; a type within itself, and a
	// value of many members, then end them.
	depthWhole  = 12
	mostMembers = 20_000
)

// The presence of optional members.
const (
	none  = 0
	usual = 70
	whole = 100 // Of a twin that is [Options.Whole].
)

// synth makes values of types. One synth makes one value.
type synth struct {
	idx   *index
	rng   rng
	now   time.Time // What times say.
	who   *person   // Whom the value tells of; nil is nobody yet.
	where *zone     // Where that is; nil is nowhere yet.

	// presence is how often an optional member is there, in percent. A constant
	// always is.
	presence int

	sends  bool     // It is for a request.
	within []string // Named types around the value, of a whole one.
	made   int      // Its members.

	link func(*kind) (any, bool) // Returns the id of an object that a resource has.
}

// ends reports whether optional members and elements end at a depth.
func (s *synth) ends(depth int) bool {
	if s.presence == whole {
		return depth >= depthWhole || s.made >= mostMembers
	}
	return depth >= depthOptional
}

// value makes a value for a member called name.
func (s *synth) value(t *ir.Type, name string, depth int) any {
	if t == nil || depth > depthRequired {
		return nil
	}
	if t.Nullable && s.rng.chance(10) {
		return nil
	}
	switch t.Kind {
	case ir.Ref:
		if s.link != nil {
			if id, ok := s.link(s.idx.ids[t.Ref]); ok {
				return id
			}
		}
		if s.presence == whole {
			if slices.Contains(s.within, t.Ref) {
				depth = max(depth, depthWhole)
			}
			s.within = append(s.within, t.Ref)
			defer func() { s.within = s.within[:len(s.within)-1] }()
		}
		return s.identified(s.value(s.idx.types[t.Ref], name, depth+1), t.Ref)
	case ir.Bool:
		if len(t.Enum) == 1 {
			return t.Enum[0] // A constant, such as the ok of an envelope.
		}
		return s.rng.chance(30)
	case ir.Int, ir.Float:
		return s.number(t, name)
	case ir.String:
		return s.text(t, name)
	case ir.Bytes:
		return base64.StdEncoding.EncodeToString([]byte(s.rng.hex(12)))
	case ir.Enum:
		if len(t.Enum) == 0 {
			return s.text(t, name)
		}
		return valueOf(t.Enum[s.rng.below(len(t.Enum))])
	case ir.Object:
		o := &object{}
		s.members(o, t, depth)
		return o
	case ir.List:
		return s.list(t, name, depth)
	case ir.Map:
		o := &object{}
		if !s.ends(depth) && (t.Elem == nil || t.Elem.Kind != ir.Any || s.presence == whole) { // As an optional member of any type.
			o.set(word(&s.rng), s.value(t.Elem, name, depth+1))
		}
		return o
	case ir.Union:
		if len(t.Variants) == 0 {
			return nil
		}
		if s.ends(depth) {
			return s.value(s.idx.lowest(t.Variants), name, depth+1)
		}
		if s.idx.mixed(t) {
			return s.value(t.Variants[0], name, depth+1)
		}
		return s.value(t.Variants[s.rng.below(len(t.Variants))], name, depth+1)
	}
	return word(&s.rng)
}

// members adds the members of an object type, with those of what it embeds.
func (s *synth) members(o *object, t *ir.Type, depth int) {
	chosen, shape := s.idx.chosen(t, depth), s.idx.shapeOf(t)
	for _, f := range s.fields(t) {
		if !f.Required && !chosen[f.Name] && !constant(f.Type) && (s.ends(depth) || !s.rng.chance(s.presence)) {
			continue
		}
		if _, ok := o.get(f.Name); ok {
			continue
		}
		v := s.value(f.Type, s.hint(shape, f.Name), depth+1)
		if state, ok := s.stateOf(shape, f); ok {
			v = state
		}
		if !f.Required && f.Type.Kind == ir.Any && s.presence != whole {
			continue // Whatever it were, somebody who knows more would expect something else.
		}
		s.made++
		o.members = append(o.members, member{f.Name, v})
	}
	if len(shape.ends) > 0 {
		s.agree(o, t, func(name string) bool { return chosen[name] }, false)
	}
}

// fields are the members that a made object may have.
func (s *synth) fields(t *ir.Type) []*ir.Field {
	all := s.idx.fields(t)
	never := func(f *ir.Field) bool { return !s.sends && f.WriteOnly || s.sends && s.idx.onlyRead(f) }
	if !slices.ContainsFunc(all, never) {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), never)
}

// ensure gives an object the member at a path, where its type has one, and a value.
func (s *synth) ensure(o *object, t *ir.Type, path ir.Path) {
	f := s.idx.field(s.idx.resolve(t), path[0].Name)
	if f == nil {
		return
	}
	v, _ := o.get(f.Name)
	if v == nil {
		some := *f.Type
		if kind := s.idx.resolve(f.Type); kind != nil && (f.Type.Nullable || kind.Nullable) {
			some = *kind
		}
		some.Nullable = false
		v = s.value(&some, f.Name, 1)
		o.set(f.Name, v)
	}
	if inner, ok := v.(*object); ok && len(path) > 1 {
		s.ensure(inner, f.Type, path[1:])
	}
}

// constant reports whether a type has one value only.
func constant(t *ir.Type) bool { return len(t.Enum) == 1 }

func (s *synth) list(t *ir.Type, name string, depth int) any {
	low, high := 1, 3
	switch {
	case s.ends(depth):
		low, high = 0, 0
	case s.presence == whole:
		high = 1
	}
	if t.Min != nil {
		low = max(low, int(bound(t.Min, 0)))
	}
	if t.Max != nil {
		high = min(high, int(bound(t.Max, 3)))
	}
	n := low + s.rng.below(max(0, high-low)+1)
	list := make([]any, 0, n)
	who, where := s.who, s.where
	for range n {
		s.who, s.where = nil, nil // Each element tells of somebody else.
		list = append(list, s.value(t.Elem, elementName(name), depth+1))
	}
	s.who, s.where = who, where
	return list
}

// number makes a number within its bounds; a time where the type says so.
func (s *synth) number(t *ir.Type, name string) any {
	if len(t.Wire.Time) > 0 {
		if text, ok := formatTime(s.now, t.Wire.Time[0]).(number); ok {
			return text
		}
	}
	if id, ok := s.refersTo(t, name); ok {
		return id
	}
	if t.Min == nil && t.Max == nil {
		if n, ok := s.usual(name); ok {
			return number(strconv.FormatInt(n, 10))
		}
	}
	low, high := 0.0, 1000.0
	if t.Min != nil {
		low = bound(t.Min, 0)
		high = max(high, low+1000)
	}
	if t.Max != nil {
		high = bound(t.Max, high)
		low = min(low, high)
	}
	if t.Kind == ir.Int {
		if strings.HasSuffix(name, "id") && t.Max == nil {
			high = 1 << 31
		}
		return number(strconv.FormatInt(int64(low)+int64(s.rng.below(int(min(high-low, math.MaxInt32))+1)), 10))
	}
	f := low + (high-low)*float64(s.rng.below(10_000))/10_000
	return number(strconv.FormatFloat(math.Round(f*100)/100, 'f', -1, 64))
}

// bound returns the value of a bound, moved one inwards when it is exclusive.
func bound(b *ir.Bound, otherwise float64) float64 {
	v, err := strconv.ParseFloat(b.Value, 64)
	if err != nil {
		return otherwise
	}
	if b.Exclusive {
		return v + 1
	}
	return v
}

// formatTime writes a time in a layout of the spec.
func formatTime(at time.Time, layout string) any {
	at = at.UTC()
	switch layout {
	case "unix":
		return number(strconv.FormatInt(at.Unix(), 10))
	case "unix_ms":
		return number(strconv.FormatInt(at.UnixMilli(), 10))
	case "rfc3339":
		return at.Format(time.RFC3339)
	case "date":
		return at.Format(time.DateOnly)
	}
	return at.Format(layout)
}

// readTime is the inverse of formatTime.
func readTime(text, layout string) (time.Time, bool) {
	switch layout {
	case "unix", "unix_ms":
		n, err := strconv.ParseInt(text, 10, 64)
		if layout == "unix" {
			return time.Unix(n, 0), err == nil
		}
		return time.UnixMilli(n), err == nil
	case "rfc3339":
		layout = time.RFC3339
	case "date":
		layout = time.DateOnly
	}
	at, err := time.Parse(layout, text)
	return at, err == nil
}

// isInstant reports whether a name says when: created_at, createdAt.
func isInstant(name string) bool {
	if n := len(name) - len("at"); n < 0 || !strings.EqualFold(name[n:], "at") { // Most names are told by this.
		return false
	}
	parts := nameParts(name)
	return len(parts) > 1 && parts[len(parts)-1] == "at"
}

// text makes a string: of its time layout or pattern, or one that suits the
// member's name.
func (s *synth) text(t *ir.Type, name string) any {
	switch {
	case len(t.Wire.Time) > 0:
		return textOf(formatTime(s.now, t.Wire.Time[0]))
	case t.Min == nil && t.Max == nil && t.Pattern == "" && isInstant(name): // Documents leave the format out.
		return textOf(formatTime(s.now, "rfc3339"))
	case t.Wire.Decimal:
		return strconv.Itoa(s.rng.below(10_000)) + "." + string(itoa(s.rng.next(), 2))
	}
	if id, ok := s.refersTo(t, name); ok {
		return id
	}
	if t.Pattern != "" {
		return newForm(t.Pattern, 0).write(s.rng.next())
	}
	if t.Wire.ID { // Whoever reads it as a number has to succeed, too.
		return strconv.Itoa(100_000 + s.rng.below(900_000))
	}
	text := s.suited(name)
	if t.Max != nil {
		if n := int(bound(t.Max, 0)); n >= 0 && len(text) > n {
			text = text[:n]
		}
	}
	if t.Min != nil {
		for n := int(bound(t.Min, 0)); len(text) < n && len(text) < 4096; {
			text += "x"
		}
	}
	return text
}
