package pcap

import (
	"math"
	"math/bits"
)

// A clock turns time stamps of an interface into nanoseconds.
type clock struct {
	mult   uint64 // nanoseconds in a tick, 0 when that is no whole number
	most   uint64 // ticks that can be multiplied
	res    Resolution
	offset int64 // seconds
}

func newClock(res Resolution, offset int64) clock {
	c := clock{res: res, offset: offset}
	if res <= Nanoseconds {
		c.mult = pow10(9 - int(res))
		c.most = math.MaxInt64 / c.mult
	}
	return c
}

func pow10(n int) uint64 {
	v := uint64(1)
	for range n {
		v *= 10
	}
	return v
}

// nanos returns the time of a tick, rounded down and clamped to what int64 holds (1677 to 2262); exact tells whether it did not have to be.
func (c *clock) nanos(ticks uint64) (t int64, exact bool) {
	if c.mult != 0 {
		if ticks > c.most {
			return math.MaxInt64, false
		}
		t = int64(ticks * c.mult)
	} else if t, exact = c.divided(ticks); !exact {
		return t, false
	}
	if c.offset == 0 {
		return t, true
	}
	return addSeconds(t, c.offset)
}

// divided is nanos for resolutions finer than nanoseconds and for powers of 2.
func (c *clock) divided(ticks uint64) (int64, bool) {
	n := uint(c.res & 0x7f)
	if c.res&0x80 == 0 {
		if n -= 9; n > 19 {
			return 0, true // a tick is so short that 2^64 of them make no nanosecond
		}
		return int64(ticks / pow10(int(n))), true
	}
	hi, lo := bits.Mul64(ticks, 1e9)
	switch {
	case n >= 128:
		return 0, true
	case n >= 64:
		return int64(hi >> (n - 64)), true
	case hi>>n != 0 || n == 0 && hi != 0:
		return math.MaxInt64, false
	}
	v := lo>>n | hi<<(64-n)
	if v > math.MaxInt64 {
		return math.MaxInt64, false
	}
	return int64(v), true
}

func addSeconds(t, sec int64) (int64, bool) {
	const most = math.MaxInt64 / 1_000_000_000
	switch {
	case sec > most:
		return math.MaxInt64, false
	case sec < -most:
		return math.MinInt64, false
	}
	d := sec * 1e9
	if v := t + d; (v > t) == (d > 0) || d == 0 {
		return v, true
	}
	if d > 0 {
		return math.MaxInt64, false
	}
	return math.MinInt64, false
}
