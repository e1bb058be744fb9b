package judge

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

func sortedKeys(o object) []string { return slices.Sorted(maps.Keys(o)) }

func text(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

func truth(v any) bool { b, ok := v.(bool); return ok && b }

func asList(v any) []any { list, _ := v.([]any); return list }

// asObject is the first of the values that is an object, or an empty one.
func asObject(values ...any) object {
	for _, v := range values {
		if o, ok := v.(object); ok {
			return o
		}
	}
	return object{}
}

// at is the value at a place of the document, nil when there is none.
func (d *Document) at(steps ...string) any {
	var v any = d.root
	for _, s := range steps {
		switch c := v.(type) {
		case object:
			v = c[s]
		case []any:
			i, err := strconv.Atoi(s)
			if err != nil || i < 0 || i >= len(c) {
				return nil
			}
			v = c[i]
		default:
			return nil
		}
	}
	return v
}

// maxRefs ends a chain of references that leads nowhere.
const maxRefs = 32

var unescapePointer = strings.NewReplacer("~1", "/", "~0", "~", "%7B", "{", "%7D", "}", "%20", " ", "%24", "$")

// follow is the object that v is or refers to. A reference that leads nowhere
// is an empty object, which says nothing.
func (d *Document) follow(v any) object {
	for range maxRefs {
		o, ok := v.(object)
		if !ok {
			return object{}
		}
		ref, ok := o["$ref"].(string)
		if !ok {
			return o
		}
		if !strings.HasPrefix(ref, "#/") {
			return object{}
		}
		var steps []string
		for s := range strings.SplitSeq(ref[2:], "/") {
			steps = append(steps, unescapePointer.Replace(s))
		}
		v = d.at(steps...)
	}
	return object{}
}
