package pick

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// shop is a small API, as words.
func shop() []Operation {
	var ops []Operation
	for line := range strings.Lines(`GET /customers customers.list Lists customers
POST /customers customers.create Creates a customer
GET /customers/{id} customers.get Shows a customer
DELETE /customers/{id} customers.delete Removes a customer
POST /charges charges.create Charges a customer
POST /charges/{id}/capture charges.capture Captures a charge
GET /charges charges.list Lists charges
GET /invoices invoices.list Lists invoices
GET /invoices/{id}/lines invoices.lines Lists the lines of an invoice
POST /invoices/{id}/send invoices.send Sends an invoice by mail`) {
		f := strings.Fields(line)
		op := Operation{Method: f[0], Name: strings.Split(f[2], "."), Summary: f[3:]}
		op.Action = op.Name[len(op.Name)-1:]
		for _, s := range strings.Split(f[1], "/")[1:] {
			op.One = strings.HasPrefix(s, "{")
			if !op.One {
				op.Path = append(op.Path, []string{s})
			}
		}
		ops = append(ops, op)
	}
	return ops
}

func TestFor(t *testing.T) {
	for sentence, want := range map[string]string{
		"create a customer, charge it, and list its invoices": "customers.create charges.create invoices.list",
		"list and delete customers":                           "customers.list customers.delete",
		"capture a charge":                                    "charges.capture",
		"send invoices":                                       "invoices.send",
		"I want to see the lines of invoices":                 "invoices.lines",
		"delete customers, then list them":                    "customers.delete customers.list",
		"fly to the moon":                                     "",
		"":                                                    "",
		", and , then":                                        "",
	} {
		ops, got := shop(), []string{}
		for _, need := range For(sentence, ops) {
			if len(need.Found) > 0 {
				got = append(got, strings.Join(ops[need.Found[0].Index].Name, "."))
			}
		}
		assert.Equal(t, want, strings.Join(got, " "), sentence)
	}
}

func TestWhy(t *testing.T) {
	found := For("remove customers", shop())[0].Found
	assert.Equal(t, "about remove, customers; does delete", found[0].Why())
	assert.Nil(t, For("remove customers", nil)[0].Found)
}

func TestStem(t *testing.T) {
	for _, same := range []string{
		"attach attachment attachments", "react reaction reactions", "collaborator collaboration", "cancel cancelled cancelling",
		"notify notified", "charge charges charged", "query queries", "message messages",
	} {
		list := strings.Fields(same)
		for _, w := range list {
			assert.Equal(t, stem(list[0]), stem(w), w)
		}
	}
	for _, word := range []string{"", "s", "ed", "status", "is"} {
		assert.NotPanics(t, func() { stem(word) }, word)
	}
}
