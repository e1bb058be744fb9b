// Command stripego is the driver of stripe-go, with the retries that it makes by
// default.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"

	"github.com/stripe/stripe-go/v85"

	"github.com/porin-dev/porin/golden/sdk/driver"
)

func main() {
	driver.Run(driver.Library{
		Name:   "stripe-go",
		Module: "github.com/stripe/stripe-go/v85",
		Offers: []string{"retries", "keys", "codes", "deadlines", "outcomes", "request_ids"},
		Call:   call, List: list, Explain: explain,
	})
}

func client(r *driver.Request) *stripe.Client {
	base := r.Servers["api"]
	return stripe.NewClient(r.Account.Tokens["bearerAuth"], stripe.WithBackends(stripe.NewBackendsWithConfig(&stripe.BackendConfig{
		URL:           stripe.String(base[:len(base)-1]),
		LeveledLogger: &stripe.LeveledLogger{Level: stripe.LevelNull},
	})))
}

func call(ctx context.Context, r *driver.Request) (any, error) {
	var p struct{ ID, Name string }
	if err := r.Read(&p); err != nil {
		return nil, err
	}
	switch r.Action {
	case "products.get":
		return answered(client(r).V1Products.Retrieve(ctx, p.ID, nil))
	case "products.create":
		params := &stripe.ProductCreateParams{Name: &p.Name}
		if r.Key != "" {
			params.SetIdempotencyKey(r.Key)
		}
		return answered(client(r).V1Products.Create(ctx, params))
	}
	return nil, driver.ErrNotOffered
}

// answered is the answer as it came, which stripe-go keeps.
func answered(p *stripe.Product, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return json.RawMessage(p.LastResponse.RawJSON), nil
}

func list(ctx context.Context, r *driver.Request, item func(any)) error {
	if r.Action != "products.list" {
		return driver.ErrNotOffered
	}
	var p struct{ Limit *int64 }
	if err := r.Read(&p); err != nil {
		return err
	}
	params := &stripe.ProductListParams{}
	params.Limit = p.Limit
	for product, err := range client(r).V1Products.List(ctx, params).All(ctx) {
		if err != nil {
			return err
		}
		item(product)
	}
	return nil
}

func explain(err error) driver.Failure {
	if e, ok := errors.AsType[*stripe.Error](err); ok {
		return driver.Failure{Typed: true, Code: string(e.Code), Status: e.HTTPStatusCode, RequestID: e.RequestID, Unknown: e.HTTPStatusCode >= 500}
	}
	_, sent := errors.AsType[*url.Error](err)
	return driver.Failure{Typed: sent, Unknown: sent}
}
