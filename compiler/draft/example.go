package draft

import (
	"strconv"

	"github.com/pb33f/go-yaml"
)

// ordered is an object of an example, in the order of the document.
type ordered struct {
	names  []string
	values map[string]any
}

// valueOf decodes a node: *ordered, []any, string, int64, float64, bool or nil.
func valueOf(n *yaml.Node) any {
	switch n.Kind {
	case yaml.DocumentNode:
		if len(n.Content) > 0 {
			return valueOf(n.Content[0])
		}
	case yaml.AliasNode:
		return valueOf(n.Alias)
	case yaml.SequenceNode:
		out := []any{}
		for _, c := range n.Content {
			out = append(out, valueOf(c))
		}
		return out
	case yaml.MappingNode:
		out := &ordered{values: map[string]any{}}
		for i := 0; i+1 < len(n.Content); i += 2 {
			out.names = append(out.names, n.Content[i].Value)
			out.values[n.Content[i].Value] = valueOf(n.Content[i+1])
		}
		return out
	case yaml.ScalarNode:
		return scalar(n)
	}
	return nil
}

func scalar(n *yaml.Node) any {
	switch n.Tag {
	case "!!null":
		return nil
	case "!!bool":
		return n.Value == "true"
	case "!!int":
		if v, err := strconv.ParseInt(n.Value, 0, 64); err == nil {
			return v
		}
	case "!!float":
		if v, err := strconv.ParseFloat(n.Value, 64); err == nil {
			return v
		}
	}
	return n.Value
}

// dataKey matches member names that are data, such as U012AB3CD.
var dataKey = pattern(`^[A-Z0-9]*[0-9][A-Z0-9]*$`)

// infer guesses a schema from an example. Members are optional, for an
// example shows what may be there.
func infer(v any, at place) *schema {
	s := &schema{at: at}
	switch v := v.(type) {
	case bool:
		s.kind = boolKind
	case int64:
		s.kind = intKind
	case float64:
		s.kind = numberKind
	case string:
		s.kind = stringKind
	case []any:
		s.kind, s.elem = listKind, &schema{at: at}
		for i, item := range v {
			one := infer(item, at)
			if i == 0 {
				s.elem = one
			} else {
				s.elem = joined(s.elem, one)
			}
		}
	case *ordered:
		inferObject(s, v)
	}
	return s
}

func inferObject(s *schema, v *ordered) {
	data := len(v.names) > 0
	for _, name := range v.names {
		data = data && dataKey().MatchString(name)
	}
	if data || len(v.names) == 0 {
		s.kind, s.elem = mapKind, &schema{at: s.at}
		for i, name := range v.names {
			one := infer(v.values[name], s.at)
			if i == 0 {
				s.elem = one
			} else {
				s.elem = joined(s.elem, one)
			}
		}
		return
	}
	s.kind = objectKind
	for _, name := range v.names {
		s.fields = append(s.fields, &member{name: name, schema: infer(v.values[name], s.at)})
	}
}
