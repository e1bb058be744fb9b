package twin

import (
	"errors"
	"io"
	"net/http"

	"github.com/go-json-experiment/json"

	"github.com/porin-dev/porin/runtime/internal/misread"
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
		http.Error(rw, "the request is not understood: "+misread.Text(err, to)+example(r), http.StatusBadRequest)
		return false
	}
	return true
}
