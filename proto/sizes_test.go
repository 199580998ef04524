package proto

import (
	"testing"
	"unsafe"
)

// ArenaSize is how much memory a transaction holds.
func ArenaSize(t *Tx) int { return cap(t.arena) }

// TestSizes bounds what every flow costs: a capture may have millions open at once.
func TestSizes(t *testing.T) {
	for name, s := range map[string]struct{ size, bound uintptr }{
		"Flow":   {unsafe.Sizeof(Flow{}), 96},
		"conv":   {unsafe.Sizeof(conv{}), 224},
		"window": {unsafe.Sizeof(window{}), 40},
	} {
		if s.size > s.bound {
			t.Errorf("a %s has %d bytes, the bound is %d", name, s.size, s.bound)
		}
	}
}
