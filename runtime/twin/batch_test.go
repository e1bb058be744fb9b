package twin

import (
	"strings"
	"testing"

	"github.com/porin-dev/porin/compiler/ir"
)

// three are the items of a call.
const three = `{"items":[{"ref":"a","name":"x"},{"ref":"b","name":"y"},{"ref":"c","name":"z"}]}`

func TestBatchFaults(t *testing.T) {
	send := func(t *testing.T, c *client, refs, created string) []ItemState {
		g := c.do("POST", api+"channels.createMany", three)
		equal(t, "status", g.status, 200)
		var told, made []string
		for _, one := range g.at(t, "results").([]any) {
			ref, _ := one.(*object).get("ref")
			told = append(told, textOf(ref))
		}
		for _, i := range c.last().Batch {
			if i.ID != "" {
				made = append(made, i.ID)
			}
		}
		equal(t, "told", strings.Join(told, " "), refs)
		equal(t, "made", strings.Join(made, " "), strings.Join(c.last().Effect.IDs, " "))
		equal(t, "objects", len(c.tw.IDs("", "channels", "")), 25+strings.Count(created, " ")+1)
		return c.last().Batch
	}
	everyFault(t, GroupBatches, map[string]func(*testing.T, *client){
		"item-refused": func(t *testing.T, c *client) {
			items := send(t, c, "a b c", "a c")
			equal(t, "refused", items[1].Class+" "+items[1].Code, string(ir.Conflict)+" conflict")
			equal(t, "done", items[1].ID == "" && items[0].Class == "" && items[2].Class == "", true)
		},
		"item-missing": func(t *testing.T, c *client) {
			items := send(t, c, "a c", "a b c")
			equal(t, "untold", items[1].Untold && items[1].ID != "" && !items[0].Untold, true)
		},
	})
	inBubble(t, Options{}, func(t *testing.T, tw *Twin) {
		arm(t, tw, Fault{ID: "batches/item-refused", Params: map[string]string{"item": "9", "code": "name_taken"}})
		items := send(t, clientOf(t, tw), "a b c", "a b")
		equal(t, "refused", items[2].Class+" "+items[2].Code, string(ir.Conflict)+" name_taken")

		_, err := tw.Arm(Fault{ID: "batches/item-missing", Scope: Scope{Action: "channels.create"}})
		equal(t, "error", err.Error(), "twin: fault batches/item-missing has no effect on channels.create, which is no batch whose items the twin keeps; it has on channels.createMany")
	})
}

// An item has the name in the journal that the example has for it, and only what tells it
// from the others is in that.
func TestExampleBatch(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, tw *Twin) {
		c := clientOf(t, tw)
		params, names := tw.ExampleBatch(tw.Accounts()[0].ID, "channels.createMany", 4)
		equal(t, "names", len(names), 4)
		equal(t, "status", c.do("POST", api+"channels.createMany", string(params)).status, 200)
		for i, item := range c.last().Batch {
			equal(t, "name", item.Name, names[i])
			equal(t, "made", item.ID != "", true)
		}
		c.do("POST", api+"channels.createMany", `{"items":[{"name":"other","ref":"item-3"},{"name":"no ref"},{"name":"no ref"}]}`)
		b := c.last().Batch
		equal(t, "by its ref", b[0].Name, names[2])
		equal(t, "by all of it", b[1].Name, b[2].Name)

		c.do("POST", api+"channels.createMany", `{"items":[{"name":"1"},{"name":"2"},{"name":"3"},{"name":"4"},{"name":"5"}]}`)
		equal(t, "named where all are refused", len(c.last().Batch), 5)

		equal(t, "what an item lacks is named", strings.Contains(c.do("POST", api+"channels.createMany", `{"items":[{"ref":"a"},{"ref":"b","name":"y"}]}`).raw, "without name"), true)

		params, _ = tw.ExampleBatch(tw.Accounts()[0].ID, "channels.create", 4)
		equal(t, "none", params == nil, true)
	})
}
