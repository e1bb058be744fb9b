package runtime

import (
	"net/http"
	"testing"
	"time"
)

var noon = time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)

func TestParseWait(t *testing.T) {
	const no = -1
	for _, tc := range []struct {
		text string
		unit Unit
		want time.Duration
	}{
		{"30", UnitSeconds, 30 * time.Second},
		{" 30 ", UnitSeconds, 30 * time.Second},
		{"0", UnitSeconds, 0},
		{"0.25", UnitSeconds, 250 * time.Millisecond},
		{".5", UnitSeconds, 500 * time.Millisecond},
		{"1.0000000001", UnitSeconds, time.Second + 1}, // Rounded up.
		{"99999999999999999999", UnitSeconds, maxDuration},
		{"-5", UnitSeconds, no},
		{"", UnitSeconds, no},
		{".", UnitSeconds, no},
		{"soon", UnitSeconds, no},
		{"NaN", UnitSeconds, no},
		{"Inf", UnitSeconds, no},
		{"0x10", UnitSeconds, no},
		{"1_000", UnitSeconds, no},
		{"1e3", UnitSeconds, no},
		{"30 seconds", UnitSeconds, no},
		{"Tue, 01 Sep 2026 12:01:00 GMT", UnitSeconds, time.Minute},
		{"Tue, 01 Sep 2026 12:01:00 GMT", UnitHTTPDate, time.Minute},
		{"Tuesday, 01-Sep-26 12:01:00 GMT", UnitHTTPDate, time.Minute}, // RFC 850, obsolete and to be read.
		{"Tue, 01 Sep 2026 11:59:00 GMT", UnitHTTPDate, no},
		{"60", UnitHTTPDate, no},
		{"1500", UnitMillis, 1500 * time.Millisecond},
		{"1788264060", UnitUnix, time.Minute},
		{"1788264060.5", UnitUnix, time.Minute + 500*time.Millisecond},
		{"1788263940", UnitUnix, no},
		{"1788264060000", UnitUnix, maxDuration}, // Milliseconds where seconds are declared: nothing is guessed.
		{"1788264060000", UnitUnixMillis, time.Minute},
		{"6m0s", UnitDuration, 6 * time.Minute},
		{"1.5s", UnitDuration, 1500 * time.Millisecond},
		{"-1s", UnitDuration, no},
		{"2026-09-01T14:01:00+02:00", UnitRFC3339, time.Minute},
		{"2026-09-01", UnitRFC3339, no},
		{"1", Unit(99), no},
	} {
		got, ok := parseWait(tc.text, tc.unit, noon)
		if !ok {
			got = no
		}
		if diff := got - tc.want; diff < 0 || diff > time.Microsecond {
			t.Errorf("%q in unit %d is %v, want %v", tc.text, tc.unit, got, tc.want)
		}
	}
}

func FuzzParseWait(f *testing.F) {
	for _, text := range []string{"30", "0.5", "-1", "1e309", "Tue, 01 Sep 2026 12:01:00 GMT", "6m0s", "9223372036854775807", "253402300800"} {
		for unit := UnitNone; unit <= UnitRFC3339; unit++ {
			f.Add(text, uint8(unit))
		}
	}
	f.Fuzz(func(t *testing.T, text string, unit uint8) {
		wait, ok := parseWait(text, Unit(unit), noon)
		if wait < 0 && ok || !ok && wait > 0 && Unit(unit) == UnitSeconds {
			t.Errorf("%q in unit %d is %v, %v", text, unit, wait, ok)
		}
	})
}

// TestWaitOfAResponse wants dates compared with the provider's own clock, the
// longest of several values, and Retry-After where the rule's own is no wait.
func TestWaitOfAResponse(t *testing.T) {
	skewed := noon.Add(-time.Hour).Format(http.TimeFormat)
	rule := func(src Source) []ErrorRule {
		return []ErrorRule{{When: When{Status: []StatusRange{{429, 429}}}, Class: ClassRateLimited, Wait: &src}}
	}
	for _, tc := range []struct {
		name   string
		rules  []ErrorRule
		answer answer
		want   time.Duration
	}{
		{"seconds", nil, answer{status: 429, header: "Retry-After: 7"}, 7 * time.Second},
		{"date, provider's clock an hour late", nil, answer{status: 429, header: "Date: " + skewed + "\nRetry-After: " + noon.Add(time.Minute-time.Hour).Format(http.TimeFormat)}, time.Minute},
		{"several", nil, answer{status: 429, header: "Retry-After: 3\nRetry-After: 9\nRetry-After: x"}, 9 * time.Second},
		{"other header", rule(Source{Header: "X-Reset-Ms", As: UnitMillis}), answer{status: 429, header: "X-Reset-Ms: 250\nRetry-After: 1"}, 250 * time.Millisecond},
		{"other header is garbage", rule(Source{Header: "X-Reset-Ms", As: UnitMillis}), answer{status: 429, header: "X-Reset-Ms: soon\nRetry-After: 1"}, time.Second},
		{"body", rule(Source{Body: Path{"reset"}, As: UnitUnix}), answer{status: 429, header: "Date: " + noon.Format(http.TimeFormat), body: `{"reset":1788264002}`}, 2 * time.Second},
		{"nothing", nil, answer{status: 429}, 0},
		{"negative", nil, answer{status: 429, header: "Retry-After: -1"}, 0},
		{"absurd", nil, answer{status: 429, header: "Retry-After: 99999999999999999999"}, century},
		{"unavailable", nil, answer{status: 503, header: "Retry-After: 4"}, 4 * time.Second},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := &server{answers: []answer{tc.answer}}
			op := &Op{Name: "op", Method: "GET", Path: "a", Effect: EffectRead, Errors: tc.rules}
			e := doOnce(t.Context(), newTestClient(t, testAPI(), s, WithMaxAttempts(1)), op)
			if e.RetryAfter != tc.want || e.RetryAt.IsZero() != (tc.want == 0) {
				t.Errorf("wait %v until %v, want %v", e.RetryAfter, e.RetryAt, tc.want)
			}
		})
	}
}

func TestWaitsAddUp(t *testing.T) {
	k := &call{app: &App{cfg: config{random: func() float64 { return 0.99 }}}}
	now := time.Now()
	wait, _ := longestWait([]string{"99999999999999999999"}, UnitSeconds, now)
	if pause := k.pause(&APIError{Class: ClassRateLimited, RetryAt: now.Add(wait)}, now); pause < wait {
		t.Errorf("a pause of %v for a wait of %v", pause, wait)
	}
}
