package draft

import "strings"

// Formats are open words: documents invent them, and spell the usual ones in
// many ways. A format counts where it changes how a value is read; of all
// others the value is what its type says.

// formatKey is the same for spellings of one format.
func formatKey(format string) string {
	return wordBreaks.Replace(strings.ToLower(format))
}

var wordBreaks = strings.NewReplacer("-", "", "_", "", " ", "")

// timeForms are the forms of time by format, for texts and for numbers. A
// number that is merely called a time may count seconds or milliseconds, so it
// stays a number.
var (
	textTimes = map[string]string{
		"datetime": "rfc3339", "rfc3339": "rfc3339", "iso8601": "rfc3339", "googledatetime": "rfc3339",
		"iso8601datetime": "rfc3339", "isodatetime": "rfc3339", "datetimeoffset": "rfc3339",
		"date": "date", "fulldate": "date", "isodate": "date", "googledate": "date",
		"datetimerfc2822": `"Mon, 02 Jan 2006 15:04:05 -0700"`, "rfc2822": `"Mon, 02 Jan 2006 15:04:05 -0700"`,
		"datetimerfc1123": `"Mon, 02 Jan 2006 15:04:05 MST"`, "rfc1123": `"Mon, 02 Jan 2006 15:04:05 MST"`,
		"httpdate": `"Mon, 02 Jan 2006 15:04:05 MST"`,
	}
	numberTimes = map[string]string{
		"unixtime": "unix", "unixtimestamp": "unix", "unixepoch": "unix", "unixseconds": "unix", "epochseconds": "unix",
		"unixtimems": "unix_ms", "unixms": "unix_ms", "epochms": "unix_ms", "unixmillis": "unix_ms", "epochmillis": "unix_ms",
		"unixtimestampms": "unix_ms", "unixmilliseconds": "unix_ms",
	}
)

// readAs returns what the format says of how a scalar is read: a form of time
// as @time has it, "decimal", "uint64", or "".
func readAs(s *schema) string {
	format := formatKey(s.format)
	switch s.kind {
	case stringKind:
		if exact(format) {
			return "decimal"
		}
		return textTimes[format]
	case numberKind:
		if exact(format) {
			return "decimal"
		}
		return numberTimes[format]
	case intKind:
		switch {
		case numberTimes[format] != "":
			return numberTimes[format]
		case exact(format), format == "int128", format == "uint128", format == "int256", format == "uint256", format == "biginteger", format == "bigint":
			return "decimal"
		case format == "uint64", beyondInt64(s):
			return "uint64"
		}
	}
	return ""
}

// exact reports whether a format asks that no digit is lost.
func exact(format string) bool {
	return format == "decimal" || format == "bigdecimal" || format == "decimal128"
}

// beyondInt64 reports whether an integer that is never negative may be larger
// than any int64.
func beyondInt64(s *schema) bool {
	return s.min != nil && !strings.HasPrefix(s.min.value, "-") && s.max != nil && large(s.max.value)
}

// large compares a decimal number with the largest int64. One with a fraction
// is no bound that is met by chance.
func large(number string) bool {
	const limit = "9223372036854775807"
	return len(number) > len(limit) || len(number) == len(limit) && number > limit
}
