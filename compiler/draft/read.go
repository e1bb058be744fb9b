package draft

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"

	"github.com/pb33f/go-yaml"
	"github.com/pb33f/libopenapi/datamodel"

	"github.com/porin-dev/porin/compiler/draft/internal/mend"
)

// read turns a document into the drafter's model.
func read(o Options) (*document, error) {
	text := bytes.TrimPrefix(o.Document, []byte("\xef\xbb\xbf")) // A byte order mark.
	if err := look(text); err != nil {
		return nil, err
	}
	tree, err := mend.Parse(text, o.Source)
	if err != nil {
		return nil, yamlError(text, err)
	}
	version, err := versionOf(tree.Root())
	if err != nil {
		return nil, err
	}
	if n := operationsIn(tree.Root()); n > MaxOperations {
		return nil, tooMany(n)
	}
	doc := &document{tree: tree, source: o.Source, defs: map[string]*definition{}}
	tree.Open = o.Open
	tree.Report = doc.repaired
	tree.Mend()
	info := &datamodel.SpecInfo{
		RootNode: &yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{tree.Root()}},
		Version:  version, SpecBytes: &text,
	}
	how := &datamodel.DocumentConfiguration{
		SkipExternalRefResolution:  true,
		SkipCircularReferenceCheck: true, // They are no mistake: types refer to each other.
		Logger:                     slog.New(slog.DiscardHandler),
	}
	if strings.HasPrefix(version, "2") {
		doc.format = "Swagger " + version
		err = doc.readV2(info, how)
	} else {
		doc.format = "OpenAPI " + version
		err = doc.readV3(info, how)
	}
	if err != nil {
		return nil, err
	}
	if n := len(doc.ops); n > MaxOperations { // Paths may share what they refer to.
		return nil, tooMany(n)
	}
	doc.check()
	doc.cutCircles()
	return doc, nil
}

// look refuses what is not worth parsing.
func look(text []byte) error {
	if len(text) > MaxDocument {
		return &Error{
			Kind: TooLarge,
			Msg:  fmt.Sprintf("the document has %d MB; the limit is %d", len(text)>>20, MaxDocument>>20),
			Help: "split the document, or take the vendor's document of one product",
		}
	}
	trimmed := bytes.TrimSpace(text)
	if len(trimmed) == 0 {
		return &Error{Kind: Empty, Msg: "the document is empty", Help: "get it again; a download that fails leaves an empty file"}
	}
	if trimmed[0] == '<' {
		return &Error{
			Kind: NotADocument, Line: 1, Col: 1,
			Msg:  "the document is HTML or XML, not JSON or YAML",
			Help: "take the address of the raw document; a page that shows it, or asks to sign in, will not do",
		}
	}
	if bytes.HasPrefix(text, []byte("\x1f\x8b")) || bytes.HasPrefix(text, []byte("PK\x03\x04")) {
		return &Error{Kind: NotADocument, Msg: "the document is compressed", Help: "unpack it first, with gunzip or unzip"}
	}
	if trimmed[0] == '{' {
		return lookJSON(text)
	}
	return nil
}

// operationsIn counts what stands under the names of methods, before any of it
// is read.
func operationsIn(root *yaml.Node) int {
	paths := child(root, "paths")
	if paths == nil {
		return 0
	}
	count := 0
	for i := 1; i < len(paths.Content); i += 2 {
		for j := 0; j+1 < len(paths.Content[i].Content); j += 2 {
			if contains(methods, strings.ToUpper(paths.Content[i].Content[j].Value)) {
				count++
			}
		}
	}
	return count
}

func tooMany(operations int) error {
	return &Error{
		Kind: TooLarge,
		Msg:  fmt.Sprintf("the document has %d operations; the limit is %d", operations, MaxOperations),
		Help: "cut it down to the operations that you need, or take the vendor's document of one product",
	}
}

// lookJSON finds the place of a JSON error, which a YAML parser names wrongly.
func lookJSON(text []byte) error {
	var raw json.RawMessage
	err := json.Unmarshal(text, &raw)
	if err == nil {
		return nil
	}
	e := &Error{Kind: Syntax, Msg: "the JSON cannot be parsed: " + err.Error()}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		e.Line, e.Col = position(text, int(syntax.Offset)-1)
	}
	if strings.Contains(err.Error(), "unexpected end") {
		e.Msg = "the JSON ends in the middle"
		e.Line, e.Col = position(text, len(bytes.TrimRight(text, "\n")))
		e.Help = "the document was cut off; get it again"
	}
	return e
}

