package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// collect sets how often garbage is collected, again after each collection, by how much is alive: seldom while that costs
// little memory, more often for millions of open flows, which live long. It leaves a setting of the user's alone.
func collect() {
	if os.Getenv("GOGC") != "" {
		return
	}
	debug.SetGCPercent(percentMuch)
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	percent := percentMuch
	var again func(*[16]byte)
	again = func(*[16]byte) {
		metrics.Read(live)
		if live[0].Value.Kind() != metrics.KindUint64 {
			return
		}
		if p := percentFor(live[0].Value.Uint64()); p != percent {
			percent = p
			debug.SetGCPercent(p)
		}
		runtime.SetFinalizer(new([16]byte), again) // runs after the next collection
	}
	again(nil)
}

const (
	percentMuch = 50
	percentSome = 100
	someFrom    = 48 << 20 // below, what is alive is mostly buffers
	someTo      = 256 << 20
)

// percentFor is the collector's setting for so many bytes alive.
func percentFor(live uint64) int {
	if live >= someFrom && live < someTo {
		return percentSome
	}
	return percentMuch
}
