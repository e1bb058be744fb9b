package runtime

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxDuration is the longest wait that can be said. Absurd ones become it.
const maxDuration = time.Duration(math.MaxInt64)

// parseWait reads how long to wait from now, which is the provider's time:
// instants are compared with the provider's own clock, never with ours. A
// text that is no number or time of the unit is no wait, nor is a negative one
// or an instant that has passed. Zero is a wait.
func parseWait(text string, unit Unit, now time.Time) (time.Duration, bool) {
	text = strings.TrimSpace(text)
	switch unit {
	case UnitNone, UnitSeconds:
		if wait, ok := scaled(text, time.Second); ok {
			return wait, true
		}
		return untilTime(http.ParseTime(text))(now)
	case UnitMillis:
		return scaled(text, time.Millisecond)
	case UnitUnix:
		return untilUnix(text, time.Second, now)
	case UnitUnixMillis:
		return untilUnix(text, time.Millisecond, now)
	case UnitHTTPDate:
		return untilTime(http.ParseTime(text))(now)
	case UnitRFC3339:
		return untilTime(time.Parse(time.RFC3339, text))(now)
	case UnitDuration:
		wait, err := time.ParseDuration(text)
		return wait, err == nil && wait >= 0
	}
	return 0, false
}

// scaled reads a number of units, which may be a fraction.
func scaled(text string, unit time.Duration) (time.Duration, bool) {
	if !decimal(text) {
		return 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil && !math.IsInf(n, 1) {
		return 0, false
	}
	if n >= float64(maxDuration/unit) {
		return maxDuration, true
	}
	// Rounded up: a wait must not end early.
	return time.Duration(math.Ceil(n * float64(unit))), true
}

// decimal reports whether text is digits with at most one point among them.
// ParseFloat alone would read hexadecimal numbers, underscores and words.
func decimal(text string) bool {
	whole, fraction, _ := strings.Cut(text, ".")
	return whole+fraction != "" && strings.Trim(whole+fraction, "0123456789") == ""
}

// untilUnix reads an instant as a count of units since 1970.
func untilUnix(text string, unit time.Duration, now time.Time) (time.Duration, bool) {
	since, ok := scaled(text, unit)
	if !ok {
		return 0, false
	}
	if since == maxDuration { // Past the year 2262.
		return maxDuration, true
	}
	return untilTime(time.Unix(0, int64(since)), nil)(now)
}

// untilTime takes the result of a parser and returns the wait until then.
func untilTime(at time.Time, err error) func(now time.Time) (time.Duration, bool) {
	return func(now time.Time) (time.Duration, bool) {
		wait := at.Sub(now)
		return wait, err == nil && wait >= 0
	}
}

// century is the longest wait or life that anybody is believed. Sums with it
// stay far from what a duration holds.
const century = 100 * 365 * 24 * time.Hour

// longestWait reads several values and returns the longest valid one: coming
// back too late is allowed, coming back early is not.
func longestWait(texts []string, unit Unit, now time.Time) (longest time.Duration, ok bool) {
	for _, text := range texts {
		if wait, valid := parseWait(text, unit, now); valid {
			longest, ok = max(longest, min(wait, century)), true
		}
	}
	return longest, ok
}

// providerTime is the provider's clock: the Date of its response or, when that
// is missing, ours.
func providerTime(h http.Header, now time.Time) time.Time {
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		return date
	}
	return now
}
