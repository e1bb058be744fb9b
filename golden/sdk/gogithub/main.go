// Command gogithub is the driver of go-github. It waits for the primary rate limit
// by the context that its documentation names; it retries nothing else.
package main

import (
	"context"
	"errors"
	"net/url"

	"github.com/google/go-github/v84/github"

	"github.com/porin-dev/porin/golden/sdk/driver"
)

func main() {
	driver.Run(driver.Library{
		Name:   "go-github",
		Module: "github.com/google/go-github/v84",
		Offers: []string{"codes", "deadlines", "outcomes"},
		Call:   call, List: list, Explain: explain,
	})
}

// params are those of every action here.
type params struct {
	Owner, Repo, Title string
	Body               *string
	IssueNumber        int `json:"issue_number"`
	PerPage            int `json:"per_page"`
}

func client(r *driver.Request) (*github.Client, error) {
	base, err := url.Parse(r.Servers["api"])
	if err != nil {
		return nil, err
	}
	c := github.NewClient(nil).WithAuthToken(r.Account.Token)
	c.BaseURL = base
	return c, nil
}

func open(ctx context.Context, r *driver.Request) (context.Context, *github.Client, params, error) {
	var p params
	c, err := client(r)
	if err == nil {
		err = r.Read(&p)
	}
	return context.WithValue(ctx, github.SleepUntilPrimaryRateLimitResetWhenRateLimited, true), c, p, err
}

func call(ctx context.Context, r *driver.Request) (any, error) {
	ctx, c, p, err := open(ctx, r)
	if err != nil {
		return nil, err
	}
	switch r.Action {
	case "issues.get":
		issue, _, err := c.Issues.Get(ctx, p.Owner, p.Repo, p.IssueNumber)
		return issue, err
	case "issues.create":
		issue, _, err := c.Issues.Create(ctx, p.Owner, p.Repo, &github.IssueRequest{Title: &p.Title, Body: p.Body})
		return issue, err
	}
	return nil, driver.ErrNotOffered
}

func list(ctx context.Context, r *driver.Request, item func(any)) error {
	ctx, c, p, err := open(ctx, r)
	if err != nil {
		return err
	}
	if r.Action != "issues.listForRepo" {
		return driver.ErrNotOffered
	}
	opts := &github.IssueListByRepoOptions{ListOptions: github.ListOptions{PerPage: p.PerPage}}
	for issue, err := range c.Issues.ListByRepoIter(ctx, p.Owner, p.Repo, opts) {
		if err != nil {
			return err
		}
		item(issue)
	}
	return nil
}

func explain(err error) driver.Failure {
	if e, ok := errors.AsType[*github.RateLimitError](err); ok {
		return driver.Failure{Typed: true, Status: e.Response.StatusCode}
	}
	if e, ok := errors.AsType[*github.AbuseRateLimitError](err); ok {
		return driver.Failure{Typed: true, Status: e.Response.StatusCode}
	}
	if e, ok := errors.AsType[*github.ErrorResponse](err); ok {
		f := driver.Failure{Typed: true, Status: e.Response.StatusCode, Unknown: e.Response.StatusCode >= 500}
		if len(e.Errors) > 0 {
			f.Code = e.Errors[0].Code
		}
		return f
	}
	_, sent := errors.AsType[*url.Error](err)
	return driver.Failure{Typed: sent, Unknown: sent}
}
