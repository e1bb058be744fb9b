// Package state_test holds a twin against what its spec says of state, over plain HTTP
// and without the client.
package state_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/runtime/twin"
)

const base = "https://api.state.test/v1/"

type (
	object = map[string]any
	list   = []any
)

// provider is a twin and the account that asks it.
type provider struct {
	*testing.T
	*twin.Twin
	account string
}

// try runs a test with a twin, on virtual time.
func try(t *testing.T, o twin.Options, run func(p *provider)) {
	c, _, report := compiler.Load(".")
	require.False(t, report.HasErrors())
	synctest.Test(t, func(t *testing.T) { run(&provider{t, twin.New(c, o), "acct-1"}) })
}

func (p *provider) send(method, path string, body any, headers ...string) (*http.Response, []byte) {
	p.Helper()
	var data []byte
	switch b := body.(type) {
	case nil:
	case string:
		data = []byte(b)
	default:
		var err error
		data, err = json.Marshal(b)
		require.NoError(p, err)
	}
	if !strings.Contains(path, "://") {
		path = base + path
	}
	r, err := http.NewRequest(method, path, bytes.NewReader(data))
	require.NoError(p, err)
	a, ok := p.Account(p.account)
	require.True(p, ok)
	r.Header.Set("Authorization", "Bearer "+a.Access)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := p.RoundTrip(r)
	require.NoError(p, err)
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	require.NoError(p, err)
	return resp, got
}

// do sends a request that has to be answered with a status, and reads the object.
func (p *provider) do(status int, method, path string, body any) object {
	p.Helper()
	resp, data := p.send(method, path, body)
	require.Equal(p, status, resp.StatusCode, "%s", data)
	var got object
	if len(data) > 0 {
		require.NoError(p, json.Unmarshal(data, &got), "%s", data)
	}
	return got
}

func (p *provider) get(path string) object { p.Helper(); return p.do(200, "GET", path, nil) }

// project makes a project and returns where its tasks are.
func (p *provider) project() string {
	p.Helper()
	return "projects/" + p.do(200, "POST", "projects", object{"name": "Launch", "kind": "open"})["id"].(string) + "/"
}

// titles of a list of tasks.
func titles(tasks any) (all []string) {
	for _, t := range tasks.(list) {
		all = append(all, t.(object)["title"].(string))
	}
	return all
}

func TestCreateReadUpdateDelete(t *testing.T) {
	try(t, twin.Options{}, func(p *provider) {
		made := p.do(200, "POST", "projects", object{"name": "Launch", "kind": "open"})
		at := "projects/" + made["id"].(string)
		assert.Equal(t, made, p.get(at))
		p.do(200, "PATCH", at, object{"kind": "closed"})
		assert.Equal(t, object{"id": made["id"], "name": "Launch", "kind": "closed"}, p.get(at))
		p.do(204, "DELETE", at, nil)
		p.do(404, "GET", at, nil)
		p.do(404, "DELETE", at, nil)
		assert.NotContains(t, p.IDs("", "projects", ""), made["id"])
	})
}

// Accounts have their own tokens, data and plans.
func TestAccounts(t *testing.T) {
	try(t, twin.Options{Accounts: 3, Plan: "free", Plans: []string{"", "pro"}}, func(p *provider) {
		mine := p.project()
		p.account = "acct-2"
		p.do(404, "GET", strings.TrimSuffix(mine, "/"), nil)
		assert.NotEqual(t, p.IDs("acct-1", "projects", ""), p.IDs("acct-2", "projects", ""))
		p.Revoke("acct-3")
		allowed := map[string]int{}
		for _, a := range p.Accounts() {
			p.account = a.ID
			for resp, _ := p.send("GET", "projects", nil); resp.StatusCode == 200; resp, _ = p.send("GET", "projects", nil) {
				allowed[a.ID]++
			}
		}
		assert.Equal(t, map[string]int{"acct-1": 99, "acct-2": 999}, allowed, "one call of each was made before")
	})
}

func TestParentsAndChildren(t *testing.T) {
	try(t, twin.Options{Volume: map[string]int{"tasks": 0}}, func(p *provider) {
		one, two := p.project(), p.project()
		task := p.do(200, "POST", one+"tasks", object{"title": "Write"})
		assert.Equal(t, strings.Split(one, "/")[1], task["project_id"])
		assert.Equal(t, []string{"Write"}, titles(p.get(one + "tasks")["tasks"]))
		assert.Empty(t, p.get(two + "tasks")["tasks"])
		id := task["id"].(string)
		p.get(one + "tasks/" + id)
		assert.Equal(t, "task_not_found", p.do(404, "GET", two+"tasks/"+id, nil)["error"])
		p.do(404, "GET", "projects/none/tasks", nil)
	})
}

