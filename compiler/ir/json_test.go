package ir

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func TestReadJSONGivesBackWhatWasWritten(t *testing.T) {
	in := &Connector{
		Version: Version, Name: "acme",
		Types: []*Type{{Kind: Object, Name: "Item", Fields: []*Field{
			{Name: "level", Type: &Type{Kind: Enum, Enum: []any{int64(1), int64(2)}}},
			{Name: "state", Type: &Type{Kind: List, Elem: &Type{Kind: Enum, Enum: []any{"on", "off"}}}},
		}}},
		Groups: []*Group{{Name: "items", Actions: []*Action{{
			Path: "items.list", Params: &Type{Kind: Object, Fields: []*Field{{Name: "n", Type: &Type{Kind: Enum, Enum: []any{int64(7), int64(8)}}}}},
		}}}},
	}
	data, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	out, err := ReadJSON(data)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(in, out) {
		again, _ := json.Marshal(out)
		t.Errorf("in:  %s\nout: %s", data, again)
	}
}

func TestReadJSONRefuses(t *testing.T) {
	for in, want := range map[string]string{
		`{"version": 99}`: "version 99",
		`{`:               "cannot be read",
		`[]`:              "cannot be read",
	} {
		if _, err := ReadJSON([]byte(in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", in, err)
		}
	}
}
