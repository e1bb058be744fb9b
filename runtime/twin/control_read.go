package twin

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"

	"github.com/go-json-experiment/json"
)

// read decodes the body of a control request; an empty one is the zero value.
func read(rw http.ResponseWriter, r *http.Request, to any) bool {
	b, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, maxControl))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		http.Error(rw, "the request has more than 1 MiB", http.StatusRequestEntityTooLarge)
		return false
	}
	if err == nil && len(b) > 0 {
		err = json.Unmarshal(b, to, json.RejectUnknownMembers(true))
	}
	if err != nil {
		http.Error(rw, "the request is not understood: "+misread(err, to), http.StatusBadRequest)
		return false
	}
	return true
}

// misread says what is wrong with the JSON of a request, without names of Go.
func misread(err error, to any) string {
	var wrong *json.SemanticError
	if !errors.As(err, &wrong) {
		return err.Error()
	}
	at := string(wrong.JSONPointer)
	if errors.Is(wrong.Err, json.ErrUnknownName) {
		parent, name := at[:strings.LastIndexByte(at, '/')], wrong.JSONPointer.LastToken()
		members := membersOf(reflect.TypeOf(to), parent)
		return fmt.Sprintf("no member %q%s", name, instead(name, members))
	}
	if at == "" {
		return "it is no object, such as {\"id\": \"status/503\"}"
	}
	at = strings.TrimPrefix(at, "/")
	switch {
	case wrong.Err != nil:
		return at + ": " + wrong.Err.Error()
	case strings.HasPrefix(at, "params/"):
		return at + " is no text; parameters are texts, such as \"3s\""
	}
	return fmt.Sprintf("%s is a %s, where it should be something else", at, wrong.JSONKind)
}

// membersOf lists the members of a request, or of an object in it.
func membersOf(t reflect.Type, at string) []string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	first, rest, _ := strings.Cut(strings.TrimPrefix(at, "/"), "/")
	var all []string
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name == first && first != "" {
			return membersOf(t.Field(i).Type, rest)
		}
		all = append(all, name)
	}
	return all
}
