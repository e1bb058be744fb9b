package codegen

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"

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

// stripped is the JSON of a value without its positions and notes.
func stripped(v any) ([]byte, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var tree any
	if err := dec.Decode(&tree); err != nil {
		return nil, err
	}
	dropPositions(tree)
	return json.Marshal(tree)
}

// position is the JSON form of ir.Pos. The form is looked at, because a spec
// may have a member called pos of its own.
var position = regexp.MustCompile(`:[0-9]+:[0-9]+-[0-9]+:[0-9]+$`)

func dropPositions(tree any) {
	switch t := tree.(type) {
	case map[string]any:
		for name, v := range t {
			if text, ok := v.(string); ok && name == "pos" && position.MatchString(text) {
				delete(t, name)
				continue
			}
			if places, ok := v.(map[string]any); ok && name == "origin" && allPositions(places) {
				delete(t, name)
				continue
			}
			if _, ok := v.([]any); ok && name == "notes" {
				delete(t, name)
				continue
			}
			dropPositions(v)
		}
	case []any:
		for _, v := range t {
			dropPositions(v)
		}
	}
}

func allPositions(m map[string]any) bool {
	for _, v := range m {
		text, ok := v.(string)
		if !ok || !position.MatchString(text) {
			return false
		}
	}
	return true
}
