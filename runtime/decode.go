package runtime

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// Faults of a successful response. They are causes of [ErrDecode].
var (
	errEmptyBody = errors.New("the body is empty")
	errNotJSON   = errors.New("the body is not JSON")
)

// decode reads the result. What departs from the contract is repaired where it
// can be, and reported; see [repair] and [audit].
func (k *call) decode(out any) *APIError {
	body := k.last.body
	var err error
	switch {
	case k.last.status == 204 || k.last.status == 205:
		if len(body) > 0 && k.op.Reply == ReplyJSON {
			err = k.decodeJSON(body, out)
		}
	case k.op.Reply == ReplyNone:
		if k.plan.inBody { // A body that no rule could look into confirms nothing.
			err = k.decodeJSON(body, nil)
		}
	case k.op.Reply == ReplyRaw:
		if p, ok := out.(*[]byte); ok {
			*p = body
			return nil
		}
		if out == nil {
			return nil
		}
		err = errors.New("a raw result needs a *[]byte")
	case out == nil && len(body) == 0 && !k.plan.inBody:
		return nil
	default:
		err = k.decodeJSON(body, out)
	}
	if err == nil {
		return nil
	}
	if v := reflect.ValueOf(out); v.Kind() == reflect.Pointer && !v.IsNil() {
		v.Elem().SetZero() // The next attempt, and the caller, find nothing of an answer that was cut.
	}
	e := k.answered(ClassDecode)
	e.cause = err
	return e
}

// maxRepairs is how many kinds of fault one response may have.
const maxRepairs = 64

// decodeJSON reads data strictly and, where that fails, as leniently as it
// takes. It never quotes a value in an error.
func (k *call) decodeJSON(data []byte, out any) error {
	if trimmed := trimBOM(data); len(trimmed) < len(data) {
		k.drifted("", "byte order mark")
		data = trimmed
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return errEmptyBody
	}
	if out == nil {
		out = new(Raw)
	}
	var opts []jsonOptions
	received := data
	err := unmarshal(data, out)
	for range maxRepairs {
		if err == nil {
			k.checkMedia()
			if w := k.app.cfg.watch; w != nil {
				w.result(k, received)
			}
			return nil
		}
		mismatch, isMismatch := errors.AsType[*jsonMismatch](err)
		fault := textFault(err)
		switch {
		case fault != "" && opts == nil:
			k.drifted(generalPath(nil), fault)
			opts = []jsonOptions{lenient}
		case isMismatch && fault == "":
			r := newRepair(mismatch, reflect.TypeOf(out).Elem())
			if data = r.apply(data); !r.changed {
				return r
			}
			k.drifted(generalPath(r.steps), r.kindOfFault())
		default:
			return k.unreadable(err)
		}
		reflect.ValueOf(out).Elem().SetZero() // What the failed try left must not be merged into.
		err = unmarshal(data, out, opts...)
	}
	return fmt.Errorf("%w: more than %d kinds of departures from the contract", errNotJSON, maxRepairs)
}

// textFault names what a strict reader refuses and a lenient one does not.
func textFault(err error) string {
	switch {
	case errors.Is(err, errDuplicateName):
		return "duplicate name"
	case isInvalidUTF8(err):
		return "invalid UTF-8"
	}
	return ""
}

// unreadable describes text that is no JSON without quoting it.
func (k *call) unreadable(err error) error {
	syntax, ok := errors.AsType[*jsonSyntaxError](err)
	if !ok {
		return errNotJSON
	}
	if media := mediaType(k.last.header); media != "" && !strings.Contains(media, "json") {
		return fmt.Errorf("%w but %s", errNotJSON, printable(media))
	}
	return fmt.Errorf("%w: fault at byte %d of %d", errNotJSON, syntax.ByteOffset, len(k.last.body))
}

// checkMedia reports JSON that is sent under another name.
func (k *call) checkMedia() {
	if k.app.cfg.watch == nil || strings.HasPrefix(k.last.header.Get("Content-Type"), "application/json") {
		return
	}
	media := mediaType(k.last.header)
	if media != "" && !strings.Contains(media, "json") && !strings.Contains(media, "javascript") {
		k.drifted("", "media type "+printable(media))
	}
}

// drifted reports a departure from the contract, once.
func (k *call) drifted(path, kind string) {
	if w := k.app.cfg.watch; w != nil {
		w.drift(k.ctx, k.app, k.op.Name, path, kind)
	}
}
