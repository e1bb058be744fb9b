package runtime

// Elem returns an element of a list, counted from the end when i is negative,
// or the zero value when there is none. Generated readers of pages use it.
func Elem[T any](list []T, i int) T {
	if i < 0 {
		i += len(list)
	}
	if i < 0 || i >= len(list) {
		var zero T
		return zero
	}
	return list[i]
}

// Value returns what p points to, or the zero value when there is nothing.
// Generated readers of pages use it.
func Value[T any](p *T) T {
	if p == nil {
		p = new(T)
	}
	return *p
}

// KeyText returns how a value is written: its text for a string, a number or a time,
// and "" for the zero time. Generated readers of pages use it.
func KeyText(v any) string {
	raw, err := MarshalRaw(v)
	if err != nil {
		return ""
	}
	return rawText(raw)
}

// Text returns the string or number at a path of names below the value, or ""
// when there is none, whichever variant the value is of. Generated readers of
// pages use it for the key of an item.
func (u Union) Text(path ...string) string {
	raw := u.Raw()
	for _, name := range path {
		var members map[string]Raw
		if UnmarshalRaw(raw, &members) != nil {
			return ""
		}
		raw = members[name]
	}
	var id ID
	if len(raw) == 0 || UnmarshalRaw(raw, &id) != nil {
		return ""
	}
	return id.String()
}
