// Command nethttp is the floor: Slack called by hand, over the client of the
// standard library, by somebody who checks for errors and no more.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/porin-dev/porin/golden/sdk/driver"
)

func main() {
	driver.Run(driver.Library{
		Name:   "net/http",
		Offers: []string{"codes", "deadlines", "lossless", "outcomes"},
		Call:   func(ctx context.Context, r *driver.Request) (any, error) { return post(ctx, r, "") },
		List:   list, Explain: explain,
	})
}

// refused is a failure that Slack names.
type refused struct {
	status int
	code   string
}

func (e *refused) Error() string { return fmt.Sprintf("slack: %d %s", e.status, e.code) }

// post calls a method with the params as a form.
func post(ctx context.Context, r *driver.Request, cursor string) (map[string]any, error) {
	var params map[string]any
	if err := r.Read(&params); err != nil {
		return nil, err
	}
	form := url.Values{}
	for name, v := range params {
		form.Set(name, fmt.Sprint(v))
	}
	if cursor != "" {
		form.Set("cursor", cursor)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.Servers["api"]+r.Action, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Authorization", "Bearer "+r.Account.Token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	var got map[string]any
	if err := json.Unmarshal(body, &got); err != nil {
		if resp.StatusCode != http.StatusOK {
			return nil, &refused{resp.StatusCode, ""}
		}
		return nil, err
	}
	if got["ok"] != true || resp.StatusCode != http.StatusOK {
		code, _ := got["error"].(string)
		return nil, &refused{resp.StatusCode, code}
	}
	return got, nil
}

// list follows the cursor.
func list(ctx context.Context, r *driver.Request, item func(any)) error {
	items, ok := map[string]string{"conversations.list": "channels", "conversations.history": "messages"}[r.Action]
	if !ok {
		return driver.ErrNotOffered
	}
	for cursor := ""; ; {
		page, err := post(ctx, r, cursor)
		if err != nil {
			return err
		}
		all, _ := page[items].([]any)
		for _, v := range all {
			item(v)
		}
		meta, _ := page["response_metadata"].(map[string]any)
		if cursor, _ = meta["next_cursor"].(string); cursor == "" {
			return nil
		}
	}
}

func explain(err error) driver.Failure {
	if e, ok := errors.AsType[*refused](err); ok {
		return driver.Failure{Typed: true, Code: e.code, Status: e.status, Unknown: e.status >= 500}
	}
	_, sent := errors.AsType[*url.Error](err)
	return driver.Failure{Typed: sent, Unknown: sent}
}
