package fake

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime"
)

// writeWait writes for how long to wait, in the declared unit.
func writeWait(src *ir.Source, seconds int, doc *tree, header http.Header) error {
	wait := time.Duration(seconds) * time.Second
	at := time.Now().Add(wait)
	var text string
	switch src.As {
	case "seconds", "":
		text = strconv.Itoa(seconds)
	case "ms":
		text = strconv.FormatInt(wait.Milliseconds(), 10)
	case "unix":
		text = strconv.FormatInt(at.Unix(), 10)
	case "unix_ms":
		text = strconv.FormatInt(at.UnixMilli(), 10)
	case "http_date":
		text = at.UTC().Format(http.TimeFormat)
	case "duration":
		text = wait.String()
	case "rfc3339":
		text = at.UTC().Format(time.RFC3339)
	default:
		return fmt.Errorf("a wait in %q", src.As)
	}
	if src.Header != "" {
		header.Set(src.Header, text)
		return nil
	}
	raw := runtime.Raw(text)
	if _, err := strconv.ParseInt(text, 10, 64); err != nil {
		raw = quote(text)
	}
	doc.put(src.Body, raw)
	return nil
}
