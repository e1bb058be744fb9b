package mend

import (
	"bytes"
	"errors"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/pb33f/go-yaml"
)

// parse reads JSON or YAML into nodes without aliases and merge keys.
func (t *Tree) parse(text []byte) (*yaml.Node, error) {
	if trimmed := bytes.TrimSpace(text); len(trimmed) > 0 && trimmed[0] == '{' {
		root, err := t.parseJSON(text)
		if err == nil {
			return root, nil
		}
		// YAML can begin with a brace too.
	}
	return t.parseYAML(text)
}

// jsonReader builds nodes of JSON. Reading it as YAML, which it is too, takes
// five times as long.
type jsonReader struct {
	dec     *jsontext.Decoder
	text    []byte
	line    int
	start   int // Of the line.
	scanned int
	names   map[string]string // Names of members; few are used often.
	nodes   int
}

func (t *Tree) parseJSON(text []byte) (*yaml.Node, error) {
	r := &jsonReader{
		dec:  jsontext.NewDecoder(bytes.NewBuffer(text), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)),
		text: text, line: 1, names: map[string]string{},
	}
	root, err := r.value()
	t.budget += 8*r.nodes + 1000
	return root, err
}

func (r *jsonReader) node(kind yaml.Kind, tag string, offset int) *yaml.Node {
	for ; r.scanned < offset; r.scanned++ {
		if r.text[r.scanned] == '\n' {
			r.line++
			r.start = r.scanned + 1
		}
	}
	r.nodes++
	return &yaml.Node{Kind: kind, Tag: tag, Line: r.line, Column: offset - r.start + 1}
}

func (r *jsonReader) value() (*yaml.Node, error) {
	switch r.dec.PeekKind() {
	case '{':
		return r.object()
	case '[':
		return r.array()
	}
	raw, err := r.dec.ReadValue()
	if err != nil {
		return nil, err
	}
	offset := int(r.dec.InputOffset()) - len(raw)
	switch raw[0] {
	case '"':
		n := r.node(yaml.ScalarNode, "!!str", offset)
		n.Style = yaml.DoubleQuotedStyle
		n.Value = r.unquote(raw)
		return n, nil
	case 't', 'f':
		n := r.node(yaml.ScalarNode, "!!bool", offset)
		n.Value = string(raw)
		return n, nil
	case 'n':
		n := r.node(yaml.ScalarNode, "!!null", offset)
		n.Value = "null"
		return n, nil
	}
	tag := "!!int"
	if bytes.ContainsAny(raw, ".eE") {
		tag = "!!float"
	}
	n := r.node(yaml.ScalarNode, tag, offset)
	n.Value = string(raw)
	return n, nil
}

func (r *jsonReader) unquote(raw []byte) string {
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(bytes.ToValidUTF8(raw[1:len(raw)-1], []byte("\uFFFD")))
	}
	text, err := jsontext.AppendUnquote(nil, raw)
	if err != nil {
		text = bytes.ToValidUTF8(text, []byte("\uFFFD"))
	}
	return string(text)
}

func (r *jsonReader) object() (*yaml.Node, error) {
	if _, err := r.dec.ReadToken(); err != nil {
		return nil, err
	}
	n := r.node(yaml.MappingNode, "!!map", int(r.dec.InputOffset())-1)
	for r.dec.PeekKind() != '}' {
		key, err := r.value()
		if err != nil {
			return nil, err
		}
		if name, ok := r.names[key.Value]; ok {
			key.Value = name
		} else if len(r.names) < 10000 {
			r.names[key.Value] = key.Value
		}
		value, err := r.value()
		if err != nil {
			return nil, err
		}
		n.Content = append(n.Content, key, value)
	}
	_, err := r.dec.ReadToken()
	return n, err
}

func (r *jsonReader) array() (*yaml.Node, error) {
	if _, err := r.dec.ReadToken(); err != nil {
		return nil, err
	}
	n := r.node(yaml.SequenceNode, "!!seq", int(r.dec.InputOffset())-1)
	for r.dec.PeekKind() != ']' {
		item, err := r.value()
		if err != nil {
			return nil, err
		}
		n.Content = append(n.Content, item)
	}
	_, err := r.dec.ReadToken()
	return n, err
}

