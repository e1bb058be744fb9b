package twin

import (
	"fmt"
	"slices"
)

// zone is a time zone: its name of the IANA, what people call it, and how many seconds it
// is ahead of UTC in winter.
type zone struct {
	name, label string
	offset      int64
}

var zones = []zone{
	{"Europe/Berlin", "Central European Time", 3600},
	{"America/New_York", "Eastern Standard Time", -18000},
	{"Asia/Tokyo", "Japan Standard Time", 32400},
	{"Africa/Lagos", "West Africa Time", 3600},
}

// zone returns the time zone of whom the value tells of, one and the same in all of its members.
func (s *synth) zone() *zone {
	if s.where == nil {
		s.where = &zones[s.rng.below(len(zones))]
	}
	return s.where
}

// zoned reports whether a name is of a time zone: tz, timeZone, utc_offset.
func zoned(parts []string) bool {
	return hasWord(parts, "tz", "timezone") || hasWord(parts, "offset") && hasWord(parts, "utc", "gmt") ||
		len(parts) > 1 && slices.Equal(parts[:2], []string{"time", "zone"})
}

// zoneText is what a text of a name says of a time zone.
func (s *synth) zoneText(parts []string) string {
	z := s.zone()
	switch {
	case hasWord(parts, "offset"):
		minutes := z.offset / 60
		sign := '+'
		if minutes < 0 {
			sign, minutes = '-', -minutes
		}
		return fmt.Sprintf("%c%02d:%02d", sign, minutes/60, minutes%60)
	case hasWord(parts, "label", "display", "description"):
		return z.label
	}
	return z.name
}
