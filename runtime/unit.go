package runtime

import (
	"net/http"
	"strconv"
	"time"
)

// moment reads a point in time.
func (u Unit) moment(text string) (time.Time, bool) {
	switch u {
	case UnitHTTPDate:
		t, err := http.ParseTime(text)
		return t, err == nil
	case UnitRFC3339:
		t, err := time.Parse(time.RFC3339, text)
		return t, err == nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, false
	}
	if u == UnitUnixMillis {
		return time.UnixMilli(n), true
	}
	return time.Unix(n, 0), u == UnitUnix
}

// format writes a point in time so that moment reads it.
func (u Unit) format(t time.Time) string {
	switch u {
	case UnitHTTPDate:
		return t.UTC().Format(http.TimeFormat)
	case UnitRFC3339:
		return t.UTC().Format(time.RFC3339Nano)
	case UnitUnixMillis:
		return strconv.FormatInt(t.UnixMilli(), 10)
	}
	return strconv.FormatInt(t.Unix(), 10)
}