func TestFilters(t *testing.T) {
	try(t, twin.Options{Volume: map[string]int{"tasks": 0}}, func(p *provider) {
		at := p.project()
		for i := range 30 {
			state := []string{"todo", "doing", "done"}[i%3]
			p.do(200, "POST", at+"tasks", object{"title": fmt.Sprintf("Task %d", i), "state": state, "points": i, "labels": list{"l" + state, "all"}})
			time.Sleep(time.Minute)
		}
		tasks := p.get(at + "tasks?per_page=50")["tasks"].(list)
		require.Len(t, tasks, 30)
		created := func(i int) string { return url.QueryEscape(tasks[i].(object)["created_at"].(string)) }
		for query, want := range map[string][]string{
			"state=done&min_points=24":                         {"Task 26", "Task 29"},
			"state=done,todo&min_points=27":                    {"Task 27", "Task 29"},
			"state=nothing":                                    nil,
			"since=" + created(28):                             {"Task 28", "Task 29"},
			"since=" + created(3) + "&until=" + created(4):     {"Task 3", "Task 4"},
			"label=ldoing&min_points=28":                       {"Task 28"},
			"state=done&per_page=4&page=2":                     {"Task 14", "Task 17", "Task 20", "Task 23"},
			"state=done&per_page=4&page=3":                     {"Task 26", "Task 29"},
			"state=done&per_page=4&page=4":                     nil,
			"since=" + url.QueryEscape("2999-01-01T00:00:00Z"): nil,
		} {
			assert.Equal(t, want, titles(p.get(at + "tasks?" + query)["tasks"]), query)
		}
		for _, query := range []string{"until=" + url.QueryEscape("not a time"), "min_points=many"} {
			p.do(400, "GET", at+"tasks?"+query, nil)
		}
		assert.EqualValues(t, 10, p.get(at + "tasks?state=done&per_page=4")["total"])
		seen := 0
		for path := "projects?kind=closed&limit=3"; ; {
			page := p.get(path)
			for _, one := range page["projects"].(list) {
				assert.Equal(t, "closed", one.(object)["kind"])
				seen++
			}
			next, _ := page["next"].(string)
			if next == "" {
				break
			}
			path = "projects?kind=closed&limit=3&after=" + url.QueryEscape(next)
		}
		assert.Greater(t, seen, 3, "a page is full though others are left out")
	})
}

// A search shows changes later than a read does.
func TestLag(t *testing.T) {
	try(t, twin.Options{Volume: map[string]int{"tasks": 0}}, func(p *provider) {
		at := p.project()
		id := p.do(200, "POST", at+"tasks", object{"title": "Alpha"})["id"].(string)
		found := func(q string) []string { return titles(p.get(at + "search?q=" + q)["hits"]) }
		p.get(at + "tasks/" + id)
		assert.Empty(t, found("alpha"))
		time.Sleep(9 * time.Second)
		assert.Empty(t, found("alpha"))
		time.Sleep(time.Second)
		assert.Equal(t, []string{"Alpha"}, found("alpha"))
		p.do(200, "PUT", at+"tasks/batch", object{"items": list{object{"id": id, "title": "Beta"}}})
		assert.Equal(t, "Beta", p.get(at + "tasks/" + id)["title"])
		assert.Equal(t, []string{"Alpha"}, found("alpha"))
		time.Sleep(6 * time.Second)
		p.do(200, "PUT", at+"tasks/batch", object{"items": list{object{"id": id, "title": "Gamma"}}})
		assert.Equal(t, []string{"Alpha"}, found("alpha"))
		time.Sleep(6 * time.Second)
		assert.Equal(t, []string{"Beta"}, found(""))
		time.Sleep(4 * time.Second)
		assert.Equal(t, []string{"Gamma"}, found(""))
	})
}

