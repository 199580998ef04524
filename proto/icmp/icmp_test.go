package icmp

import (
	"strings"
	"testing"
)

func TestOdd(t *testing.T) {
	nd := strings.Repeat("\x00", 24)
	group := strings.Repeat("g", 16)
	for _, c := range []struct {
		name string
		typ  uint8
		b    string
		want string
	}{
		{"no options", neighborSolicitation, nd, ""},
		{"address option", neighborSolicitation, nd + "\x01\x01123456", ""},
		{"two options", neighborAdvertisement, nd + "\x01\x01123456\x05\x01123456", ""},
		{"cut option", neighborAdvertisement, nd + "\x01\x0212345678", "truncated_ICMPv6_ND_options"},
		{"one byte", routerSolicitation, nd[:8] + "\x01", "truncated_ICMPv6_ND_options"},
		{"zero length", routerAdvertisement, nd[:16] + "\x01\x00", "zero_length_ICMPv6_ND_option"},
		{"redirect", redirect, nd + nd[:16] + "\x01\x00", "zero_length_ICMPv6_ND_option"},
		{"cut header", redirect, nd, ""},
		{"report without records", listenerReport2, "\x8f\x00cc\x00\x00\x00\x00", ""},
		{"one record", listenerReport2, "\x8f\x00cc\x00\x00\x00\x01\x04\x00\x00\x00" + group, ""},
		{"sources and data", listenerReport2, "\x8f\x00cc\x00\x00\x00\x01\x04\x01\x00\x01" + group + group + "aux.", ""},
		{"missing record", listenerReport2, "\x8f\x00cc\x00\x00\x00\x02\x04\x00\x00\x00" + group, "truncated_ICMPv6_MLDv2_record"},
		{"cut sources", listenerReport2, "\x8f\x00cc\x00\x00\x00\x01\x04\x00\xff\xff" + group, "truncated_ICMPv6_MLDv2_record"},
		{"echo", 128, "\x80\x00", ""},
	} {
		if got := odd(c.typ, []byte(c.b)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func FuzzOdd(f *testing.F) {
	f.Add(uint8(listenerReport2), []byte("\x8f\x00cc\x00\x00\xff\xff\x04\x01\x00\x01gggggggggggggggg"))
	f.Add(uint8(redirect), []byte(strings.Repeat("\x01", 60)))
	f.Fuzz(func(_ *testing.T, typ uint8, b []byte) { odd(typ, b) })
}

func BenchmarkOdd(b *testing.B) {
	m := []byte(strings.Repeat("\x00", 24) + "\x01\x01123456\x05\x01123456")
	b.ReportAllocs()
	for b.Loop() {
		odd(neighborSolicitation, m)
	}
}
