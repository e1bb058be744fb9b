package runtime

import (
	"math"
	"testing"
	"time"
)

// TestVerySlowBucket: a bucket that fills again after ages is full once, and no more.
func TestVerySlowBucket(t *testing.T) {
	for _, refill := range []float64{1e-12, math.SmallestNonzeroFloat64, 1e-9} {
		l := Limit{Shape: LimitBucket, Calls: 3, Refill: refill}
		for name, p := range map[string]pacing{"alone": l.pacing(3), "together": l.pacingTogether(3), "divided": l.pacingTogether(3).divided(1000)} {
			var f flow
			for range p.burst {
				if at := f.free(&p, 1, 0, 0); at > 0 {
					t.Errorf("%g, %s: one of %d waits %v", refill, name, p.burst, at)
				}
				f.went(&p, 1, 0)
			}
			if at := f.free(&p, 1, 0, 0); at < 24*time.Hour {
				t.Errorf("%g, %s: one more waits %v", refill, name, at)
			}
		}
	}
}

// TestMicros rounds up, and stays a number.
func TestMicros(t *testing.T) {
	for d, want := range map[time.Duration]int64{
		0: 0, 1: 1, 1000: 1, 1001: 2, -1: 0, -1000: -1, -1001: -1, time.Second: 1e6,
		math.MaxInt64: int64(century / time.Microsecond), math.MinInt64: math.MinInt64 / 1000,
	} {
		if got := micros(d); got != want {
			t.Errorf("%d ns: %d, want %d", d, got, want)
		}
	}
}
