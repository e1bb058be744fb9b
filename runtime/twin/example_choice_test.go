package twin

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/porin-dev/porin/compiler/ir"
)

// TestExampleChoosesWhatIsThere makes examples of a list that has to be told a member:
// some object has it, and the parameter takes it.
func TestExampleChoosesWhatIsThere(t *testing.T) {
	for seed := range uint64(8) {
		c := connector()
		c.Groups[0].Actions = append(c.Groups[0].Actions, action(&ir.Action{
			Path: "channels.chosen", URL: text("channels.chosen"), Params: objectOf(must("kind", enumOf("private")), must("name", str)), Returns: listOf(ref("Channel")),
		}))
		c.Resources[0].Uses = append(c.Resources[0].Uses, &ir.ResourceUse{Do: "list", Action: "channels.chosen", Filters: []*ir.Filter{
			{Param: "kind", By: "is", At: path("kind")}, {Param: "name", By: "is", At: path("name")},
		}})
		tw := New(c, Options{Seed: seed})
		sent, _ := parseJSON(tw.Example("", "channels.chosen"))
		kind, _ := at(sent, path("kind"))
		name, _ := at(sent, path("name"))
		if textOf(kind) != "private" {
			t.Errorf("seed %d: the kind is %v", seed, kind)
		}
		object, _ := tw.Object("", "channels", "", tw.IDs("", "channels", "")[0])
		first, _ := parseJSON(object)
		if want, _ := at(first, path("name")); textOf(name) != textOf(want) {
			t.Errorf("seed %d: the name is %v, want %v", seed, name, want)
		}
	}
}

// TestExampleOfANumber has parameters that are numbers, for objects whose ids are words.
func TestExampleOfANumber(t *testing.T) {
	c := connector()
	for _, a := range c.Groups[0].Actions {
		if a.Params == nil {
			continue
		}
		for _, f := range a.Params.Fields {
			if f.Name == "channel" {
				f.Type = num
			}
		}
	}
	tw := New(c, Options{})
	tried := 0
	for _, a := range c.Groups[0].Actions {
		sent := tw.Example("", a.Path)
		if !json.Valid(sent) {
			t.Errorf("%s: %s", a.Path, sent)
		}
		if bytes.Contains(sent, []byte(`"channel":`)) {
			tried++
		}
	}
	if tried == 0 {
		t.Error("no action names a channel")
	}
}

// TestOtherExample makes up a second call of an action that is as valid as the first, about the
// same objects, and none where nothing of it can be another.
func TestOtherExample(t *testing.T) {
	tw := New(connector(), Options{})
	one, other := string(tw.Example("", "payments.create")), string(tw.OtherExample("", "payments.create"))
	if one == other || other == "" {
		t.Fatalf("%s and %s", one, other)
	}
	for _, body := range []string{one, other} {
		equal(t, "status of "+body, clientOf(t, tw).do("POST", api+"payments", body).status, 200)
	}
	if other := tw.OtherExample("", "messages.post"); other != nil {
		t.Errorf("of what names an object alone: %s", other)
	}
}