// An item that fails is told from the others, which take effect.
func TestBatch(t *testing.T) {
	try(t, twin.Options{Volume: map[string]int{"tasks": 0}}, func(p *provider) {
		at := p.project()
		got := p.do(200, "POST", at+"tasks/batch", object{"items": list{
			object{"ref": "a", "title": "One", "state": "done"}, object{"ref": "b"}, object{"ref": "c", "title": "Three"},
		}})["results"].(list)
		require.Len(t, got, 3)
		for i, ref := range []string{"a", "b", "c"} {
			assert.Equal(t, ref, got[i].(object)["ref"])
		}
		one := got[0].(object)["task"].(object)
		assert.Equal(t, "One done", one["title"].(string)+" "+one["state"].(string))
		assert.NotContains(t, got[0], "error")
		assert.NotContains(t, got[1], "task")
		assert.NotEmpty(t, got[1].(object)["error"].(object)["code"])
		assert.Equal(t, []string{"One", "Three"}, titles(p.get(at + "tasks")["tasks"]))
		entries := p.Journal().Entries()
		effect := entries[len(entries)-2].Effect
		assert.Equal(t, "create tasks", effect.Do+" "+effect.Resource)
		assert.Equal(t, p.IDs("", "tasks", strings.Split(at, "/")[1]), effect.IDs)

		many := list{}
		for range 51 {
			many = append(many, object{"title": "x"})
		}
		p.do(400, "POST", at+"tasks/batch", object{"items": many})
		p.do(404, "POST", "projects/none/tasks/batch", object{"items": list{}})

		// All or nothing.
		id := one["id"].(string)
		got2 := p.do(200, "PUT", at+"tasks/batch", object{"items": list{object{"id": id, "title": "Uno"}, object{"id": "none", "title": "x"}}})
		assert.Empty(t, got2["results"])
		assert.Equal(t, list{object{"code": "task_not_found"}}, got2["errors"])
		assert.Equal(t, "One", p.get(at + "tasks/" + id)["title"])
		got2 = p.do(200, "PUT", at+"tasks/batch", object{"items": list{object{"id": id, "title": "Uno"}}})
		assert.Equal(t, []string{"Uno"}, titles(got2["results"]))
		assert.NotContains(t, got2, "errors")
	})
}

func TestJobs(t *testing.T) {
	try(t, twin.Options{}, func(p *provider) {
		start := func() string {
			job := p.do(200, "POST", "exports", object{"format": "csv"})
			assert.Equal(t, "queued", job["state"])
			assert.NotContains(t, job, "url")
			return "exports/" + job["id"].(string)
		}
		at := start()
		time.Sleep(2 * time.Second)
		assert.Equal(t, "running", p.get(at)["state"])
		assert.NotContains(t, p.get(at), "rows")
		time.Sleep(2 * time.Second)
		done := p.get(at)
		assert.Equal(t, "done", done["state"])
		assert.Contains(t, done["url"], "https://")
		assert.NotContains(t, done, "reason")
		time.Sleep(time.Hour)
		assert.Equal(t, done, p.get(at), "it stays as it is")

		at = start()
		require.NoError(t, p.EndJob("", "exports", strings.TrimPrefix(at, "exports/"), "failed"))
		time.Sleep(time.Minute)
		failed := p.get(at)
		assert.Equal(t, "failed", failed["state"])
		assert.NotEmpty(t, failed["reason"])
		assert.NotContains(t, failed, "url")
		for _, id := range p.IDs("", "exports", "")[:20] { // Those it began with have ended.
			assert.Contains(t, []any{"done", "failed"}, p.get("exports/" + id)["state"])
		}
		assert.ErrorContains(t, p.EndJob("", "exports", "none", "failed"), `no exports "none"`)
		assert.ErrorContains(t, p.EndJob("", "exports", "none", "lost"), `is queued or running or done or failed, not "lost"`)
		assert.ErrorContains(t, p.EndJob("", "projects", "none", "done"), `no jobs "projects"; there is exports`)
	})
}

