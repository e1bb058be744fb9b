package runtime

import "testing"

func TestDecimalKeepsItsText(t *testing.T) {
	for _, in := range []string{`12.10`, `"12.10"`, `0.1000000000000000055511151231257827`, `-1e3`} {
		var d Decimal
		if err := UnmarshalRaw(Raw(in), &d); err != nil {
			t.Fatal(err)
		}
		if out, err := MarshalRaw(d); err != nil || string(out) != in {
			t.Errorf("%s comes back as %s, %v", in, out, err)
		}
	}
}

func TestNewDecimal(t *testing.T) {
	if d, err := NewDecimal("1.50"); err != nil || d.String() != "1.50" || d.IsZero() {
		t.Errorf("1.50: %v, %v", d, err)
	}
	for _, bad := range []string{"", "1,5", "NaN", `"1"`, "1 2", "01"} {
		if _, err := NewDecimal(bad); err == nil {
			t.Errorf("%q is taken as a decimal", bad)
		}
	}
}
