package runtime

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// TestValuesRoundTrip reads and writes each type of this package.
func TestValuesRoundTrip(t *testing.T) {
	type all struct {
		Opt    Opt[string]     `json:"opt,omitzero"`
		Nested Opt[Opt[int]]   `json:"nested,omitzero"`
		List   Opt[[]Opt[int]] `json:"list,omitzero"`
		ID     ID              `json:"id,omitzero"`
		Time   UnixTime        `json:"time,omitzero"`
		Milli  UnixMilliTime   `json:"milli,omitzero"`
		Extra  Raw             `json:",embed"`
	}
	for _, text := range []string{
		`{}`, `{"opt":null}`, `{"opt":""}`, `{"opt":"x"}`, `{"nested":null}`, `{"nested":1}`, `{"list":[1,null]}`, `{"list":[]}`,
		`{"id":"12"}`, `{"id":12}`, `{"id":12345678901234567890123}`, `{"id":"a\"b"}`,
		`{"time":0}`, `{"time":1700000000}`, `{"time":1700000000.123456}`, `{"time":-1}`, `{"time":-1.5}`, `{"time":-0.5}`,
		`{"milli":1700000000123}`, `{"milli":-1}`, `{"unknown":{"a":[1.0,1E5,"<é>"]}}`,
	} {
		var v all
		if err := UnmarshalRaw(Raw(text), &v); err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		got, err := MarshalRaw(v)
		if err != nil || string(got) != text {
			t.Errorf("%s is written as %s, %v", text, got, err)
		}
	}
}

func TestValuesRefuse(t *testing.T) {
	for _, text := range []string{`"x"`, `true`, `{}`, `1e300`, `99999999999999999999`, `253402300800000000`} {
		var s UnixTime
		var m UnixMilliTime
		if err := UnmarshalRaw(Raw(text), &s); err == nil {
			t.Errorf("%s is %v", text, s)
		}
		if err := UnmarshalRaw(Raw(text), &m); err == nil {
			t.Errorf("%s is %v", text, m)
		}
	}
	if err := UnmarshalRaw(Raw(`true`), &ID{}); err == nil {
		t.Error("true is an ID")
	}
}

func TestUnixTimes(t *testing.T) {
	for text, want := range map[string]time.Time{
		"1700000000": time.Unix(1700000000, 0), "1.7e9": time.Unix(1700000000, 0), "1700000000.000000001": time.Unix(1700000000, 1),
		"-1.5": time.Unix(-2, 5e8), "0.5": time.Unix(0, 5e8),
	} {
		var got UnixTime
		if err := UnmarshalRaw(Raw(text), &got); err != nil || !got.Equal(want) {
			t.Errorf("%s is %v, %v", text, got, err)
		}
	}
	var m UnixMilliTime
	if err := UnmarshalRaw(Raw("1700000000123.5"), &m); err != nil || !m.Equal(time.Unix(1700000000, 123_500_000)) {
		t.Errorf("%v, %v", m, err)
	}
	if got, _ := MarshalRaw([]any{UnixTime{}, UnixMilliTime{}, Unix(noon), UnixMilli(noon)}); string(got) != `[null,null,1788264000,1788264000000]` {
		t.Errorf("written as %s", got)
	}
}

func TestOpt(t *testing.T) {
	var absent Opt[int]
	null, value := Null[int](), Some(0)
	if !absent.IsZero() || absent.IsNull() || absent.IsSet() || absent.Or(7) != 7 {
		t.Errorf("absent %+v", absent)
	}
	if null.IsZero() || !null.IsNull() || null.IsSet() || null.Or(7) != 7 {
		t.Errorf("null %+v", null)
	}
	if v, ok := value.Get(); value.IsZero() || value.IsNull() || !ok || v != 0 || value.Or(7) != 0 {
		t.Errorf("value %+v", value)
	}
	reused := Some([]int{1, 2})
	if err := UnmarshalRaw(Raw(`[3]`), &reused); err != nil || len(reused.Or(nil)) != 1 {
		t.Errorf("read into one that was set: %+v, %v", reused, err)
	}
	if err := UnmarshalRaw(Raw(`"x"`), &value); err == nil || value.IsSet() {
		t.Errorf("read a string: %+v, %v", value, err)
	}
}

func TestIDs(t *testing.T) {
	if StringID("12") == NumberID(12) || StringID("12").String() != NumberID(12).String() {
		t.Error("the form does not tell IDs apart, or the text does")
	}
	if !(ID{}).IsZero() || NumberID(0).IsZero() || !StringID("").IsZero() {
		t.Error("IsZero")
	}
}

func TestClassNames(t *testing.T) {
	seen := map[string]bool{}
	for class := range Class(len(classes)) {
		if class.String() == "" || class.text() == "" || seen[class.String()] || classError(class).Error() != class.text() {
			t.Errorf("class %d is %q", class, class)
		}
		seen[class.String()] = true
	}
	if Class(200).String() != "unknown" || Class(200).text() != "failed" {
		t.Error("a class of a newer version")
	}
}

func TestErrorTexts(t *testing.T) {
	for _, tc := range []struct {
		err  APIError
		want string
	}{
		{APIError{API: "slack", Op: "chat.post", Class: ClassRateLimited, StatusCode: 429, RetryAfter: 1500 * time.Millisecond, Attempts: 3}, "slack chat.post: rate limited (status 429, 3 attempts, retry after 1.5s)"},
		{APIError{API: "slack", Op: "chat.post", Class: ClassUnavailable, cause: errors.New("reset"), OutcomeUnknown: true}, "slack chat.post: unavailable: reset: the outcome is unknown"},
		{APIError{API: "slack", Op: "x", Class: ClassRejected, StatusCode: 200, Code: "a\nb" + strings.Repeat("c", 200)}, "slack x: ab" + strings.Repeat("c", 125) + "...: rejected (status 200)"},
		{APIError{API: "slack"}, "slack: failed"},
	} {
		if got := tc.err.Error(); got != tc.want {
			t.Errorf("text %q, want %q", got, tc.want)
		}
	}
}

func TestUUID(t *testing.T) {
	n := 0.0
	id := newUUID(noon, func() float64 { n += 0.17; return n - float64(int(n)) })
	if len(id) != 36 || id[14] != '7' || !strings.ContainsRune("89ab", rune(id[19])) || newUUID(noon.Add(time.Millisecond), still) < id[:13] {
		t.Errorf("UUID %s", id)
	}
}

func TestRuleFaults(t *testing.T) {
	for name, op := range map[string]*Op{
		"regular expression": {Errors: []ErrorRule{{When: When{Body: []Match{{At: Path{"a"}, Op: MatchRE, Values: []string{"("}, RE: Regexp}}}}}},
		"header condition":   {Errors: []ErrorRule{{When: When{Header: []Match{{At: Path{"a"}}}}}}},
		"number":             {Errors: []ErrorRule{{When: When{Body: []Match{{At: Path{"a"}, Op: MatchGT, Values: []string{"x"}}}}}}},
		"limit":              {Limits: []LimitUse{{Limit: 3}}},
		"server":             {Server: 2},
	} {
		if e := doOnce(t.Context(), newTestClient(t, testAPI(), &server{}), op); e == nil || e.Attempts != 0 {
			t.Errorf("%s: error %v", name, e)
		}
	}
}
