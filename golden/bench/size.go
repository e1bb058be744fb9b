package main

import "github.com/porin-dev/porin/golden/bench/program"

const mb = 1e6 // Bytes; the budget is decimal.

// programSize compares a program that calls one action with one that does the
// same by hand.
func programSize(temp string) ([]figure, error) {
	hand, client, err := program.Sizes(".", temp)
	if err != nil {
		return nil, err
	}
	return []figure{
		{name: "net/http and encoding/json alone", value: float64(hand) / mb, unit: "MB"},
		{name: "the same call through the client", value: float64(client) / mb, unit: "MB"},
		{name: "difference", value: float64(client-hand) / mb, budget: program.Budget / mb, unit: "MB"},
	}, nil
}
