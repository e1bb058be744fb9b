package gauntlet

import (
	"errors"
	"fmt"
	"strings"

	"github.com/porin-dev/porin/runtime"
)

// ExplainAPIError says what an error of a generated client tells its caller.
// Drivers of generated packages use it as their Explain.
func ExplainAPIError(err error) Failure {
	f := Failure{Text: textOf(err)}
	var e *runtime.APIError
	if !errors.As(err, &e) {
		return f
	}
	f.Typed = true
	f.Class = e.Class.String()
	f.Code = e.Code
	f.Status = e.StatusCode
	f.RequestID = e.RequestID
	f.RetryAt = e.RetryAt
	f.OutcomeUnknown = errors.Is(err, runtime.ErrOutcomeUnknown)
	return f
}

// textOf prints an error in the ways a log does, so that a secret that only one
// verb shows is found. The verb %#v is left out: it shows the fields of a
// struct, and those are for the caller to print.
func textOf(err error) string {
	if err == nil {
		return ""
	}
	text := err.Error()
	if long := fmt.Sprintf("%+v", err); long != text {
		text = strings.Join([]string{text, long}, "\n")
	}
	return text
}
