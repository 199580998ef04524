package filter

import (
	"testing"

	"github.com/wirelore/wirelore/pcap"
)

// FuzzCompile checks that no expression and no packet panic, that programs only jump forward, and that a filter and its
// negation never both match.
func FuzzCompile(f *testing.F) {
	for link, list := range goldens {
		packets := samples()[uint16(link)]
		for i, g := range list {
			f.Add(g.expr, uint16(link), packets[i%len(packets)].data)
		}
	}
	f.Add("ip[ip[tcp[0] % 3] << len] / ip6[-1] != 2 ^ 3", uint16(1), http)
	f.Add("net 1.2.3.0 mask 255.255.255 or 2000::/3", uint16(240), dns)
	f.Fuzz(func(t *testing.T, expr string, link uint16, data []byte) {
		filter, err := Compile(expr, pcap.LinkType(link))
		if err != nil {
			if _, ok := err.(*SyntaxError); !ok || len(err.Error()) > 200+2*len(expr) {
				t.Fatalf("%q: %v", expr, err)
			}
			return
		}
		for i, s := range filter.steps {
			for _, to := range []uint16{s.jt, s.jf} {
				if int(to) <= i || int(to) >= len(filter.steps) && to < reject {
					t.Fatalf("%q: step %d of %d jumps to %d", expr, i, len(filter.steps), to)
				}
			}
		}
		hit := filter.Match(data, len(data))
		inverse, err := Compile("not ("+expr+")", pcap.LinkType(link))
		if err == nil && hit && inverse.Match(data, len(data)) {
			t.Fatalf("%q and its negation both match", expr)
		}
	})
}