func TestUploads(t *testing.T) {
	try(t, twin.Options{Volume: map[string]int{"files": 0}}, func(p *provider) {
		ticket := func() (to, id string) {
			got := p.do(200, "POST", "files", object{"name": "a.txt", "length": 10})
			return got["upload_url"].(string), got["file_id"].(string)
		}
		// To an address that the provider gives.
		to, id := ticket()
		p.do(404, "POST", "files/finish", object{"id": id})
		resp, _ := p.send("PUT", to, "0123456789")
		assert.Equal(t, 200, resp.StatusCode)
		p.do(200, "POST", "files/finish", object{"id": id})
		assert.Equal(t, []string{id}, p.IDs("", "files", ""))

		// In parts, of which one is lost, and one comes twice.
		to, id = ticket()
		for _, part := range []struct {
			span, body string
			status     int
			has        string
		}{
			{"bytes */10", "", 308, ""},
			{"bytes 0-3/10", "0123", 308, "bytes=0-3"},
			{"bytes 8-9/10", "89", 308, "bytes=0-3"},
			{"bytes 2-5/10", "2345", 308, "bytes=0-5"},
			{"bytes 6-9/10", "789", 400, ""},
			{"bytes six/10", "6", 400, ""},
			{"bytes */10", "", 308, "bytes=0-5"},
			{"bytes 6-9/10", "6789", 200, ""},
			{"bytes */10", "", 200, ""},
		} {
			resp, data := p.send("PUT", to, part.body, "Content-Range", part.span)
			assert.Equal(t, part.status, resp.StatusCode, "%s: %s", part.span, data)
			assert.Equal(t, part.has, resp.Header.Get("Range"), part.span)
		}
		p.do(200, "POST", "files/finish", object{"id": id})
		assert.Len(t, p.IDs("", "files", ""), 2)

		// As a part of a form.
		var form bytes.Buffer
		w := multipart.NewWriter(&form)
		require.NoError(t, w.WriteField("name", "b.txt"))
		file, err := w.CreateFormFile("content", "b.txt")
		require.NoError(t, err)
		_, err = file.Write([]byte("hello"))
		require.NoError(t, err)
		require.NoError(t, w.Close())
		resp, data := p.send("POST", "files/attach", form.String(), "Content-Type", w.FormDataContentType())
		assert.Equal(t, 200, resp.StatusCode, "%s", data)
		assert.Contains(t, string(data), `"b.txt"`)
		assert.Len(t, p.IDs("", "files", ""), 3)
	})
}

func TestDownloadsInParts(t *testing.T) {
	try(t, twin.Options{}, func(p *provider) {
		at := "files/" + p.IDs("", "files", "")[0] + "/content"
		resp, all := p.send("GET", at, nil)
		assert.Equal(t, "bytes", resp.Header.Get("Accept-Ranges"))
		size := len(all)
		for _, one := range []struct {
			ask    string
			status int
			is     string
			part   []byte
		}{
			{"bytes=0-2", 206, fmt.Sprintf("bytes 0-2/%d", size), all[:3]},
			{"bytes=5-", 206, fmt.Sprintf("bytes 5-%d/%d", size-1, size), all[5:]},
			{"bytes=-4", 206, fmt.Sprintf("bytes %d-%d/%d", size-4, size-1, size), all[size-4:]},
			{"bytes=3-9999", 206, fmt.Sprintf("bytes 3-%d/%d", size-1, size), all[3:]},
			{"bytes=9999-", 416, fmt.Sprintf("bytes */%d", size), []byte{}},
			{"bytes=0-1,4-5", 200, "", all},
			{"lines=0-1", 200, "", all},
			{"bytes=5-2", 200, "", all},
		} {
			resp, data := p.send("GET", at, nil, "Range", one.ask)
			assert.Equal(t, one.status, resp.StatusCode, one.ask)
			assert.Equal(t, one.is, resp.Header.Get("Content-Range"), one.ask)
			assert.Equal(t, string(one.part), string(data), one.ask)
		}
		p.do(404, "GET", "files/none/content", nil)
	})
}

// A list of a million items is made as it is read.
func TestMillionItemsAreNotHeld(t *testing.T) {
	const many = 1_000_000
	try(t, twin.Options{Volume: map[string]int{"tasks": many}}, func(p *provider) {
		a, _ := p.Account("")
		r, err := http.NewRequest("GET", base+"projects/"+p.IDs("", "projects", "")[0]+"/search", nil) // One that a request made has none.
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer "+a.Access)
		var before, now runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		resp, err := p.RoundTrip(r)
		require.NoError(t, err)
		defer resp.Body.Close()
		counted := &counter{}
		d := json.NewDecoder(io.TeeReader(resp.Body, counted))
		for range 3 { // {, hits, [
			_, err := d.Token()
			require.NoError(t, err)
		}
		var grown uint64
		n := 0
		for ; d.More(); n++ {
			var task struct{ ID, Title string }
			require.NoError(t, d.Decode(&task))
			require.NotEmpty(t, task.ID)
			if n%100_000 == 0 {
				runtime.GC()
				runtime.ReadMemStats(&now)
				grown = max(grown, now.HeapAlloc-min(now.HeapAlloc, before.HeapAlloc))
			}
		}
		assert.Equal(t, many, n)
		assert.Greater(t, counted.bytes, 100<<20, "the whole of it is large")
		assert.Less(t, grown, uint64(8<<20), "and little of it is held")
	})
}

type counter struct{ bytes int }

func (c *counter) Write(p []byte) (int, error) {
	c.bytes += len(p)
	return len(p), nil
}
