package runtime

import (
	"errors"
	"strings"
	"testing"
)

// TestChoices sends what has one set whole, and nothing else.
func TestChoices(t *testing.T) {
	type params struct {
		Note        Opt[string] `json:"note,omitzero"`
		ContentID   Opt[int]    `json:"content_id,omitzero"`
		ContentType string      `json:"content_type,omitzero"`
		Tags        []string    `json:"tags,omitzero"`
	}
	body := &Op{Name: "add", Method: "POST", Path: "a", Body: Body{As: BodyJSON},
		Choices: []Choice{{{"note"}, {"content_id", "content_type"}, {"tags"}}}}
	query := &Op{Name: "find", Method: "GET", Path: "a", Params: []Param{{Field: "note"}, {Field: "tags"}},
		Choices: []Choice{{{"note"}, {"tags"}}}}
	two := &Op{Name: "two", Method: "POST", Path: "a", Body: Body{As: BodyJSON}, Usual: []Usual{{Field: "content_type", Value: `"Issue"`}},
		Choices: []Choice{{{"note"}, {"content_id", "content_type"}}, {{"tags"}, {"content_type"}}}}
	for _, tc := range []struct {
		name string
		op   *Op
		in   any
		want string // Of the error; empty is none.
	}{
		{"one", body, params{Note: Some("x")}, ""},
		{"empty, and meant", body, params{Note: Some("")}, ""},
		{"null, and meant", body, params{Note: Null[string]()}, ""},
		{"a list that was made", body, params{Tags: []string{}}, ""},
		{"both", body, params{ContentID: Some(0), ContentType: "Issue"}, ""},
		{"half a set", body, params{ContentID: Some(1)}, "it needs note, or content_id and content_type, or tags"},
		{"nothing", body, params{}, "it needs note, or content_id and content_type, or tags"},
		{"no parameters", body, nil, "it needs note, or content_id and content_type, or tags"},
		{"an empty list, which a query cannot say", query, params{Tags: []string{}}, "it needs note, or tags"},
		{"a list in a query", query, params{Tags: []string{"a"}}, ""},
		{"what is sent without being given", two, params{ContentID: Some(1)}, ""},
		{"one of two choices", two, params{Tags: []string{"a"}}, "it needs note, or content_id and content_type"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := &server{}
			err := newTestClient(t, testAPI(), s).Do(t.Context(), tc.op, tc.in, nil, nil)
			switch {
			case tc.want == "":
				if err != nil || len(s.requests()) != 1 {
					t.Errorf("%d requests: %v", len(s.requests()), err)
				}
			case !errors.Is(err, ErrInvalidParams) || !errors.Is(err, ErrInvalid) || !strings.HasSuffix(err.Error(), tc.want) || len(s.requests()) != 0:
				t.Errorf("%d requests: %v", len(s.requests()), err)
			}
		})
	}
}
