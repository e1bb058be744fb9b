package twin

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/porin-dev/porin/compiler/ir"
)

// duration reads a duration of a spec, which has days besides the units of Go.
// What is not one is 0.
func duration(d ir.Duration) time.Duration {
	v, _ := d.Std()
	return v
}

// formatWait writes how long to wait, in a declared unit. Waits are rounded up:
// a client that waits as told is never early.
func formatWait(wait time.Duration, now time.Time, unit string) string {
	switch unit {
	case "ms":
		return strconv.FormatInt(ceil(wait, time.Millisecond), 10)
	case "unix":
		return strconv.FormatInt(ceil(time.Duration(now.Add(wait).UnixNano()), time.Second), 10)
	case "unix_ms":
		return strconv.FormatInt(ceil(time.Duration(now.Add(wait).UnixNano()), time.Millisecond), 10)
	case "http_date":
		return ceilSecond(now.Add(wait)).UTC().Format(http.TimeFormat)
	case "rfc3339":
		return ceilSecond(now.Add(wait)).UTC().Format(time.RFC3339)
	case "duration":
		return wait.String()
	}
	return strconv.FormatInt(ceil(wait, time.Second), 10)
}

// stated returns the wait that formatWait tells, which is the wait rounded up.
func stated(wait time.Duration, now time.Time, unit string) time.Duration {
	switch unit {
	case "duration":
		return wait
	case "ms":
		return time.Duration(ceil(wait, time.Millisecond)) * time.Millisecond
	case "unix_ms":
		if u := now.Add(wait).Truncate(time.Millisecond); u.Before(now.Add(wait)) {
			return u.Add(time.Millisecond).Sub(now)
		}
		return wait
	case "unix", "http_date", "rfc3339":
		return ceilSecond(now.Add(wait)).Sub(now)
	}
	return time.Duration(ceil(wait, time.Second)) * time.Second
}

func ceil(d, unit time.Duration) int64 { return int64((d + unit - 1) / unit) }

func ceilSecond(t time.Time) time.Time {
	if u := t.Truncate(time.Second); u.Before(t) {
		return u.Add(time.Second)
	}
	return t
}

// isNumber reports whether a unit is written as a JSON number in a body.
func isNumber(unit string) bool {
	return unit == "" || unit == "seconds" || unit == "ms" || unit == "unix" || unit == "unix_ms"
}

// basicOf encodes credentials for the Basic scheme (RFC 7617).
func basicOf(user, pass string) string {
	return base64.StdEncoding.EncodeToString([]byte(user + ":" + pass))
}

// firstOf returns the first value of a query or form that may be nil.
func firstOf(v url.Values, name string) (string, bool) {
	if all := v[name]; len(all) > 0 {
		return all[0], true
	}
	return "", false
}
