// Package misread tells authors of JSON what is wrong with it: in their terms, and with
// what there is in place of a name that is unknown.
package misread

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Text says what is wrong with a JSON object that json.Unmarshal refused to read into
// the struct that to points at, without names of Go.
func Text(err error, to any) string {
	var broken *jsontext.SyntacticError
	if errors.As(err, &broken) && errors.Is(err, jsontext.ErrDuplicateName) {
		return fmt.Sprintf("the member %q is there twice", broken.JSONPointer.LastToken())
	}
	if errors.As(err, &broken) {
		return fmt.Sprintf("it is no JSON, from byte %d on", broken.ByteOffset+1)
	}
	var wrong *json.SemanticError
	if !errors.As(err, &wrong) {
		return err.Error()
	}
	at := string(wrong.JSONPointer)
	if errors.Is(wrong.Err, json.ErrUnknownName) {
		parent, name := at[:strings.LastIndexByte(at, '/')], wrong.JSONPointer.LastToken()
		members := membersOf(reflect.TypeOf(to), parent)
		return fmt.Sprintf("no member %q%s", name, Instead(name, members))
	}
	if at == "" {
		return "it is no object"
	}
	at = strings.TrimPrefix(at, "/")
	switch {
	case len(wrong.JSONValue) > 0:
		return fmt.Sprintf("%s is %s, where it should be %s", at, wrong.JSONValue, wanted(wrong.GoType))
	case wrong.JSONKind == 0: // A text that is read further.
		return fmt.Sprintf("%s should be %s", at, wanted(wrong.GoType))
	}
	return fmt.Sprintf("%s is a %s, where it should be %s", at, wrong.JSONKind, wanted(wrong.GoType))
}

// wanted names what JSON has for a type of Go.
func wanted(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == reflect.TypeFor[time.Duration]() {
		return `a duration such as "10s"`
	}
	switch t.Kind() {
	case reflect.String:
		return "a text"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "an object"
	}
	if t.Kind() == reflect.Float64 {
		return "a number"
	}
	return "a whole number"
}

// membersOf lists the members of an object, or of one in it.
func membersOf(t reflect.Type, at string) []string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	first, rest, _ := strings.Cut(strings.TrimPrefix(at, "/"), "/")
	switch t.Kind() {
	case reflect.Slice, reflect.Array, reflect.Map: // What is first is an index, or a key.
		return membersOf(t.Elem(), rest)
	case reflect.Struct:
	default:
		return nil
	}
	var all []string
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name == first && first != "" {
			return membersOf(t.Field(i).Type, rest)
		}
		if name != "" && name != "-" {
			all = append(all, name)
		}
	}
	return all
}

// shown is how many names a message lists.
const shown = 12

// Instead is the end of a message about an unknown name: it names what there is, all of
// it or, of more than twelve, what begins most as the name does.
func Instead(name string, all []string) string {
	if len(all) == 0 {
		return "; there is none"
	}
	return "; there is " + Nearest(name, all)
}

// Nearest lists names, all of them or, of more than twelve, those that begin most as a
// name does.
func Nearest(name string, all []string) string {
	if len(all) > shown {
		alike := 0
		for _, other := range all {
			alike = max(alike, Common(name, other))
		}
		all = slices.DeleteFunc(slices.Clone(all), func(other string) bool { return Common(name, other) < alike })
	}
	if len(all) > shown {
		return fmt.Sprintf("%s and %d more", strings.Join(all[:shown], ", "), len(all)-shown)
	}
	return strings.Join(all, ", ")
}

// Common counts the bytes that two names begin with alike.
func Common(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}