// yamlLine finds the place in a message of the YAML parser: L3.C1, or line 3.
var yamlLine = pattern(`(?:\bL|line )(\d+)`)

// yamlCause finds what is wrong behind the place.
var yamlCause = pattern(`L\d+\.C\d+: (.*)`)

func yamlError(text []byte, err error) error {
	cause := strings.TrimPrefix(err.Error(), "yaml: ")
	if m := yamlCause().FindStringSubmatch(cause); m != nil {
		cause = m[1]
	}
	e := &Error{Kind: Syntax, Msg: "the YAML cannot be parsed: " + cause}
	m := yamlLine().FindStringSubmatch(err.Error())
	if m == nil {
		return e
	}
	e.Line, _ = strconv.Atoi(m[1])
	lines := strings.Split(string(text), "\n")
	// The parser may name the line before the one with the tab.
	for n := e.Line; n <= e.Line+1 && n <= len(lines); n++ {
		if tab := strings.Index(lines[n-1], "\t"); n > 0 && tab >= 0 && strings.TrimSpace(lines[n-1][:tab]) == "" {
			e.Line, e.Col = n, tab+1
			e.Msg = "the YAML is indented with a tab"
			e.Help = "YAML indents with spaces"
			break
		}
	}
	return e
}

// versionOf returns the version that the document says it has.
func versionOf(root *yaml.Node) (string, error) {
	top := mapping(root)
	if top == nil {
		return "", &Error{
			Kind: NotOpenAPI, Line: 1, Col: 1,
			Msg:  "the document is not an OpenAPI document: it is not an object",
			Help: `an OpenAPI document is an object with "openapi" or "swagger" at the top`,
		}
	}
	node := child(top, "openapi")
	if node == nil {
		node = child(top, "swagger")
	}
	if node == nil {
		return "", &Error{
			Kind: NotOpenAPI, Line: max(top.Line, 1), Col: max(top.Column, 1),
			Msg:  `the document is not an OpenAPI document: it has neither "openapi" nor "swagger" at the top`,
			Help: "other descriptions, such as AsyncAPI, GraphQL or Postman collections, are not read",
		}
	}
	for _, known := range []string{"2.0", "3.0", "3.1", "3.2"} {
		if v := node.Value; v == known || strings.HasPrefix(v, known+".") || v == "2" && known == "2.0" {
			return v, nil
		}
	}
	return "", &Error{
		Kind: UnknownVersion, Line: node.Line, Col: node.Column,
		Msg:  fmt.Sprintf("version %q of OpenAPI is not read", node.Value),
		Help: "the versions that are read are 2.0, 3.0, 3.1 and 3.2",
	}
}

// mapping returns the object of a node or document, or nil.
func mapping(n *yaml.Node) *yaml.Node {
	if n != nil && n.Kind == yaml.DocumentNode && len(n.Content) > 0 {
		n = n.Content[0]
	}
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	return n
}

// child returns the value of a member, or nil.
func child(n *yaml.Node, name string) *yaml.Node {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
}

// note says what was made of something that a spec cannot say.
func (d *document) note(at place, format string, args ...any) {
	line, col := d.tree.Position(at.pointer)
	d.notes = append(d.notes, Note{At: at.pointer, Line: line, Col: col, Text: fmt.Sprintf(format, args...)})
}

// repair notes a defect of the document and what was done about it.
func (d *document) repair(at place, done, format string, args ...any) {
	d.note(at, format, args...)
	n := &d.notes[len(d.notes)-1]
	n.Kind, n.Done = Structure, done
}

// repaired is told of defects below the level of this package.
func (d *document) repaired(r mend.Repair) {
	d.notes = append(d.notes, Note{Kind: Kind(r.Kind), At: r.At, Line: r.Line, Col: r.Col, Text: r.Text, Help: r.Help, Done: r.Done})
}

// strict returns the repairs as errors.
func (d *document) strict() error {
	var errs []error
	for _, n := range d.notes {
		if n.Kind == "" {
			continue
		}
		e := &Error{Kind: n.Kind, Line: n.Line, Col: n.Col, Msg: n.Text, Help: n.Help}
		if n.Line == 0 {
			e.Msg = n.At + ": " + n.Text
		}
		errs = append(errs, e)
	}
	return errors.Join(errs...)
}