func (t *Tree) parseYAML(text []byte) (*yaml.Node, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	root := &doc
	if root.Kind == yaml.DocumentNode && len(root.Content) > 0 {
		root = root.Content[0]
	}
	if root.Kind == 0 {
		return nil, errors.New("the document is empty")
	}
	p := &plainer{state: map[*yaml.Node]int{}}
	root = p.plain(root)
	t.budget += 8*p.nodes + 1000
	return root, nil
}

// plainer undoes what YAML has beyond JSON: aliases, merge keys and odd tags.
// An aliased node is shared, so that the tree is no larger than the text.
type plainer struct {
	state map[*yaml.Node]int // 1 while a node is being read, 2 behind that.
	nodes int
}

func (p *plainer) plain(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode && n.Alias != nil {
		n = n.Alias
	}
	switch p.state[n] {
	case 1:
		// An alias of what it stands in has no end.
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null", Line: n.Line, Column: n.Column}
	case 2:
		return n
	}
	p.state[n] = 1
	p.nodes++
	for i, c := range n.Content {
		n.Content[i] = p.plain(c)
	}
	switch n.Kind {
	case yaml.MappingNode:
		p.merge(n)
	case yaml.ScalarNode:
		switch n.Tag {
		case "!!null", "!!bool", "!!int", "!!float", "!!str":
		default:
			n.Tag = "!!str"
		}
	}
	p.state[n] = 2
	return n
}

// maxMerged is how many members an object can have by merge keys.
const maxMerged = 10000

// merge puts the members that "<<" brings behind an object's own.
func (p *plainer) merge(n *yaml.Node) {
	at := -1
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == "<<" && n.Content[i].Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) == 0 {
			at = i
			break
		}
	}
	if at < 0 {
		return
	}
	sources := []*yaml.Node{n.Content[at+1]}
	if sources[0].Kind == yaml.SequenceNode {
		sources = sources[0].Content
	}
	content := append(append([]*yaml.Node{}, n.Content[:at]...), n.Content[at+2:]...)
	own := map[string]bool{}
	for i := 0; i+1 < len(content); i += 2 {
		own[content[i].Value] = true
	}
	for _, s := range sources {
		for key, value := range pairs(s) {
			if !own[key.Value] && len(content) < 2*maxMerged {
				own[key.Value] = true
				content = append(content, key, value)
			}
		}
	}
	n.Content = content
}

// joinDuplicates makes one of members of one name: objects are joined, and of
// other values the last one counts.
func (t *Tree) joinDuplicates(c cursor) {
	n := c.node
	if !duplicates(n) {
		return
	}
	at := map[string]int{}
	var content []*yaml.Node
	for key, value := range pairs(n) {
		i, again := at[key.Value]
		if !again {
			at[key.Value] = len(content)
			content = append(content, key, value)
			continue
		}
		old := content[i+1]
		if old.Kind == yaml.MappingNode && value.Kind == yaml.MappingNode {
			t.repair(Structure, c.below(key.Value, key), "the two are joined", "the member %q is there twice", key.Value)
			both := *old
			both.Content = append(append([]*yaml.Node{}, old.Content...), value.Content...)
			content[i+1] = &both
			continue
		}
		t.repair(Structure, c.below(key.Value, key), "the last one counts", "the member %q is there twice", key.Value)
		content[i+1] = value
	}
	n.Content = content
}

// duplicates reports whether two members have one name. Most objects are small
// enough to look through without a table.
func duplicates(n *yaml.Node) bool {
	if len(n.Content) <= 24 {
		for i := 2; i+1 < len(n.Content); i += 2 {
			for j := 0; j < i; j += 2 {
				if n.Content[i].Value == n.Content[j].Value {
					return true
				}
			}
		}
		return false
	}
	seen := make(map[string]bool, len(n.Content)/2)
	for key := range pairs(n) {
		if seen[key.Value] {
			return true
		}
		seen[key.Value] = true
	}
	return false
}
