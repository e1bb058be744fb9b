package codegen

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/porin-dev/porin/compiler/ir"
)

// twinJSON is the connector as the test package embeds it: without positions,
// evidence, notes and tests, which serve nobody at run time.
func twinJSON(c *ir.Connector) ([]byte, error) {
	lean := *c
	lean.Evidence, lean.Tests = nil, nil
	data, err := stripped(&lean)
	if err != nil {
		return nil, fmt.Errorf("twin.json: %w", err)
	}
	return data, nil
}

// stripped is the JSON of a value without its positions and notes, with the
// members of objects in the order of their names.
func stripped(v any) ([]byte, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	dec := jsontext.NewDecoder(bytes.NewReader(data))
	if err := copyStripped(jsontext.NewEncoder(&out), dec); err != nil {
		return nil, err
	}
	lean := jsontext.Value(bytes.TrimSpace(out.Bytes()))
	err = lean.Format(jsontext.ReorderRawObjects(true), jsontext.EscapeForHTML(true))
	return lean, err
}

// copyStripped copies a document, without the members that are of no use.
func copyStripped(enc *jsontext.Encoder, dec *jsontext.Decoder) error {
	for {
		tok, err := dec.ReadToken()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if kind, n := dec.StackIndex(dec.StackDepth()); kind == '{' && n%2 == 1 {
			switch name := tok.String(); name {
			case "pos", "origin", "notes":
				value, err := dec.ReadValue()
				if err != nil {
					return err
				}
				if dropped(name, value) {
					continue
				}
				if err := enc.WriteToken(jsontext.String(name)); err != nil {
					return err
				}
				if err := copyStripped(enc, jsontext.NewDecoder(bytes.NewReader(value.Clone()))); err != nil {
					return err
				}
				continue
			}
		}
		if err := enc.WriteToken(tok); err != nil {
			return err
		}
	}
}

// dropped reports whether a member is left out. Its form is looked at, because
// a spec may have members of these names of its own.
func dropped(name string, v jsontext.Value) bool {
	switch name {
	case "notes":
		return v.Kind() == '['
	case "origin":
		var places map[string]any
		return json.Unmarshal(v, &places) == nil && places != nil && allPositions(places)
	}
	var text string
	return v.Kind() == '"' && json.Unmarshal(v, &text) == nil && position.MatchString(text)
}

// position is the JSON form of ir.Pos.
var position = regexp.MustCompile(`:[0-9]+:[0-9]+-[0-9]+:[0-9]+$`)

func allPositions(m map[string]any) bool {
	for _, v := range m {
		text, ok := v.(string)
		if !ok || !position.MatchString(text) {
			return false
		}
	}
	return true
}
