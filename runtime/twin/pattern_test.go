package twin

import (
	"regexp"
	"testing"
	"time"
)

func TestFormIsABijection(t *testing.T) {
	for _, pattern := range []string{
		"", "^C[A-Z0-9]{8,}$", "^[UW][A-Z0-9]{8}$", `^\d{10}\.\d{6}$`, "^(cus|acct)_[a-zA-Z0-9]+$", "^[0-9]+$",
		`^[^/]+/[^/]+$`, "(?i)^ab[c-f]{12}$", `^\S{20}$`, "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}",
	} {
		t.Run(pattern, func(t *testing.T) {
			f := newForm(pattern, 42)
			re := regexp.MustCompile(pattern)
			seen := map[string]bool{}
			for n := range uint64(3000) {
				s := f.write(n)
				if !re.MatchString(s) || seen[s] {
					t.Fatalf("%d is %q", n, s)
				}
				seen[s] = true
				if back, ok := f.read(s); !ok || back != n {
					t.Fatalf("%q reads as %d, %v; want %d", s, back, ok, n)
				}
			}
			if _, ok := f.read("!"); ok {
				t.Fatal("read what it cannot write")
			}
		})
	}
}

func TestFormThatCannotBeRead(t *testing.T) {
	for _, pattern := range []string{"(", "^$", "^a$", "^(a|b)$", "^x?y*z+$"} {
		f := newForm(pattern, 1)
		f.write(7) // Whatever it is, it is no panic.
		f.read("zzz")
	}
}

func TestClockFormOfNewObjects(t *testing.T) {
	f := newForm(`^\d{10}\.\d{6}$`, 3)
	now := time.Unix(2_000_000_000, 0)
	equal(t, "now", f.writeAt(now, 25, 25), "2000000000.000025")
	old := f.writeAt(time.Unix(1, 0), 25, 26)
	if last := f.write(24); old <= last {
		t.Fatalf("a new object's %s is not after %s", old, last)
	}
}
