package main

import "testing"

func TestPercentFor(t *testing.T) {
	for _, c := range []struct {
		live uint64
		want int
	}{{0, 50}, {47 << 20, 50}, {48 << 20, 100}, {255 << 20, 100}, {256 << 20, 50}, {4 << 30, 50}} {
		if got := percentFor(c.live); got != c.want {
			t.Errorf("%d MiB alive: %d %%, want %d %%", c.live>>20, got, c.want)
		}
	}
}
