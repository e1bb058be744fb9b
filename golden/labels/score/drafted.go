package score

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"github.com/porin-dev/porin/compiler"
	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/draft"
	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/golden/openapi"
	"github.com/porin-dev/porin/spec"
	"github.com/porin-dev/porin/spec/quirks"
)

// drafted is the connector of one document, with its actions by operation.
type drafted struct {
	*ir.Connector
	actions map[string]*ir.Action // By key of the operation, and by its path alone.
}

// action is that of a label. What is known of an API may have changed the
// method, and then the path alone finds it.
func (d drafted) action(operation string) *ir.Action {
	key := operationKey(operation)
	if a := d.actions[key]; a != nil {
		return a
	}
	_, path, _ := strings.Cut(key, " ")
	return d.actions[path]
}

// compileDraft drafts a document and compiles the outcome. The text is why
// there is no connector.
func compileDraft(name string, index *quirks.Index) (d drafted, problem string, err error) {
	document, err := openapi.Text(name)
	if err != nil {
		return d, "", err
	}
	result, err := draft.Draft(context.Background(), draft.Options{Document: document, Index: index})
	if err != nil {
		return d, err.Error(), nil
	}
	sources := map[string][]byte{}
	for _, f := range result.Files {
		sources[f.Name] = f.Content
	}
	pkg, err := spec.Parse(sources)
	if err != nil {
		return d, "the draft does not parse: " + err.Error(), nil
	}
	report := &diag.Report{}
	if d.Connector = compiler.Compile(pkg, report); d.Connector == nil {
		return d, fmt.Sprintf("the draft has %d errors", report.Count(diag.Error)), nil
	}
	d.actions = map[string]*ir.Action{}
	paths := map[string]int{}
	collect(d.Groups, d.actions, paths)
	for key, a := range maps.Clone(d.actions) {
		if _, path, _ := strings.Cut(key, " "); paths[path] == 1 {
			d.actions[path] = a
		}
	}
	return d, "", nil
}

// collect puts the actions of groups by operation. Of two actions for one
// operation, such as those of paths that differ in a fragment only, the first
// stands. It counts the methods of each path.
func collect(groups []*ir.Group, into map[string]*ir.Action, paths map[string]int) {
	for _, g := range groups {
		for _, a := range g.Actions {
			path := strings.Trim(a.URL.Outline(), "/")
			if key := a.Method + " " + path; into[key] == nil {
				into[key] = a
				paths[path]++
			}
		}
		collect(g.Groups, into, paths)
	}
}

// operationKey is that of a label: "GET /pets/{id}" is "GET pets/{}".
func operationKey(operation string) string {
	method, path, _ := strings.Cut(operation, " ")
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(path, "{")
		b.WriteString(before)
		if !found {
			break
		}
		b.WriteString("{}")
		_, path, _ = strings.Cut(rest, "}")
	}
	return method + " " + strings.Trim(b.String(), "/")
}
